"""What a flow no longer does of the procedure, beside the version before: steps of the paper, and ways to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from inbound.fields import Condition
from inbound.flows.shapes import Branch, Flow, Step

Way = tuple[str, str]  # references of the paper: from the decision or the write, to the step it comes to


def steps_left_out(before: Flow, after: Flow) -> list[str]:
    """References of the paper that `before` has more often than `after`."""
    return sorted(_references(before) - _references(after))


def ways_left_out(before: Flow, after: Flow) -> list[tuple[str, str, str]]:
    """Ways `before` has more often than `after`, which has both steps: from which, the words of the way, to which.

    A step is still there and is no longer reached in a case in which it was (101.10 without a damage). What somebody
    put in between is passed through: the way still comes to the step of the paper.
    """
    gone = set(steps_left_out(before, after))
    now = list(_ways(after, new={*after.steps} - {*before.steps}))
    there = Counter(way for way, _words in now)
    lost: list[tuple[str, str, str]] = []
    was: dict[Way, list[str]] = {}
    for way, words in _ways(before, new=()):
        was.setdefault(way, []).append(words)
    for way, labels in was.items():
        missing = len(labels) - there[way]
        if missing > 0 and not gone.intersection(way):
            changed = sorted(labels, key=lambda words: (way, words) in now)  # those it still has in these words last
            lost += [(way[0], words, way[1]) for words in changed[:missing]]
    return lost


def ways_narrowed(before: Flow, after: Flow) -> list[tuple[str, str, str]]:
    """Ways both have that `after` closes in a case in which `before` has them open, and no other way of that decision
    to the same step stands open there: from which step, the words of the way, to which.
    """
    lost = []
    for step in before.steps.values():
        now = after.steps.get(step.name)
        if now is None or step.kind != "decide":
            continue
        for way in step.ways:
            there = [one for one in now.ways if after.steps[one.next].ref == before.steps[way.next].ref]
            if any(one.name == way.name for one in there) and not _is_as_open(way, there):
                lost.append((step.ref, way.label, before.steps[way.next].ref))
    return lost


def _is_as_open(before: Branch, after: Collection[Branch]) -> bool:
    """Whether in each case in which a way stood open one of some others does."""
    kept = [one for one in after if not one.unless or one.unless == before.unless]
    if any(not one.needs for one in kept):
        return True
    if not before.needs:
        return False
    needs = {path: _values(expected) for path, expected in before.needs.items()}
    return all(
        any(path not in one.needs or value in _values(one.needs[path]) for one in _of_no_other(kept, needs))
        for path, values in needs.items()
        for value in values
    )


def _of_no_other(ways: Collection[Branch], paths: Collection[str]) -> list[Branch]:
    """The ways that need nothing beside some paths."""
    return [one for one in ways if set(one.needs) <= set(paths)]


def _values(expected: Condition) -> tuple[str | bool, ...]:
    return expected if isinstance(expected, tuple) else (expected,)


def _references(flow: Flow) -> Counter[str]:
    return Counter(ref for step in flow.steps.values() for ref in step.refs)


def _ways(flow: Flow, *, new: Collection[str]) -> Iterator[tuple[Way, str]]:
    """Each way of a decision or of a write, by the references it joins, with its words."""
    for step in flow.steps.values():
        for way in step.ways:
            for ref in sorted(_comes_to(flow, step, way.next, new)):
                yield (step.ref, ref), way.label


def _comes_to(flow: Flow, begin: Step, name: str, new: Collection[str]) -> set[str]:
    """References a way comes to: past steps of the same reference as its own, and past those that are `new`."""
    found: set[str] = set()
    passed: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in passed or name not in flow.steps:
            continue
        passed.add(name)
        step = flow.steps[name]
        if step.ref != begin.ref:
            found.add(step.ref)
        if step.name != begin.name and (step.ref == begin.ref or name in new):
            waiting += step.leads_to
    return found
