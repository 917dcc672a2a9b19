"""Contacts as a sheet of a workbook, read from the database as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from campaigns.contacts.telephone_columns import in_columns, telephone_heads
from campaigns.models.contacts import CallList, ContactQuerySet, ListEntry
from screens.spreadsheets import Sheet
from screens.templatetags.screens import masked_telephone, masked_text

CHUNK = 2_000


def contact_sheet(contacts: ContactQuerySet, *, masked: bool) -> Sheet:
    """One row a contact, its telephones as whoever asked sees them on the contact's page."""
    most = contacts.order_by().aggregate(most=Max("telephones__len"))["most"] or 1
    heads = [
        _("Contrato"), _("Cliente"), _("Lista"), *telephone_heads(most), _("Zona"), _("Vence"), _("Monto"), _("Agente"),
        _("Estado"), _("Intentos"), _("Último resultado"), _("Último intento"), _("Pagó"),
    ]  # fmt: skip
    return Sheet(_("Contactos"), heads, _rows(contacts, most, masked))


def _rows(contacts: ContactQuerySet, most: int, masked: bool) -> Iterator[list[Any]]:
    lists, states = dict(CallList.choices), dict(ListEntry.State.choices)
    columns = (
        "contract", "name", "call_list", "telephones", "zone", "due_on", "amount_due", "entry__owner__user__first_name",
        "entry__owner__user__last_name", "entry__state", "entry__attempts", "entry__last_disposition__name",
        "entry__last_attempt_at", "entry__paid_on",
    )  # fmt: skip
    for row in contacts.select_related(None).values_list(*columns).iterator(chunk_size=CHUNK):
        contract, name, call_list, telephones, zone, due_on, amount, first, last, state, *rest = row
        dialled = [masked_telephone(telephone) for telephone in telephones] if masked else telephones
        if masked:
            name, zone = masked_text(name), masked_text(zone)
        yield [
            contract, name, str(lists.get(call_list, call_list)), *in_columns(dialled, most), zone, due_on, amount,
            " ".join(part for part in (first, last) if part), str(states.get(state, state)), *rest,
        ]  # fmt: skip
