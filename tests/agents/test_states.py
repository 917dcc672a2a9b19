"""One state an agent: what the table lets happen, what is said twice, what arrives late."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from agents.models import Agent, AgentState, By, PauseReason, Shift, User
from agents.states import SIGNED_OUT, STEPS, Event, StateRefused, can, change_state, check_can, open_state
from tests.agents.promises import broken

pytestmark = pytest.mark.django_db
CALL, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
SPEAKS_FOR = {
    **dict.fromkeys((Event.RANG, Event.RANG_IN_VAIN, Event.ANSWERED, Event.HUNG_UP, Event.WENT_ON), By.TELEPHONE),
    **dict.fromkeys((Event.WRAPPED_UP, Event.WENT_AWAY), By.CLOCK),
}
WAY_TO = {  # events that lead to each state from signed out
    SIGNED_OUT: (),
    "available": (Event.SIGNED_IN,),
    "ringing": (Event.SIGNED_IN, Event.RANG),
    "on_a_call": (Event.SIGNED_IN, Event.ANSWERED),
    "wrapping_up": (Event.SIGNED_IN, Event.ANSWERED, Event.HUNG_UP),
    "paused": (Event.SIGNED_IN, Event.PAUSED),
    "away": (Event.SIGNED_IN, Event.WENT_AWAY),
}


@pytest.fixture
def nine(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-26 09:00")


@pytest.fixture
def happens(ana: Agent, nine: datetime) -> Callable[..., AgentState | None]:
    """`happens(Event.RANG, 30, call=CALL)`: so many seconds after nine o'clock, said by whoever says such things."""

    def happen(event: Event, seconds: float = 0, *, agent: Agent = ana, **more: Any) -> AgentState | None:
        by = more.pop("by", SPEAKS_FOR.get(event, By.DESK))
        if event == Event.PAUSED:
            more.setdefault("reason", PauseReason.objects.get(code="REFRIGERIO"))
        return change_state(agent=agent, event=event, now=nine + timedelta(seconds=seconds), by=by, **more)

    return happen


def story(agent: Agent) -> list[tuple[str, float | None]]:
    """Her stretches in order: the state, and how many seconds it lasted (None: it lasts)."""
    rows = AgentState.objects.filter(agent=agent).order_by("began_at", "pk")
    return [
        (row.state, (row.ended_at - row.began_at).total_seconds() if row.ended_at is not None else None) for row in rows
    ]


@pytest.mark.parametrize("there", WAY_TO)
@pytest.mark.parametrize("event", Event)
def test_what_is_in_the_table_happens_and_nothing_else(
    there: str, event: Event, happens: Callable[..., AgentState | None], ana: Agent
) -> None:
    for second, before in enumerate(WAY_TO[there]):
        happens(before, second)
    step = next((step for step in STEPS if (step.event, step.from_state) == (event, there)), None)
    repeated = event in WAY_TO[there][-1:]
    before = AgentState.objects.count()
    if step is None and not repeated:
        with pytest.raises(StateRefused):
            happens(event, 60)
        assert AgentState.objects.count() == before
        return
    happens(event, 60)
    now = open_state(ana)
    assert (now.state if now else SIGNED_OUT) == (step.to_state if step else there)


def test_the_table_has_one_line_for_a_state_and_an_event_and_leads_somewhere_from_everywhere() -> None:
    pairs = [(step.event, step.from_state) for step in STEPS]
    assert len(pairs) == len(set(pairs))
    states = {SIGNED_OUT, *AgentState.State.values}
    assert {step.from_state for step in STEPS} == {step.to_state for step in STEPS} == states
    assert {event for event, _state in pairs} == set(Event)


def test_a_shift_is_one_row_of_stretches_without_a_gap(
    happens: Callable[..., Any], ana: Agent, nine: datetime, elena: User
) -> None:
    happens(Event.SIGNED_IN)
    happens(Event.RANG, 10, call=CALL)
    happens(Event.ANSWERED, 14, call=CALL)
    happens(Event.HUNG_UP, 200, call=CALL)
    happens(Event.WRAPPED_UP, 230)
    happens(Event.PAUSED, 300)
    happens(Event.BACK, 900)
    happens(Event.SIGNED_OUT, 1000, by=By.SUPERVISOR, person=elena)
    assert story(ana) == [
        ("available", 10), ("ringing", 4), ("on_a_call", 186), ("wrapping_up", 30), ("available", 70), ("paused", 600),
        ("available", 100),
    ]  # fmt: skip
    shift = Shift.objects.get()
    assert (shift.began_at, shift.ended_at) == (nine, nine + timedelta(seconds=1000))
    assert (shift.ended_by, shift.ended_by_person) == (By.SUPERVISOR, elena)
    assert AgentState.objects.get(state="wrapping_up").call == CALL  # of the call it belongs to
    assert open_state(ana) is None


@pytest.mark.parametrize(
    ("before", "event", "more"),
    [
        ((), Event.SIGNED_IN, {}),
        ((Event.SIGNED_IN,), Event.RANG, {"call": CALL}),
        ((Event.SIGNED_IN,), Event.ANSWERED, {"call": CALL}),
        ((Event.SIGNED_IN, Event.ANSWERED), Event.HUNG_UP, {}),
        ((Event.SIGNED_IN,), Event.PAUSED, {}),
        ((Event.SIGNED_IN, Event.PAUSED), Event.BACK, {}),
        ((Event.SIGNED_IN,), Event.WENT_AWAY, {}),
        ((Event.SIGNED_IN,), Event.SIGNED_OUT, {}),
        ((Event.SIGNED_IN, Event.ANSWERED, Event.HUNG_UP), Event.WRAPPED_UP, {}),
        ((Event.SIGNED_IN, Event.RANG), Event.RANG_IN_VAIN, {}),
        ((Event.SIGNED_IN, Event.WENT_AWAY), Event.SEEN_AGAIN, {}),
        ((Event.SIGNED_IN,), Event.WENT_ON, {"call": CALL}),
    ],
)
def test_the_same_event_twice_is_one_change(
    before: tuple[Event, ...], event: Event, more: dict[str, Any], happens: Callable[..., Any]
) -> None:
    for second, earlier in enumerate(before):
        happens(earlier, second)
    first = happens(event, 20, **more)
    rows = list(AgentState.objects.order_by("pk").values())
    assert happens(event, 40, **more) == first
    assert list(AgentState.objects.order_by("pk").values()) == rows


def test_another_reason_and_another_call_begin_another_stretch(happens: Callable[..., Any], ana: Agent) -> None:
    happens(Event.SIGNED_IN)
    happens(Event.PAUSED, 10)
    happens(Event.PAUSED, 30, reason=PauseReason.objects.get(code="BANO"))
    happens(Event.BACK, 40)
    happens(Event.ANSWERED, 50, call=CALL)
    happens(Event.ANSWERED, 80, call=OTHER)
    assert story(ana)[1:] == [("paused", 20), ("paused", 10), ("available", 10), ("on_a_call", 30), ("on_a_call", None)]


def test_the_end_of_one_call_does_not_end_another(happens: Callable[..., Any]) -> None:
    happens(Event.SIGNED_IN)
    happens(Event.ANSWERED, 10, call=CALL)
    happens(Event.ANSWERED, 20, call=OTHER)
    with pytest.raises(StateRefused, match="Terminó otra llamada"):
        happens(Event.HUNG_UP, 30, call=CALL)
    assert happens(Event.HUNG_UP, 40, call=OTHER).state == "wrapping_up"


def test_who_is_in_two_calls_goes_on_with_the_first_when_the_second_is_over(
    happens: Callable[..., Any], ana: Agent
) -> None:
    happens(Event.SIGNED_IN)
    happens(Event.ANSWERED, 10, call=CALL)
    happens(Event.ANSWERED, 20, call=OTHER)
    assert happens(Event.WENT_ON, 50, call=CALL).call == CALL
    happens(Event.HUNG_UP, 90, call=CALL)
    assert story(ana)[1:] == [("on_a_call", 10), ("on_a_call", 30), ("on_a_call", 40), ("wrapping_up", None)]
    assert broken() == {}


@pytest.mark.parametrize(
    ("event", "seconds", "call"),
    [(Event.ANSWERED, 14, CALL), (Event.RANG, 10, CALL), (Event.HUNG_UP, 100, CALL), (Event.RANG, 9, CALL)],
)
def test_late_word_of_a_call_that_went_on_changes_nothing(
    event: Event, seconds: int, call: uuid.UUID, happens: Callable[..., Any], ana: Agent, nine: datetime
) -> None:
    happens(Event.SIGNED_IN)
    happens(Event.RANG, 10, call=CALL)
    happens(Event.ANSWERED, 14, call=CALL)
    happens(Event.HUNG_UP, 100, call=CALL)
    happens(Event.ANSWERED, 200, call=OTHER)
    before = story(ana)
    there = happens(event, 300, call=call, happened_at=nine + timedelta(seconds=seconds))
    assert (there.state, there.call) == ("on_a_call", OTHER)
    assert story(ana) == before


def test_what_happened_before_the_open_stretch_began_makes_one_of_no_length(
    happens: Callable[..., Any], ana: Agent, nine: datetime
) -> None:
    """The switchboard's clock is behind: she was back, and it rang at once."""
    happens(Event.SIGNED_IN)
    happens(Event.PAUSED, 10)
    happens(Event.BACK, 60)
    ringing = happens(Event.RANG, 61, call=CALL, happened_at=nine + timedelta(seconds=58))
    assert story(ana) == [("available", 10), ("paused", 50), ("available", 0), ("ringing", None)]
    assert (ringing.began_at, ringing.happened_at) == (nine + timedelta(seconds=60), nine + timedelta(seconds=58))
    happens(Event.ANSWERED, 62, call=CALL, happened_at=nine + timedelta(seconds=59))  # later than it rang: it counts
    assert story(ana)[-2:] == [("ringing", 0), ("on_a_call", None)]


def test_a_clock_that_is_ahead_begins_nothing_in_the_future(
    happens: Callable[..., Any], ana: Agent, nine: datetime
) -> None:
    happens(Event.SIGNED_IN)
    happens(Event.RANG, 10, call=CALL, happened_at=nine + timedelta(hours=1))
    happens(Event.ANSWERED, 15, call=CALL)
    assert story(ana) == [("available", 10), ("ringing", 5), ("on_a_call", None)]


def test_a_shift_begins_no_sooner_than_the_last_one_ended(happens: Callable[..., Any], nine: datetime) -> None:
    happens(Event.SIGNED_IN)
    happens(Event.SIGNED_OUT, 100)
    again = happens(Event.SIGNED_IN, 90)
    assert again.began_at == nine + timedelta(seconds=100)
    assert Shift.objects.count() == 2


def test_a_change_decided_upon_another_stretch_is_none(happens: Callable[..., Any]) -> None:
    first = happens(Event.SIGNED_IN)
    paused = happens(Event.PAUSED, 10)
    assert happens(Event.WENT_AWAY, 900, if_still=first.pk) == paused
    assert happens(Event.SIGNED_OUT, 900, by=By.CLOCK, if_still=paused.pk) is None


@pytest.mark.parametrize(
    ("before", "event", "sentence"),
    [
        ((), Event.PAUSED, "No ha ingresado"),
        ((Event.SIGNED_IN, Event.ANSWERED), Event.PAUSED, "Está en una llamada: primero se termina."),
        ((Event.SIGNED_IN, Event.RANG), Event.PAUSED, "Le está sonando una llamada"),
        ((Event.SIGNED_IN, Event.PAUSED), Event.RANG, "Está en pausa."),
        ((Event.SIGNED_IN,), Event.HUNG_UP, "Está disponible."),
        ((Event.SIGNED_IN, Event.WENT_AWAY), Event.BACK, "Está ausente."),
        ((Event.SIGNED_IN, Event.ANSWERED, Event.HUNG_UP), Event.RANG_IN_VAIN, "Está cerrando una llamada."),
    ],
)
def test_a_refusal_says_how_it_stands(
    before: tuple[Event, ...], event: Event, sentence: str, happens: Callable[..., Any], ana: Agent
) -> None:
    for second, earlier in enumerate(before):
        happens(earlier, second)
    assert not can(event, there=open_state(ana), by=SPEAKS_FOR.get(event, By.DESK))
    with pytest.raises(StateRefused, match=sentence):
        happens(event, 60)


def test_a_pause_has_a_reason_that_may_be_chosen_and_nothing_else_has_one(
    happens: Callable[..., Any], ana: Agent
) -> None:
    old = PauseReason.objects.get(code="SIN_MOTIVO")
    there = happens(Event.SIGNED_IN)
    with pytest.raises(StateRefused, match="Elija el motivo"):
        happens(Event.PAUSED, 10, reason=None)
    with pytest.raises(StateRefused, match="ya no se usa"):
        happens(Event.PAUSED, 10, reason=old)
    with pytest.raises(ValueError, match="no reason"):
        happens(Event.BACK, 10, reason=old)
    assert open_state(ana) == there


def test_a_reason_switched_off_during_the_pause_does_not_break_it(happens: Callable[..., Any], ana: Agent) -> None:
    happens(Event.SIGNED_IN)
    paused = happens(Event.PAUSED, 10)
    PauseReason.objects.update(is_active=False)
    assert happens(Event.PAUSED, 20) == paused
    assert happens(Event.BACK, 30).state == "available"


def test_whoever_may_not_say_so_changes_nothing(happens: Callable[..., Any], ana: Agent) -> None:
    there = happens(Event.SIGNED_IN)
    with pytest.raises(StateRefused, match="no le corresponde"):
        happens(Event.RANG, 10, by=By.DESK)
    assert check_can(Event.RANG, there=there, by=By.TELEPHONE).to_state == "ringing"
    assert open_state(ana) == there


def test_states_of_agents_do_not_touch(happens: Callable[..., Any], ana: Agent, luis: Agent) -> None:
    happens(Event.SIGNED_IN)
    happens(Event.SIGNED_IN, 5, agent=luis)
    happens(Event.PAUSED, 10, agent=luis)
    assert (story(ana), story(luis)) == ([("available", None)], [("available", 5), ("paused", None)])


@pytest.mark.parametrize(
    ("changes", "promise"),
    [
        ({"began_at": 5, "ended_at": 20}, "states_of_an_agent_do_not_overlap"),
        ({"began_at": 200}, "agent_has_one_open_state"),
        ({"began_at": 30, "ended_at": 20}, "ends_after_it_began"),
        ({"state": "paused", "began_at": -9, "ended_at": -5}, "has_a_reason_when_paused"),
        ({"state": "asleep", "began_at": -9, "ended_at": -5}, "is_known"),
        ({"began_at": -9, "ended_at": -5, "happened_at": 0}, "begins_no_sooner_than_it_happened"),
    ],
)
def test_the_database_keeps_its_promises(
    changes: dict[str, Any], promise: str, happens: Callable[..., Any], nine: datetime
) -> None:
    row = happens(Event.SIGNED_IN)
    moments = {name: nine + timedelta(seconds=value) for name, value in changes.items() if name != "state"}
    moments.setdefault("happened_at", moments["began_at"])
    state = changes.get("state", "available")
    with pytest.raises(IntegrityError, match=promise), transaction.atomic():
        AgentState.objects.create(
            agent=row.agent, shift=row.shift, state=state, event="signed_in", by="desk", **moments
        )


def test_two_shifts_of_an_agent_never_overlap(happens: Callable[..., Any], ana: Agent, nine: datetime) -> None:
    happens(Event.SIGNED_IN)
    happens(Event.SIGNED_OUT, 100)
    earlier = nine - timedelta(seconds=50)
    with pytest.raises(IntegrityError, match="shifts_of_an_agent_do_not_overlap"), transaction.atomic():
        Shift.objects.create(agent=ana, began_at=earlier, ended_at=nine + timedelta(seconds=1), ended_by="desk",
                             last_sign_at=earlier)  # fmt: skip
