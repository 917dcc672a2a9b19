"""One state an agent: one table of steps, and one function that takes them.

`AgentState` is written here and nowhere else. Each change locks the agent's row (without its key): the open stretch
alone would not do, for who is signed out has none, and whoever waited for it would find it ended. Then it ends the open
stretch and begins the next at one moment, so there are never two states and never a gap.

The moment of a change is when the thing happened, kept between the beginning of the open stretch and now: what arrives
late ends a stretch of no length, never a negative one, and a clock that is ahead makes nothing begin in the future. Of
a call of which something later, or the same, is known already, what is late changes nothing (`_is_stale`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent, AgentState, By, PauseReason, Shift, User

State = AgentState.State
SIGNED_OUT = "signed_out"  # no row: she has no open shift


class Event(StrEnum):
    """What may happen to an agent."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    RANG = "rang"
    RANG_IN_VAIN = "rang_in_vain"
    ANSWERED = "answered"
    HUNG_UP = "hung_up"
    WENT_ON = "went_on"
    WRAPPED_UP = "wrapped_up"
    PAUSED = "paused"
    BACK = "back"
    WENT_AWAY = "went_away"
    SEEN_AGAIN = "seen_again"


@dataclass(frozen=True)
class Step:
    """One line of the table. One that leads to its own state begins a stretch only with another reason or call."""

    event: Event
    from_state: str
    to_state: str
    who: frozenset[By]


DESK = frozenset({By.DESK})
TELEPHONE = frozenset({By.TELEPHONE})
CLOCK = frozenset({By.CLOCK})
SUPERVISOR = frozenset({By.SUPERVISOR})
CALL = TELEPHONE | DESK  # where no telephone is joined the desk says what its agent did
SELF = DESK | TELEPHONE | SUPERVISOR
LEAVING = DESK | CLOCK | SUPERVISOR
WRAPPING = DESK | CLOCK | SUPERVISOR
GOING = CLOCK | SUPERVISOR

STEPS: tuple[Step, ...] = (
    Step(Event.SIGNED_IN, SIGNED_OUT, State.AVAILABLE, DESK),
    Step(Event.SIGNED_IN, State.AWAY, State.AVAILABLE, DESK),
    Step(Event.SIGNED_IN, State.AVAILABLE, State.AVAILABLE, DESK),  # at a second machine: she stays as she is
    Step(Event.SIGNED_IN, State.RINGING, State.RINGING, DESK),
    Step(Event.SIGNED_IN, State.ON_A_CALL, State.ON_A_CALL, DESK),
    Step(Event.SIGNED_IN, State.WRAPPING_UP, State.WRAPPING_UP, DESK),
    Step(Event.SIGNED_IN, State.PAUSED, State.PAUSED, DESK),
    Step(Event.SIGNED_OUT, SIGNED_OUT, SIGNED_OUT, LEAVING),
    Step(Event.SIGNED_OUT, State.AVAILABLE, SIGNED_OUT, LEAVING),
    Step(Event.SIGNED_OUT, State.RINGING, SIGNED_OUT, LEAVING),
    Step(Event.SIGNED_OUT, State.ON_A_CALL, SIGNED_OUT, LEAVING),
    Step(Event.SIGNED_OUT, State.WRAPPING_UP, SIGNED_OUT, LEAVING),
    Step(Event.SIGNED_OUT, State.PAUSED, SIGNED_OUT, LEAVING),
    Step(Event.SIGNED_OUT, State.AWAY, SIGNED_OUT, LEAVING),
    Step(Event.RANG, State.AVAILABLE, State.RINGING, TELEPHONE),
    Step(Event.RANG, State.WRAPPING_UP, State.RINGING, TELEPHONE),
    Step(Event.RANG, State.AWAY, State.RINGING, TELEPHONE),
    Step(Event.RANG, State.RINGING, State.RINGING, TELEPHONE),  # another call; that of the first was not heard to end
    Step(Event.RANG_IN_VAIN, State.RINGING, State.AVAILABLE, TELEPHONE),
    Step(Event.ANSWERED, State.RINGING, State.ON_A_CALL, CALL),
    Step(Event.ANSWERED, State.AVAILABLE, State.ON_A_CALL, CALL),  # it was not heard to ring, or she dialled
    Step(Event.ANSWERED, State.WRAPPING_UP, State.ON_A_CALL, CALL),
    Step(Event.ANSWERED, State.PAUSED, State.ON_A_CALL, CALL),  # who talks is on a call, whatever she said before
    Step(Event.ANSWERED, State.AWAY, State.ON_A_CALL, CALL),
    Step(Event.ANSWERED, State.ON_A_CALL, State.ON_A_CALL, CALL),  # another call
    Step(Event.HUNG_UP, State.ON_A_CALL, State.WRAPPING_UP, CALL),
    Step(Event.HUNG_UP, State.RINGING, State.WRAPPING_UP, CALL),  # it was not heard to be answered
    Step(Event.WENT_ON, State.ON_A_CALL, State.ON_A_CALL, TELEPHONE),  # of two calls the other one is over
    Step(Event.WENT_ON, State.AVAILABLE, State.ON_A_CALL, TELEPHONE),  # she signed in, or sat down, in mid-call
    Step(Event.WENT_ON, State.RINGING, State.ON_A_CALL, TELEPHONE),
    Step(Event.WENT_ON, State.WRAPPING_UP, State.ON_A_CALL, TELEPHONE),
    Step(Event.WENT_ON, State.PAUSED, State.ON_A_CALL, TELEPHONE),
    Step(Event.WENT_ON, State.AWAY, State.ON_A_CALL, TELEPHONE),
    Step(Event.WRAPPED_UP, State.WRAPPING_UP, State.AVAILABLE, WRAPPING),
    Step(Event.PAUSED, State.AVAILABLE, State.PAUSED, SELF),
    Step(Event.PAUSED, State.WRAPPING_UP, State.PAUSED, SELF),
    Step(Event.PAUSED, State.AWAY, State.PAUSED, SELF),
    Step(Event.PAUSED, State.PAUSED, State.PAUSED, SELF),  # for another reason
    Step(Event.BACK, State.PAUSED, State.AVAILABLE, SELF),
    Step(Event.BACK, State.AVAILABLE, State.AVAILABLE, SELF),
    Step(Event.WENT_AWAY, State.AVAILABLE, State.AWAY, GOING),
    Step(Event.SEEN_AGAIN, State.AWAY, State.AVAILABLE, CALL),
)
_STEP = {(step.event, step.from_state): step for step in STEPS}
ENDS_A_CALL = (Event.RANG_IN_VAIN, Event.HUNG_UP)


class StateRefused(Exception):
    """The state does not change; the message is the sentence for whoever asked."""


def check_can(
    event: Event,
    *,
    there: AgentState | None,
    by: By,
    reason: PauseReason | None = None,
    call: uuid.UUID | None = None,
) -> Step:
    """The step of the table from the open stretch `there` (None: signed out). Raises StateRefused with the sentence."""
    step = _STEP.get((event, there.state if there else SIGNED_OUT))
    if step is None:
        raise StateRefused(how_it_stands(there))
    if by not in step.who:
        raise StateRefused(_("Este cambio no le corresponde a quien lo pide."))
    if event == Event.PAUSED and reason is None:
        raise StateRefused(_("Elija el motivo de la pausa."))
    chosen = reason if event == Event.PAUSED and by != By.TELEPHONE else None  # what a telephone says is so
    if chosen is not None and not chosen.is_active and not _stays(step, there, chosen, call):
        raise StateRefused(_("El motivo «%(reason)s» ya no se usa: elija otro.") % {"reason": chosen})
    if event in ENDS_A_CALL and there is not None and None not in (call, there.call) and call != there.call:
        raise StateRefused(_("Terminó otra llamada: la que está abierta sigue."))
    return step


def can(event: Event, *, there: AgentState | None, by: By) -> bool:
    """Whether the table lets it happen now; a pause with any reason."""
    step = _STEP.get((event, there.state if there else SIGNED_OUT))
    return step is not None and by in step.who


def how_it_stands(there: AgentState | None) -> str:
    """What has to be known of an agent in this stretch, as a sentence."""
    if there is None:
        return _("No ha ingresado: su turno no está abierto.")
    return {
        State.AVAILABLE: _("Está disponible."),
        State.RINGING: _("Le está sonando una llamada: primero se atiende."),
        State.ON_A_CALL: _("Está en una llamada: primero se termina."),
        State.WRAPPING_UP: _("Está cerrando una llamada."),
        State.PAUSED: _("Está en pausa."),
        State.AWAY: _("Está ausente."),
    }[State(there.state)]


def open_state(agent: Agent) -> AgentState | None:
    """The stretch an agent is in, with its reason; None when she is signed out."""
    return AgentState.objects.open().filter(agent=agent).select_related("reason").first()


@transaction.atomic
def change_state(
    *,
    agent: Agent,
    event: Event,
    now: datetime,
    by: By,
    person: User | None = None,
    reason: PauseReason | None = None,
    call: uuid.UUID | None = None,
    happened_at: datetime | None = None,
    if_still: int | None = None,
) -> AgentState | None:
    """End the open stretch and begin the next. Returns the one that is open then; None when signed out.

    The same event twice is one change. `happened_at`: when, by the clock of whoever says it; None is now. `person`: who
    did it. `if_still`: the key of the stretch it was decided upon; with any other open nothing changes. Raises
    StateRefused, and ValueError for a reason of what is no pause.
    """
    if reason is not None and event != Event.PAUSED:
        raise ValueError(f"{event} has no reason")
    Agent.objects.select_for_update(no_key=True).only("pk").get(pk=agent.pk)
    there = open_state(agent)
    if if_still is not None and (there is None or there.pk != if_still):
        return there
    happened_at = min(happened_at or now, now)
    if _is_the_same(there, event, reason, call) or (there and call and _is_stale(there, call, happened_at)):
        return there
    step = check_can(event, there=there, by=by, reason=reason, call=call)
    if _stays(step, there, reason, call):
        return there
    moment = max(happened_at, there.began_at if there else _signed_out_at(agent) or happened_at)
    if there is not None:
        AgentState.objects.filter(pk=there.pk).update(ended_at=moment)
    if step.to_state == SIGNED_OUT:
        shift = Shift.objects.filter(pk=there.shift_id) if there else Shift.objects.none()
        shift.update(ended_at=moment, ended_by=by, ended_by_person=person)
        return None
    if there is None:
        shift_id = Shift.objects.create(agent=agent, began_at=moment, last_sign_at=moment).pk
    else:
        shift_id = there.shift_id
    if event == Event.HUNG_UP and there is not None:
        call = call or there.call  # wrapping up belongs to the call
    return AgentState.objects.create(
        agent=agent,
        shift_id=shift_id,
        state=step.to_state,
        reason=reason,
        began_at=moment,
        event=event,
        happened_at=happened_at,
        by=by,
        person=person,
        call=call,
    )


def _is_the_same(there: AgentState | None, event: Event, reason: PauseReason | None, call: uuid.UUID | None) -> bool:
    """Whether it is what the open stretch began with, said once more."""
    return there is not None and there.event == event and _says_nothing_else(there, reason, call)


def _stays(step: Step, there: AgentState | None, reason: PauseReason | None, call: uuid.UUID | None) -> bool:
    if there is None:
        return step.to_state == SIGNED_OUT
    return step.to_state == there.state and _says_nothing_else(there, reason, call)


def _says_nothing_else(there: AgentState, reason: PauseReason | None, call: uuid.UUID | None) -> bool:
    return (reason is None or reason.pk == there.reason_id) and (call is None or call == there.call)


def _is_stale(there: AgentState, call: uuid.UUID, happened_at: datetime) -> bool:
    """Whether something late of a call is overtaken: of the same call as much, or something later, is known."""
    if happened_at >= there.began_at:
        return False
    known = AgentState.objects.filter(agent=there.agent_id, call=call, happened_at__gte=happened_at)
    return known.exists()


def _signed_out_at(agent: Agent) -> datetime | None:
    """When her last shift ended: the next one begins no sooner."""
    last = Shift.objects.filter(agent=agent).order_by("-began_at", "-pk").values_list("ended_at", flat=True)
    return last.first()
