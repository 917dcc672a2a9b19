"""What a supervisor does from a row of the room: write to an agent, pause her, end her pause, take the contact away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.messages import leave_message
from agents.models import Agent, By, PauseReason, User
from agents.states import Event, change_state
from agents.telling import tell_pages
from campaigns.desk.leases import ReturnRefused, release_desk


@transaction.atomic
def pause(*, agent: Agent, reason: PauseReason | None, by: User, now: datetime) -> None:
    """Pause her from now on; what is open at her desk is given back first.

    Raises StateRefused, and ReturnRefused while a call waits for its result: then nothing has changed.
    """
    _free_her_desk(agent, now)
    change_state(agent=agent, event=Event.PAUSED, now=now, by=By.SUPERVISOR, person=by, reason=reason)
    tell_pages([agent.user_id])


@transaction.atomic
def end_pause(*, agent: Agent, by: User, now: datetime) -> None:
    """She is available again. Raises StateRefused."""
    change_state(agent=agent, event=Event.BACK, now=now, by=By.SUPERVISOR, person=by)
    tell_pages([agent.user_id])


@transaction.atomic
def take_contact_away(*, agent: Agent, by: User, now: datetime) -> bool:
    """Give back whom she has open, for whoever is next; a message tells her, and says for good who did it. False where
    she had nobody open. Raises ReturnRefused while a call waits for its result.
    """
    had_one = bool(_free_her_desk(agent, now))
    if had_one:
        words = _("Le quité el contacto que tenía abierto: vuelve a su lista.")
        leave_message(agent=agent, text=words, by=by, now=now)
    tell_pages([agent.user_id])
    return had_one


def _free_her_desk(agent: Agent, now: datetime) -> int:
    try:
        return release_desk(agent=agent, now=now)
    except ReturnRefused as refused:  # which speaks to the agent
        words = _("marcó a un cliente y falta el resultado de esa llamada. Se puede cuando lo registre.")
        raise ReturnRefused(words) from refused
