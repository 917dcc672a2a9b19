"""How a card stands with its time, and the badge that says so."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from escalations.models import Escalation


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
