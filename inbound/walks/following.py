"""What a flow does next by itself once a write is done."""

from __future__ import annotations

from inbound.flows.shapes import DONE, Step
from inbound.models import FlowVersion
from inbound.walks.state import flow_of

MUST_FOLLOW = ("do", "hand_over")  # without a question to anybody


def what_follows() -> list[tuple[str, Step]]:
    """Of all flows that run: a write, and the step that must follow once it is done."""
    running = FlowVersion.objects.order_by("line", "-version").distinct("line")
    found = []
    for version in running.values_list("pk", flat=True):
        steps = flow_of(version).steps
        found += [(step.action, steps[step.way(DONE)]) for step in steps.values() if step.waits]
    return [(action, after) for action, after in found if after.kind in MUST_FOLLOW]
