"""Pauses of an agent: begun and ended once, whatever is clicked twice."""

from __future__ import annotations

from datetime import datetime

from agents.models import Agent, Pause


def begin_pause(*, agent: Agent, now: datetime) -> Pause:
    """The agent takes no contacts from now on; a pause already begun goes on."""
    return Pause.objects.get_or_create(agent=agent, ended_at=None, defaults={"began_at": now})[0]


def end_pause(*, agent: Agent, now: datetime) -> bool:
    """The agent is back; False when there was no pause."""
    return bool(Pause.objects.filter(agent=agent, ended_at=None).update(ended_at=now))
