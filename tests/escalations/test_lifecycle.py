"""The table of steps is total, its sentences are there, and the page made of it is not stale."""

from __future__ import annotations

import itertools

import pytest

from escalations.lifecycle import STEPS, EscalationRefused, Verb, Who, check_can, why_not
from escalations.models import Change, Escalation, Kind
from tests.inbound.of_the_procedure import KINDS

pytestmark = pytest.mark.django_db
State = Escalation.State
PERSONS = [verb for verb in Verb if verb != Verb.RAISE]


def test_every_verb_leads_from_somewhere_and_no_line_is_twice():
    assert {step.verb for step in STEPS} == set(Verb) - {Verb.RAISE, Verb.NOTE}
    pairs = [(step.verb, step.from_state) for step in STEPS]
    assert len(pairs) == len(set(pairs))


def test_every_state_is_reached_from_new_and_reaches_the_end():
    ahead = {state: {step.to_state for step in STEPS if step.from_state == state} for state in State}

    def closure(state):
        found, waiting = set(), [state]
        while waiting:
            for following in ahead[waiting.pop()] - found:
                found.add(following)
                waiting.append(following)
        return found

    assert closure(State.NEW) | {State.NEW} == set(State)
    assert all(State.INFORMED in closure(state) for state in set(State) - {State.INFORMED, State.MERGED})


@pytest.mark.parametrize(("verb", "state"), list(itertools.product(PERSONS, State)))
def test_whatever_is_refused_says_why(verb, state, card, elena, rosa):
    """Whose it is matters too: Elena has what somebody has."""
    card.state, card.owner = state, None if state == State.NEW else elena
    steps = [step for step in STEPS if step.who != Who.CLOCK]
    step = next((step for step in steps if step.verb == verb and step.from_state == state), None)
    is_step = step is not None or verb == Verb.NOTE
    of_the_owner = step is not None and step.who == Who.OWNER
    for person, may in ((elena, is_step), (rosa, is_step and not of_the_owner)):
        sentence = why_not(verb, escalation=card, by=person)
        assert (sentence == "") is may, person
        assert may or len(sentence) > 10


def test_an_agent_and_an_auditor_work_no_card_of_supervision(card, ana, oscar):
    for person in (ana.user, oscar):
        with pytest.raises(EscalationRefused, match="lo trabaja supervisión"):
            check_can(Verb.TAKE, escalation=card, by=person)


def test_an_agent_works_the_calls_that_are_hers_to_make(make_card, ana, oscar):
    call = make_card(kind="callback_promise")
    assert why_not(Verb.TAKE, escalation=call, by=ana.user) == ""
    assert why_not(Verb.TAKE, escalation=call, by=oscar) != ""


def test_every_kind_has_its_row_and_every_label_its_words(db):
    assert set(Kind.objects.values_list("code", flat=True)) == set(KINDS)
    assert all(str(state.label) for state in State)


def test_raising_begins_the_history(card, ana, morning):
    (begun,) = Change.objects.filter(escalation=card)
    assert (begun.verb, begun.from_state, begun.to_state, begun.by, begun.at) == ("raise", "", "new", ana.user, morning)
