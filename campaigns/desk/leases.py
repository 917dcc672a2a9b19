"""A lease while it lasts: kept by the pulse of its page, given back by its agent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from agents.models import Agent, PauseReason
from agents.pausing import begin_pause
from campaigns.desk.taking import GIVEN_BACK_FOR
from campaigns.models import Attempt, CallBack, Contact, ListEntry


class ReturnRefused(Exception):
    """The contact stays at the desk; the message says why."""


def renew_lease(*, agent: Agent, contact_id: int, fence: int, now: datetime, minutes: int) -> bool:
    """Keep an open contact for its desk; False when it is no longer this desk's."""
    renewed = ListEntry.objects.filter(contact_id=contact_id, lease_agent=agent, fence=fence)
    return bool(renewed.update(lease_until=now + timedelta(minutes=minutes)))


def release(*, agent: Agent, contact_id: int, fence: int, now: datetime, for_now: bool = False) -> None:
    """Give back a contact that was not called; `for_now` leaves it ready at once (a pause, the end of the shift).

    Raises ReturnRefused while a call waits for its result, and for an agreed call that is due.
    """
    with transaction.atomic():
        # the row is held, so that a call dialled in another tab is either seen here or refused there
        held = ListEntry.objects.select_for_update().filter(contact_id=contact_id, lease_agent=agent, fence=fence)
        is_held = held.exists()
        if Attempt.objects.filter(agent=agent, contact_id=contact_id, resulted_at=None).exists():
            raise ReturnRefused(_("Ya marcó a este cliente: registre primero el resultado de la llamada."))
        if not is_held:
            return
        agreed = CallBack.objects.filter(contact_id=contact_id, state=CallBack.State.PENDING, due_at__lte=now)
        if not for_now and agreed.exists():
            raise ReturnRefused(_("Es una llamada acordada: llame ahora, o cambie su hora en la agenda."))
        ready_at = F("ready_at") if for_now else Greatest("ready_at", Value(now + GIVEN_BACK_FOR))
        held.update(lease_agent=None, lease_until=None, ready_at=ready_at)


def release_desk(*, agent: Agent, now: datetime) -> int:
    """Give back whatever this desk has open, ready at once: a pause, whichever page asked for it. Returns how many.

    Raises ReturnRefused while a call waits for its result.
    """
    waiting = Attempt.objects.filter(agent=agent, resulted_at=None).exists()
    if waiting:
        raise ReturnRefused(_("Ya marcó a este cliente: registre primero el resultado de la llamada."))
    opened = list(ListEntry.objects.filter(lease_agent=agent).values_list("contact_id", "fence"))
    for contact_id, fence in opened:
        release(agent=agent, contact_id=contact_id, fence=fence, now=now, for_now=True)
    return len(opened)


@transaction.atomic
def pause_desk(*, agent: Agent, reason: PauseReason | None, now: datetime) -> None:
    """Pause, with whatever is open given back; both or neither. Raises ReturnRefused and StateRefused."""
    begin_pause(agent=agent, reason=reason, now=now, person=agent.user)
    release_desk(agent=agent, now=now)


def find_contact(*, agent: Agent, contact_id: int) -> Contact | None:
    """The contact of a click, with its campaign and owner: nearly always the open one, else another she may see."""
    named = Contact.objects.select_related("campaign", "entry__owner__user").filter(pk=contact_id)
    return named.open_at_desk_of(agent).first() or named.visible_to(agent.user).first()
