"""What a call that ended before its flow leaves undone, and whose card that is.

Two things are owed to the caller whatever became of the call: what follows from a write that was done, the SIM that is
blocked after its line and the days of a block that was made; and what the words promised that were on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalations.models import Escalation
from inbound.fields import TELEPHONE, Field
from inbound.flows.conditions import arguments, filled
from inbound.flows.shapes import DONE, REFUSED, UNKNOWN, Step
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asked import fields_of
from inbound.walks.call_words import words_of_the_call
from inbound.walks.cards import ABOUT, ANOTHER, CORRECTED, contract_of, which_card
from inbound.walks.consequences import (
    INTERACTION,
    told_of,
)
from inbound.walks.corrected import as_meant_last
from inbound.walks.lane_news import asked_of_a_lane
from inbound.walks.state import WalkState, flow_of, given_on, state_on
from inbound.walks.what_became import mistakes_of, what_became_of
from inbound.writes.writing import whom_of
from telephony import phone_numbers

GONE_BACK = gettext_lazy("El cliente ya oyó lo que se le iba a hacer, y la llamada volvió atrás.")
GONE_ON = gettext_lazy("El cliente oyó que se le llama por este número, y la llamada siguió con otro.")
HEARD_OF = "heard_of_"
OTHER_REQUEST = gettext_lazy("Es otro pedido: supervisión le llama")
ONLY_CORRECTED = gettext_lazy("El número estaba mal y se corrigió: no hace falta")
MUST_FOLLOW = ("do", "hand_over")  # what a flow does next by itself once a write is done, without a question to anybody


@dataclass(frozen=True, slots=True)
class Undone:
    """A step that never came about, as the call stood before it. `write`: what was done before; None for mere words."""

    step: Step
    here: WalkState
    reason: str | Promise
    write: OutsideWrite | None = None
    call_back: str = ""  # where who called is reached, if nothing else is known of whom it is about
    was_heard: bool = True  # what the step says was on the screen

    @property
    def number(self) -> str:
        """The line, damage or order it is about."""
        return _plain(self.write.to_whom) if self.write else _number(arguments(self.step.with_, self.here.known))

    @property
    def contract(self) -> str:
        """Whose it is, as far as it was known then."""
        return contract_of(self.here.known) or self.here.walk.contract

    @property
    def promised(self) -> str:
        """What its card says that she was promised."""
        return filled(self.step.promised, words_of_the_call(self.here, self.here.known))

    @property
    def about(self) -> str:
        """What tells it from another request of the call: its number, else whose contract it is."""
        return self.number or self.contract

    def is_like(self, later: Undone) -> bool:
        """Whether what she heard `later` is of the same thing: its number, else its contract."""
        if later.number:
            return self.number == later.number
        return later.contract in ("", self.contract) or not self.contract

    def as_heard(self, later: Undone) -> Undone:
        """The same thing as it stood on the screen afterwards, with what was typed there."""
        return replace(later, write=self.write, reason=self.reason)

    def called_where(self, telephone: str, *, anew: bool) -> Undone:
        """She is one caller: called where she said by then, or where she said it `anew` or only of another thing."""
        by_then = str(self.here.known.get(TELEPHONE) or "") if self.was_heard and not anew else ""
        told = by_then or telephone
        return replace(self, here=replace(self.here, known={**self.here.known, TELEPHONE: told})) if told else self


def not_followed(here: WalkState) -> Iterator[Undone]:
    """What must follow from each write of the call that was done, and did not; nothing does from a mistake."""
    mistaken = mistakes_of(here)
    for place, passed in enumerate(here.trail):
        step = here.step_of(passed)
        if not step.waits or passed.write is None or passed.write.state != OutsideWrite.State.DONE:
            continue
        if passed.write.walk_id != here.walk.pk or passed.write.pk in mistaken:  # another call's, which sees to it
            continue
        if passed.write.action != step.action:  # the interaction of a call that ended here
            continue
        follower = flow_of(passed.version_id).steps[step.way(DONE)]
        later = range(place + 1, len(here.trail))
        if follower.kind in MUST_FOLLOW and not any(_came_about(follower, passed.write, here, at) for at in later):
            then = state_on(walk=here.walk, trail=here.trail[: place + 1])
            if given := given_on(here.trail[place + 1 :]) or given_on(here.trail):  # she is one caller
                then = replace(then, known={**then.known, TELEPHONE: given})
            done = _("Se había hecho: %(done)s.") % {"done": step.title}
            yield Undone(follower, then, done, passed.write, was_heard=False)


def all_undone(here: WalkState, *, came_to_an_end: bool) -> list[Undone]:
    """What the call leaves undone, each thing once: as she heard it last, where she heard of it at all.

    `came_to_an_end`: of its flow, if only the last word was not pressed; what she only heard on the way is told then.
    """
    undone = list(not_followed(here))
    for later in filter(None, (*gone_back_from(here, of_another=came_to_an_end), not_handed_over(here))):
        if later.step.kind == "do" and any(one.number == later.number for one in undone):
            continue  # she heard already what is done about it
        alike = [one for one in undone if one.is_like(later)]
        same = [one for one in alike if one.step.kind == "do" or one.step.name == later.step.name]
        undone = [one for one in undone if one not in same] + [same[0].as_heard(later) if same else later]
    return undone


def what_was_refused(here: WalkState) -> dict[str, str]:
    """What a card of this call needs to know of the last write she was told is not done; empty when there is none."""
    writes = OutsideWrite.objects.filter(walk=here.walk).exclude(action=INTERACTION)
    last = writes.order_by("position", "pk").last()
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


def gone_back_from(here: WalkState, *, of_another: bool = False) -> Iterator[Undone]:
    """Cards whose words she heard before the agent went back, and of which nothing came about afterwards.

    `of_another`: only those of another number or contract than all that came about since, where a call went on to its
    end: who corrected what was said has told the caller so.
    """
    counted = {passed.position for passed in here.path}
    seen: set[tuple[str, ...]] = set()
    for place in range(len(here.trail) - 1, -1, -1):
        passed = here.trail[place]
        step = here.step_of(passed)
        if step.kind != "hand_over" or passed.escalation_id is not None or passed.position in counted:
            continue
        then = state_on(walk=here.walk, trail=here.trail[: place + 1])
        about, whose = _number(arguments(step.with_, then.known)), contract_of(then.known)
        later = [
            (_number_of(one), _contract_at(here, at))
            for at, one in enumerate(here.trail)
            if at > place and _is_done(one)
        ]
        came_about = any(
            (not about or about == number) and (not whose or contract in ("", whose)) for number, contract in later
        )
        is_of_who_is_served = not later and whose in ("", contract_of(here.known) or whose)
        if not about and not whose:  # as she has no number, what she asked for tells it from what she was served
            is_of_who_is_served = is_of_who_is_served and _asks_for_the_same(step, then.known, here.known)
        what = (step.name, about, whose)
        if what in seen or came_about or (of_another and is_of_who_is_served):
            continue
        seen.add(what)
        yield Undone(step, then, GONE_ON if of_another else GONE_BACK)


def _asks_for_the_same(step: Step, then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a card would say the same of what was known before its own step asked anything."""
    own = {field.name: "" for field in step.fields}
    return arguments(step.with_, {**then, **own}) == arguments(step.with_, {**now, **own})


def asked_of(here: WalkState) -> tuple[Field, ...]:
    """All that the present step asks, as the call stands: its own fields, who is called back, what became of what was
    said before, and in a lane of what was said since.
    """
    own = fields_of(here.step, walk=here.walk, known=here.known)
    return (*own, *which_card(here), *_asked_at_the_end(here), *what_became_of(here), *asked_of_a_lane(here))


def _asked_at_the_end(here: WalkState) -> tuple[Field, ...]:
    """Of what she heard and the call went back from: whether it was only corrected. Nobody else knows."""
    if here.step.kind != "end" or here.walk.escalation_id is not None:
        return ()
    choices = ((ANOTHER, str(OTHER_REQUEST)), (CORRECTED, str(ONLY_CORRECTED)))
    heard = gone_back_from(here, of_another=True)
    return tuple(Field(_name_of(one), _what_she_heard(one), "choice", choices=choices) for one in heard)


def _name_of(undone: Undone) -> str:
    """The name of its question (let_down.py looks for the number in it)."""
    return f"{HEARD_OF}{(undone.about or undone.step.name).lstrip('+')}"


def _what_she_heard(undone: Undone) -> str:
    if undone.number:
        number = phone_numbers.display(undone.number)
        return _("Oyó que se atiende lo suyo de %(what)s. ¿Qué fue de eso?") % {"what": number}
    if undone.contract:
        return _("Oyó que se atiende lo suyo del contrato %(contract)s. ¿Qué fue de eso?") % {
            "contract": undone.contract
        }
    return _("Oyó: «%(promised)s» ¿Qué fue de eso?") % {"promised": undone.promised}


def was_only_corrected(here: WalkState, undone: Undone) -> bool:
    """What the agent said of it where the call ended."""
    return here.footstep.answer.get(_name_of(undone)) == CORRECTED


def _is_done(passed: Footstep) -> bool:
    """Whether something came of a step: a card, or a write that was done or is on its way."""
    if passed.escalation_id is not None:
        return True
    return passed.write is not None and passed.chosen in (DONE, UNKNOWN)


def _number_of(passed: Footstep) -> str:
    if passed.escalation is not None:
        return _number(passed.escalation.details)
    return _plain(passed.write.to_whom) if passed.write is not None else ""


def _contract_at(here: WalkState, place: int) -> str:
    """Whose contract something is about that came of a step."""
    card = here.trail[place].escalation
    known = state_on(walk=here.walk, trail=here.trail[: place + 1]).known
    return (card.contract if card is not None else "") or contract_of(known)


def _number(details: Mapping[str, Any]) -> str:
    return _plain(next((str(details[name]) for name in ABOUT if details.get(name)), ""))


def may_be_about(card: Escalation, number: str) -> bool:
    """Whether a card is about that line, damage or order, or names none."""
    return _number(card.details) in ("", _plain(number))


def _plain(number: str) -> str:
    return phone_numbers.parse(number) or number


def _came_about(follower: Step, write: OutsideWrite, here: WalkState, at: int) -> bool:
    """Whether the footstep `at` that place is that step, for the same number, and did what it is there for or was told
    that it cannot: a call may be about two.
    """
    passed: Footstep = here.trail[at]
    if follower.kind == "hand_over":  # by whatever step: a doubt may have handed it over before it was settled
        card = passed.escalation
        if card is None or card.kind_id != follower.escalation:
            return False
        return _plain(str(card.details.get("number") or write.to_whom)) == _plain(write.to_whom)  # as it is read
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
    return any(_number_of(one) in ("", _plain(write.to_whom)) for one in cards)
