"""Owing a write to an outside system, and what people decide about those no machine may settle.

A step owes its write in its own transaction, with a key made of the walk and the footstep: a double click, two tabs or
a resent form owe it once. `inbound/writes/delivering.py` sends it afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import User
from inbound.models import OutsideWrite, Walk
from inbound.outside.actions import REQUESTER, Action, actions, amount_of
from inbound.outside.reaching import Mode, use_of, why_not_connected
from inbound.writes.giving_back import required
from inbound.writes.limits import NOT_HAPPENING, check_cool_down, check_doubts, check_limits, hold_limits, policy_of
from inbound.writes.mistaken import is_undone_with_anothers
from inbound.writes.references import check_is_its_own, hold_reference, reference_given
from inbound.writes.second_person import approved_until
from inbound.writes.states import AnotherAmount, State, Verb, WriteRefused, check_can, take_step
from inbound.writes.told import begin
from telephony import phone_numbers
from work import trying_again
from work.trying_again import AgainRefused, owed_anew

NUMBERS = ("number", "service_number")  # arguments that hold a line


def owe_write(
    *, key: str, walk: Walk, position: int, action: str, payload: Mapping[str, Any], now: datetime, by: User
) -> OutsideWrite:
    """Owe a write. The same `key` owes it once for whom it is for, whatever else is said the second time; returns the
    row there is. For another number, damage or order it is another write.

    Where that one was refused, or found not done, and something else is asked for now, it is owed anew.
    `payload`: the action's `needs` and `may`, and of an accountable one the requester. Of accountable writes a walk has
    one for each number: asked again on another footstep (after going back), the first is returned. Call it inside the
    transaction of the step. Raises WriteRefused, with the sentence for the agent, AskedAlready with what is there, and
    KeyError for no known action.
    """
    known = actions()[action]
    said, sent = _said(payload), sent_of(known, payload)
    with transaction.atomic():
        to_whom, amount = whom_of(known, said), amount_of(said) if known.moves_money else None
        key, there = _newest_of(key, to_whom, sent, position)
        if there is not None:
            if known.accountable and there.state not in NOT_HAPPENING and there.amount != amount:
                raise AnotherAmount(_another_amount(to_whom), there)
            return there
        use = use_of(known.system)
        _check_complete(known, said)
        is_whole = all(name in said for name in known.needs)
        until = None
        if known.accountable:
            hold_limits(by=by, action=action, to_whom=to_whom)
            if there := _asked_before(walk, action, to_whom):
                if there.amount == amount:
                    return there
                raise AnotherAmount(_another_amount(to_whom), there)
            check_doubts(action=action, amount=amount, to_whom=to_whom, walk=walk, now=now)
            if use.mode == Mode.OFF:
                raise WriteRefused(why_not_connected(use))
            policy = policy_of(known.system)
            check_cool_down(policy=policy, action=action, to_whom=to_whom, now=now)
            check_limits(policy=policy, amount=amount, to_whom=to_whom, walk=walk, by=by, now=now)
            until = approved_until(policy, amount, now=now)
        begins = State.WAITING if is_whole and use.mode != Mode.BY_HAND else State.BY_HAND
        write, is_new = OutsideWrite.objects.get_or_create(
            key=key,
            defaults={
                "walk": walk,
                "position": position,
                "system": known.system,
                "action": action,
                "is_accountable": known.accountable,
                "payload": sent,
                "to_whom": to_whom,
                "amount": amount,
                "requester_name": said.get("requester_name", "")[:120],
                "requester_card": said.get("requester_card", "")[:24],
                "requester_kinship": said.get("requester_kinship", "")[:40],
                "state": State.APPROVAL if until else begins,
                "approve_until": until,
                "not_before": now,
                "owed_at": now,
                "owed_by": by,
            },
        )
        if is_new:
            begin(write, by=by, now=now)
    return write


def write_by_hand(*, write: OutsideWrite, reference: str, by: User, now: datetime) -> OutsideWrite:
    """It was done on the old screen, which gave this reference. Raises WriteRefused."""
    reference = reference_given(reference)
    check_can(Verb.WRITE_BY_HAND, write=write, by=by)
    with transaction.atomic():
        if write.is_accountable:
            hold_limits(by=write.owed_by, action=write.action, to_whom=write.to_whom)
            if why := why_not_by_hand(write=OutsideWrite.objects.get(pk=write.pk), by=by, now=now):
                raise WriteRefused(why)
        hold_reference(write, reference)
        check_is_its_own(write, reference)
        return take_step(
            Verb.WRITE_BY_HAND, write=write, by=by, now=now, reference=reference, last_error="", note=_("A mano.")
        )


def why_not_by_hand(*, write: OutsideWrite, by: User, now: datetime) -> str:
    """The sentence why whoever asked for it does not write down herself that it was done by hand; empty when she may.

    What its system refused counts in no day and keeps no number waiting: done by hand it does, and is asked first what
    it would be asked if it went out. What was done all the same another person writes down.
    """
    if not write.is_accountable or write.state != State.REFUSED or write.owed_by_id != by.pk:
        return ""
    policy, amount, to_whom, walk = policy_of(write.system), write.amount, write.to_whom, write.walk
    try:
        if (again := _asked_before(walk, write.action, to_whom)) is not None:
            words = _("Esta llamada lo pidió otra vez para el mismo número: vea la operación n.º %(pk)d.")
            raise WriteRefused(words % {"pk": again.pk})
        check_doubts(action=write.action, amount=amount, to_whom=to_whom, walk=walk, now=now)
        check_cool_down(policy=policy, action=write.action, to_whom=to_whom, now=now)
        check_limits(policy=policy, amount=amount, to_whom=to_whom, walk=walk, by=by, now=write.owed_at)
    except WriteRefused as refusal:
        return _("%(why)s Si ya se hizo a mano, lo anota otra persona, de supervisión.") % {"why": refusal}
    return ""


def give_up(*, write: OutsideWrite, reason: str, by: User, now: datetime) -> OutsideWrite:
    """It is not going to be done, and why. Raises WriteRefused."""
    return take_step(Verb.GIVE_UP, write=write, by=by, now=now, note=required(reason, _("Escriba por qué no se hará.")))


def try_again(*, write: OutsideWrite, by: User, now: datetime) -> OutsideWrite:
    """Send a parked write again, with its attempts counted anew and the same key. Raises WriteRefused."""
    return take_step(Verb.TRY_AGAIN, write=write, by=by, now=now, **owed_anew(now=now))


def try_parked_one_again(write: OutsideWrite, *, by: User, now: datetime) -> None:
    """`try_again` as the page of all owed work asks for it. Raises AgainRefused."""
    try:
        try_again(write=write, by=by, now=now)
    except WriteRefused as refusal:
        raise AgainRefused(str(refusal)) from refusal


def try_parked_again(*, by: User, now: datetime) -> int:
    """Send again every parked write that touches neither money nor a SIM: its system is back. Returns how many."""
    return len(trying_again.try_parked_again(OutsideWrite, now=now, by=by))


def sent_of(action: Action, payload: Mapping[str, Any]) -> dict[str, str]:
    """What of a payload goes out to the other system."""
    return {name: text for name, text in _said(payload).items() if name in (*action.needs, *action.may)}


def _said(payload: Mapping[str, Any]) -> dict[str, str]:
    said = {name: str(value).strip() for name, value in payload.items() if value is not None}
    return {name: text for name, text in said.items() if text}


def whom_of(action: Action, said: Mapping[str, str]) -> str:
    """For whom it is, as the row keeps it: a service number, a contract, a damage. A line is one line, however it was
    written: 4025961, 402-5961 and 44025961.
    """
    whom = said.get(action.to_whom, "")
    if action.to_whom in NUMBERS:
        whom = phone_numbers.parse(whom) or whom
    return whom[:40]


def _another_amount(to_whom: str) -> str:
    words = _("En esta llamada ya se pidió esto para %(whom)s con otro monto: atienda el nuevo pedido aparte.")
    return words % {"whom": phone_numbers.display(to_whom)}


def _is_one_line(one: str, other: str) -> bool:
    """Whether they are the same; rows of before keep a line as it was written."""
    return one == other or (phone_numbers.parse(one) or one) == (phone_numbers.parse(other) or other)


def _newest_of(key: str, to_whom: str, sent: Mapping[str, str], position: int) -> tuple[str, OutsideWrite | None]:
    """The write a key stands for, or the key to owe it under: one for somebody else, or another try, has a number. What
    was refused or kept back, or is undone by now, is tried anew where the call came to it once more: it may be
    otherwise.
    """
    tried = 1
    numbered = key
    while there := OutsideWrite.objects.filter(key=numbered).first():
        is_undone = is_undone_with_anothers(there)
        kept_back = there.changes.filter(from_state=State.SENDING, to_state=State.NOT_DONE)
        is_anew = there.state == State.REFUSED or is_undone or kept_back.exists()
        is_anew = is_anew and there.position < position
        is_so = there.state not in NOT_HAPPENING and not is_undone
        if _is_one_line(there.to_whom, to_whom) and (is_so or (there.payload == sent and not is_anew)):
            return numbered, there
        tried += 1
        numbered = f"{key}:{tried}"
    return numbered, None


def _check_complete(action: Action, said: Mapping[str, str]) -> None:
    """Raise unless it is whole. An ordinary write never stops a call: what lacks something is left to a person."""
    if not action.accountable:
        return
    if any(name not in said for name in action.needs):
        raise WriteRefused(_("Falta un dato para hacerlo: vuelva al paso que lo pide."))
    if action.moves_money and amount_of(said) is None:
        raise WriteRefused(_("El monto debe ser mayor que cero, con dos decimales como mucho."))
    if not all(said.get(name) for name in REQUESTER[:2]):
        raise WriteRefused(_("Falta quién lo pide: nombre completo y carnet de identidad."))


def _asked_before(walk: Walk, action: str, to_whom: str) -> OutsideWrite | None:
    """What this walk already asks for the same number; a refused or abandoned one does not stand in the way, nor what
    is undone by now.
    """
    found = OutsideWrite.objects.filter(walk=walk, action=action, to_whom=to_whom, is_accountable=True)
    stands = found.exclude(state__in=NOT_HAPPENING).order_by("pk")
    return next((one for one in stands if not is_undone_with_anothers(one)), None)
