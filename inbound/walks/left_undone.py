"""What a call that ended before its flow leaves undone, and whose card that is.

Two things are owed to the caller whatever became of the call: what follows from a write that was done, the SIM that is
blocked after its line and the days of a block that was made; and what the words promised that were on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalations.models import Escalation
from escalations.raising import correct_raised, raise_escalation
from inbound.fields import Field
from inbound.flows.conditions import PROTOCOL, SENTENCE, arguments, filled, same_value, script
from inbound.flows.shapes import DONE, REFUSED, UNKNOWN, Step
from inbound.models import Footstep, OutsideWrite, Walk
from inbound.outside.actions import actions
from inbound.walks.asked import call_back_on, customer_on_file, stolen_line, who_asks, zone_of
from inbound.walks.call_words import words_of_the_call
from inbound.walks.consequences import (
    ABOUT,
    INTERACTION,
    card_of,
    due_at,
    notes_of,
    see_to_what_was_not_done,
    told_of,
    written,
)
from inbound.walks.state import WalkState, flow_of, read_state, state_on
from inbound.writes.writing import whom_of
from telephony import phone_numbers

BEGUN = "write_not_done"
GONE_BACK = gettext_lazy("El cliente ya oyó lo que se le iba a hacer, y la llamada volvió atrás.")
GONE_ON = gettext_lazy("El cliente oyó que se le llama por este número, y la llamada siguió con otro.")
HEARD_OF, ANOTHER, CORRECTED = "heard_of_", "another", "corrected"
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

    @property
    def number(self) -> str:
        """The line, damage or order it is about."""
        return _plain(self.write.to_whom) if self.write else _number(arguments(self.step.with_, self.here.known))

    def as_heard(self, later: Undone) -> Undone:
        """The same thing as it stood on the screen afterwards, with what was typed there."""
        return replace(later, write=self.write, reason=self.reason)


def not_followed(here: WalkState) -> Iterator[Undone]:
    """What must follow from each write of the call that was done, and did not."""
    for place, passed in enumerate(here.trail):
        step = here.step_of(passed)
        if not step.waits or passed.write is None or passed.write.state != OutsideWrite.State.DONE:
            continue
        if passed.write.action != step.action:  # the interaction of a call that ended here
            continue
        follower = flow_of(passed.version_id).steps[step.way(DONE)]
        later = range(place + 1, len(here.trail))
        if follower.kind in MUST_FOLLOW and not any(_came_about(follower, passed.write, here, at) for at in later):
            then = state_on(walk=here.walk, trail=here.trail[: place + 1])
            yield Undone(follower, then, _("Se había hecho: %(done)s.") % {"done": step.title}, passed.write)


def what_was_refused(here: WalkState) -> dict[str, str]:
    """What a card of this call needs to know of the last write she was told is not done; empty when there is none."""
    writes = OutsideWrite.objects.filter(walk=here.walk).exclude(action=INTERACTION)
    last = writes.order_by("position", "pk").last()
    if last is not None and last.state != OutsideWrite.State.DONE:
        return told_of(last)
    undone = not_handed_over(here)
    return arguments(undone.step.with_, words_of_the_call(here, here.known)) if undone else {}


def not_handed_over(here: WalkState) -> Undone | None:
    """The card whose words were on the screen, or of a write that was not even taken, when nobody is told of it yet."""
    if here.step.kind == "hand_over" and here.footstep.escalation_id is None:
        return Undone(here.step, here, _("El cliente ya oyó lo que se le iba a hacer."))
    if here.step.waits and here.footstep.write_id is None and here.footstep.reason:
        return Undone(here.step, here, _("No se hizo: %(why)s") % {"why": here.footstep.reason})
    for passed in reversed(here.path):
        if passed.escalation_id is not None or passed.chosen == DONE:
            return None
        if passed.chosen == REFUSED and passed.write_id is None:
            step = here.step_of(passed)
            return Undone(step, here, _("No se hizo: %(why)s") % {"why": passed.reason}) if step.waits else None
    return None


def gone_back_from(here: WalkState, *, of_another: bool = False) -> Iterator[Undone]:
    """Cards whose words she heard before the agent went back, and of which nothing came about afterwards.

    `of_another`: only those of another number than all that came about since, where a call went on to its end: who
    corrected what was said has told the caller so.
    """
    counted = {passed.position for passed in here.path}
    seen: set[tuple[str, str]] = set()
    for place in range(len(here.trail) - 1, -1, -1):
        passed = here.trail[place]
        step = here.step_of(passed)
        if step.kind != "hand_over" or passed.escalation_id is not None or passed.position in counted:
            continue
        then = state_on(walk=here.walk, trail=here.trail[: place + 1])
        about = _number(arguments(step.with_, then.known))
        later = [_number_of(one) for one in here.trail[place + 1 :] if _is_done(one)]
        came_about = about in later if of_another else bool(later) and (not about or about in later)
        if (step.name, about) in seen or came_about or (of_another and not (about and later)):
            continue
        seen.add((step.name, about))
        yield Undone(step, then, GONE_ON if of_another else GONE_BACK)


def asked_at_the_end(here: WalkState) -> tuple[Field, ...]:
    """Of what she heard and the call went back from: whether it was only corrected. Nobody else knows."""
    if here.step.kind != "end" or here.walk.escalation_id is not None:
        return ()
    choices = ((ANOTHER, str(OTHER_REQUEST)), (CORRECTED, str(ONLY_CORRECTED)))
    return tuple(
        Field(
            f"{HEARD_OF}{one.number.lstrip('+')}",
            _("Oyó que se le llama por %(number)s. ¿Qué fue de eso?") % {"number": phone_numbers.display(one.number)},
            "choice",
            choices=choices,
        )
        for one in gone_back_from(here, of_another=True)
    )


def was_only_corrected(here: WalkState, undone: Undone) -> bool:
    """What the agent said of it where the call ended."""
    return here.footstep.answer.get(f"{HEARD_OF}{undone.number.lstrip('+')}") == CORRECTED


def _is_done(passed: Footstep) -> bool:
    """Whether something came of a step: a card, or a write that was done or is on its way."""
    if passed.escalation_id is not None:
        return True
    return passed.write is not None and passed.chosen in (DONE, UNKNOWN)


def _number_of(passed: Footstep) -> str:
    if passed.escalation is not None:
        return _number(passed.escalation.details)
    return _plain(passed.write.to_whom) if passed.write is not None else ""


def _number(details: Mapping[str, Any]) -> str:
    return _plain(next((str(details[name]) for name in ABOUT if details.get(name)), ""))


def _plain(number: str) -> str:
    return phone_numbers.parse(number) or number


def raise_card_of(undone: Undone, *, how: str, now: datetime) -> Escalation | None:
    """Its card, once; None where there is nobody to call back and nothing to find her by."""
    here, step = undone.here, undone.step
    walk, known = _of_its_customer(here), here.known
    words = words_of_the_call(here, known)
    details = arguments(step.with_, words)
    number = str(details.get("number", ""))
    stolen = stolen_line(here, step)
    telephone = call_back_on(walk, known, about=number, stolen=stolen)
    if not telephone or same_value(telephone, stolen):
        telephone = undone.call_back or telephone
    own = (str(known.get(field.name) or "") for field in step.fields if field.type == "telephone")
    told = (phone_numbers.parse(one) for one in (number, str(known.get("number") or ""), *own))
    telephone = telephone or next(filter(None, told), "")
    if not telephone and not walk.contract:
        return None
    about = undone.write.to_whom if undone.write else undone.number  # of two numbers each has its own
    ended = _("La llamada terminó antes de este paso (%(how)s).") % {"how": how}
    only = [_("No se conoce otro teléfono que el mismo de que trata")] if telephone == _plain(number) else []
    says: dict[str, Any] = {
        "customer_name": who_asks(step, walk, known) or customer_on_file(walk, known),
        "telephone": telephone,
        "reason": ". ".join(
            [
                f"{step.ref} {step.title}",
                f"{ended} {undone.reason}".rstrip("."),
                *only,
                *written(here.step, here.footstep),
                *notes_of(here),
            ]
        ),
        "details": details,
        "promised": filled(step.promised, words) or _heard(undone),
        "due_at": due_at(step.due, known, now=now) if step.due else None,
        "by": walk.by,
        "now": now,
    }
    if step.kind == "hand_over":  # which may have been passed before: then what was said last is corrected on its card
        _key, before = card_of(f"walk:{walk.key}:{here.flow.line}:{step.name}", step, details)
        if before is not None:
            correct_raised(before, **says)
            return before
    card = raise_escalation(
        key=":".join(filter(None, ("walk", str(walk.key), here.flow.line, step.name, "left", about))),
        kind=step.escalation or BEGUN,
        line=walk.line.number,
        contract=walk.contract,
        zone=zone_of(known),
        **says,
    )
    if step.kind == "hand_over":
        see_to_what_was_not_done(here, card)
    return card


def _of_its_customer(here: WalkState) -> Walk:
    """The call as it was when this was promised: it may have gone on about another customer since."""
    customer = here.known.get("customer")
    if not isinstance(customer, Mapping) or customer.get("contract") in (None, "", here.walk.contract):
        return here.walk
    then = copy(here.walk)
    then.contract, then.customer_name = str(customer["contract"])[:24], str(customer.get("name") or "")[:120]
    return then


def _heard(undone: Undone) -> str:
    """Of a step without a promise of its own: what the agent was given to say after the write before it."""
    return words_heard(undone.here, undone.write) if undone.write else ""


def words_heard(here: WalkState, write: OutsideWrite) -> str:
    """What the agent was given to say after the write was asked for; empty where nothing was said any more."""
    trail = read_state(walk=here.walk).trail
    place = next((n for n, passed in enumerate(trail) if passed.write_id == write.pk), len(trail))
    for n, passed in enumerate(trail[place + 1 :], start=place + 2):
        step = here.step_of(passed)
        if step.say:
            then = state_on(walk=here.walk, trail=trail[:n])
            words = words_of_the_call(then, then.known)
            said = script(step.say, {name: one for name, one in words.items() if name not in PROTOCOL})
            if told := " ".join(one for one in SENTENCE.split(said) if "¿" not in one):  # a question is no promise
                return told
    return ""


def _came_about(follower: Step, write: OutsideWrite, here: WalkState, at: int) -> bool:
    """Whether the footstep `at` that place is that step, for the same number, and did what it is there for or was told
    that it cannot: a call may be about two.
    """
    passed: Footstep = here.trail[at]
    if passed.step != follower.name:
        return False
    if follower.kind == "hand_over":
        card = passed.escalation
        if card is None or card.kind_id != follower.escalation:
            return False
        return _plain(str(card.details.get("number") or write.to_whom)) == _plain(write.to_whom)  # as it is read
    if passed.write is not None and passed.write.action == follower.action:
        return passed.write.to_whom == write.to_whom
    then = state_on(walk=here.walk, trail=here.trail[: at + 1]).known
    asked = whom_of(actions()[follower.action], arguments(follower.with_, then))
    if passed.chosen != REFUSED or asked != write.to_whom:
        return False
    # it was not done: somebody must know of it; a card on the very last footstep is of how the call ended
    cards = [one for one in here.trail[at + 1 : -1] if one.escalation_id is not None]
    return any(_number_of(one) in ("", _plain(write.to_whom)) for one in cards)
