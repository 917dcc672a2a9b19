"""What an agent is doing now, as the head of her pages says it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from agents.models import Agent, AgentState, By, PauseReason, User
from agents.states import Event, change_state, open_state
from agents.telling import tell_pages

State = AgentState.State
KINDS = {State.AVAILABLE: "ok", State.RINGING: "info", State.ON_A_CALL: "info", State.WRAPPING_UP: "info"}


@dataclass(frozen=True, slots=True)
class StateSeen:
    """Her open stretch: its state in words, the reason of a pause, how many seconds it has lasted, and who of the room
    put her into it, empty where nobody did.
    """

    state: State
    seconds: int
    reason: PauseReason | None = None
    put_by: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it is a pause past its limit."""
        limit = self.reason.limit_minutes if self.reason else None
        return limit is not None and self.seconds >= limit * 60

    @property
    def kind(self) -> str:
        """Its colour and its sign; the word says the same."""
        return "warn" if self.is_over or self.state == State.AWAY else KINDS.get(self.state, "calm")


def see_state(*, user: User, now: datetime) -> StateSeen | None:
    """The state of whoever reads the page; None when she is signed out, or is no agent."""
    there = AgentState.objects.open().filter(agent__user=user).select_related("reason").first()
    if there is None:
        return None
    seconds = max(int((now - there.began_at).total_seconds()), 0)
    put_by = there.person.get_short_name() if there.by == By.SUPERVISOR and there.person else ""
    return StateSeen(State(there.state), seconds, there.reason, put_by)


def wrap_up(*, agent: Agent, now: datetime, call: uuid.UUID | None = None) -> None:
    """She is done with her last call, or with that one: if she was wrapping it up she is available, before the clock
    says so.
    """
    there = open_state(agent)
    if there is None or there.state != State.WRAPPING_UP or call not in (None, there.call):
        return
    change_state(agent=agent, event=Event.WRAPPED_UP, now=now, by=By.DESK, if_still=there.pk)
    tell_pages([agent.user_id])
