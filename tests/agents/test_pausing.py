"""Pauses: for a reason, once, as a page shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from agents.models import Agent, PauseReason
from agents.pausing import begin_pause, end_pause, is_paused, pause_of, reasons_to_pause
from agents.states import StateRefused, open_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def nine(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-26 09:00")


def test_a_pause_begins_and_ends_once_whatever_is_clicked_twice(ana: Agent, nine: datetime) -> None:
    rest = PauseReason.objects.get(code="REFRIGERIO")
    paused = begin_pause(agent=ana, reason=rest, now=nine)
    assert begin_pause(agent=ana, reason=rest, now=nine + timedelta(minutes=1)) == paused
    assert is_paused(ana)
    assert end_pause(agent=ana, now=nine + timedelta(minutes=5))
    assert not end_pause(agent=ana, now=nine + timedelta(minutes=6))
    assert not is_paused(ana)
    assert (pause_of(ana, now=nine), open_state(ana).state) == (None, "available")


def test_without_a_reason_there_is_no_pause(ana: Agent, nine: datetime) -> None:
    with pytest.raises(StateRefused, match="Elija el motivo"):
        begin_pause(agent=ana, reason=None, now=nine)
    assert not is_paused(ana)


@pytest.mark.parametrize(("minutes", "is_over"), [(14, False), (15, True), (60, True)])
def test_a_page_shows_which_it_is_since_when_and_whether_its_limit_is_past(
    minutes: int, is_over: bool, ana: Agent, nine: datetime
) -> None:
    begin_pause(agent=ana, reason=PauseReason.objects.get(code="REFRIGERIO"), now=nine)
    seen = pause_of(ana, now=nine + timedelta(minutes=minutes))
    assert (str(seen.reason), seen.began_at, seen.until) == ("Refrigerio", nine, nine + timedelta(minutes=15))
    assert (seen.seconds, seen.is_over) == (minutes * 60, is_over)


def test_a_pause_without_a_limit_is_never_over(ana: Agent, nine: datetime) -> None:
    begin_pause(agent=ana, reason=PauseReason.objects.get(code="REUNION"), now=nine)
    seen = pause_of(ana, now=nine + timedelta(hours=5))
    assert (seen.until, seen.limit_seconds, seen.is_over) == (None, None, False)


def test_reasons_come_with_keys_of_their_own_and_in_their_order() -> None:
    reasons = reasons_to_pause()
    assert [(reason.key, reason.name, reason.limit_minutes) for reason in reasons] == [
        ("1", "Refrigerio", 15), ("2", "Almuerzo", 60), ("3", "Baño", 10), ("4", "Capacitación", None),
        ("5", "Reunión", None), ("6", "Coordinación con supervisión", None), ("7", "Soporte técnico", None),
    ]  # fmt: skip
    PauseReason.objects.filter(code="REFRIGERIO").update(is_active=False)
    assert reasons_to_pause()[0].name == "Almuerzo"
