"""Where a walk stands: its present step, what is known by now, and how it came there. Read from the footsteps alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from inbound.fields import CALLER_NAME, TELEPHONE
from inbound.flows.conditions import arguments
from inbound.flows.schema import parse_flow
from inbound.flows.shapes import SAME_CARD, Flow, Step
from inbound.models import FlowVersion, Footstep, ServiceLine, Walk

TO_LEAVE = ("how", "reason")  # of the form that ends a call; who calls is read anew, she may be noted meanwhile
CONTINUED = "continue_as"  # what is chosen where a walk goes on as another line


class NoFlow(Exception):
    """The line has no published flow; the message says what to do."""


@dataclass(frozen=True)
class WalkState:
    """A walk at its newest footstep. `path` are the footsteps that count, `trail` all of them, oldest first."""

    walk: Walk
    flow: Flow
    step: Step
    footstep: Footstep
    known: dict[str, Any]
    path: list[Footstep]
    trail: list[Footstep]

    @property
    def before(self) -> Footstep | None:
        """The footstep that going back returns to."""
        return self.path[-2] if len(self.path) > 1 else None

    def step_of(self, footstep: Footstep) -> Step:
        return flow_of(footstep.version_id).steps[footstep.step]


@lru_cache(maxsize=256)
def flow_of(version_id: int) -> Flow:
    """The flow of a version; versions are frozen, so what was read once stays true."""
    return parse_flow(FlowVersion.objects.values_list("source", flat=True).get(pk=version_id), name=str(version_id))


def version_to_walk(*, line: ServiceLine) -> FlowVersion:
    """The version that runs now. Raises NoFlow."""
    version = line.running_version()
    if version is None:
        raise NoFlow(line.number)
    return version


def read_state(*, walk: Walk) -> WalkState:
    """Read where `walk` stands; one query."""
    return state_on(walk=walk, trail=list(Footstep.objects.filter(walk=walk).order_by("position")))


def state_on(*, walk: Walk, trail: list[Footstep]) -> WalkState:
    """Where `walk` stands with all its footsteps at hand, oldest first. Where she calls from is known besides."""
    path = path_of(trail)
    newest = trail[-1]
    flow = flow_of(newest.version_id)
    return WalkState(walk, flow, flow.steps[newest.step], newest, known_of_call(walk, path, trail), path, trail)


def known_of_call(walk: Walk, path: list[Footstep], trail: list[Footstep]) -> dict[str, Any]:
    """What is known on a way of the call: who calls, and where she said last that she is called, hold whatever is gone
    back from.
    """
    told = {name: said for name in (CALLER_NAME, TELEPHONE) if (said := _said_last(name, trail))}
    return {**known_on(path, before=walk.brought), **told, "caller_number": walk.caller_number}


def passings(here: WalkState) -> list[Footstep]:
    """The footsteps on the present step, of the same line: the first time, and each time it was come back to."""
    line, name = here.flow.line, here.step.name
    return [passed for passed in here.trail if passed.step == name and flow_of(passed.version_id).line == line]


def given_on(trail: Sequence[Footstep]) -> str:
    """Where she said last that she is called, on some footsteps of a call, gone back from or not."""
    return _said_last(TELEPHONE, trail)


def _said_last(name: str, trail: Sequence[Footstep]) -> str:
    return next((str(passed.answer[name]) for passed in reversed(trail) if passed.answer.get(name)), "")


def path_of(trail: list[Footstep]) -> list[Footstep]:
    """The footsteps that count: one that went back undoes all from the position it returned to."""
    path: list[Footstep] = []
    for footstep in trail:
        if footstep.returns_to is not None:
            path = [kept for kept in path if kept.position < footstep.returns_to]
        path.append(footstep)
    return path


def known_on(path: list[Footstep], *, before: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered, by field, and what was found, by the name its look-up gives it; the later word counts.

    `before`: what a walk brought with it.
    """
    known: dict[str, Any] = dict(before)
    asked: dict[str, dict[str, str]] = {}  # of what a look-up found, what it was asked for
    for footstep in path:
        step = flow_of(footstep.version_id).steps[footstep.step]
        if step.kind != "look_up":
            known.update(footstep.answer)
            asked = {name: what for name, what in asked.items() if name not in footstep.answer}
            if step.kind == "choose" or (step.as_ and footstep.found is not None):  # or what a write came to
                known[step.as_] = footstep.found
        elif footstep.found is not None or footstep.left_at is not None:
            what = arguments(step.with_, known)
            of_another = asked.get(step.as_, what) != what
            known[step.as_] = _with_what_was_known(None if of_another else known.get(step.as_), footstep)
            asked[step.as_] = what
    return known


def _with_what_was_known(before: Any, footstep: Footstep) -> Any:
    """What a look-up found. What an agent writes by hand adds to what was known; left empty, it takes nothing away.

    `before`: what was known of the same thing. Another number or name is another thing: nothing of it is known yet.
    """
    found = footstep.found
    if not footstep.by_hand:
        return found
    if found == []:  # nothing was written, which is not that there is nothing
        return before
    if isinstance(before, dict) and isinstance(found, dict):
        return {**before, **found}
    return before if found is None else found


def fields_before(here: WalkState) -> dict[str, Any]:
    """What the fields of the present step hold: a draft, or what was answered the last time it was passed.

    What was written by hand of another number or name is no answer to this one.
    """
    draft = here.walk.draft
    if draft.get("position") == here.footstep.position:
        return dict(draft.get("fields", {}))
    present = (here.footstep.version_id, here.footstep.step)
    earlier = [n for n, passed in enumerate(here.trail[:-1]) if (passed.version_id, passed.step) == present]
    if not earlier:
        return {}
    if here.step.kind == "look_up":
        then = known_on(path_of(here.trail[: earlier[-1]]), before=here.walk.brought)
        if arguments(here.step.with_, then) != arguments(here.step.with_, here.known):
            return {}
    return {name: text for name, text in here.trail[earlier[-1]].answer.items() if name != SAME_CARD}


def as_draft(fields: Mapping[str, str], *, position: int, leaving: bool) -> dict[str, Any]:
    """What a walk's draft keeps of the fields of a step, or (`leaving`) of the form that ends the call there."""
    if leaving:
        return {"leaving": {**{name: fields.get(name, "")[:200] for name in TO_LEAVE}, "position": position}}
    return {"position": position, "fields": {name: text[:2000] for name, text in fields.items()}}


def typed_to_leave(here: WalkState) -> dict[str, str]:
    """Why the call is to be ended on the present step, as far as it is typed."""
    kept = here.walk.draft.get("leaving", {})
    return {name: kept[name] for name in TO_LEAVE} if kept.get("position") == here.footstep.position else {}


def read_by_hand(here: WalkState, path: str) -> bool:
    """Whether what stands at a path of what is known was read by the agent, and not answered by its system."""
    root = path.split(".")[0]
    chosen = (one for one in here.flow.steps.values() if one.kind == "choose" and one.as_ == root)
    found_as = next((one.among.split(".")[0] for one in chosen), root)  # of what was chosen, what it was chosen among
    looked = [one for one in here.path if one.found and one.kind == "look_up" and here.step_of(one).as_ == found_as]
    return bool(looked) and looked[-1].by_hand
