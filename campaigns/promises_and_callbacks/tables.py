"""The table of payment promises."""

from __future__ import annotations

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django_tables2 import A, Column

from campaigns.models import PaymentPromise
from campaigns.payments.tables import TotalledTable, amount_footer, badge, rows_footer
from screens.tables import ListTable, Moment, Money, RowLink

OUTCOMES = {"open": "info", "kept": "ok", "partly": "warn", "broken": "bad", "void": "calm", "before": "calm"}


class PromiseTable(TotalledTable):
    """Payment promises in force and what became of them."""

    title = gettext_lazy("Compromisos de pago")
    name = RowLink(
        accessor=A("contact__name"), order_by="contact__name_key",
        verbose_name=gettext_lazy("Cliente"), footer=rows_footer,
        linkify=lambda record: reverse("campaigns:contact", args=[record.contact_id]),
    )  # fmt: skip
    contract = Column(accessor=A("contact__contract"), verbose_name=gettext_lazy("Contrato"), orderable=False)
    agent = Column(verbose_name=gettext_lazy("Agente"), orderable=False)
    made_at = Moment(verbose_name=gettext_lazy("Hecho"))
    promised_on = Moment(verbose_name=gettext_lazy("Pagará el"))
    outcome = Column(verbose_name=gettext_lazy("Situación"), orderable=False)
    received = Money(verbose_name=gettext_lazy("Pagó"), orderable=False)
    amount = Money(verbose_name=gettext_lazy("Prometió"), footer=amount_footer)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ningún compromiso cumple estos filtros.")

    def render_outcome(self, value: str) -> SafeString:
        return badge(OUTCOMES[value], PaymentPromise.Outcome(value).label)
