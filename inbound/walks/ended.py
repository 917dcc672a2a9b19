"""Who else is to know that a call has ended: its agent's state, and programs."""

from __future__ import annotations

from datetime import datetime

from agents.own_state import wrap_up
from inbound.models import Walk
from notices.models import EventKind
from notices.programs.announcing import announce


def tell_of_the_end(*, walk: Walk, result: str, now: datetime) -> None:
    """Whoever ends it after she hung up has wrapped it up."""
    if walk.agent is not None and walk.call_id is not None:
        wrap_up(agent=walk.agent, call=walk.call_id, now=now)
    told = {"call": str(walk.key), "line": walk.line.number, "result": result}
    announce(EventKind.WALK, subject=f"call:{walk.key}", facts=told, at=now)
