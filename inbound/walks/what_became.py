"""What became of a card the call went back from and answered otherwise: the end asks, and the answer is on the card."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalations.models import Escalation
from escalations.raising import add_detail
from inbound.fields import Field
from inbound.flows.conditions import arguments
from inbound.models import Footstep
from inbound.walks.call_words import words_of_the_call
from inbound.walks.cards import is_about_the_same
from inbound.walks.state import WalkState

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


def _answered_otherwise(here: WalkState) -> list[tuple[Footstep, Escalation]]:
    """Open cards of what is spoken of, its contract, number, damage or order, that are not on the way that counts."""
    counted = {passed.escalation_id for passed in here.path} - {None}
    steps = {(passed.version_id, passed.step) for passed in here.path if passed.escalation_id}  # another of the same
    words = words_of_the_call(here, here.known)
    found: dict[int, tuple[Footstep, Escalation]] = {}
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
