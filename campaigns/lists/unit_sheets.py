"""Services and calls as sheets of a workbook, read from the database as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Attempt, Disposition, Renewal, Service
from screens.spreadsheets import Sheet
from screens.templatetags.screens import masked_telephone, masked_text

CHUNK = 2_000


def service_sheet(services: QuerySet[Renewal], *, masked: bool) -> Sheet:
    """One row a service, with when its customer was spoken to and what came in."""
    heads = [
        _("Contrato"), _("Cliente"), _("Servicio"), _("Servicio n.º"), _("Zona"), _("Agente"), _("Contactado"),
        _("Vence"), _("Debe"), _("Primer pago"), _("Pagado"), _("Entró"),
    ]  # fmt: skip
    names = dict(Service.choices)
    columns = (
        "contact__contract", "contact__name", "service", "service_number", "contact__zone",
        "contact__entry__owner__user__first_name", "contact__entry__owner__user__last_name",
        "contact__entry__contacted_at", "due_on", "amount_due", "payment__first_paid_on", "payment__paid_on",
        "payment__amount",
    )  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for row in services.select_related(None).values_list(*columns).iterator(chunk_size=CHUNK):
            contract, name, service, number, zone, first, last, *rest = row
            if masked:
                name, zone = masked_text(name), masked_text(zone)
            yield [contract, name, str(names.get(service, service)), number, zone, _full(first, last), *rest]

    return Sheet(_("Servicios"), heads, rows())


def call_sheet(calls: QuerySet[Attempt], *, masked: bool) -> Sheet:
    """One row a call with the number that was dialled, its result, and what was said of it."""
    heads = [
        _("Cuándo"), _("Contrato"), _("Cliente"), _("Zona"), _("Teléfono"), _("Agente"), _("Resultado"), _("Motivo"),
        _("Nota"),
    ]  # fmt: skip
    labels = {disposition.pk: disposition.label for disposition in Disposition.objects.all()}
    columns = (
        "dialled_at", "contact__contract", "contact__name", "contact__zone", "agent__user__first_name",
        "agent__user__last_name", "disposition", "telephone", "reason", "note",
    )  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for row in calls.select_related(None).values_list(*columns).iterator(chunk_size=CHUNK):
            at, contract, name, zone, first, last, disposition, telephone, reason, note = row
            if masked:
                name, zone, note = masked_text(name), masked_text(zone), masked_text(note)
                telephone, reason = telephone and masked_telephone(telephone), masked_text(reason)
            yield [at, contract, name, zone, telephone, _full(first, last), labels[disposition], reason, note]

    return Sheet(_("Llamadas"), heads, rows())


def _full(first: str | None, last: str | None) -> str:
    return " ".join(part for part in (first, last) if part)
