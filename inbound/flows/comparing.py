"""What a flow no longer does of the procedure, beside the version before: steps of the paper, and ways to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from inbound.flows.shapes import Flow, Step

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
