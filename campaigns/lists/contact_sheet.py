"""Contacts as a sheet of a workbook, read from the database as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models.contacts import CallList, ContactQuerySet, ListEntry
from screens.spreadsheets import Sheet

CHUNK = 2_000


def contact_sheet(contacts: ContactQuerySet) -> Sheet:
    """One row a contact. With telephones: whoever may export may call; the export is in the book."""
    heads = [
        _("Contrato"), _("Cliente"), _("Lista"), _("Teléfonos"), _("Zona"), _("Vence"), _("Monto"), _("Agente"),
        _("Estado"), _("Intentos"), _("Último resultado"), _("Último intento"), _("Pagó"),
    ]  # fmt: skip
    return Sheet(_("Contactos"), heads, _rows(contacts))


def _rows(contacts: ContactQuerySet) -> Iterator[list[Any]]:
    lists, states = dict(CallList.choices), dict(ListEntry.State.choices)
    columns = (
        "contract", "name", "call_list", "telephones", "zone", "due_on", "amount_due", "entry__owner__user__first_name",
        "entry__owner__user__last_name", "entry__state", "entry__attempts", "entry__last_disposition__name",
        "entry__last_attempt_at", "entry__paid_on",
    )  # fmt: skip
    for row in contacts.select_related(None).values_list(*columns).iterator(chunk_size=CHUNK):
        contract, name, call_list, telephones, zone, due_on, amount, first, last, state, *rest = row
        yield [
            contract, name, str(lists.get(call_list, call_list)), ", ".join(telephones), zone, due_on, amount,
            " ".join(part for part in (first, last) if part), str(states.get(state, state)), *rest,
        ]  # fmt: skip
