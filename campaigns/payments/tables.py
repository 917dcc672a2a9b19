"""The tables of the payments pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A, Column

from campaigns.models import Receipt, Refund
from campaigns.payments.payment_lists import WHY, Total
from campaigns.payments.refund_confirming import annulled_by_hand
from screens.tables import Figure, ListTable, Moment, Money, RowLink
from screens.templatetags.screens import bs, figure, masked_text

STANDINGS = {"counted": "ok", "extra": "info", "late": "warn", "unmatched": "warn", "annulled": "bad"}


def badge(kind: str, word: Any) -> SafeString:
    """The component as a cell."""
    return SafeString(render_to_string("components/badge.html", {"kind": kind, "word": word}))


def _contact_of(record: Any) -> str | None:
    contact = record.renewal.contact_id if record.renewal_id else None
    return reverse("campaigns:contact", args=[contact]) if contact else None


class TotalledTable(ListTable):
    """A list whose foot says what everything filtered comes to."""

    def __init__(self, rows: Any, *, total: Total, **more: Any) -> None:
        self.total = total
        super().__init__(rows, **more)


def rows_footer(table: TotalledTable) -> str:
    return _("%(rows)s en total") % {"rows": figure(table.total.rows)}


def amount_footer(table: TotalledTable) -> str:
    return bs(table.total.amount)


class CountedPaginator(Paginator):
    """The foot has counted the rows already."""

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        table: Any = self.object_list
        return int(table.table.total.rows)


class Annul(Column):
    """Where a receipt is annulled by hand."""

    def __init__(self) -> None:
        super().__init__(empty_values=(), verbose_name="", orderable=False)

    def render(self, record: Receipt) -> SafeString:
        if record.standing == Receipt.Standing.ANNULLED:
            return SafeString("")
        words, address = _("Anular…"), reverse("campaigns:receipt_annul", args=[record.pk])
        label = _("Anular el recibo %(number)s") % {"number": record.number}
        return format_html('<a class="aside" href="{}" aria-label="{}">{}</a>', address, label, words)


class ReceiptTable(TotalledTable):
    """Receipts of a month, as they stand."""

    title = gettext_lazy("Recibos")
    number = RowLink(verbose_name=gettext_lazy("Recibo"), linkify=_contact_of, footer=rows_footer)
    paid_on = Moment(verbose_name=gettext_lazy("Pagó el"))
    service_number = Column(verbose_name=gettext_lazy("Servicio n.º"), orderable=False)
    contract = Column(verbose_name=gettext_lazy("Contrato"), orderable=False)
    service = Column(accessor=A("get_service_display"), verbose_name=gettext_lazy("Servicio"), orderable=False)
    channel = Column(verbose_name=gettext_lazy("Canal"), orderable=False)
    month = Column(accessor=A("campaign"), verbose_name=gettext_lazy("Mes"), orderable=False)
    standing = Column(verbose_name=gettext_lazy("Situación"), orderable=False)
    left = Money(verbose_name=gettext_lazy("Monto"), order_by="amount", footer=amount_footer)
    annul = Annul()

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ningún recibo cumple estos filtros.")

    def render_standing(self, record: Receipt) -> SafeString:
        if record.refunded and record.standing != Receipt.Standing.ANNULLED:
            return badge("warn", _("Devuelto en parte"))
        return badge(STANDINGS[record.standing], record.get_standing_display())


class RefundTable(TotalledTable):
    """What was given back, by whom, and of which receipt."""

    title = gettext_lazy("Devoluciones y anulaciones")
    number = RowLink(
        verbose_name=gettext_lazy("Recibo o nota"), orderable=False, footer=rows_footer,
        linkify=lambda record: _contact_of(record.receipt) if record.receipt else None,
    )  # fmt: skip
    refunded_on = Moment(verbose_name=gettext_lazy("Devuelto el"))
    service_number = Column(verbose_name=gettext_lazy("Servicio n.º"), orderable=False)
    contract = Column(verbose_name=gettext_lazy("Contrato"), orderable=False)
    receipt = Column(accessor=A("receipt__number"), verbose_name=gettext_lazy("Del recibo"), orderable=False)
    told_by = Column(verbose_name=gettext_lazy("Lo dijo"), orderable=False)
    fate = Column(empty_values=(), verbose_name=gettext_lazy("Situación"), orderable=False)
    amount = Money(verbose_name=gettext_lazy("Monto"), footer=amount_footer)
    masked = False

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ninguna devolución cumple estos filtros.")

    def render_told_by(self, value: str) -> str:
        return masked_text(value) if self.masked else value

    def render_fate(self, record: Refund) -> SafeString:
        if record.receipt_id:
            return badge("ok", _("Devuelto"))
        if record.confirms_id:
            return badge("ok", _("Ya anulado a mano"))
        if (found := self.by_hand.get(record.pk)) is None:
            return badge("warn", _("Sin recibo"))
        words = _("¿Es la del recibo %(number)s, anulado a mano?") % {"number": found[1].number}
        address = reverse("campaigns:refund_confirm", args=[record.pk])
        return format_html('{} <a class="aside" href="{}">{}</a>', badge("warn", _("Sin recibo")), address, words)

    @cached_property
    def by_hand(self) -> dict[int, tuple[int, Receipt]]:
        """Of what waits on this page the annulment by hand it may be the word of."""
        waiting = [row.record.pk for row in self.page.object_list if row.record.receipt_id is None]
        return annulled_by_hand(waiting)


class UnmatchedTable(TotalledTable):
    """Receipts without renewal, and why."""

    title = gettext_lazy("Recibos sin renovación")
    number = Column(verbose_name=gettext_lazy("Recibo"), footer=rows_footer)
    paid_on = Moment(verbose_name=gettext_lazy("Pagó el"))
    service_number = Column(verbose_name=gettext_lazy("Servicio n.º"), orderable=False)
    contract = Column(verbose_name=gettext_lazy("Contrato"), orderable=False)
    channel = Column(verbose_name=gettext_lazy("Canal"), orderable=False)
    why = Column(verbose_name=gettext_lazy("Por qué"), orderable=False)
    amount = Money(verbose_name=gettext_lazy("Monto"), footer=amount_footer)
    annul = Annul()

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Todos los recibos tienen su renovación.")

    def render_why(self, value: str) -> str:
        return str(WHY.get(value, value))


class RenewalTable(TotalledTable):
    """Renewals paid in part, or more than was due."""

    title = gettext_lazy("Renovaciones")
    name = RowLink(
        accessor=A("contact__name"), verbose_name=gettext_lazy("Cliente"), linkify=_contact_of, footer=rows_footer
    )
    contract = Column(accessor=A("contact__contract"), verbose_name=gettext_lazy("Contrato"), orderable=False)
    number = Column(accessor=A("renewal__service_number"), verbose_name=gettext_lazy("Servicio n.º"), orderable=False)
    service = Column(accessor=A("renewal__get_service_display"), verbose_name=gettext_lazy("Servicio"), orderable=False)
    due_on = Moment(accessor=A("renewal__due_on"), verbose_name=gettext_lazy("Vence"), orderable=False)
    first_paid_on = Moment(verbose_name=gettext_lazy("Primer pago"))
    amount_due = Money(accessor=A("renewal__amount_due"), verbose_name=gettext_lazy("Debía"), orderable=False)
    amount = Money(verbose_name=gettext_lazy("Pagó"))
    difference = Money(verbose_name=gettext_lazy("Falta"), footer=amount_footer)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ninguna renovación cumple estos filtros.")


class OverpaidTable(RenewalTable):
    """Renewals that got more than was due."""

    difference = Money(verbose_name=gettext_lazy("De más"), footer=amount_footer)

    class Meta(RenewalTable.Meta):
        pass


class ReportTable(ListTable):
    """Collections reports that were taken in."""

    title = gettext_lazy("Recaudos tomados")
    name = RowLink(
        verbose_name=gettext_lazy("Archivo"), linkify=lambda record: reverse("campaigns:report", args=[record.pk]),
        orderable=False,
    )  # fmt: skip
    arrived_at = Moment(verbose_name=gettext_lazy("Llegó"))
    data_until = Moment(verbose_name=gettext_lazy("Datos al"))
    rows_of_file = Figure(accessor=A("rows"), verbose_name=gettext_lazy("Filas"), orderable=False)
    new = Figure(accessor=A("taken"), verbose_name=gettext_lazy("Filas tomadas"), orderable=False)
    duplicates = Figure(verbose_name=gettext_lazy("Ya tomados"), orderable=False)
    rejected = Figure(verbose_name=gettext_lazy("Rechazadas"), orderable=False)
    unmatched = Figure(accessor=A("figures__unmatched"), verbose_name=gettext_lazy("Sin renovación"), orderable=False)
    renewals_paid = Figure(
        accessor=A("figures__renewals_paid"), verbose_name=gettext_lazy("Servicios pagados"), orderable=False
    )
    amount = Money(accessor=A("figures__amount"), verbose_name=gettext_lazy("Bs a tiempo"), orderable=False)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Todavía no llegó ningún recaudo.")
