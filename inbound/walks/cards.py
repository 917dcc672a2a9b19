"""Which card a step that hands over speaks of when it is passed again: the one it raised before, corrected, or another.

Whoever went back to it corrects what she had said; whoever came to it once more, for another customer, number, damage
or order, or round about, asks for another thing. Where a card is there the agent sees which it will be and may say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalations.models import Escalation
from inbound.fields import CALLER_NAME, TELEPHONE, Field
from inbound.flows.conditions import arguments
from inbound.flows.shapes import SAME_CARD, Step
from inbound.models import Footstep, OutsideWrite
from inbound.walks.state import WalkState, fields_before, passings
from telephony import phone_numbers

ABOUT = ("number", "service_number", "damage", "order")  # details that say which of several a card is about
CORRECTED, ANOTHER = "corrected", "another"
WHICH = {
    CORRECTED: gettext_lazy("Corrige la derivación de antes"),
    ANOTHER: gettext_lazy("Es otro pedido: va otra derivación"),
}


def which_card(here: WalkState) -> tuple[Field, ...]:
    """What is asked where the step has a card already: whether that one is corrected."""
    if here.step.kind != "hand_over" or not _open_cards(here):
        return ()
    choices = tuple((code, str(words)) for code, words in WHICH.items())
    return (Field(SAME_CARD, _("Ya derivó esto en esta llamada"), "choice", required=False, choices=choices),)


def proposed_card(here: WalkState) -> str:
    """Which of the two stands in that field before anything is typed."""
    return ANOTHER if _proposed(here) is None else CORRECTED


def _proposed(here: WalkState) -> Escalation | None:
    return card_to_correct(here, {"details": arguments(here.step.with_, here.known), "reason": ""})


def held_before(here: WalkState) -> dict[str, Any]:
    """What the fields of the step hold (state.py); of another request only who calls, and where she is called back."""
    held = fields_before(here)
    is_typed = here.walk.draft.get("position") == here.footstep.position
    if is_typed or not which_card(here):
        return held
    card = _proposed(here)
    newest = passings(here)[-2:-1]
    if card is not None and newest and newest[0].escalation_id in (None, card.pk):
        return held
    if card is not None:  # of two it is the first again
        own: dict[str, Any] = next((passed.answer for passed, one in _open_cards(here) if one.pk == card.pk), {})
        return {name: text for name, text in own.items() if name != SAME_CARD}
    return {name: text for name, text in held.items() if name in (CALLER_NAME, TELEPHONE)}


def card_to_correct(here: WalkState, says: Mapping[str, Any], *, settled: bool = False) -> Escalation | None:
    """The card this step raised before for the same thing; None where it is to raise one that `says` so.

    `settled`: one that was settled since, too, of which nothing is left to be corrected.
    """
    cards = _open_cards(here, settled=settled)
    said = here.footstep.answer.get(SAME_CARD)
    if said == ANOTHER:
        return None
    same = next((card for passed, card in cards if _is_same(here, passed, card, says)), None)
    return cards[0][1] if same is None and said == CORRECTED and cards else same


def next_key(key: str) -> str:
    """The key of the next card of a step of a call."""
    tried, numbered = 1, key
    while Escalation.objects.filter(key=numbered).exists():
        tried += 1
        numbered = f"{key}:{tried}"
    return numbered


def contract_of(known: Mapping[str, Any]) -> str:
    """Whom the call is about, as far as it was known; empty while it is not."""
    customer = known.get("customer")
    return str(customer.get("contract") or "")[:24] if isinstance(customer, Mapping) else ""


def cards_of(here: WalkState) -> list[Escalation]:
    """What this call handed over and is still to be settled, each once."""
    cards = (passed.escalation.survivor for passed in here.trail if passed.escalation is not None)
    each = sorted({card.pk: card for card in cards}.items())  # in the order in which cards are locked
    return [card for _pk, card in each if card.state in Escalation.UNSETTLED]


def cards_about(here: WalkState) -> tuple[list[Escalation], list[Escalation]]:
    """Those and the open ones of what it asked other systems: its own, and those of another that asked it too."""
    writes = list(OutsideWrite.objects.filter(walk=here.walk).exclude(card=None).select_related("card"))
    mine = (f"walk:{here.walk.key}:", *(f"write:{write.pk}:" for write in writes))
    own, others = {card.pk: card for card in cards_of(here)}, dict[int, Escalation]()
    for write in writes:
        if write.card is not None and (card := write.card.survivor).state in Escalation.UNSETTLED:
            whose = own if f"{write.card.key}:".startswith(mine) else others
            whose[card.pk] = card
    return [card for _pk, card in sorted(own.items())], [one for pk, one in sorted(others.items()) if pk not in own]


def _open_cards(here: WalkState, *, settled: bool = False) -> list[tuple[Footstep, Escalation]]:
    """What this step raised in this call, newest first."""
    raised = ((passed, passed.escalation) for passed in reversed(passings(here)))
    cards = [(passed, card.survivor) for passed, card in raised if card is not None]
    return [(passed, card) for passed, card in cards if settled or card.state in Escalation.UNSETTLED]


def _is_same(here: WalkState, passed: Footstep, card: Escalation, says: Mapping[str, Any]) -> bool:
    contract = says.get("contract", here.walk.contract)
    if card.contract and contract and card.contract != contract:
        return False
    went_back = all(passed.position != counted.position for counted in here.path)
    if went_back:
        return is_about_the_same(here.step, card.details, says["details"])
    return (card.details, card.reason) == (says["details"], says["reason"])  # come round to it: pressed twice


def is_about_the_same(step: Step, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two cards of a step are about the same number, damage or order."""
    return _about(step, one) == _about(step, other)


def _about(step: Step, details: Mapping[str, Any]) -> list[Any]:
    """What a card is about: of what was known before its own step asked anything."""
    own = {field.name for field in step.fields}
    return [plain(str(details.get(name) or "")) for name in ABOUT if name not in own]


def plain(number: str) -> str:
    """A number as it is compared, however it is written."""
    return phone_numbers.parse(number) or number
