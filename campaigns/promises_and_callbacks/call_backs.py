"""Agreed calls: inside the campaign and the calling hours, personal first, then the team's, then supervision's.

Locks: the contact's list entry first, then the call. Every change is kept with who made it (call_back_history.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.calling.calling_hours import clock, local
from campaigns.calling.rulebook import RuleBook, read_rules
from campaigns.calling.rules import campaign_holds
from campaigns.models import Attempt, CallBack, Campaign, Contact, ListEntry
from service_level.days import midnight_of


class CallBackRefused(Exception):
    """The hour cannot be agreed. The message says why and which is the next possible one (`suggested`)."""

    def __init__(self, sentence: str, suggested: datetime | None) -> None:
        self.suggested = suggested
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Widened:
    """What a sweep of the agenda did."""

    to_team: int
    to_supervisor: int
    cancelled: int


def check_can_agree(*, campaign: Campaign, due_at: datetime, book: RuleBook) -> None:
    """Raises CallBackRefused unless a call at `due_at` may be promised to a customer of `campaign`."""
    why = ""
    day = local(due_at).date()
    if due_at <= book.now:
        why = _("Esa hora ya pasó.")
    elif not campaign_holds(campaign, due_at):
        why = _("La campaña llama hasta el %(day)s.") % {"day": f"{campaign.calls_until:%d/%m/%Y}"}
    elif day in book.hours.days_off:
        why = _("El %(day)s es feriado: %(name)s.") % {"day": f"{day:%d/%m}", "name": book.hours.days_off[day]}
    elif not book.hours.is_open(due_at):
        why = _("A esa hora no se llama.")
    if not why:
        return
    suggested = next_possible(campaign=campaign, after=due_at, book=book)
    if suggested is None:
        raise CallBackRefused(f"{why} {_('Ya no queda horario de llamadas en esta campaña.')}", None)
    raise CallBackRefused(f"{why} {_('La próxima hora posible es %(time)s.') % {'time': clock(suggested)}}", suggested)


def next_possible(*, campaign: Campaign, after: datetime, book: RuleBook) -> datetime | None:
    """The first hour that can be agreed at or after `after`; when none is left there, the first one from now."""
    soon = book.now + timedelta(minutes=15)
    soon += timedelta(minutes=-soon.minute % 5, seconds=-soon.second, microseconds=-soon.microsecond)
    begins = midnight_of(campaign.calls_from)
    for moment in (max(after, soon, begins), max(soon, begins)):
        opening = book.hours.next_open(moment)
        if opening is not None and campaign_holds(campaign, opening):
            return opening
    return None


def agree(
    *,
    agent: Agent,
    contact: Contact,
    due_at: datetime,
    now: datetime,
    personal: bool = True,
    telephone: str = "",
    note: str = "",
    attempt: Attempt | None = None,
    book: RuleBook | None = None,
) -> CallBack:
    """Promise the customer a call. One pending call a contact: an earlier one counts as called. Raises CallBackRefused.

    `attempt` is the call in which it was agreed. The contact is not given before its hour; its list entry is the
    caller's to change in the same transaction.
    """
    book = book or read_rules(now=now)
    check_can_agree(campaign=contact.campaign, due_at=due_at, book=book)
    with transaction.atomic():
        settle(contact=contact, attempt=attempt, now=now)
        return CallBack.objects.create(
            campaign_id=contact.campaign_id,
            contact=contact,
            agent=agent,
            team_id=agent.team_id,
            telephone=telephone,
            due_at=due_at,
            reach=CallBack.Reach.PERSONAL if personal or agent.team_id is None else CallBack.Reach.TEAM,
            note=note[:300],
            attempt=attempt,
            created_at=now,
        )


def settle(*, contact: Contact, now: datetime, attempt: Attempt | None = None) -> int:
    """The customer was called, in `attempt`: a pending agreed call is done."""
    pending = CallBack.objects.filter(contact=contact, state=CallBack.State.PENDING)
    return pending.update(state=CallBack.State.DONE, settled_at=now, called_in=attempt)


def take_back(*, attempt: Attempt) -> None:
    """What `attempt` agreed is as if never said, and the call it was made for is pending again, if none is since."""
    CallBack.objects.filter(attempt=attempt).delete()
    agreed = CallBack.objects.filter(contact_id=attempt.contact_id)
    if not agreed.filter(state=CallBack.State.PENDING).exists():
        agreed.filter(state=CallBack.State.DONE, called_in=attempt).update(
            state=CallBack.State.PENDING, settled_at=None, called_in=None
        )


def cancel_pending(*, contact_id: int, why: str, now: datetime) -> int:
    """The agreed call of a contact must not be made any more. The agent's note stays; `why` stands beside it."""
    pending = CallBack.objects.filter(contact_id=contact_id, state=CallBack.State.PENDING)
    return pending.update(state=CallBack.State.CANCELLED, settled_at=now, why=why[:300])


def reschedule(
    *,
    call_back: CallBack,
    due_at: datetime,
    now: datetime,
    agent: Agent | None = None,
    why: str = "",
    book: RuleBook | None = None,
) -> CallBack:
    """Move an agreed call to another hour, and to another agent if one is named; it is personal again.

    Raises CallBackRefused for an hour that is not possible or a call that is no longer pending.
    """
    book = book or read_rules(now=now)
    check_can_agree(campaign=call_back.campaign, due_at=due_at, book=book)
    with transaction.atomic():
        pending = _lock(call_back)
        pending.due_at = due_at
        pending.reach = CallBack.Reach.PERSONAL
        pending.why = why.strip()[:300]
        if agent is not None:
            pending.agent, pending.team = agent, agent.team
        pending.save(update_fields=["due_at", "reach", "agent", "team", "why"])
        ListEntry.objects.filter(contact_id=pending.contact_id).update(ready_at=due_at)  # from when it is given
    return pending


def cancel(*, call_back: CallBack, reason: str, now: datetime) -> CallBack:
    """Give up an agreed call; the reason is kept with it. The contact goes back to its place in the list."""
    if not reason.strip():
        raise CallBackRefused(_("Escriba por qué se anula la llamada acordada."), None)
    with transaction.atomic():
        pending = _lock(call_back)
        pending.state = CallBack.State.CANCELLED
        pending.settled_at = now
        pending.why = reason.strip()[:300]
        pending.save(update_fields=["state", "settled_at", "why"])
        ListEntry.objects.filter(contact_id=pending.contact_id, state=ListEntry.State.OPEN).update(ready_at=now)
    return pending


def widen_overdue(*, now: datetime) -> Widened:
    """Agreed calls past their time go to the team, then to supervision; those of customers who paid are cancelled."""
    policy = read_rules(now=now).policy
    late_for_team = now - timedelta(minutes=policy.team_call_back_minutes)
    late = now - timedelta(minutes=policy.personal_call_back_minutes)
    with transaction.atomic():
        paid = CallBack.objects.filter(pk__in=_unheld(Q(contact__entry__state=ListEntry.State.PAID)))
        cancelled = paid.update(
            state=CallBack.State.CANCELLED, settled_at=now, why="Pagó antes de la llamada.", cancelled_by_payment=True
        )
        gone = CallBack.objects.filter(pk__in=_unheld(Q(contact__entry__state=ListEntry.State.GONE)))
        why = "El cliente ya no está en el reporte."
        cancelled += gone.update(state=CallBack.State.CANCELLED, settled_at=now, why=why, cancelled_by_leaving=True)
        overdue = CallBack.objects.filter(pk__in=_unheld(Q(due_at__lte=late) | Q(due_at__lte=late_for_team)))
        # from the widest reach down, so that one sweep after a long stop takes each call as far as its time says
        to_supervisor = (
            overdue.exclude(reach=CallBack.Reach.SUPERVISOR)
            .filter(Q(due_at__lte=late_for_team) | Q(due_at__lte=late, team=None))
            .update(reach=CallBack.Reach.SUPERVISOR)
        )
        to_team = overdue.filter(reach=CallBack.Reach.PERSONAL, due_at__lte=late).update(reach=CallBack.Reach.TEAM)
    return Widened(to_team=to_team, to_supervisor=to_supervisor, cancelled=cancelled)


def _unheld(which: Q) -> list[int]:
    """Pending calls, locked without their entries; those somebody works on are passed over, so it never waits."""
    rows = CallBack.objects.select_for_update(of=("self",), skip_locked=True)
    return list(rows.filter(which, state=CallBack.State.PENDING).order_by("pk").values_list("pk", flat=True))


def _lock(call_back: CallBack) -> CallBack:
    """The call, if it still waits; the entry of its contact is locked before it, as everywhere."""
    entry = ListEntry.objects.select_for_update(of=("self",)).filter(contact_id=call_back.contact_id)
    entry.get()
    pending = CallBack.objects.select_for_update().filter(pk=call_back.pk, state=CallBack.State.PENDING).first()
    if pending is None:
        raise CallBackRefused(_("Esa llamada acordada ya no está pendiente."), None)
    return pending
