"""The table of every owed work: its picture, what it leads to, and that the kinds and their own tables keep to it."""

from __future__ import annotations

from typing import Any

import pytest

from inbound.owed_work import WRITES
from inbound.writes import states
from work.kinds import Kind, kinds
from work.life import STEPS, Phase, leads_to
from work.life import Verb as Of


def test_each_step_leads_to_one_place() -> None:
    taken = {(step.verb, step.from_phase, step.to_phase) for step in STEPS}
    assert len({(verb, was) for verb, was, _to in taken}) == len(taken)


def test_every_phase_is_reached_and_what_is_over_stays_unless_it_is_owed_again_or_contradicted() -> None:
    assert {step.to_phase for step in STEPS} == set(Phase)
    assert [step.verb for step in STEPS if step.from_phase == Phase.OVER != step.to_phase] == [Of.HOLD, Of.OWE_AGAIN]


def test_a_step_the_table_does_not_have_is_a_mistake_of_the_code() -> None:
    with pytest.raises(ValueError, match="no step done from waiting"):
        leads_to(Of.DONE, from_phase=Phase.WAITING)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_each_state_of_a_kind_stands_somewhere_and_only_there(kind: Kind[Any]) -> None:
    named = [kind.waiting, *kind.at_work, *kind.held, kind.parked, *kind.over]
    assert sorted(named) == sorted(kind.model.State.values)


@pytest.mark.parametrize("step", states.STEPS, ids=lambda step: f"{step.verb.value}-{step.from_state.value}")
def test_the_table_of_writes_keeps_to_the_table_of_all_work(step: states.Step) -> None:
    was, is_ = (WRITES.phase_of_state(state) for state in (step.from_state, step.to_state))
    assert leads_to(step.of_all_work, from_phase=was) == is_
