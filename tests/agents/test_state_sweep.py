"""What the clock does: it ends wrapping up, notices who is gone and closes forgotten shifts, each at its own moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings

from agents import tasks
from agents.models import Agent, AgentState, By, PauseReason, Role, Shift, StatePolicy, User
from agents.presence import give_sign
from agents.state_sweep import sweep_states
from agents.states import Event, change_state, open_state
from callcenter.schedule import SCHEDULE
from tests.agents.promises import broken

pytestmark = pytest.mark.django_db


@pytest.fixture
def nine(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-26 09:00")


@pytest.fixture(autouse=True)
def policy(db: None) -> StatePolicy:
    return StatePolicy.objects.create(wrap_up_seconds=45, away_minutes=10, sign_out_minutes=30)


@pytest.fixture
def is_in(ana: Agent, nine: datetime) -> Callable[..., AgentState]:
    """Ana since nine o'clock: `is_in(Event.PAUSED, "ALMUERZO")` after signing in."""

    def be(*events: Event, reason: str = "") -> AgentState:
        for event in (Event.SIGNED_IN, *events):
            why = PauseReason.objects.get(code=reason) if event == Event.PAUSED else None
            by = By.CLOCK if event == Event.WENT_AWAY else By.DESK
            change_state(agent=ana, event=event, now=nine, by=by, reason=why)
        return open_state(ana)

    return be


SESSION = settings.SESSION_COOKIE_AGE
DUE = [  # how she is, and after how many seconds what becomes of her
    ((Event.ANSWERED, Event.HUNG_UP), "", 45, "available"),
    ((), "", 600, "away"),
    ((Event.WENT_AWAY,), "", 1800, None),
    ((Event.PAUSED,), "REFRIGERIO", (15 + 30) * 60, None),
    ((Event.PAUSED,), "CAPACITACION", SESSION, None),
    ((Event.ANSWERED,), "", SESSION, None),
]


@pytest.mark.parametrize(("events", "reason", "seconds", "becomes"), DUE)
def test_each_state_ends_when_its_time_is_up_and_not_before(
    events: tuple[Event, ...], reason: str, seconds: int, becomes: str | None, is_in: Callable[..., AgentState],
    ana: Agent, nine: datetime,
) -> None:  # fmt: skip
    there = is_in(*events, reason=reason)
    assert sweep_states(now=nine + timedelta(seconds=seconds - 1)) == 0
    assert open_state(ana) == there
    assert sweep_states(now=nine + timedelta(seconds=seconds)) == 1
    after = open_state(ana)
    assert (after.state if after else None) == becomes
    assert sweep_states(now=nine + timedelta(seconds=seconds)) == 0


def test_a_late_sweep_changes_at_the_moment_it_was_due(
    is_in: Callable[..., AgentState], ana: Agent, nine: datetime
) -> None:
    """The workers were down for three hours: wrapped up, away and signed out, each when its time was up."""
    is_in(Event.ANSWERED, Event.HUNG_UP)
    assert sweep_states(now=nine + timedelta(hours=3)) == 3
    lasted = [
        (row.state, row.ended_at - nine) for row in AgentState.objects.exclude(ended_at=nine).order_by("began_at", "pk")
    ]
    wrapped = timedelta(seconds=45)
    gone = wrapped + timedelta(minutes=10)
    assert lasted == [("wrapping_up", wrapped), ("available", gone), ("away", gone + timedelta(minutes=30))]
    shift = Shift.objects.get()
    assert (shift.ended_at - nine, shift.ended_by) == (gone + timedelta(minutes=30), By.CLOCK)
    assert broken() == {}


def test_a_sign_puts_off_being_away(is_in: Callable[..., AgentState], ana: Agent, nine: datetime) -> None:
    is_in()
    give_sign(user=ana.user, now=nine + timedelta(minutes=9))
    assert sweep_states(now=nine + timedelta(minutes=18)) == 0
    assert sweep_states(now=nine + timedelta(minutes=19)) == 1
    assert open_state(ana).began_at == nine + timedelta(minutes=19)


def test_a_pause_past_its_limit_goes_on_while_she_gives_signs(
    is_in: Callable[..., AgentState], ana: Agent, nine: datetime
) -> None:
    paused = is_in(Event.PAUSED, reason="BANO")
    give_sign(user=ana.user, now=nine + timedelta(minutes=35))
    assert sweep_states(now=nine + timedelta(minutes=64)) == 0
    assert open_state(ana) == paused
    assert sweep_states(now=nine + timedelta(minutes=65)) == 1


def _left(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)  # whoever is put out by the site is signed out at once


@pytest.mark.parametrize(
    "leaves",
    [_left, lambda user: _role(user, Role.SUPERVISOR)],
)
def test_an_account_that_is_no_agents_any_more_has_no_shift(
    leaves: Callable[[User], None], is_in: Callable[..., AgentState], ana: Agent, nine: datetime
) -> None:
    is_in()
    leaves(ana.user)
    assert sweep_states(now=nine + timedelta(minutes=1)) == 1
    assert open_state(ana) is None


def _role(user: User, role: Role) -> None:
    User.objects.filter(pk=user.pk).update(role=role)


def test_without_a_policy_its_defaults_hold(is_in: Callable[..., AgentState], ana: Agent, nine: datetime) -> None:
    StatePolicy.objects.all().delete()
    is_in(Event.ANSWERED, Event.HUNG_UP)
    assert sweep_states(now=nine + timedelta(seconds=59)) == 0
    assert sweep_states(now=nine + timedelta(seconds=60)) == 1


def test_a_floor_is_looked_at_in_one_question(
    make_agent: Callable[..., Agent], nine: datetime, django_assert_num_queries
) -> None:
    for number in range(20):
        change_state(agent=make_agent(f"A{number}"), event=Event.SIGNED_IN, now=nine, by=By.DESK)
    with django_assert_num_queries(2):  # the policy, and who is due: nobody
        sweep_states(now=nine)


def test_the_clock_rings_it(is_in: Callable[..., AgentState], ana: Agent, nine: datetime, monkeypatch) -> None:
    is_in(Event.ANSWERED, Event.HUNG_UP)
    monkeypatch.setattr("django.utils.timezone.now", lambda: nine + timedelta(minutes=2))
    tasks.sweep_states()
    assert open_state(ana).state == "available"
    assert "agents.sweep_states" in {tick.task for tick in SCHEDULE}
