"""Every promise of the states: a sound day breaks none, and each kind of breach is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from agents.invariants import RULES
from agents.models import Agent, By, PauseReason
from agents.states import Event, change_state
from tests.agents.promises import broken
from tests.audit import damaging

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sound(ana: Agent, luis: Agent, at: Callable[[str], datetime]) -> None:
    """A shift of Ana that is over, with a pause and a stretch of no length; and one of Luis that lasts."""
    nine, rest = at("2026-11-26 09:00"), PauseReason.objects.get(code="REFRIGERIO")
    for minutes, event, reason in (
        *((0, Event.SIGNED_IN, None), (10, Event.PAUSED, rest), (20, Event.BACK, None), (20, Event.ANSWERED, None)),
        *((25, Event.HUNG_UP, None), (26, Event.SIGNED_OUT, None)),
    ):
        moment = nine + timedelta(minutes=minutes)
        change_state(agent=ana, event=event, now=moment, by=By.DESK, reason=reason)
    change_state(agent=luis, event=Event.SIGNED_IN, now=nine, by=By.DESK)
    change_state(agent=luis, event=Event.ANSWERED, now=nine + timedelta(minutes=5), by=By.DESK)


WITHOUT = "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE agents_agentstate DROP CONSTRAINT"
BREAKS = {
    "database_log_quotes_no_row": "SET LOCAL log_error_verbosity = 'verbose'",
    "agent_states_have_no_gap": """
        UPDATE agents_agentstate SET began_at = began_at + interval '1 second' WHERE state = 'wrapping_up'""",
    "agent_states_fill_their_shift": "UPDATE agents_shift SET ended_at = ended_at + interval '1 hour'",
    "agent_states_do_not_overlap": f"""
        {WITHOUT} states_of_an_agent_do_not_overlap;
        UPDATE agents_agentstate SET ended_at = ended_at + interval '1 minute' WHERE state = 'paused'""",
    "agent_states_have_a_reason_when_paused": f"""
        {WITHOUT} agent_state_has_a_reason_when_paused; UPDATE agents_agentstate SET reason_id = NULL""",
    "agent_states_keep_to_the_table": "UPDATE agents_agentstate SET event = 'back' WHERE state = 'wrapping_up'",
}


def test_a_sound_day_breaks_no_promise() -> None:
    assert broken() == {}


def test_every_promise_is_broken_here() -> None:
    assert set(BREAKS) == {rule.name for rule in RULES}


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_a_promise_is_found(name: str) -> None:
    with damaging(BREAKS[name]), connection.cursor() as cursor:
        cursor.execute(BREAKS[name])
    assert name in broken()
    with pytest.raises(CommandError, match=name):
        call_command("check_invariants")


def test_a_stretch_of_no_length_in_the_middle_of_another_is_found(ana: Agent, at: Callable[[str], datetime]) -> None:
    """The database's own promise does not see it: an empty range overlaps nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE agents_agentstate SET began_at = %s, ended_at = %s, happened_at = %s
                WHERE agent_id = %s AND began_at = ended_at""",
            [*[at("2026-11-26 09:15")] * 3, ana.pk],
        )
    assert "agent_states_do_not_overlap" in broken()
