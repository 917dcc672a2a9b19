"""The table of a write's states: what it leads to, and its picture in the documents."""

from __future__ import annotations

from inbound.models import OutsideWrite
from inbound.writes.states import ANOTHER, CENTRE, STEPS, State, Verb


def reached_from(*start: OutsideWrite.State) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting += [step.to_state for step in STEPS if step.from_state == state and step.to_state not in reached]
    return reached


def test_no_way_leads_from_doubt_to_a_request() -> None:
    assert reached_from(State.UNCERTAIN) == {State.UNCERTAIN, State.DONE, State.NOT_DONE}


def test_every_state_is_reached_and_none_is_a_dead_end() -> None:
    assert reached_from(State.WAITING, State.BY_HAND, State.APPROVAL) == set(State)
    for state in State:
        assert {State.DONE, State.NOT_DONE} & reached_from(state), state


def test_only_another_person_lets_much_money_go_and_only_another_settles_a_doubt() -> None:
    for state, ends in ((State.APPROVAL, {State.WAITING}), (State.UNCERTAIN, {State.DONE, State.NOT_DONE})):
        by_people = [
            step for step in STEPS if step.from_state == state and step.to_state in ends and step.who != CENTRE
        ]
        assert {step.who for step in by_people if step.verb != Verb.GIVE_UP} == {ANOTHER}, state


def test_what_is_settled_stays_settled() -> None:
    """But for what its system says was done after all, and what a person wrote down."""
    settled = [step for step in STEPS if step.from_state in (State.DONE, State.NOT_DONE)]
    assert [(step.verb.value, step.from_state, step.to_state, step.who) for step in settled] == [
        ("doubt", State.NOT_DONE, State.UNCERTAIN, CENTRE),
        ("question", State.DONE, State.UNCERTAIN, CENTRE | ANOTHER),
    ]


def test_a_person_never_sends_and_the_centre_never_settles_a_doubt_by_itself() -> None:
    sends = [step for step in STEPS if step.to_state == State.SENDING]
    assert [step.who for step in sends] == [CENTRE]
    settles = [step for step in STEPS if step.from_state == State.UNCERTAIN and step.who == CENTRE]
    assert [step.verb.value for step in settles] == ["confirm"]  # the other side's own late answer


def test_each_step_is_in_the_table_once() -> None:
    taken = [(step.verb, step.from_state) for step in STEPS]
    assert len(taken) == len(set(taken))
