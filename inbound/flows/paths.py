"""Every way through a flow, from a start to an end: what the tests walk, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator

from inbound.flows.shapes import Flow

Way = tuple[tuple[str, str], ...]  # (step, branch taken; empty where it just goes on), the end last


def every_path(flow: Flow, *, start: str = "", again: int = 1) -> Iterator[Way]:
    """All ways from a start (the flow's own, if none is said), each step come back to at most `again` times."""

    def on_from(name: str, behind: Way) -> Iterator[Way]:
        if sum(1 for visited, _branch in behind if visited == name) > again:
            return
        step = flow.steps[name]
        if step.kind == "end":
            yield (*behind, (name, ""))
        elif step.ways:
            for way in step.ways:
                yield from on_from(way.next, (*behind, (name, way.name)))
        else:
            yield from on_from(step.next, (*behind, (name, "")))

    return on_from(start or flow.start, ())
