"""Pauses of an agent: begun for a reason and ended once, whatever is clicked twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import Agent, AgentState, By, PauseReason, User
from agents.states import Event, StateRefused, change_state, open_state

PAUSED = AgentState.State.PAUSED


@dataclass(frozen=True, slots=True)
class PauseSeen:
    """A pause as a page shows it: which, why, since when, how long it may last and how long it has lasted."""

    key: str
    reason: PauseReason
    began_at: datetime
    until: datetime | None
    seconds: int

    @property
    def limit_seconds(self) -> int | None:
        """How long it may last; None without a limit."""
        return self.reason.limit_minutes * 60 if self.reason.limit_minutes is not None else None

    @property
    def is_over(self) -> bool:
        """Whether it is past its limit."""
        return self.limit_seconds is not None and self.seconds >= self.limit_seconds


def begin_pause(*, agent: Agent, reason: PauseReason | None, now: datetime, person: User | None = None) -> AgentState:
    """The agent takes no contacts from now on; a pause already begun for this reason goes on.

    Who is signed out is signed in first: her page is open, though the clock closed her shift. Raises StateRefused.
    """
    if open_state(agent) is None:
        change_state(agent=agent, event=Event.SIGNED_IN, now=now, by=By.DESK, person=person)
    paused = change_state(agent=agent, event=Event.PAUSED, now=now, by=By.DESK, person=person, reason=reason)
    if paused is None:
        raise StateRefused(_("No ha ingresado: su turno no está abierto."))
    return paused


def end_pause(*, agent: Agent, now: datetime, person: User | None = None) -> bool:
    """The agent is back; False when there was no pause."""
    there = open_state(agent)
    if there is None or there.state != PAUSED:
        return False
    change_state(agent=agent, event=Event.BACK, now=now, by=By.DESK, person=person, if_still=there.pk)
    return True


def is_paused(agent: Agent) -> bool:
    """Whether the agent pauses now."""
    return AgentState.objects.open().filter(agent=agent, state=PAUSED).exists()


def pause_of(agent: Agent, *, now: datetime) -> PauseSeen | None:
    """The pause an agent is in, as her page shows it; None when she pauses not."""
    there = open_state(agent)
    if there is None or there.reason is None:
        return None
    limit = there.reason.limit_minutes
    return PauseSeen(
        key=str(there.pk),
        reason=there.reason,
        began_at=there.began_at,
        until=there.began_at + timedelta(minutes=limit) if limit is not None else None,
        seconds=max(int((now - there.began_at).total_seconds()), 0),
    )


def how_it_ended(agent: Agent) -> str:
    """A sentence about the last pause of an agent who pauses no longer: since when, and by whom where not by her."""
    there = open_state(agent)
    if there is None:
        return _("Su turno se cerró, y con él la pausa.")
    paused = AgentState.objects.filter(agent=agent, state=PAUSED).order_by("began_at").last()
    if paused is None or paused.ended_at is None:
        return ""
    after = AgentState.objects.filter(agent=agent, began_at__gte=paused.ended_at).order_by("began_at", "pk").first()
    said = {"time": date_format(timezone.localtime(paused.ended_at), "H:i")}
    if after and after.person and after.person != agent.user:
        return _("La terminó %(who)s a las %(time)s.") % {**said, "who": after.person}
    if after and after.by == By.TELEPHONE:
        return _("Terminó desde el teléfono a las %(time)s.") % said
    return _("Terminó a las %(time)s.") % said


def reasons_to_pause() -> list[PauseReason]:
    """Those that can be chosen, in their order; the first is what Enter takes."""
    return list(PauseReason.objects.filter(is_active=True).order_by("position", "pk"))


def reason_named(code: str) -> PauseReason | None:
    """The reason of a code, also one that is not chosen any more."""
    return PauseReason.objects.filter(code=code).first()
