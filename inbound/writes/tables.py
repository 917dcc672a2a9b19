"""The tables of what is owed to other systems."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django_tables2 import A, Column

from inbound.models import OutsideWrite
from inbound.writes.lists import words_of
from inbound.writes.states import State
from screens.tables import Figure, ListTable, Moment, Money, RowLink
from screens.templatetags.screens import masked_text

LOOKS = {
    State.WAITING: "info", State.SENDING: "info", State.DONE: "ok", State.REFUSED: "bad", State.UNCERTAIN: "bad",
    State.PARKED: "bad", State.BY_HAND: "warn", State.NOT_DONE: "calm",
    State.APPROVAL: "warn",
}  # fmt: skip
NOWRAP = {"td": {"class": "nowrap"}}


def state_badge(write: OutsideWrite) -> SafeString:
    """The state with its look."""
    look = {"kind": LOOKS[State(write.state)], "word": write.get_state_display()}
    return SafeString(render_to_string("components/badge.html", look))


class WriteTable(ListTable):
    """Writes with their state; numbers are hidden from whoever is not to act on them."""

    title = gettext_lazy("Operaciones en otros sistemas")
    action = RowLink(
        verbose_name=gettext_lazy("Operación"), linkify=lambda record: reverse("inbound:write", args=[record.pk])
    )
    system = Column(accessor="get_system_display", verbose_name=gettext_lazy("Sistema"), order_by="system")
    to_whom = Column(verbose_name=gettext_lazy("A quién"), orderable=False, attrs=NOWRAP)
    amount = Money(verbose_name=gettext_lazy("Monto"))
    owed_at = Moment(verbose_name=gettext_lazy("Pedido"))
    owed_by = Column(verbose_name=gettext_lazy("Agente"), orderable=False)
    state = Column(verbose_name=gettext_lazy("Estado"), attrs=NOWRAP)
    attempts = Figure(verbose_name=gettext_lazy("Intentos"), orderable=False)
    reference = Column(verbose_name=gettext_lazy("Referencia"), orderable=False, attrs=NOWRAP)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("No hay ninguna aquí.")

    def __init__(self, rows: Any, *, masked: bool, **more: Any) -> None:
        self.masked = masked
        super().__init__(rows, **more)

    def render_action(self, value: str) -> str:
        return words_of(value)

    def render_to_whom(self, value: str) -> str:
        return masked_text(value) if self.masked else value

    def render_state(self, record: OutsideWrite) -> SafeString:
        return state_badge(record)


class DayTable(WriteTable):
    """The accountable ones of a day."""

    title = gettext_lazy("Operaciones del día")
    line = Column(accessor=A("walk__line__number"), verbose_name=gettext_lazy("Línea"), orderable=False)
    requester_name = Column(verbose_name=gettext_lazy("Lo pidió"), orderable=False)

    class Meta(WriteTable.Meta):
        sequence = (
            *("owed_at", "owed_by", "line", "system", "action", "to_whom", "amount", "requester_name"),
            *("reference", "state"),
        )
        exclude = ("attempts",)
        empty_text = gettext_lazy("Ese día nadie pidió recargas, créditos ni bloqueos.")
