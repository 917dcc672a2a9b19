"""A write that was asked for, and other words for it since: nothing goes out a second time, so a person hears of it.

The other system keeps what it was told first. What is another now stands on the card there is of the same thing, or on
one of its own, and the caller is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import add_detail, corrected_in_words, raise_escalation
from inbound.flows.conditions import arguments
from inbound.flows.shapes import Step
from inbound.models import OutsideWrite
from inbound.outside.actions import actions, amount_of
from inbound.walks.asked import call_back_on, customer_on_file, stolen_lines, zone_of
from inbound.walks.asks import INSTEAD
from inbound.walks.cards import next_key
from inbound.walks.consequences import key_of, own_write, told_of
from inbound.walks.customers import is_about_her, of_contract
from inbound.walks.lane_news import WITHDRAWN, say_anew, withdraw
from inbound.walks.state import WalkState, passings
from inbound.walks.undone import may_be_about
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.writing import sent_of
from screens.templatetags.screens import bs
from telephony.phone_numbers import parse

KIND = "write_not_done"
STANDS = "Lo que se pidió antes sigue como estaba. Lo que corrige ahora pasa a supervisión."  # said, so in Spanish


def what_differs(step: Step, known: Mapping[str, Any], write: OutsideWrite) -> str:
    """What a step would ask for now and did not, in words; empty where it is the same, or less of it."""
    action = actions()[write.action]
    says = sent_of(action, arguments(step.with_, known))
    both = [(name, text, write.payload.get(name) or "") for name, text in says.items() if name != action.to_whom]
    others = ((text, before) for name, text, before in both if _is_another(name, text, before))
    return ", ".join(corrected_in_words(text, before) for text, before in others)


def _is_another(name: str, text: str, before: str) -> bool:
    """Words that were part of what was asked for are known there; 20 is no part of 120."""
    return text != before if name == "amount" else text not in before


def hand_over_what_is_said_now(here: WalkState, *, now: datetime) -> None:
    """The call ends on a step whose write was asked for before, in other words than stand there: she heard that a
    supervisor sees to them.
    """
    if here.step.kind == "do" and here.footstep.write_id is None and here.footstep.escalation_id is None:
        before = own_write(here, OutsideWrite.objects.filter(walk=here.walk))
        hand_over_what_differs(here=here, known=here.known, write=before, now=now)


def hand_over_what_differs(
    *, here: WalkState, known: Mapping[str, Any], write: OutsideWrite | None, now: datetime
) -> None:
    """What a `do` step would ask for now and is another than when its `write` was asked for. Call it inside the
    transaction of the step.
    """
    walk, footstep = here.walk, here.footstep
    if write is None or write.position == footstep.position:  # asked for just now
        return
    differs = what_differs(here.step, known, write)
    if not differs:
        _take_back(here, now=now)
        return
    what = {"system": write.get_system_display(), "title": here.step.title, "differs": differs}
    told = _("%(title)s: ya se pidió, y no se pidió otra vez. %(system)s no sabe: %(differs)s") % what
    card = walk.escalation or _card_of_the_same(here, write)
    details = {**told_of(write), **_instead(here.step, known, write)}
    reason = f"{here.step.ref} {told}"
    if card is None:
        about = of_contract(walk, details.get("contract", ""), known)
        reached_at = call_back_on(about, known, about=write.to_whom, stolen=stolen_lines(here, here.step))
        card = raise_escalation(
            key=next_key(f"{key_of(here)}:otherwise"),
            kind=KIND,
            line=walk.line.number,
            contract=about.contract,
            customer_name=customer_on_file(about, known),
            telephone=reached_at or parse(write.to_whom) or "",
            zone=zone_of(known),
            reason=reason,
            details=details,
            promised=STANDS,
            by=walk.by,
            now=now,
        )
    elif _is_its_own(here, card):
        if (card.reason, card.details) != (reason, details):
            say_anew(card, reason=reason, details=details, told=told, by=walk.by, now=now)
    elif told not in card.reason and not card.changes.filter(note=told[:2000]).exists():
        add_detail(key=card.key, text=told, by=walk.by, now=now)
    if walk.escalation is None:
        footstep.escalation = card


def _instead(step: Step, known: Mapping[str, Any], write: OutsideWrite) -> dict[str, str]:
    """The amount that is asked for now, among what its card says."""
    amount = amount_of(sent_of(actions()[write.action], arguments(step.with_, known)))
    return {INSTEAD: bs(amount)} if amount and amount != write.amount else {}


def _is_its_own(here: WalkState, card: Escalation) -> bool:
    return card.key.startswith(f"{key_of(here)}:otherwise")


def _take_back(here: WalkState, *, now: datetime) -> None:
    """The call asks again for what was asked for: nobody has to see to the other words any more."""
    told = _("Después la llamada volvió a lo que ya se había pedido: lo corregido ya no hace falta.")
    before = (passed.escalation for passed in passings(here) if passed.kind == "do")
    for card in {card.pk: card for card in before if card is not None}.values():
        if card.state not in Escalation.UNSETTLED or card.details.get(WITHDRAWN):
            continue
        if _is_its_own(here, card):
            withdraw(card, told=told, by=here.walk.by, now=now)
        elif not card.changes.filter(note=told).exists():
            add_detail(key=card.key, text=told, by=here.walk.by, now=now)


def say_what_was_asked_for(here: WalkState) -> None:
    """Of money what follows speaks of the amount that was asked for, and not of the one that is said now."""
    write, path = here.footstep.write, here.step.with_.get("amount", "")
    if write is None or write.position == here.footstep.position:  # asked for just now
        return
    if write.amount is not None and path in here.known:
        here.footstep.answer = {**here.footstep.answer, path: f"{write.amount:.2f}"}


def is_corrected_by_a_person(here: WalkState) -> bool:
    """Whether something on the way was asked for before, in other words than are said now, and still stands."""
    asked = [passed for passed in here.path[:-1] if passed.kind == "do" and passed.escalation_id]
    return any(passed.write is None or passed.write.state not in NOT_HAPPENING for passed in asked)


def _card_of_the_same(here: WalkState, write: OutsideWrite) -> Escalation | None:
    """What this call handed over of the same number, and somebody still works."""
    cards = [write.card, *(passed.escalation for passed in reversed(here.trail))]
    for card in cards:
        if card is None or card.state not in Escalation.UNSETTLED or not is_about_her(card, here):
            continue
        if may_be_about(card, write.to_whom):
            return card
    return None
