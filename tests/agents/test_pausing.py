"""Pauses: for a reason, once, as a page shows them; and those there were before reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection

from agents.models import Agent, AgentState, PauseReason, Shift
from agents.pausing import begin_pause, end_pause, is_paused, pause_of, reasons_to_pause
from agents.states import StateRefused, open_state
from tests.agents.promises import broken

pytestmark = pytest.mark.django_db
KEEP = import_module("agents.migrations.0004_begin_with_reasons_and_past_pauses").KEEP


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


def test_every_past_pause_is_kept_as_a_stretch(ana: Agent, luis: Agent, nine: datetime) -> None:
    """Also one that overlapped the one before it, one that ended before it began, and the ones that last."""
    minute = timedelta(minutes=1)
    past = [
        (ana.pk, nine, nine + 10 * minute),
        (ana.pk, nine + 5 * minute, nine + 20 * minute),
        (ana.pk, nine + 30 * minute, nine + 29 * minute),
        (ana.pk, nine + 40 * minute, None),
        (luis.pk, nine, None),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE agents_pause (id serial, agent_id bigint, began_at timestamptz, ended_at timestamptz)"
        )
        cursor.executemany("INSERT INTO agents_pause (agent_id, began_at, ended_at) VALUES (%s, %s, %s)", past)
        cursor.execute(KEEP)
        cursor.execute("DROP TABLE agents_pause")
    rows = AgentState.objects.order_by("agent", "began_at", "pk")
    assert [(row.agent_id, row.began_at - nine, row.ended_at and row.ended_at - nine) for row in rows] == [
        (ana.pk, 0 * minute, 10 * minute), (ana.pk, 10 * minute, 20 * minute), (ana.pk, 30 * minute, 30 * minute),
        (ana.pk, 40 * minute, None), (luis.pk, 0 * minute, None),
    ]  # fmt: skip
    assert {(row.state, row.reason.code) for row in rows} == {("paused", "SIN_MOTIVO")}
    assert Shift.objects.count() == 5
    assert broken() == {}
    assert end_pause(agent=ana, now=nine + 50 * minute)
