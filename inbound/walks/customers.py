"""Whose call it is: the customer as she was asked for or found last, and who she was at an earlier step."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from escalations.models import Escalation
from inbound.flows.shapes import Step
from inbound.models import Walk
from inbound.outside.look_ups import NOBODYS
from inbound.walks.state import WalkState, known_on, state_on


def as_it_was(here: WalkState) -> Walk:
    """The call with its customer as she was at that step: it may have gone on about another since. Where nobody was
    known yet, she is who was found later.
    """
    then = copy(here.walk)
    if then.escalation_id is not None:
        return then
    then.contract = then.customer_name = ""
    for place, passed in enumerate(here.trail, start=1):
        if passed.left_at is not None and passed.answer:  # not where the call only went back from the question
            remember_who_is_asked_about(then, here.step_of(passed), passed.answer)
        if passed.kind == "look_up" and isinstance(passed.found, dict) and passed.left_at is not None:
            looked = state_on(walk=then, trail=here.trail[:place])
            if not is_somebody_elses(looked, known_on(looked.path, before=then.brought)):
                remember_customer(then, {looked.step.as_: passed.found})
    return then if then.contract or then.customer_name else copy(here.walk)


def of_contract(walk: Walk, contract: str, known: Mapping[str, Any]) -> Walk:
    """The call as it is about the contract something was asked for, which may be another than its customer's: a line
    that somebody wants blocked is on the cards, and in the history, of whose it is.
    """
    if walk.escalation_id is not None or not walk.contract or contract in ("", walk.contract):
        return walk
    found = [one for one in known.values() if isinstance(one, Mapping) and one.get("contract") == contract]
    if any(one.get(NOBODYS) for one in found):
        return walk
    then = copy(walk)
    then.contract, then.caller_name = contract[:24], walk.caller_name or walk.customer_name
    then.customer_name = next((str(one.get("name") or "") for one in found), "")[:120]
    return then


def is_about_her(card: Escalation, here: WalkState) -> bool:
    """Whether a card of the call is about its customer, or the line she asks for now, and not about who was before."""
    return card.contract in ("", here.walk.contract, str(here.known.get("contract") or ""))


def whose(here: WalkState) -> str:
    """What tells the customer of that step from another of the call: her contract, else her name."""
    then = as_it_was(here)
    return then.contract or then.customer_name


def remember_customer(walk: Walk, answer: Mapping[str, Any]) -> None:
    """The customer of the call, so that lists need not read footsteps. A contract nobody has says nothing of her."""
    for value in answer.values():
        if isinstance(value, dict) and value.get("contract") and not value.get(NOBODYS):
            walk.contract, walk.customer_name = str(value["contract"])[:24], str(value.get("name", ""))[:120]


def remember_who_is_asked_about(walk: Walk, step: Step, answer: Mapping[str, Any]) -> None:
    """The customer of the call as she was asked for last: who is named without a contract is not whom it was before."""
    for field in step.fields:
        if field.type == "customer":
            named = answer.get(field.name)
            walk.contract, walk.customer_name = "", str(named.get("name", ""))[:120] if isinstance(named, dict) else ""
    remember_customer(walk, answer)


def is_somebody_elses(here: WalkState, known: Mapping[str, Any]) -> bool:
    """Whether the customer of the call was found before: a contract she only named is looked at, and is not hers."""
    others = (one for name, one in known.items() if name != here.step.as_ and isinstance(one, Mapping))
    return bool(here.walk.contract) and any(one.get("contract") == here.walk.contract for one in others)
