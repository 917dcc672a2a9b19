"""What a call that ended before its flow leaves undone, and whose card that is.

Two things are owed to the caller whatever became of the call: what follows from a write that was done, the SIM that is
blocked after its line and the days of a block that was made; and what the words promised that were on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbound.fields import CALLER_NAME, TELEPHONE, Field
from inbound.flows.conditions import arguments
from inbound.flows.shapes import DONE, REFUSED, Step
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.answering import StepRefused
from inbound.walks.asked import call_back_on, fields_of, name_of_the_caller, stolen_lines
from inbound.walks.call_words import words_of_the_call
from inbound.walks.cards import plain, which_card
from inbound.walks.consequences import INTERACTION, own_write, told_of
from inbound.walks.corrected import as_meant_last
from inbound.walks.following import MUST_FOLLOW
from inbound.walks.heard import (
    HEARD_OF,
    asked_at_the_end,
    gone_back_from,
    is_not_needed,
    something_stands,
    there_instead_of,
)
from inbound.walks.lane_news import asked_of_a_lane
from inbound.walks.owed_to_her import is_of_whom_it_is_now
from inbound.walks.said_anew import said_since
from inbound.walks.state import WalkState, flow_of, given_on, state_on
from inbound.walks.undone import Undone, number_of
from inbound.walks.what_became import what_became_of, will_be_called
from inbound.writes.mistaken import BECAME_OF_WRITE, mistakes_among
from inbound.writes.writing import whom_of
from telephony.phone_numbers import display, parse

AFTERWARDS_BACK = gettext_lazy("Después la llamada volvió atrás: confirme que era esta línea antes de seguir.")


def not_followed(here: WalkState) -> Iterator[Undone]:
    """What must follow from each write of the call that was done, and did not; nothing does from a mistake."""
    asked = [passed.write_id for passed in here.trail if passed.write_id]
    mistaken, counted = mistakes_among(asked), {passed.position for passed in here.path}
    seen = set[int]()
    for place, passed in enumerate(here.trail):
        step = here.step_of(passed)
        if not step.waits or passed.write is None or passed.write.state != OutsideWrite.State.DONE:
            continue
        if passed.write.walk_id != here.walk.pk or passed.write.pk in mistaken:  # another call's, which sees to it
            continue
        if passed.write.action != step.action:  # the interaction of a call that ended here
            continue
        if passed.write.pk in seen:  # gone back to, and passed again: what followed the first time stands
            continue
        seen.add(passed.write.pk)
        follower = flow_of(passed.version_id).steps[step.way(DONE)]
        later = range(place + 1, len(here.trail))
        if follower.kind in MUST_FOLLOW and not any(_came_about(follower, passed.write, here, at) for at in later):
            then = state_on(walk=here.walk, trail=here.trail[: place + 1])
            if given := given_on(here.trail[place + 1 :]) or given_on(here.trail):  # she is one caller
                then = replace(then, known={**then.known, TELEPHONE: given})
            done = _("Se había hecho: %(done)s.") % {"done": f"{step.title} {display(passed.write.to_whom)}"}
            if passed.position not in counted:
                done = f"{done} {AFTERWARDS_BACK}"
            yield Undone(follower, then, done, passed.write, was_heard=False)


def all_undone(here: WalkState, *, came_to_an_end: bool, now: datetime) -> list[Undone]:
    """What the call leaves undone, each thing once: as she heard it last, where she heard of it at all, with what she
    said since; not what is not needed any more.

    `came_to_an_end`: of its flow, if only the last word was not pressed.
    """
    undone = list(not_followed(here))
    heard = [
        _with_what_was_said_since(one, here, now=now)
        for one in gone_back_from(here, came_to_an_end=came_to_an_end)
        if not is_not_needed(one, here)
    ]
    for later in filter(None, (*heard, not_handed_over(here))):
        if later.step.kind == "do" and any(one.number == later.number and _is_instead(one, later) for one in undone):
            continue  # she heard already what is done about it
        alike = [one for one in undone if one.is_like(later)]
        same = [one for one in alike if one.says_as(later) or _is_instead(later, one)]
        undone = [one for one in undone if one not in same] + [same[0].as_heard(later) if same else later]
    return undone


def _is_instead(words: Undone, write: Undone) -> bool:
    """Whether one is what a flow comes to where the other was not done; all the rest are two things."""
    if words.version != write.version:
        return False
    if words.step.name == write.step.name:
        return True
    return write.step.kind == "do" and write.step.name in there_instead_of(words.here.flow, words.step)


def _with_what_was_said_since(heard: Undone, here: WalkState, *, now: datetime) -> Undone:
    """Heard again since it is of what was said then; this one stays as it was. So does what was heard of a line that
    had something done: no correction makes it another's.
    """
    own = OutsideWrite.objects.filter(walk=here.walk, state=OutsideWrite.State.DONE, is_accountable=True, amount=None)
    if heard.number and any(plain(whom) == heard.number for whom in own.values_list("to_whom", flat=True)):
        return heard
    step, place = heard.here.footstep.step, len(heard.here.trail)
    is_newest = all(passed.step != step for passed in here.trail[place:])
    anew = said_since(heard.here, here, now=now) if is_newest else None
    if anew is None:
        return heard
    return replace(heard, here=anew, before=arguments(heard.step.with_, heard.here.known))


def what_was_refused(here: WalkState) -> dict[str, str]:
    """What a card of this call needs to know of the write that was read out to her and not asked for yet, else of the
    last one she was told is not done; empty when there is none.
    """
    writes = OutsideWrite.objects.filter(walk=here.walk).exclude(action=INTERACTION)
    if here.step.waits and here.footstep.write_id is None and own_write(here, writes) is None:
        return arguments(here.step.with_, words_of_the_call(here, here.known))
    last = next((write for write in writes.order_by("-position", "-pk") if is_of_whom_it_is_now(here, write)), None)
    if last is not None and last.state != OutsideWrite.State.DONE:
        return told_of(as_meant_last(here, last))
    undone = not_handed_over(here)
    return arguments(undone.step.with_, words_of_the_call(here, here.known)) if undone else {}


def not_handed_over(here: WalkState) -> Undone | None:
    """The card whose words were on the screen, or of a write that was not even taken, when nobody is told of it yet."""
    if here.step.kind == "hand_over" and here.footstep.escalation_id is None:
        return Undone(here.step, here, _("El cliente ya oyó lo que se le iba a hacer."))
    if here.step.waits and here.footstep.write_id is None and here.footstep.reason:
        return Undone(here.step, here, _("No se hizo: %(why)s") % {"why": here.footstep.reason})
    asked_since: set[str] = set()  # it was done after all, or is a doubt, which is another's to see to (let_down.py)
    for passed in reversed(here.path):
        if passed.escalation_id is not None or passed.chosen == DONE:
            return None
        if passed.write_id is not None:
            asked_since.add(passed.step)
        elif passed.chosen == REFUSED:
            step = here.step_of(passed)
            is_open = step.waits and step.name not in asked_since
            return Undone(step, here, _("No se hizo: %(why)s") % {"why": passed.reason}) if is_open else None
    return None


def asked_of(here: WalkState) -> tuple[Field, ...]:
    """All that the present step asks, as the call stands: its own fields, who is called back, what became of what was
    said before, and in a lane of what was said since.
    """
    own = fields_of(here.step, walk=here.walk, known=here.known)
    of_the_call = asked_of_the_call(here)
    return (*own, *which_card(here), *of_the_call, *_who_is_called(here, of_the_call), *asked_of_a_lane(here))


def asked_of_the_call(here: WalkState) -> tuple[Field, ...]:
    """What its end asks of what the call went back from; it is answered before she is told goodbye."""
    return (*asked_at_the_end(here), *what_became_of(here))


def check_who_is_called(here: WalkState) -> None:
    """Raise StepRefused where she is told at the end that supervision calls her, and nobody knows whom, or where."""
    heard_it_stands = something_stands(here)
    errors = {}
    if (heard_it_stands or will_be_called(here)) and not _reached_at(here):
        errors[TELEPHONE] = _("Escriba el teléfono para llamarle.")
    if heard_it_stands and not name_of_the_caller(here.walk, here.known):
        errors[CALLER_NAME] = _("Escriba el nombre de quien llama.")
    if errors:
        raise StepRefused(errors)


def _who_is_called(here: WalkState, asked: tuple[Field, ...]) -> Iterator[Field]:
    """Where she may be called because of it, and who she is, where nobody knows."""
    own = {field.name for field in here.step.fields}
    heard = any(one.name.startswith(HEARD_OF) for one in asked)
    mistakes = any(one.name.startswith(BECAME_OF_WRITE) for one in asked)
    if (heard or mistakes) and TELEPHONE not in own and not _reached_at(here):
        yield Field(TELEPHONE, _("Teléfono para llamarle, si se le llama"), "telephone", required=False)
    if heard and CALLER_NAME not in own and not name_of_the_caller(here.walk, here.known):
        yield Field(CALLER_NAME, _("Nombre de quien llama, si se le llama"), "name", required=False)


def _reached_at(here: WalkState) -> str:
    """Where she may be called: on no line that was stolen."""
    stolen = stolen_lines(here)
    telephone = call_back_on(here.walk, here.known, stolen=stolen)
    return "" if parse(telephone) in stolen else telephone


def _came_about(follower: Step, write: OutsideWrite, here: WalkState, at: int) -> bool:
    """Whether the footstep `at` that place is that step, for the same number, and did what it is there for or was told
    that it cannot: a call may be about two.
    """
    passed: Footstep = here.trail[at]
    if follower.kind == "hand_over":  # by whatever step: a doubt may have handed it over before it was settled
        card = passed.escalation
        if card is None or card.kind_id != follower.escalation:
            return False
        return plain(str(card.details.get("number") or write.to_whom)) == plain(write.to_whom)  # as it is read
    if passed.step != follower.name:
        return False
    if passed.write is not None and passed.write.action == follower.action:
        return passed.write.to_whom == write.to_whom
    then = state_on(walk=here.walk, trail=here.trail[: at + 1]).known
    asked = whom_of(actions()[follower.action], arguments(follower.with_, then))
    if passed.chosen != REFUSED or asked != write.to_whom:
        return False
    # it was not done: somebody must know of it; a card on the very last footstep is of how the call ended
    cards = [one for one in here.trail[at + 1 : -1] if one.escalation_id is not None]
    return any(number_of(one) in ("", plain(write.to_whom)) for one in cards)
