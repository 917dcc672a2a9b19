"""The card of what a call left undone (left_undone.py), and the words the caller heard of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import add_detail, corrected_in_words, raise_escalation
from inbound.flows.conditions import PROTOCOL, SENTENCE, arguments, same_value
from inbound.flows.shapes import REFUSED, Step
from inbound.models import Footstep, OutsideWrite
from inbound.walks.asked import (
    ONLY_THE_SAME,
    call_back_on,
    customer_on_file,
    stolen_line,
    stolen_lines,
    who_asks,
    zone_of,
)
from inbound.walks.call_words import said_to_her, words_of_the_call
from inbound.walks.cards import card_to_correct, next_key, plain
from inbound.walks.consequences import correct, due_at, notes_of, said_on_card, see_to_what_was_not_done, written
from inbound.walks.customers import as_it_was, of_contract
from inbound.walks.heard import there_instead_of
from inbound.walks.state import WalkState, read_state, state_on
from inbound.walks.undone import Undone
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.told import ended_words
from telephony import phone_numbers
from telephony.phone_numbers import parse

BEGUN = "write_not_done"


def see_to_undone(undone: Undone, *, how: str, now: datetime, card: Escalation | None = None) -> Escalation | None:
    """Its card, or the one where it is told, and that what followed from its write is seen to."""
    whose = card or said_on_its_card(undone, now=now) or raise_card_of(undone, how=how, now=now)
    if undone.write is not None:
        OutsideWrite.objects.filter(pk=undone.write.pk, follow_card=None).update(follow_card=whose)
    return whose


def said_on_its_card(undone: Undone, *, now: datetime) -> Escalation | None:
    """Whoever works the card of a doubt that came out well is told what is still to be done; another card is not."""
    card = undone.write.card if undone.write else None
    if undone.step.kind == "hand_over" or card is None or card.state not in Escalation.UNSETTLED:
        return None
    told = _("Falta: %(what)s") % {"what": f"{undone.step.ref} {undone.step.title}. {undone.reason}"}
    return add_detail(key=card.key, text=told, by=None, now=now)


def raise_card_of(undone: Undone, *, how: str, now: datetime) -> Escalation | None:
    """Its card, once; None where there is nobody to call back and nothing to find her by."""
    here, step = undone.here, undone.step
    words, known = words_of_the_call(here, here.known), here.known
    details = {**_contract_of(undone), **arguments(step.with_, words)}
    walk = of_contract(as_it_was(here), str(details.get("contract") or ""), known)
    if walk.caller_name and walk.caller_name != walk.customer_name:
        details["caller"] = walk.caller_name
    number = str(details.get("number", ""))
    stolen = stolen_line(here, step)
    lost = stolen_lines(here, step) | stolen_lines(read_state(walk=walk))  # since, too
    telephone = call_back_on(walk, known, about=number, stolen=lost)
    if not telephone or same_value(telephone, stolen) or parse(telephone) in lost:
        telephone = undone.call_back or telephone
    own = (str(known.get(field.name) or "") for field in step.fields if field.type == "telephone")
    told = (phone_numbers.parse(one) for one in (number, str(known.get("number") or ""), *own))
    telephone = telephone or next(filter(None, told), "")
    if not telephone and not walk.contract:
        return None
    about = undone.write.to_whom if undone.write else undone.about  # of two numbers each has its own
    ended = _("La llamada terminó antes de este paso (%(how)s).") % {"how": how}
    is_the_same = bool(telephone) and same_value(telephone, number)
    only = [str(ONLY_THE_SAME)] if is_the_same else []
    since = [
        _("Corregido en la misma llamada: %(what)s") % {"what": corrected_in_words(str(details[name]), before)}
        for name, before in undone.before.items()
        if before and details.get(name) and plain(str(details[name])) != plain(str(before))
    ]
    says: dict[str, Any] = {
        "customer_name": who_asks(step, walk, known) or customer_on_file(walk, known),
        "telephone": telephone,
        "reason": ". ".join(
            [
                f"{step.ref} {step.title}",
                f"{ended} {undone.reason}".rstrip("."),
                *only,
                *since,
                *written(here.step, here.footstep),
                *notes_of(here),
            ]
        ),
        "details": details,
        "promised": (undone.promised if undone.was_heard else "") or _heard(undone),
        "due_at": due_at(step.due, known, now=now) if step.due else None,
        "by": walk.by,
        "now": now,
    }
    if here.step is step and step.kind == "hand_over":
        said = said_on_card(replace(here, walk=walk), known, now=now)
        before = card_to_correct(here, said, settled=True)
        if before is not None:  # she has it, and at the most something of it was typed anew
            if before.state in Escalation.UNSETTLED:
                correct(before, here, said=said)
                return before
            if not undone.stands and (before.telephone, before.details) == (said["telephone"], said["details"]):
                return before
    key = ":".join(filter(None, ("walk", str(walk.key), here.flow.line, step.name, "left", about)))
    there = Escalation.objects.filter(key=key).first()
    card = raise_escalation(
        key=next_key(key) if there and there.details != details else key,
        kind=step.escalation or BEGUN,
        line=walk.line.number,
        contract=walk.contract,
        zone=zone_of(known),
        **says,
    )
    if step.kind == "hand_over":
        see_to_what_was_not_done(here, card, now=now)
        _say_what_is_done_by_now(undone, card, now=now)
    elif undone.write is None:
        _stand_for_what_was_refused(here, step, card)
    if here.step is step and here.footstep.escalation_id is None:  # where it was heard: its lane begins there
        here.footstep.escalation = card
        Footstep.objects.filter(pk=here.footstep.pk).update(escalation=card)
    return card


def _stand_for_what_was_refused(here: WalkState, step: Step, card: Escalation) -> None:
    """What could not be asked for was refused before, and corrected on the way that led on from it: one request."""
    on_the_way = [one.write_id for one in here.path if one.step == step.name and one.chosen == REFUSED and one.write_id]
    OutsideWrite.objects.filter(pk__in=on_the_way, card=None, state__in=NOT_HAPPENING).update(card=card)


def _say_what_is_done_by_now(undone: Undone, card: Escalation, *, now: datetime) -> None:
    """She heard that it is not known yet, and is called: whoever calls her reads that it was done meanwhile."""
    here, about = undone.here, undone.number
    ways = there_instead_of(here.flow, undone.step)
    asked = [one.write for one in here.trail if one.step in ways and one.version_id == undone.version and one.write]
    for write in {one.pk: one for one in asked}.values():
        if write.walk_id == here.walk.pk and write.state == OutsideWrite.State.DONE and plain(write.to_whom) == about:
            add_detail(key=card.key, text=ended_words(write), by=None, now=now)


def _contract_of(undone: Undone) -> dict[str, str]:
    """The contract its write was for, of a line that is not of the contract the call is about."""
    contract = str(undone.write.payload.get("contract") or "") if undone.write else ""
    return {"contract": contract} if contract else {}


def _heard(undone: Undone) -> str:
    """Of a step without a promise of its own: what the agent was given to say after it, or the write before it."""
    if undone.write:
        return words_heard(undone.here, undone.write)
    refused = (one for one in reversed(undone.here.trail) if one.step == undone.step.name and one.chosen == REFUSED)
    return _words_after(undone.here, next(refused, None))


def words_heard(here: WalkState, write: OutsideWrite) -> str:
    """What the agent was given to say after the write was asked for; empty where nothing was said any more."""
    return _words_after(here, next((passed for passed in here.trail if passed.write_id == write.pk), None))


def _words_after(here: WalkState, asked: Footstep | None) -> str:
    if asked is None:
        return ""
    trail = read_state(walk=here.walk).trail
    place = next(n for n, passed in enumerate(trail) if passed.position == asked.position)
    for n, passed in enumerate(trail[place + 1 :], start=place + 2):
        step = here.step_of(passed)
        if step.say:
            then = state_on(walk=here.walk, trail=trail[:n])
            words = words_of_the_call(then, then.known)
            said = said_to_her(step.say, {name: one for name, one in words.items() if name not in PROTOCOL})
            if told := " ".join(one for one in SENTENCE.split(said) if "¿" not in one):  # a question is no promise
                return told
    return ""
