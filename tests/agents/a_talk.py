"""A call as the history of an agent's states has it: the talk, and the wrap-up after it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from agents.models import Agent, AgentState, Shift


def talked(*, agent: Agent, call: uuid.UUID, began: datetime, talk: int, wrap_up: int) -> None:
    """Seconds of each, in a shift of its own."""
    hung_up = began + timedelta(seconds=talk)
    free = hung_up + timedelta(seconds=wrap_up)
    shift = Shift.objects.create(agent=agent, began_at=began, ended_at=free, ended_by="desk", last_sign_at=free)
    for state, since, until in (("on_a_call", began, hung_up), ("wrapping_up", hung_up, free)):
        AgentState.objects.create(
            agent=agent, shift=shift, state=state, began_at=since, ended_at=until, event="hung_up", happened_at=since,
            by="telephone", call=call,
        )  # fmt: skip
