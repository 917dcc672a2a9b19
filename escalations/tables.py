"""The list of escalations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import Column

from escalations.models import Escalation
from escalations.on_time import time_badge
from screens.tables import ListTable, Pick, RowLink
from screens.templatetags.screens import masked_text, moment

NOWRAP = {"td": {"class": "nowrap"}}


class EscalationTable(ListTable):
    """What was handed over, what is overdue marked."""

    title = gettext_lazy("Derivaciones")
    pick = Pick("pick")
    kind = RowLink(
        accessor="kind", verbose_name=gettext_lazy("Tipo"), order_by="kind__name",
        linkify=lambda record: reverse("escalations:escalation", args=[record.pk]),
    )  # fmt: skip
    state = Column(accessor="get_state_display", verbose_name=gettext_lazy("Estado"), order_by="state")
    line = Column(verbose_name=gettext_lazy("Línea"))
    customer_name = Column(verbose_name=gettext_lazy("Cliente"))
    contract = Column(verbose_name=gettext_lazy("Contrato"), attrs=NOWRAP)
    promised = Column(verbose_name=gettext_lazy("Prometido"), orderable=False)
    due_at = Column(verbose_name=gettext_lazy("Vence"))
    owner = Column(verbose_name=gettext_lazy("La tiene"), orderable=False)
    raised_at = Column(verbose_name=gettext_lazy("Derivada"))

    class Meta(ListTable.Meta):
        order_by = ("due_at",)
        empty_text = gettext_lazy("Ninguna derivación cumple estos filtros.")

    def __init__(
        self, rows: Any, *, now: datetime, picks: bool = False, picked: Collection[int] = (), **more: Any
    ) -> None:
        self.now, self.picked = now, picked
        super().__init__(rows, exclude=() if picks else ("pick",), **more)

    def render_promised(self, value: str) -> str:
        return masked_text(value)

    def render_due_at(self, record: Escalation) -> SafeString:
        return format_html('<span class="nowrap">{}</span> {}', moment(record.due_at), time_badge(record, now=self.now))

    def render_raised_at(self, record: Escalation) -> SafeString:
        return format_html(
            '<span class="nowrap">{}</span> {}', moment(record.raised_at), record.raised_by or _("el programa")
        )
