"""What a call that ended before its flow leaves undone, and whose card that is.

Two things are owed to the caller whatever became of the call: what follows from a write that was done, the SIM that is
blocked after its line and the days of a block that was made; and what the words promised that were on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import raise_escalation
from inbound.flows.conditions import arguments, filled
from inbound.flows.shapes import DONE, REFUSED, Step
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asked import TELEPHONE, call_back_on, customer_on_file, zone_of
from inbound.walks.consequences import due_at, notes_of
from inbound.walks.state import WalkState, fields_before, flow_of, state_on
from inbound.writes.writing import whom_of
from telephony import phone_numbers

BEGUN = "write_not_done"
MUST_FOLLOW = ("do", "hand_over")  # what a flow does next by itself once a write is done, without a question to anybody


@dataclass(frozen=True, slots=True)
class Undone:
    """A step that never came about, as the call stood before it. `write`: what was done before; None for mere words."""

    step: Step
    here: WalkState
    reason: str
    write: OutsideWrite | None = None


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


def not_handed_over(here: WalkState) -> Undone | None:
    """The card whose words were on the screen, or of a write that was not even taken, when nobody is told of it yet."""
    if here.step.kind == "hand_over" and here.footstep.escalation_id is None:
        written = {name: text for name, text in fields_before(here).items() if text}  # typed, and not sent any more
        telephone = phone_numbers.parse(str(written.get(TELEPHONE, "")))
        written |= {TELEPHONE: telephone} if telephone else {}
        as_written = replace(here, known={**here.known, **written})
        return Undone(here.step, as_written, _("El cliente ya oyó lo que se le iba a hacer."))
    for passed in reversed(here.path):
        if passed.escalation_id is not None or passed.chosen == DONE:
            return None
        if passed.chosen == REFUSED and passed.write_id is None:
            step = here.step_of(passed)
            return Undone(step, here, _("No se hizo: %(why)s") % {"why": passed.reason}) if step.waits else None
    return None


def raise_card_of(undone: Undone, *, how: str, now: datetime) -> Escalation | None:
    """Its card, once; None where there is nobody to call back and nothing to find her by."""
    here, step = undone.here, undone.step
    walk, known = here.walk, here.known
    details = arguments(step.with_, known)
    telephone = call_back_on(walk, known) or phone_numbers.parse(details.get("number", "")) or ""  # she cannot be asked
    if not telephone and not walk.contract:
        return None
    about = undone.write.to_whom if undone.write else ""  # of two numbers each has its own
    ended = _("La llamada terminó antes de este paso (%(how)s).") % {"how": how}
    return raise_escalation(
        key=":".join(filter(None, ("walk", str(walk.key), here.flow.line, step.name, "left", about))),
        kind=step.escalation or BEGUN,
        line=walk.line.number,
        contract=walk.contract,
        customer_name=customer_on_file(walk, known),
        telephone=telephone,
        zone=zone_of(known),
        reason=". ".join([f"{step.ref} {step.title}", f"{ended} {undone.reason}", *notes_of(here)]),
        details=details,
        promised=filled(step.promised, known),
        due_at=due_at(step.due, known, now=now) if step.due else None,
        by=walk.by,
        now=now,
    )


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
        number = str(card.details.get("number") or write.to_whom)  # a card has it as it is read
        return (phone_numbers.parse(number) or number) == (phone_numbers.parse(write.to_whom) or write.to_whom)
    if passed.write is not None and passed.write.action == follower.action:
        return passed.write.to_whom == write.to_whom
    then = state_on(walk=here.walk, trail=here.trail[: at + 1]).known
    asked = whom_of(actions()[follower.action], arguments(follower.with_, then))
    return passed.chosen == REFUSED and asked == write.to_whom
