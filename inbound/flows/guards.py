"""What stands before money, a SIM or a balance on every way that leads there, not only on one.

- Before an accountable write who asks is compared with the holder of the very thing: a `holder` field, since that thing
  was looked up.
- Where such a write is given a contract beside a number, a decision goes by what that contract shows.
- Before a balance is read out, a decision goes by that comparison, or by the number she calls from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from inbound.fields import OWNER
from inbound.flows.conditions import alternatives, places
from inbound.flows.shapes import Branch, Flow, Step
from inbound.outside.actions import Action

COMPARED, OF_THE_CONTRACT, TOLD_TO_HER = "compared", "of_the_contract", "told_to_her"
BALANCE = "balance"  # what only the holder is told, by the name of its look-up or by the last of its path
CALLER = "caller_number"

Guards = Callable[[Step, Branch | None], bool]


@dataclass(frozen=True, slots=True)
class Unguarded:
    """A way past a guard: the step it comes to, which guard, and the way (`decision.branch`) it goes by."""

    step: Step
    guard: str
    by: str


def unguarded(flow: Flow, actions: Mapping[str, Action]) -> Iterator[Unguarded]:
    """Each guard that some way goes past."""
    for step in flow.steps.values():
        action = actions.get(step.action) if step.action else None
        if action is not None and action.accountable:
            if by := _way_past(flow, step, _compares(flow, step), _watched_by_the_comparison(flow)):
                yield Unguarded(step, COMPARED, by)
            if by := _way_past_the_contract(flow, step):
                yield Unguarded(step, OF_THE_CONTRACT, by)
        elif told := _balance_of(step):
            watched = frozenset().union(*(_brought_with(flow, one) for one in told))
            if by := _way_past(flow, step, _goes_by_who_asks(flow), watched):
                yield Unguarded(step, TOLD_TO_HER, by)


def _compares(flow: Flow, write: Step) -> Guards:
    about = _roots(write)

    def compares(step: Step, _way: Branch | None) -> bool:
        fields = [field for field in step.fields if field.type == "holder" and field.required]
        held = {path.split(".")[0] for field in fields for path in alternatives(field.among)}
        return any(about & _brought_with(flow, root) for root in held)

    return compares


def _goes_by_who_asks(flow: Flow) -> Guards:
    compared = {field.name for step in flow.steps.values() for field in step.fields if field.type == "holder"}

    def goes(_step: Step, way: Branch | None) -> bool:
        if way is None:
            return False
        return any(way.needs.get(name) == OWNER for name in compared) or CALLER in {*way.needs, *way.unless}

    return goes


def _way_past_the_contract(flow: Flow, write: Step) -> str:
    if not {"contract", "number"} <= set(write.with_):
        return ""
    asked = {path.split(".")[0] for path in alternatives(write.with_["contract"])}
    shown = {one.as_ for one in flow.steps.values() if one.look_up and asked & _roots(one)}
    shown |= {one.as_ for one in flow.steps.values() if one.kind == "choose" and one.among.split(".")[0] in shown}

    def goes(_step: Step, way: Branch | None) -> bool:
        return way is not None and any(path.split(".")[0] in shown for path in (*way.needs, *way.unless))

    number = {path.split(".")[0] for path in alternatives(write.with_["number"])}
    return _way_past(flow, write, goes, frozenset(asked | shown | number))


def _balance_of(step: Step) -> set[str]:
    """The roots by which a step looks up or reads out a balance; what is looked up as one is guarded there."""
    if step.look_up.rpartition(".")[2] == BALANCE:
        return _roots(step)
    return {path.split(".")[0] for path in places(step.say) if path.rpartition(".")[2] == BALANCE and "." in path}


def _watched_by_the_comparison(flow: Flow) -> frozenset[str]:
    """What a comparison is of: once one of these is another, nobody was compared with its holder."""
    fields = [field for step in flow.steps.values() for field in step.fields if field.type == "holder"]
    roots = {path.split(".")[0] for field in fields for path in alternatives(field.among) if path}
    return frozenset().union(*(_brought_with(flow, root) for root in roots))


def _brought_with(flow: Flow, root: str) -> frozenset[str]:
    """A name, and all that it was looked up by or chosen among."""
    found: set[str] = set()
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for step in flow.steps.values():
            if step.as_ == name and step.kind in ("look_up", "choose"):
                waiting += _roots(step)
    return frozenset(found)


def _roots(step: Step) -> set[str]:
    """The names of what a look-up is asked by, or a row is chosen among."""
    paths = [path for what in step.with_.values() if "{" not in what for path in alternatives(what)]
    return {path.split(".")[0] for path in (*paths, step.among) if path}


def _way_past(flow: Flow, target: Step, guards: Guards, watched: frozenset[str]) -> str:
    """The way by which a step is come to without its guard, or with one of what is another thing since; empty where
    there is none.
    """
    came: dict[tuple[str, bool], tuple[tuple[str, bool], str] | None] = {(flow.start, False): None}
    waiting = [(flow.start, False)]
    while waiting:
        here = waiting.pop(0)
        step = flow.steps.get(here[0])
        if step is None:
            continue
        if here == (target.name, False):
            return _told(flow, came, here)
        brings = {step.as_, *(field.name for field in step.fields)}
        is_kept = (here[1] and not watched & brings) or guards(step, None)
        onward = [(way.next, is_kept or guards(step, way), f"{step.name}.{way.name}") for way in step.ways]
        onward += [(step.next, is_kept, step.name)] if step.next else []
        onward += [(flow.lanes[step.hands_to], is_kept, step.name)] if step.hands_to in flow.lanes else []
        for name, is_guarded, by in onward:
            if (name, is_guarded) not in came:
                came[name, is_guarded] = (here, by)
                waiting.append((name, is_guarded))
    return ""


def _told(
    flow: Flow, came: Mapping[tuple[str, bool], tuple[tuple[str, bool], str] | None], here: tuple[str, bool]
) -> str:
    """The last decision on the way to a step; where there is none, the step the flow begins with."""
    while before := came[here]:
        here, by = before
        if flow.steps[here[0]].kind == "decide":
            return by
    return flow.start
