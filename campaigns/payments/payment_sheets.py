"""Payments and promises as sheets of a workbook, read from the database as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.models import PaymentPromise, Receipt, Refund, RenewalPayment, Report, Service
from campaigns.payments.payment_lists import WHY, Total
from screens.spreadsheets import Month, Sheet
from screens.templatetags.screens import masked_text

CHUNK = 2_000
SERVICES = {**dict(Service.choices), "OTHER": "", "": ""}


def receipt_sheet(receipts: QuerySet[Receipt], *, total: Total, with_why: bool) -> Sheet:
    """One row a receipt; those without renewal say why."""
    heads = [
        _("Recibo"), _("Pagó el"), _("Servicio n.º"), _("Contrato"), _("Servicio"), _("Canal"), _("Mes"),
        _("Por qué") if with_why else _("Situación"), _("Monto"), _("Archivo"),
    ]  # fmt: skip
    standings = dict(Receipt.Standing.choices)
    columns = (
        "number", "paid_on", "service_number", "contract", "service", "channel", "campaign__period",
        "why" if with_why else "standing", "left", "report__name",
    )  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for row in receipts.select_related(None).values_list(*columns).iterator(chunk_size=CHUNK):
            number, paid_on, service_number, contract, service, channel, period, how, amount, name = row
            word = WHY.get(how, how) if with_why else standings.get(how, how)
            month = Month.of(period) if period else None
            yield [
                number, paid_on, service_number, contract, str(SERVICES.get(service, service)), channel, month,
                str(word), amount, name,
            ]  # fmt: skip

    foot = [_("Total"), *[None] * 7, total.amount, None]
    return Sheet(_("Recibos"), heads, rows(), foot=foot)


def renewal_sheet(payments: QuerySet[RenewalPayment], *, title: str, total: Total) -> Sheet:
    """One row a renewal paid in part, or more than was due."""
    heads = [
        _("Contrato"), _("Cliente"), _("Servicio"), _("Servicio n.º"), _("Mes"), _("Vence"), _("Primer pago"),
        _("Debía"), _("Pagó"), _("Falta o sobra"),
    ]  # fmt: skip
    columns = (
        "contact__contract", "contact__name", "renewal__service", "renewal__service_number", "campaign__period",
        "renewal__due_on", "first_paid_on", "renewal__amount_due", "amount", "difference",
    )  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for row in payments.select_related(None).values_list(*columns).iterator(chunk_size=CHUNK):
            contract, name, service, number, period, *rest = row
            yield [contract, name, str(SERVICES.get(service, service)), number, Month.of(period), *rest]

    return Sheet(title, heads, rows(), foot=[_("Total"), *[None] * 8, total.amount])


def refund_sheet(refunds: QuerySet[Refund], *, total: Total, masked: bool) -> Sheet:
    """One row for each time money was given back; without receipt it waits for it. `masked`: its reason is."""
    heads = [
        _("Recibo o nota"), _("Devuelto el"), _("Servicio n.º"), _("Contrato"), _("Del recibo"), _("Archivo"),
        _("Persona"), _("Motivo"), _("Monto"),
    ]  # fmt: skip
    columns = (
        "number", "refunded_on", "service_number", "contract", "receipt__number", "report__name", "by__first_name",
        "by__last_name", "by__username", "reason", "amount",
    )  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for row in refunds.select_related(None).values_list(*columns).iterator(chunk_size=CHUNK):
            *found, first, last, username, reason, amount = row
            who = " ".join(part for part in (first, last) if part) or username
            yield [*found, who, masked_text(reason) if masked else reason, amount]

    return Sheet(_("Devoluciones"), heads, rows(), foot=[_("Total"), *[None] * 7, total.amount])


def report_sheet(reports: QuerySet[Report]) -> Sheet:
    """One row a collections report."""
    heads = [
        _("Archivo"), _("Llegó"), _("Datos al"), _("Filas"), _("Recibos nuevos"), _("Ya tomados"), _("Rechazadas"),
    ]  # fmt: skip
    columns = ("name", "arrived_at", "data_until", "rows", "taken", "duplicates", "rejected")
    return Sheet(_("Recaudos"), heads, (list(row) for row in reports.values_list(*columns).iterator(chunk_size=CHUNK)))


def promise_sheet(promises: QuerySet[PaymentPromise], *, total: Total) -> Sheet:
    """One row a promise in force."""
    heads = [
        _("Contrato"), _("Cliente"), _("Agente"), _("Hecho"), _("Pagará el"), _("Situación"), _("Pagó"), _("Prometió"),
    ]  # fmt: skip
    outcomes = dict(PaymentPromise.Outcome.choices)
    columns = (
        "contact__contract", "contact__name", "agent__user__first_name", "agent__user__last_name", "made_at",
        "promised_on", "outcome", "received", "amount",
    )  # fmt: skip

    def rows() -> Iterator[list[Any]]:
        for row in promises.select_related(None).values_list(*columns).iterator(chunk_size=CHUNK):
            contract, name, first, last, made_at, promised_on, outcome, received, amount = row
            agent = " ".join(part for part in (first, last) if part)
            yield [contract, name, agent, made_at, promised_on, str(outcomes[outcome]), received, amount]

    return Sheet(_("Compromisos"), heads, rows(), foot=[_("Total"), *[None] * 6, total.amount])
