"""What was refused in a call and corrected on it since: a card of it is of what was meant last."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from inbound.flows.conditions import arguments
from inbound.flows.shapes import REFUSED, UNKNOWN
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions, amount_of
from inbound.walks.cards import contract_of
from inbound.walks.customers import whose
from inbound.walks.state import WalkState, known_on, state_on
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.writing import whom_of


def corrected_by_going_back(here: WalkState, asked: Sequence[Footstep]) -> list[Footstep]:
    """Where what was `asked` on the way that counts had been asked for before, was refused, and was gone back from
    without a word that somebody sees to it: one request, corrected. Of one for the same number whatever was heard.
    """
    counted = {passed.position for passed in here.path}
    found = []
    for place, passed in enumerate(here.trail):
        write = passed.write
        if write is None or passed.position in counted or passed.chosen != REFUSED or write.walk_id != here.walk.pk:
            continue
        later = [one for one in asked if (one.version_id, one.step) == (passed.version_id, passed.step)]
        is_the_same = any(one.write is not None and one.write.to_whom == write.to_whom for one in later)
        heard = next((one for one in here.trail[place + 1 :] if one.kind in ("do", "hand_over")), passed)
        if is_the_same or (heard.kind == "do" and any(_is_of_one(here, passed, one) for one in later)):
            found.append(passed)
    return found


def _is_of_one(here: WalkState, before: Footstep, later: Footstep) -> bool:
    """Whether both asked for it for one customer, and on the word of one who asked."""
    names = {one.write.requester_name for one in (before, later) if one.write is not None} - {""}
    hers, theirs = (whose(state_on(walk=here.walk, trail=_upto(here, one))) for one in (before, later))
    return hers == theirs and len(names) < 2


def _upto(here: WalkState, passed: Footstep) -> list[Footstep]:
    return [one for one in here.trail if one.position <= passed.position]


def corrected_since(here: WalkState, write: OutsideWrite) -> Footstep | None:
    """Where what did not happen was asked for anew last: on the way of the call that led on from it, or, where that was
    gone back from, for the same number. None where it was not; another number asked for after going back may be both.
    """
    asked = next((one for one in here.trail if one.write_id == write.pk), None)
    if asked is None or write.state not in NOT_HAPPENING:
        return None
    later = [one for one in here.path if one.position > asked.position]
    anew = [one for one in later if (one.version_id, one.step) == (asked.version_id, asked.step)]
    if anew and any(one.position == asked.position for one in here.path):
        return anew[-1]
    since = [one for one in here.trail if one.position > asked.position and one.write is not None]
    of_it = [
        one for one in since if one.write and (one.write.action, one.write.to_whom) == (write.action, write.to_whom)
    ]
    return of_it[-1] if of_it else None


def of_one_request(here: WalkState, write: OutsideWrite) -> list[OutsideWrite]:
    """The writes that were refused one after the other, each the one before corrected, oldest first; `write` alone
    where the call went back from it for another thing. Nobody sees to any of them yet.
    """
    asked = _asked(here, write)
    words = (REFUSED, UNKNOWN)  # what was not known then may be refused by now
    on_the_way = [one for one in here.path if asked and one.step == asked.step and one.chosen in words and one.write]
    both = (*corrected_by_going_back(here, on_the_way), *on_the_way)
    refused = {passed.write.pk: passed.write for passed in both if passed.write is not None}
    of_one = [one for one in refused.values() if one.card_id is None and one.state in NOT_HAPPENING]
    return of_one if any(one.pk == write.pk for one in of_one) else [write]


def as_meant_last(here: WalkState, write: OutsideWrite) -> OutsideWrite:
    """For whom, how much and on whose word a refused write would be asked for as the call stands: a copy to be read,
    not saved. What has a write of its own since is another thing, and so is what is another customer's.
    """
    meant, asked, action = copy(write), _asked(here, write), actions().get(write.action)
    if asked is None or action is None:
        return meant
    then = state_on(walk=here.walk, trail=[one for one in here.trail if one.position <= asked.position]).known
    whose = contract_of(here.known)
    if whose and whose != (contract_of(then) or whose):
        return meant
    since = [one for one in here.path if one.position > asked.position and one.version_id == asked.version_id]
    was_gone_back_from = all(one.position != asked.position for one in here.path)
    not_taken = (one.step == asked.step and one.chosen == REFUSED and one.write_id is None for one in since)
    if was_gone_back_from and any(not_taken):
        return meant  # what was meant then could not be asked for, and has its own card
    said = arguments(here.step_of(asked).with_, known_on(since, before={}))
    whom = whom_of(action, said) or write.to_whom
    own = OutsideWrite.objects.filter(walk=here.walk).exclude(pk=write.pk)
    of_its_own = own.filter(action=write.action, to_whom=whom)
    # what follows from what was done for that line is of it
    follows = own.filter(to_whom=write.to_whom, is_accountable=True, state=OutsideWrite.State.DONE)
    if whom != write.to_whom and (of_its_own.exists() or (write.is_accountable and follows.exists())):
        return meant
    meant.to_whom = whom
    meant.amount = amount_of(said) or write.amount
    meant.requester_name = said.get("requester_name") or write.requester_name
    meant.requester_card = said.get("requester_card") or write.requester_card
    return meant


def _asked(here: WalkState, write: OutsideWrite) -> Footstep | None:
    """Where it was asked for last, and refused."""
    asked = (one for one in reversed(here.trail) if one.write_id == write.pk and one.chosen == REFUSED)
    return next(asked, None)
