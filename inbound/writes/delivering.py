"""Sending what is owed to the outside systems: claimed in one short transaction, sent outside of any.

`sending` is committed before the request, with a lease. So whatever happens to a worker, the row tells that a request
may have gone out. An ordinary write is then sent again with the same key, which the other side knows; one that touches
money or a SIM never is: it becomes `uncertain`, a person's to settle.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from inbound.fields import kinship_words
from inbound.flows.conditions import same_value
from inbound.models import Footstep, OutsideWrite
from inbound.models.outside import REFERENCE_LENGTH
from inbound.outside.actions import AGENT, actions
from inbound.outside.reaching import Clients, Mode, NotConnected, clients
from inbound.writes.asking import confirm, done_after_all, named_otherwise
from inbound.writes.limits import same_of_other_calls
from inbound.writes.mistaken import mistakes_among, was_undone
from inbound.writes.references import hold_reference, is_of_another, take_from_others
from inbound.writes.second_person import expire_unapproved, why_not_sent
from inbound.writes.states import State, WriteRefused, leave_to_a_person
from systems.errors import OutcomeUnknown, SystemRefused, SystemUnavailable
from systems.registry import asked_cells
from work.claiming import claim, free, take_back_lost
from work.doing import NotNow, attempt
from work.ending import done, fail, hold, postpone_due, refuse
from work.kinds import kind_of
from work.steps import LeaseLost

log = logging.getLogger(__name__)

WAITS = (timedelta(seconds=30), timedelta(minutes=5))  # after the first and the second failure
REST = timedelta(seconds=30)  # of all that is due at a system that failed: one knock at its door is enough
SWEEP = 10.0  # seconds of one sweep; what is left is the next tick's
LEASE = timedelta(seconds=90)  # longer than a sweep and the longest time-out, and a minute of clocks that disagree
WAITED_FOR = 2.0  # seconds, for what another is sending
LOOKED_AT_EVERY = 0.1
ERROR_LENGTH = 500
BLOCK_SIM, IN_SERVICE = "mio.block_sim", "active"


def deliver_due(*, now: datetime, limit: int = 1_000) -> int:
    """Send what is due, the longest waiting first. Returns how many were done. Several sweeps may run at once.

    Call it outside of any transaction. A system that failed is left alone for the rest of the sweep.
    """
    recover(now=now)
    expire_unapproved(now=now)
    reached = clients(now=now)
    modes = {code: reached.mode_of(code) for code in asked_cells()}
    _leave_to_people([code for code, mode in modes.items() if mode == Mode.BY_HAND], now=now)
    open_ = {code for code, mode in modes.items() if mode == Mode.CONNECTED}
    sent, ends = 0, time.monotonic() + SWEEP
    for _round in range(limit):
        if not open_ or time.monotonic() >= ends:
            break
        write = claim(OutsideWrite, now=now, among=Q(system__in=open_), durable=True)
        if write is None:
            break
        attempt(write, work=lambda mine: _send(mine, reached, now), clock=lambda: now)
        sent += write.state == State.DONE
        if write.state not in (State.DONE, State.REFUSED, State.NOT_DONE):
            open_.discard(write.system)
            postpone_due(OutsideWrite, among=Q(system=write.system), until=now + REST, now=now)
    return sent


def wait_for(*, pk: int, now: datetime) -> None:
    """Send this one now, if nobody does, and wait until it is known what it came to; a moment, no longer.

    Call it outside of any transaction.
    """
    ends = time.monotonic() + WAITED_FOR
    reached = clients(now=now)
    while True:
        write = OutsideWrite.objects.get(pk=pk)
        if write.state == State.WAITING:
            is_asked = reached.mode_of(write.system) == Mode.CONNECTED
            mine = claim(OutsideWrite, now=now, pk=pk, durable=True) if is_asked else None
            if mine is not None:
                attempt(mine, work=lambda owed: _send(owed, reached, now), clock=lambda: now)
            if mine is not None or not is_asked or write.attempts:  # its next attempt is the sweep's
                return
        if write.state not in (State.WAITING, State.SENDING) or time.monotonic() >= ends:
            return
        time.sleep(LOOKED_AT_EVERY)


def recover(*, now: datetime) -> int:
    """Take back what was being sent by somebody whose lease ran out: a killed worker. Returns how many."""
    return take_back_lost(OutsideWrite, now=now)


def interrupted(write: OutsideWrite, *, now: datetime) -> None:
    """Whoever was sending it vanished, or could not write down how it ended."""
    _not_known(write, _("Quien lo enviaba se interrumpió."), now=now)


def _in_words(error: Exception) -> str:
    """What the other system said, as the row keeps it."""
    return str(error)[:ERROR_LENGTH]


def _send(write: OutsideWrite, reached: Clients, now: datetime) -> None:
    """Make the one request and write down how it ended. What else it raises is a doubt: see `interrupted`."""
    if error := why_not_sent(write):
        log.error("write %s was kept back", write.pk)  # its page and its card say why
        refuse(owed=write, to=State.NOT_DONE, error=error, now=now, settled_at=now, settled_by=None)
        return
    payload = {
        **write.payload,
        AGENT: write.owed_by.get_username(),
        "requester_name": write.requester_name or write.walk.caller_name,
        "requester_card": write.requester_card,
        "requester_kinship": kinship_words(write.requester_kinship),
    }
    try:
        reference = actions()[write.action].send(reached, write.key, payload).reference.strip()
    except SystemRefused as refusal:
        if reference := _reference_of_another_call(write, now=now):
            _confirm(write, reference, now=now)
            return
        error = _in_words(refusal)
        hold(owed=write, to=State.REFUSED, now=now, note=error, last_error=error)
    except NotConnected as refusal:
        raise NotNow(_in_words(refusal), wait=timedelta(0)) from refusal
    except SystemUnavailable as failure:
        fail(owed=write, error=_in_words(failure), now=now)
    except OutcomeUnknown as doubt:
        _not_known(write, str(doubt), now=now)
    except Exception as error:  # nobody foresaw it, so nobody knows whether the request had gone out
        log.exception("write %s, attempt %s", write.pk, write.attempts)
        _not_known(write, f"{type(error).__name__}: {error}", now=now)
    else:
        reference = reference[:REFERENCE_LENGTH]
        if not reference:
            _not_known(write, _("Respondió sin dar una referencia."), now=now)
        elif not _confirm(write, reference, now=now):
            words = _("Respondió con la referencia de otra operación: %(reference)s.")
            _not_known(write, words % {"reference": reference}, now=now)


def _reference_of_another_call(write: OutsideWrite, *, now: datetime) -> str:
    """What another call of the last day had done already for the same number and contract, where it is done once and
    for all: a line that is suspended is refused the second time, and its caller still waits for what follows.
    """
    if not write.is_accountable or write.amount is not None:
        return ""
    if _acted_anew(write):
        return ""
    same = same_of_other_calls(action=write.action, to_whom=write.to_whom, walk=write.walk, now=now)
    contract = write.payload.get("contract", "")
    done_before = [one for one in same.filter(state=State.DONE) if one.payload.get("contract", "") == contract]
    mistakes = mistakes_among([one.pk for one in done_before])  # which, once they were seen to, are undone
    stands = (one for one in done_before if one.pk not in mistakes or not was_undone(one, mistakes[one.pk]))
    return next((one.reference for one in stands if not _seen_in_service(write, since=one.settled_at)), "")


def _acted_anew(write: OutsideWrite) -> bool:
    """Whether this call itself has had something done for the same line, that was not done already."""
    done = OutsideWrite.objects.filter(to_whom=write.to_whom, is_accountable=True, state=State.DONE).exclude(
        pk=write.pk
    )
    of_others = set(done.exclude(walk=write.walk).values_list("action", "reference"))
    own = done.filter(walk=write.walk).exclude(action=write.action).values_list("action", "reference")
    return any(one not in of_others for one in own)


def _seen_in_service(write: OutsideWrite, *, since: datetime | None) -> bool:
    """Whether the call of this write was shown its line in service since then: by the system of the write, else by the
    other one, and not as somebody read it. Then a refusal is one, and no sign that it was done before: what the other
    call had done was undone meanwhile.
    """
    passed = list(Footstep.objects.filter(walk=write.walk).order_by("position"))
    line, sim = (_state_shown(passed, name, write.to_whom, since) for name in ("service_number", "number"))
    was_blocked = OutsideWrite.objects.filter(action=BLOCK_SIM, to_whom=write.to_whom, state=State.DONE)
    if sim == IN_SERVICE and not was_blocked.exclude(walk=write.walk).exists():
        sim = ""  # a line that is suspended has its SIM in service until that is blocked
    return (sim or line if write.action == BLOCK_SIM else line or sim) == IN_SERVICE


def _state_shown(passed: Sequence[Footstep], name: str, number: str, since: datetime | None) -> str:
    """The state of the newest row that has the number under that name and was shown by a system: looked up since then,
    or chosen among what was. Empty where none was.
    """
    state, by_hand, is_new = "", False, since is None
    for one in passed:
        if one.kind == "look_up":
            by_hand, is_new = one.by_hand, since is None or (one.left_at or one.entered_at) >= since
        row = one.found if isinstance(one.found, dict) else {}
        if is_new and not by_hand and row.get("state") and same_value(str(row.get(name) or ""), number):
            state = str(row["state"])
    return state


def _confirm(write: OutsideWrite, reference: str, *, now: datetime) -> bool:
    """It was done. An answer that comes after the lease still ends the doubt it raised, and what somebody settled as
    not done by then. False where its system gave the reference for other money before.
    """
    try:
        with transaction.atomic():
            hold_reference(write, reference)
            if is_of_another(write, reference):
                return False
            done(owed=write, now=now, reference=reference, settled_at=now, settled_by=None)
            take_from_others(write, reference, now=now)
    except LeaseLost as lost:
        is_known = (
            confirm(write, reference, now=now)
            or write.is_accountable
            and (done_after_all(write, reference, now=now) or named_otherwise(write, reference, now=now))
        )
        if not is_known:
            raise LeaseLost(f"write {write.pk}: answered after another had taken it") from lost
        write.state = State.DONE
    return True


def _not_known(write: OutsideWrite, error: str, *, now: datetime) -> None:
    """It may have been done: the same key again is harmless, but never where money or a SIM is touched."""
    error = error[:ERROR_LENGTH]
    if write.is_accountable:
        hold(owed=write, to=State.UNCERTAIN, now=now, note=error, last_error=error)
    else:
        fail(owed=write, error=error, now=now)


def _leave_to_people(systems: Collection[str], *, now: datetime) -> None:
    """What waits for a system that came to be used by hand is done by hand."""
    for write in free(kind_of(OutsideWrite), now=now).filter(system__in=systems).order_by("pk"):
        with suppress(WriteRefused):  # another sweep was first
            leave_to_a_person(write, now=now)
