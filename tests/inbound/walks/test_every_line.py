"""Every path of every line walked to its end, with every system by hand: nobody is left without a next step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalations.models import Escalation
from inbound.fields import Field
from inbound.flows.paths import every_path
from inbound.flows.shapes import Step
from inbound.models import FlowVersion, OutsideSystem, OutsideWrite, ServiceLine, Walk
from inbound.outside.look_ups import look_ups
from inbound.walks import walking
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import LINES, flow_of
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
PATHS = [(line, way) for line in LINES for way in every_path(flow_of(line))]
IDS = [f"{line}-{way[-1][0]}-{number}" for number, (line, way) in enumerate(PATHS)]
MONDAY = "2026-11-23 10:00"
TYPED = {
    "service_number": "4251234", "contract": "1011018", "identity_card": "3456789 CB", "amount": "20,00",
    "kinship": "spouse", "address": "Av. América 123", "hour": "10:30", "telephone": "70712345", "text": "Algo",
    "name": "Rosa Flores",
}  # fmt: skip


def typed(field: Field, caller: Caller) -> dict[str, str]:
    """What an agent types into a field."""
    if field.type == "customer":
        return {field.name: "1011018", f"{field.name}_name": "Rosa Flores"}
    if field.type == "choice":
        return {field.name: field.choices[0][0]}
    if field.type == "date":
        return {field.name: f"{caller.now + timedelta(days=1):%Y-%m-%d}"}
    return {field.name: TYPED[field.type]}


def answers_of(step: Step, caller: Caller) -> dict[str, str]:
    return {name: text for field in step.fields for name, text in typed(field, caller).items()}


def walk_to_the_end(caller: Caller, way: tuple[tuple[str, str], ...], *, seen: bool = True) -> None:
    """Answer step by step; the agent decides, whatever is proposed. `seen`: she writes what the old screens say."""
    for name, branch in way:
        here = caller.here
        if here.step.kind == "look_up" and here.step.name == name:
            caller.look()
            if caller.step == name:
                asked = look_ups()[here.step.look_up].by_hand if seen else ()
                caller.by_hand(**{key: text for field in asked for key, text in typed(field, caller).items()})
            continue
        if here.step.name != name:
            assert here.flow.steps[name].look_up.startswith("house."), f"at {here.step.name}, not at {name}"
            continue
        caller.answer(branch, confirmed=True, **answers_of(here.step, caller))


@pytest.fixture
def published(db: None, at) -> None:
    publish_every_flow(now=at(MONDAY))


@pytest.mark.parametrize("seen", [True, False], ids=["written", "left-empty"])
@pytest.mark.parametrize(("line", "way"), PATHS, ids=IDS)
def test_every_path_can_be_walked_with_every_system_by_hand(line, way, seen, ana, at, published):
    OutsideSystem.objects.update(mode="by_hand")
    caller = Caller(ana, ServiceLine.objects.get(number=line), at(MONDAY))
    walk_to_the_end(caller, way, seen=seen)
    walk = Walk.objects.get()
    flow = flow_of(line)
    assert (walk.result, walk.result_label) == (flow.steps[way[-1][0]].result, flow.steps[way[-1][0]].label)
    kinds = [flow.steps[name].kind for name, _branch in way]
    writes = OutsideWrite.objects.filter(walk=walk)
    assert writes.filter(action="smartflex.write_interaction").count() == 1
    assert writes.exclude(action="smartflex.write_interaction").count() == len(
        {n for n, _b in way if flow.steps[n].kind == "do"}
    )
    assert set(writes.values_list("state", flat=True)) == {"by_hand"}
    assert Escalation.objects.count() == kinds.count("hand_over")


def test_every_line_has_its_flow(published):
    assert set(FlowVersion.objects.values_list("line__number", flat=True)) == set(LINES)


@pytest.mark.parametrize("number", ["102", "4522222"])
def test_who_is_told_to_dial_101_goes_on_in_the_same_call(number, ana, at, published):
    OutsideSystem.objects.update(mode="by_hand")
    flow = flow_of(number)
    way = next(way for way in every_path(flow) if any(flow.steps[name].continue_as for name, _branch in way))
    caller = Caller(ana, ServiceLine.objects.get(number=number), at(MONDAY))
    until = next(place for place, (name, _branch) in enumerate(way) if flow.steps[name].continue_as)
    walk_to_the_end(caller, way[:until])
    walking.continue_as(by=ana.user, key=caller.walk.key, position=caller.here.footstep.position, now=caller.now)
    assert caller.here.flow.line == "101"
    assert caller.here.known["customer"]["contract"] == "1011018"
    reclamos = flow_of("101")
    rest = next(way for way in every_path(reclamos) if way[-1][0] == "reiterated")
    names = [name for name, _branch in rest]
    walk_to_the_end(caller, rest[names.index(caller.step) :])
    assert Walk.objects.get().result == "reiterated"
