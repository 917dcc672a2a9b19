"""What was refused in a call and corrected on it since: a card of it is of what was meant last."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from inbound.flows.conditions import arguments
from inbound.flows.shapes import REFUSED
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


def is_corrected_since(here: WalkState, write: OutsideWrite) -> bool:
    """Whether what did not happen was asked for anew in the call, and happened, may happen or has its card: for the
    same number, or for the same customer on the word of the same caller, before she was told of a card.
    """
    if write.state not in NOT_HAPPENING:
        return False
    place = next((n for n in range(len(here.trail), 0, -1) if here.trail[n - 1].write_id == write.pk), 0)
    for passed in here.trail[place:]:
        later = passed.write
        if passed.kind == "hand_over":
            return False
        if later is None or later.action != write.action or later.pk <= write.pk:
            continue
        is_hers = _is_of_one(here, here.trail[place - 1], passed) if place else False
        if later.to_whom == write.to_whom or is_hers:
            return later.state not in NOT_HAPPENING or later.card_id is not None
    return False


def of_one_request(here: WalkState, write: OutsideWrite) -> list[OutsideWrite]:
    """The writes that were refused one after the other, each the one before corrected, oldest first; `write` alone
    where the call went back from it for another thing. Nobody sees to any of them yet.
    """
    asked = _asked(here, write)
    on_the_way = [one for one in here.path if asked and one.step == asked.step and one.chosen == REFUSED and one.write]
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
    said = arguments(here.step_of(asked).with_, known_on(since, before={}))
    whom = whom_of(action, said) or write.to_whom
    of_its_own = OutsideWrite.objects.filter(walk=here.walk, action=write.action, to_whom=whom).exclude(pk=write.pk)
    if whom != write.to_whom and of_its_own.exists():
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
