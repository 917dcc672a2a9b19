"""The list of escalations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import Column

from escalations.models import Escalation
from screens.tables import ListTable, MaskedTelephone, Moment, RowLink

NOWRAP = {"td": {"class": "nowrap"}}


class EscalationTable(ListTable):
    """What was handed over, what is overdue marked."""

    title = gettext_lazy("Derivaciones")
    kind = RowLink(
        accessor="kind", verbose_name=gettext_lazy("Tipo"), order_by="kind__name",
        linkify=lambda record: reverse("escalations:escalation", args=[record.pk]),
    )  # fmt: skip
    line = Column(verbose_name=gettext_lazy("Línea"))
    customer_name = Column(verbose_name=gettext_lazy("Cliente"))
    contract = Column(verbose_name=gettext_lazy("Contrato"), attrs=NOWRAP)
    telephone = MaskedTelephone(verbose_name=gettext_lazy("Teléfono"))
    promised = Column(verbose_name=gettext_lazy("Prometido"), orderable=False)
    due_at = Moment(verbose_name=gettext_lazy("Vence"))
    state = Column(accessor="due_at", verbose_name=gettext_lazy("Plazo"), orderable=False, attrs=NOWRAP)
    raised_at = Moment(verbose_name=gettext_lazy("Derivada"))
    raised_by = Column(verbose_name=gettext_lazy("Por"), orderable=False)

    class Meta(ListTable.Meta):
        order_by = ("due_at",)
        empty_text = gettext_lazy("Ninguna derivación cumple estos filtros.")

    def __init__(self, rows: Any, *, now: datetime, **more: Any) -> None:
        self.now = now
        super().__init__(rows, **more)

    def render_state(self, record: Escalation) -> SafeString:
        return time_badge(record, now=self.now)


def time_badge(escalation: Escalation, *, now: datetime) -> SafeString:
    """Whether its time is over."""
    late = escalation.due_at < now
    word = _("Vencida") if late else _("En plazo")
    return SafeString(render_to_string("components/badge.html", {"kind": "bad" if late else "ok", "word": word}))
