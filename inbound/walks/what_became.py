"""What became of a card the call went back from and answered otherwise, or had done after all: the end asks, and the
answer is on the card.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalations.models import Escalation
from escalations.raising import add_detail
from inbound.fields import Field
from inbound.flows.conditions import arguments
from inbound.flows.shapes import DONE, REFUSED
from inbound.models import Footstep
from inbound.walks.call_words import words_of_the_call
from inbound.walks.cards import is_about_the_same
from inbound.walks.state import WalkState
from telephony import phone_numbers

BECAME_OF = "became_of_"
STANDS, NO_LONGER = "stands", "no_longer"
ANSWERS = {
    STANDS: gettext_lazy("Sigue en pie: hace falta"),
    NO_LONGER: gettext_lazy("Ya no hace falta"),
}


def what_became_of(here: WalkState) -> tuple[Field, ...]:
    """What a call is asked at its end of each card it answered otherwise since."""
    if here.step.kind != "end" or here.walk.escalation_id is not None:
        return ()
    choices = tuple((code, str(words)) for code, words in ANSWERS.items())
    return tuple(
        Field(f"{BECAME_OF}{card.pk}", _question(here, passed), "choice", choices=choices)
        for passed, card in _answered_otherwise(here)
    )


def say_what_became(here: WalkState, *, now: datetime) -> None:
    """Write on each card what the agent answered of it. Call it inside the transaction of the end."""
    for _passed, card in _answered_otherwise(here):
        said = ANSWERS.get(str(here.footstep.answer.get(f"{BECAME_OF}{card.pk}")))
        if said:
            words = _("La llamada volvió atrás y terminó en «%(end)s». %(said)s.") % {
                "end": here.step.label,
                "said": said,
            }
            add_detail(key=card.key, text=words, by=here.walk.by, now=now)


def tell_cards_of_the_refused(here: WalkState, *, now: datetime) -> None:
    """What the present step has done now, another card of the call may still ask for: it was refused before, handed
    over, and gone back from. Call it inside the transaction of the outcome.
    """
    write = here.footstep.write
    for _passed, card in _of_the_refused(here, upto=here.footstep):
        whom = phone_numbers.display(write.to_whom) if write else ""
        words = _("La llamada volvió atrás y lo pidió otra vez: «%(what)s», %(whom)s. Se hizo.") % {
            "what": here.step.title,
            "whom": whom,
        }
        add_detail(key=card.key, text=words, by=here.walk.by, now=now)


def _of_the_refused(here: WalkState, *, upto: Footstep) -> list[tuple[Footstep, Escalation]]:
    """Open cards, gone back from, of what the step of that footstep was refused before."""
    counted = {passed.escalation_id for passed in here.path} - {None}
    found: dict[int, tuple[Footstep, Escalation]] = {}
    was_refused = False
    for passed in here.trail:
        if passed.position >= upto.position:
            break
        if (passed.version_id, passed.step) == (upto.version_id, upto.step):
            was_refused = passed.chosen == REFUSED
        card = passed.escalation
        if was_refused and card is not None and card.pk not in counted and card.state in Escalation.UNSETTLED:
            found[card.pk] = (passed, card)
    return list(found.values())


def _answered_otherwise(here: WalkState) -> list[tuple[Footstep, Escalation]]:
    """Open cards of what is spoken of, its contract, number, damage or order, that are not on the way that counts."""
    counted = {passed.escalation_id for passed in here.path} - {None}
    steps = {(passed.version_id, passed.step) for passed in here.path if passed.escalation_id}  # another of the same
    words = words_of_the_call(here, here.known)
    done_since = [one for one in here.path if one.write_id and one.chosen == DONE]
    found = {card.pk: (passed, card) for one in done_since for passed, card in _of_the_refused(here, upto=one)}
    for passed in here.trail:
        card = passed.escalation
        if card is None or passed.kind != "hand_over" or card.pk in counted or card.state not in Escalation.UNSETTLED:
            continue
        if card.contract not in ("", here.walk.contract) or (passed.version_id, passed.step) in steps:
            continue
        step = here.step_of(passed)
        meant = {name: text for name, text in arguments(step.with_, words).items() if text}
        if is_about_the_same(step, card.details, {**card.details, **meant}):
            found[card.pk] = (passed, card)
    return list(found.values())


def _question(here: WalkState, passed: Footstep) -> str:
    step = here.step_of(passed)
    return _("Ya se derivó «%(what)s». ¿Qué fue de eso?") % {"what": step.title}
