"""The list of attended calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext
from django_tables2 import Column

from inbound.models import Walk
from screens.tables import ListTable, Moment, RowLink
from screens.templatetags.screens import NOTHING

NOWRAP = {"td": {"class": "nowrap"}}


class WalkTable(ListTable):
    """Attended calls; those under way are marked."""

    title = gettext_lazy("Atenciones")
    line = RowLink(
        accessor="line__number", verbose_name=gettext_lazy("Línea"),
        linkify=lambda record: reverse("inbound:walk", args=[record.key]),
    )  # fmt: skip
    agent = Column(verbose_name=gettext_lazy("Agente"), orderable=False)
    customer_name = Column(verbose_name=gettext_lazy("Cliente"), empty_values=())
    contract = Column(verbose_name=gettext_lazy("Contrato"), attrs=NOWRAP)
    began_at = Moment(verbose_name=gettext_lazy("Comenzó"))
    minutes = Column(
        accessor="ended_at", verbose_name=gettext_lazy("Duración"), orderable=False, empty_values=(),
        attrs={"td": {"class": "number"}, "th": {"class": "number"}},
    )  # fmt: skip
    result = Column(accessor="result_label", verbose_name=gettext_lazy("Resultado"), orderable=False, empty_values=())

    class Meta(ListTable.Meta):
        order_by = ("-began_at",)
        empty_text = gettext_lazy("Ninguna atención cumple estos filtros.")

    def render_customer_name(self, record: Any) -> str:
        return record.customer_name or record.caller_name or record.asks or NOTHING

    def render_minutes(self, record: Walk) -> str:
        if record.ended_at is None:
            return "—"
        return in_minutes(record.ended_at - record.began_at)

    def render_result(self, record: Walk) -> Any:
        if record.ended_at is not None:
            return record.result_label
        return SafeString(
            render_to_string("components/badge.html", {"kind": "info", "word": pgettext("call", "En curso")})
        )


def in_minutes(length: timedelta) -> str:
    """A stretch of time as people read it: `4:05`, `1:02:30`."""
    seconds = int(length.total_seconds())
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
