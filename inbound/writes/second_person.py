"""A second person: much money is asked for by one and approved by another, or it is not sent.

It waits as a row of its own life (`approval`), for a supervisor who did not ask for it, and until a time the caller was
told. What is declined, or looked at by nobody in time, is not done; whoever was promised it has her card by the clock
that finds the let down (`walks/let_down.py`). An approval is of one row, whose number and amount never change: for
another amount or number there is another row, which is approved anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import User
from inbound.models import OutsideSystem, OutsideWrite
from inbound.outside.actions import amount_of
from inbound.outside.reaching import Mode, use_of
from inbound.writes.asking import asked_in_vain, found_done_since
from inbound.writes.giving_back import required
from inbound.writes.limits import policy_of
from inbound.writes.mistaken import mistakes_among
from inbound.writes.states import State, Verb, WriteRefused, leave_to_a_person, take_step
from service_level.days import LA_PAZ

AT_A_TIME = 100


def is_for_two(policy: OutsideSystem, amount: Decimal | None) -> bool:
    """Whether an operation of this amount is approved by a second person."""
    return amount is not None and bool(policy.second_person_above) and amount > policy.second_person_above


def approved_until(policy: OutsideSystem, amount: Decimal | None, *, now: datetime) -> datetime | None:
    """Until when an operation that is asked for now waits for a second person; None where it needs none."""
    return now + timedelta(minutes=policy.approval_minutes) if is_for_two(policy, amount) else None


def why_not_sent(write: OutsideWrite) -> str:
    """Why what is about to be sent is not, however it came to be; empty where nothing is amiss: it is not what its row
    says, or was asked for because the same was not done, which it was; or it is of so much money and its history has
    nobody else who approved it.
    """
    if not write.is_accountable:
        return ""
    if amount_of(write.payload) != write.amount:
        return _("El monto anotado no es el que se iba a enviar: no se envió. Avise a quien tiene el servidor.")
    if (first := found_done_since(write)) is not None:
        return _("%(first)s Esto no se envió.") % {"first": asked_in_vain(first)}
    if not is_for_two(policy_of(write.system), write.amount):
        return ""
    approved = write.changes.filter(from_state=State.APPROVAL, to_state=State.WAITING, by__isnull=False)
    if approved.exclude(by=write.owed_by_id).exists():
        return ""
    return _("Es de más dinero que el que sale sin otra persona, y nadie lo aprobó: no se envió.")


def approve(*, write: OutsideWrite, by: User, now: datetime) -> OutsideWrite:
    """Another person lets it go out. Raises WriteRefused, too when its time is over and the sweep has not come yet, the
    call has said meanwhile that it is not to be done, or the same was found done that had been settled as not done.
    """
    with transaction.atomic():  # the end of the call says so under the same lock
        locked = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).get(pk=write.pk)
        if locked.state == State.APPROVAL:
            if locked.approve_until is not None and locked.approve_until <= now:
                raise WriteRefused(_not_in_time(locked))
            if locked.is_not_needed or mistakes_among([locked.pk]):
                raise WriteRefused(_("La llamada dijo después que no se haga: no se aprueba."))
            if (first := found_done_since(locked)) is not None:
                raise WriteRefused(_("%(first)s Esto no se aprueba.") % {"first": asked_in_vain(first)})
        approved = take_step(Verb.APPROVE, write=locked, by=by, now=now, not_before=now)
        return leave_to_a_person(approved, now=now) if use_of(write.system).mode == Mode.BY_HAND else approved


def decline(*, write: OutsideWrite, reason: str, by: User, now: datetime) -> OutsideWrite:
    """Another person does not let it go out, and says why: the agent and the card read it. Raises WriteRefused."""
    reason = required(reason, _("Escriba por qué no se aprueba."))
    said = _("No se aprobó: %(reason)s") % {"reason": reason}
    return take_step(Verb.DECLINE, write=write, by=by, now=now, note=reason, last_error=said)


def expire_unapproved(*, now: datetime) -> int:
    """What nobody approved in time is not done. Returns how many. A supervisor who is faster in this moment wins."""
    late = OutsideWrite.objects.filter(state=State.APPROVAL, approve_until__lte=now).order_by("approve_until")
    expired = 0
    for write in late[:AT_A_TIME]:
        said = _not_in_time(write)
        try:
            with transaction.atomic():
                take_step(Verb.EXPIRE, write=write, by=None, now=now, note=said, last_error=said)
        except WriteRefused:
            continue
        expired += 1
    return expired


def _not_in_time(write: OutsideWrite) -> str:
    until = write.approve_until or write.owed_at
    return _("Nadie la aprobó hasta las %(hour)s: ya no se hace.") % {
        "hour": date_format(timezone.localtime(until, LA_PAZ), "H:i")
    }
