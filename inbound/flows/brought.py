"""What the steps of a flow bring, and what they ask for by its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inbound.fields import When
from inbound.flows.conditions import alternatives, held_against, places
from inbound.flows.shapes import Flow, Step
from inbound.outside.look_ups import LookUp


def given(flow: Flow) -> Iterator[str]:
    """The names its steps give to what is answered, found or chosen."""
    for step in flow.steps.values():
        yield from (field.name for field in step.fields)
        if step.as_:
            yield step.as_


def brought(flow: Flow, look_ups: Mapping[str, LookUp]) -> dict[str, frozenset[str]]:
    """By each root that look-ups alone bring, the names in it; a row that was chosen has those it is chosen among."""
    found: dict[str, frozenset[str]] = {}
    unknown = {field.name for step in flow.steps.values() for field in step.fields}
    for step in flow.steps.values():
        asked = look_ups.get(step.look_up) if step.look_up else None
        if step.as_ and asked and asked.gives:
            found[step.as_] = found.get(step.as_, frozenset()) | asked.gives
        elif step.as_ and step.kind != "choose":
            unknown.add(step.as_)
    chosen = [(step.as_, step.among.split(".")[0]) for step in flow.steps.values() if step.kind == "choose"]
    for name, among in chosen:
        if among in found and among not in unknown:
            found[name] = found.get(name, frozenset()) | found[among]
        else:
            unknown.add(name)
    return {name: names for name, names in found.items() if name not in unknown}


def paths_of(step: Step) -> Iterator[str]:
    """Every path a step asks for. What `unless` names is of the rows it chooses among."""
    for text in (step.say, step.question, step.promised, step.title, step.noted):
        yield from places(text)
    for what in (*step.with_.values(), *step.of.values()):
        if "{" in what:
            yield from places(what)
        else:
            yield from alternatives(what)
    yield from filter(None, (step.on, step.among))
    if step.due:
        yield from filter(None, (step.due.hours, *step.due.before.split()))
    conditions: list[When] = [when for branch in step.branches for when in (branch.when, branch.needs, branch.unless)]
    conditions += [field.required_unless for field in step.fields]
    for when in conditions:
        yield from (*when, *filter(None, map(held_against, when.values())))
    for field in step.fields:
        yield from filter(None, (*alternatives(field.among), *alternatives(field.prefill)))
        yield from filter(None, (field.card, field.other_than))
