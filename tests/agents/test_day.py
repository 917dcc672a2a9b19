"""The seconds of a day: whatever happens in whatever order, they add up to the shift."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.day import AgentDay, added_up, day_of_agent, days_of_agents
from agents.models import Agent, AgentState, By, PauseReason, Shift
from agents.states import STEPS, Event, StateRefused, change_state
from tests.agents.promises import broken
from tests.conftest import LA_PAZ

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 26)
CALLS = [uuid.UUID(int=number) for number in range(1, 4)]


@pytest.fixture
def lived(ana: Agent, at: Callable[[str], datetime]) -> Callable[..., None]:
    """`lived(("09:00:00", Event.SIGNED_IN), …)` on 26 November; a reason's code may follow."""

    def live(*happened: tuple[str, ...], agent: Agent = ana) -> None:
        for clock, event, *reason in happened:
            change_state(
                agent=agent,
                event=Event(event),
                now=at(clock if " " in clock else f"2026-11-26 {clock}"),
                by=next(iter(next(step.who for step in STEPS if step.event == event))),
                reason=PauseReason.objects.get(code=reason[0]) if reason else None,
            )

    return live


def test_each_second_is_counted_for_what_she_did(lived: Callable[..., None], ana: Agent, at: Callable[..., datetime]):
    lived(
        ("08:00:00", Event.SIGNED_IN),
        ("08:10:00", Event.RANG),
        ("08:10:07", Event.ANSWERED),
        ("08:14:07", Event.HUNG_UP),
        ("08:14:37", Event.WRAPPED_UP),
        ("10:00:00", Event.PAUSED, "REFRIGERIO"),
        ("10:15:00", Event.PAUSED, "REUNION"),
        ("10:45:00", Event.PAUSED, "CAPACITACION"),
        ("11:45:00", Event.BACK),
        ("12:00:00", Event.WENT_AWAY),
        ("12:45:00", Event.SIGNED_OUT),
    )
    day = day_of_agent(agent=ana.pk, day=DAY, now=at("2026-11-27 08:00"))
    assert day == AgentDay(
        logged_in=4 * 3600 + 45 * 60, idle=600 + 6323 + 900, ringing=7, talking=240, wrapping_up=30, resting=900,
        away_from_calls=1800, training=3600, away=2700,
    )  # fmt: skip
    assert (day.told, day.paused) == (day.logged_in, 900 + 1800 + 3600)


def test_what_is_open_lasts_until_now(lived: Callable[..., None], ana: Agent, at: Callable[..., datetime]) -> None:
    lived(("08:00:00", Event.SIGNED_IN), ("09:00:00", Event.PAUSED, "ALMUERZO"))
    day = day_of_agent(agent=ana.pk, day=DAY, now=at("2026-11-26 09:30"))
    assert (day.logged_in, day.idle, day.resting) == (5400, 3600, 1800)
    assert day_of_agent(agent=ana.pk, day=DAY, now=at("2026-11-26 08:30")) == AgentDay(logged_in=1800, idle=1800)


def test_a_shift_over_midnight_of_la_paz_is_cut_there(
    lived: Callable[..., None], ana: Agent, at: Callable[..., datetime]
) -> None:
    lived(("22:00:00", Event.SIGNED_IN), ("2026-11-27 02:00:00", Event.SIGNED_OUT))
    counted = days_of_agents(agents=[ana.pk], first=DAY, last=DAY + timedelta(days=2), now=at("2026-11-28 08:00"))
    assert counted == {
        (ana.pk, DAY): AgentDay(logged_in=7200, idle=7200),
        (ana.pk, DAY + timedelta(days=1)): AgentDay(logged_in=7200, idle=7200),
    }


def test_fractions_of_seconds_are_lost_once_and_not_in_every_stretch(
    lived: Callable[..., None], ana: Agent, at: Callable[..., datetime]
) -> None:
    lived(("08:00:00.900000", Event.SIGNED_IN))
    for minute in range(1, 20, 2):
        lived((f"08:{minute:02}:00.700000", Event.ANSWERED), (f"08:{minute + 1:02}:00.200000", Event.HUNG_UP))
    lived(("08:30:00.100000", Event.SIGNED_OUT))
    day = day_of_agent(agent=ana.pk, day=DAY, now=at("2026-11-27 08:00"))
    assert day == AgentDay(logged_in=1800, idle=60, talking=600, wrapping_up=9 * 60 + 600)


def test_many_agents_and_days_are_one_question(
    lived: Callable[..., None], ana, luis, marta, at, django_assert_num_queries
) -> None:
    for agent in (ana, luis):
        for day in (26, 27):
            lived((f"2026-11-{day} 08:00", Event.SIGNED_IN), (f"2026-11-{day} 09:00", Event.SIGNED_OUT), agent=agent)
    with django_assert_num_queries(1):
        counted = days_of_agents(
            agents=[ana.pk, luis.pk, marta.pk], first=DAY, last=DAY + timedelta(days=3), now=at("2026-11-30 08:00")
        )
    assert set(counted) == {(agent.pk, DAY + timedelta(days=more)) for agent in (ana, luis) for more in (0, 1)}
    assert {day.logged_in for day in counted.values()} == {3600}


def test_occupancy_is_of_the_time_she_was_there_for_calls(lived: Callable[..., None], ana: Agent, at) -> None:
    lived(
        ("08:00:00", Event.SIGNED_IN),
        ("08:30:00", Event.ANSWERED),
        ("08:50:00", Event.HUNG_UP),
        ("09:00:00", Event.PAUSED, "REUNION"),
        ("11:00:00", Event.BACK),
        ("11:15:00", Event.WENT_AWAY),
        ("12:00:00", Event.SIGNED_OUT),
    )
    day = day_of_agent(agent=ana.pk, day=DAY, now=at("2026-11-27 08:00"))
    assert (day.on_calls, day.for_calls, day.occupancy) == (1800, 4500, 0.4)
    resting = AgentDay(logged_in=60, resting=60)
    assert resting.occupancy is None
    assert added_up([day, day, resting]).occupancy == 0.4  # of all of it, not the mean of the days
    assert added_up([]) == AgentDay()


def test_a_shift_that_began_days_ago_is_of_each_day_since(lived: Callable[..., None], ana: Agent, at) -> None:
    lived(("22:00:00", Event.SIGNED_IN), ("2026-11-28 01:00:00", Event.SIGNED_OUT))
    later = days_of_agents(
        agents=[ana.pk], first=DAY + timedelta(days=1), last=DAY + timedelta(days=5), now=at("2026-12-08 08:00")
    )
    assert [times.logged_in for _key, times in sorted(later.items())] == [86_400, 3600]


something = st.tuples(
    st.sampled_from(list(Event)),
    st.integers(-4_000_000, 3_600_000_000),  # microseconds since the one before; clocks are not of one mind
    st.integers(0, 5_000_000),  # microseconds until somebody hears of it
    st.sampled_from([*CALLS, None]),
    st.sampled_from(["REFRIGERIO", "REUNION", "CAPACITACION"]),
)


@pytest.mark.sweep
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(something, min_size=1, max_size=40), st.integers(0, 86_399))
def test_whatever_happens_in_whatever_order_seconds_add_up_and_there_is_one_state(
    ana: Agent, happened: list[tuple[Event, int, int, uuid.UUID | None, str]], begins: int
) -> None:
    with transaction.atomic():
        moment = datetime(2026, 11, 26, tzinfo=LA_PAZ) + timedelta(seconds=begins, microseconds=begins * 7)
        reasons = {reason.code: reason for reason in PauseReason.objects.all()}
        change_state(agent=ana, event=Event.SIGNED_IN, now=moment, by=By.DESK)
        for event, after, heard_after, call, reason in happened:
            moment += timedelta(microseconds=after)
            step = next(step for step in STEPS if step.event == event)
            try:
                change_state(
                    agent=ana,
                    event=event,
                    now=moment + timedelta(microseconds=heard_after),
                    happened_at=moment,
                    by=sorted(step.who)[0],
                    call=call if "telephone" in step.who and event != Event.SIGNED_OUT else None,
                    reason=reasons[reason] if event == Event.PAUSED else None,
                )
            except StateRefused:
                continue
        now = moment + timedelta(minutes=1)
        assert broken() == {}
        assert AgentState.objects.open().count() == Shift.objects.filter(ended_at=None).count() <= 1
        first, last = date(2026, 11, 25), now.astimezone(LA_PAZ).date() + timedelta(days=1)
        counted = days_of_agents(agents=[ana.pk], first=first, last=last, now=now)
        assert all(day.told == day.logged_in <= 86_400 for day in counted.values())
        total = added_up(counted.values())
        assert total.told == total.logged_in == sum(map(_seconds(now), Shift.objects.all()))
        assert total.occupancy is None if not total.for_calls else 0 <= total.occupancy <= 1
        transaction.set_rollback(True)


def _seconds(now: datetime) -> Callable[[Shift], int]:
    def of(shift: Shift) -> int:
        ended = min(shift.ended_at or now, now).replace(microsecond=0)
        return max(int((ended - shift.began_at.replace(microsecond=0)).total_seconds()), 0)

    return of


def test_the_sums_would_show_a_gap(lived: Callable[..., None], ana: Agent, at: Callable[..., datetime]) -> None:
    lived(("08:00:00", Event.SIGNED_IN), ("09:00:00", Event.ANSWERED), ("10:00:00", Event.SIGNED_OUT))
    sound = day_of_agent(agent=ana.pk, day=DAY, now=at("2026-11-27 08:00"))
    AgentState.objects.filter(state="on_a_call").update(began_at=at("2026-11-26 09:00:01"))
    gap = day_of_agent(agent=ana.pk, day=DAY, now=at("2026-11-27 08:00"))
    assert gap == replace(sound, talking=3599)
    assert (sound.told, gap.told) == (gap.logged_in, gap.logged_in - 1)
