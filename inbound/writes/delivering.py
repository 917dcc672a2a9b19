"""Sending what is owed to the outside systems: claimed in one short transaction, sent outside of any.

`sending` is committed before the request, with a lease. So whatever happens to a worker, the row tells that a request
may have gone out. An ordinary write is then sent again with the same key, which the other side knows; one that touches
money or a SIM never is: it becomes `uncertain`, a person's to settle.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from inbound.models import OutsideWrite
from inbound.outside.actions import ACTIONS
from inbound.outside.reaching import CLIENTS, Clients, Mode, NotConnected, clients
from inbound.walks.answering import kinship_words
from inbound.writes.states import State, Verb, WriteRefuses, take
from systems.errors import OutcomeUnknown, SystemRefused, SystemUnavailable

log = logging.getLogger(__name__)

ATTEMPTS = 3
WAITS = (timedelta(seconds=30), timedelta(minutes=5))  # after the first and the second failure
REST = timedelta(seconds=30)  # of all that is due at a system that failed: one knock at its door is enough
SWEEP = 10.0  # seconds of one sweep; what is left is the next tick's
LEASE = timedelta(seconds=90)  # longer than a sweep and the longest time-out, and a minute of clocks that disagree
ERROR_LENGTH = 500


def deliver_due(*, now: datetime, limit: int = 1_000) -> int:
    """Send what is due, the longest waiting first. Returns how many were done. Several sweeps may run at once.

    Call it outside of any transaction. A system that failed is left alone for the rest of the sweep.
    """
    recover(now=now)
    reached = clients(now=now)
    modes = {code: reached.mode_of(code) for code in CLIENTS}
    _leave_to_people([code for code, mode in modes.items() if mode == Mode.BY_HAND], now=now)
    open_ = {code for code, mode in modes.items() if mode == Mode.CONNECTED}
    done, ends = 0, time.monotonic() + SWEEP
    for _round in range(limit):
        write = _claim(open_, now=now) if open_ and time.monotonic() < ends else None
        if write is None:
            break
        verb = _send(write, reached, now=now)
        done += verb == Verb.CONFIRM
        if verb not in (Verb.CONFIRM, Verb.REFUSE):
            open_.discard(write.system)
            due = OutsideWrite.objects.due(now).filter(system=write.system)
            due.update(not_before=now + REST)
    return done


def recover(*, now: datetime) -> int:
    """Take back what was being sent by somebody whose lease ran out: a killed worker. Returns how many."""
    count = 0
    lost = OutsideWrite.objects.filter(state=State.SENDING, lease_until__lte=now).order_by("pk")
    for write in lost:
        with transaction.atomic():
            # of two sweeps one takes it; whoever sent it and is late finds its fence gone or its state settled
            mine = lost.select_for_update(skip_locked=True, no_key=True).filter(pk=write.pk).first()
            if mine is not None:
                _not_known(mine, _("Quien lo enviaba se interrumpió."), now=now)
                count += 1
    return count


def _claim(systems: Collection[str], *, now: datetime) -> OutsideWrite | None:
    """Take one due write, counting the attempt before it is made; committed when this returns."""
    with transaction.atomic(durable=True):
        due = OutsideWrite.objects.due(now).filter(system__in=systems).order_by("not_before", "pk")
        write = due.select_for_update(skip_locked=True, no_key=True).first()
        if write is None:
            return None
        return take(
            Verb.SEND, write=write, by=None, now=now,
            attempts=write.attempts + 1, fence=write.fence + 1, lease_until=now + LEASE,
        )  # fmt: skip


def _send(write: OutsideWrite, reached: Clients, *, now: datetime) -> Verb | None:
    """Make the one request and write down how it ended. Returns that; None when another has the write by now."""
    payload = {
        **write.payload, "requester_name": write.requester_name, "requester_card": write.requester_card,
        "requester_kinship": kinship_words(write.requester_kinship),
    }  # fmt: skip
    try:
        try:
            reference = ACTIONS[write.action].send(reached, write.key, payload).reference.strip()
        except SystemRefused as refusal:
            return _take(Verb.REFUSE, write, now=now, error=str(refusal))
        except NotConnected as standing:
            return _take(Verb.POSTPONE, write, now=now, error=str(standing), attempts=write.attempts - 1)
        except SystemUnavailable as failure:
            return _failed(write, str(failure), now=now)
        except OutcomeUnknown as doubt:
            return _not_known(write, str(doubt), now=now)
        except Exception as error:  # nobody foresaw it, so nobody knows whether the request had gone out
            log.exception("write %s, attempt %s", write.pk, write.attempts)
            return _not_known(write, f"{type(error).__name__}: {error}", now=now)
        if not reference:
            return _not_known(write, _("Respondió sin dar una referencia."), now=now)
        return _take(Verb.CONFIRM, write, now=now, error="", reference=reference[:80])
    except WriteRefuses:
        log.warning("write %s: attempt %s ended after another had taken it", write.pk, write.attempts)
        return None


def _failed(write: OutsideWrite, error: str, *, now: datetime) -> Verb:
    """Nothing was done there: it is tried again later, and parked at the third time."""
    if write.attempts >= ATTEMPTS:
        return _take(Verb.PARK, write, now=now, error=error)
    return _take(Verb.POSTPONE, write, now=now, error=error, not_before=now + WAITS[write.attempts - 1])


def _not_known(write: OutsideWrite, error: str, *, now: datetime) -> Verb:
    """It may have been done: the same key again is harmless, but never where money or a SIM is touched."""
    if write.is_accountable:
        return _take(Verb.DOUBT, write, now=now, error=error)
    return _failed(write, error, now=now)


def _take(verb: Verb, write: OutsideWrite, *, now: datetime, error: str, **changes: Any) -> Verb:
    error = error[:ERROR_LENGTH]
    take(verb, write=write, by=None, now=now, sent_as=write.fence, note=error, last_error=error, **changes)
    return verb


def _leave_to_people(systems: Collection[str], *, now: datetime) -> None:
    """What waits for a system that came to be used by hand is done by hand."""
    for write in OutsideWrite.objects.due(now).filter(system__in=systems).order_by("pk"):
        try:
            take(Verb.HAND_OVER, write=write, by=None, now=now, note=_("El sistema pasó a usarse a mano."))
        except WriteRefuses:
            continue  # another sweep was first
