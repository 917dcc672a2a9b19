"""The list of escalations, and the badge that tells how one stands with its time."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import Column

from escalations.models import Escalation
from screens.tables import ListTable, RowLink
from screens.templatetags.screens import masked_text, moment

NOWRAP = {"td": {"class": "nowrap"}}


class EscalationTable(ListTable):
    """What was handed over, what is overdue marked."""

    title = gettext_lazy("Derivaciones")
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

    def __init__(self, rows: Any, *, now: datetime, **more: Any) -> None:
        self.now = now
        super().__init__(rows, **more)

    def render_promised(self, value: str) -> str:
        return masked_text(value)

    def render_due_at(self, record: Escalation) -> SafeString:
        return format_html('<span class="nowrap">{}</span> {}', moment(record.due_at), time_badge(record, now=self.now))

    def render_raised_at(self, record: Escalation) -> SafeString:
        return format_html('<span class="nowrap">{}</span> {}', moment(record.raised_at), record.raised_by)


def is_late(escalation: Escalation, *, now: datetime) -> bool:
    """Past its time and still open; a clock that stands still is not. The same as `filters.late` says in SQL."""
    return escalation.closed_at is None and escalation.due_at < now and not is_stopped(escalation)


def is_stopped(escalation: Escalation) -> bool:
    """Whether its clock stands still: it waits for a unit, and its kind says so."""
    return escalation.state == Escalation.State.WAITING and escalation.kind.stops_while_waiting


def is_near(escalation: Escalation, *, now: datetime) -> bool:
    """Open, its clock running, and nearly due or past it."""
    warned = escalation.warn_at is not None and escalation.warn_at <= now
    return escalation.closed_at is None and not is_stopped(escalation) and (warned or escalation.due_at < now)


def wants_a_look(escalation: Escalation, *, now: datetime) -> bool:
    """Whether its time is worth a badge where there are many: in time is how most of them stand."""
    return is_near(escalation, now=now) or is_stopped(escalation)


def time_badge(escalation: Escalation, *, now: datetime) -> SafeString:
    """How it stands with its time."""
    if escalation.closed_at is not None:
        return _badge("calm", _("Venció antes")) if escalation.breached_at else _badge("ok", _("A tiempo"))
    if is_stopped(escalation):
        return _badge("calm", _("Plazo detenido"))
    if is_late(escalation, now=now):
        return _badge("bad", _("Vencida"))
    if is_near(escalation, now=now):
        return _badge("warn", _("Por vencer"))
    return _badge("ok", _("En plazo"))


@lru_cache(maxsize=32)  # a board draws two hundred of these five
def _badge(kind: str, word: str) -> SafeString:
    return SafeString(render_to_string("components/badge.html", {"kind": kind, "word": word}))
