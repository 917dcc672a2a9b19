"""What a step of a walk leaves behind elsewhere: a write owed to another system, an escalation, the interaction.

The footstep points at it; whoever answers the step saves the footstep after this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import due_by, raise_escalation
from escalations.working import inform, reject, resolve
from inbound.flows.conditions import arguments, filled
from inbound.flows.shapes import DONE, OUTCOMES, REFUSED, UNKNOWN, Step
from inbound.models import Footstep, OutsideWrite, Walk
from inbound.walks.call_words import words_of_the_call
from inbound.walks.state import CONTINUED, WalkState, flow_of
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.writing import owe_write
from telephony.phone_numbers import parse

INTERACTION = "smartflex.write_interaction"
WORDS = ("text", "address", "name")  # fields whose answer says why; a number or a day stands among the data


def key_of(here: WalkState) -> str:
    """What makes a consequence unique: the walk, the line and the step, not the footstep.

    So going back and passing the step again does nothing a second time: one top-up, whatever is clicked.
    """
    return f"walk:{here.walk.key}:{here.flow.line}:{here.step.name}"


def passings(here: WalkState) -> list[Footstep]:
    """The footsteps on the present step, of the same line: the first time, and each time it was come back to."""
    line, name = here.flow.line, here.step.name
    return [passed for passed in here.trail if passed.step == name and flow_of(passed.version_id).line == line]


def own_write(here: WalkState, writes: Iterable[OutsideWrite]) -> OutsideWrite | None:
    """Which of the call's `writes` the present step owes. A refused one it does not: the step may be passed anew.

    Nor one that another step had owed before it: of an accountable one the agent confirms each step by itself.
    """
    owed = {(passed.write_id, passed.position) for passed in passings(here)}
    own = (write for write in writes if (write.pk, write.position) in owed and write.state not in NOT_HAPPENING)
    return next(own, None)


def is_owed_already(here: WalkState) -> bool:
    """Whether passing this `do` step again would do nothing: there is nothing to confirm then."""
    return own_write(here, OutsideWrite.objects.filter(walk=here.walk)) is not None


def write_out(*, here: WalkState, known: Mapping[str, Any], now: datetime) -> OutsideWrite:
    """Owe the write of a `do` step, once a walk however often the step is passed. Call it inside its transaction."""
    walk, footstep, step = here.walk, here.footstep, here.step
    footstep.write = owe_write(
        key=key_of(here),
        walk=walk,
        position=footstep.position,
        action=step.action,
        payload=arguments(step.with_, known),
        now=now,
        by=walk.by,
    )
    return footstep.write


def hand_over(*, here: WalkState, known: Mapping[str, Any], now: datetime) -> Escalation:
    """Raise the escalation of a `hand_over` step, once a walk. Call it inside the step's transaction."""
    walk, footstep, step = here.walk, here.footstep, here.step
    customer = known.get("customer") if isinstance(known.get("customer"), dict) else {}
    words = words_of_the_call(here, known)
    footstep.escalation = raise_escalation(
        key=key_of(here),
        kind=step.escalation,
        line=walk.line.number,
        contract=walk.contract,
        customer_name=name_of_the_caller(walk, known),
        telephone=call_back_on(walk.caller_number, known),
        zone=str(customer.get("zone") or "")[:80] if customer else "",
        reason=". ".join([step.title, *_written(step, footstep)]),
        details=arguments(step.with_, words),
        promised=filled(step.promised, words),
        due_at=due_by(now=now, **asdict(step.due)) if step.due else None,
        by=walk.by,
        now=now,
    )
    _see_to_what_was_not_done(here, footstep.escalation)
    return footstep.escalation


def _see_to_what_was_not_done(here: WalkState, card: Escalation) -> None:
    """The card stands for what the caller was told is not done, or not known yet."""
    not_done = [passed.write_id for passed in here.path if passed.write_id and passed.chosen in (REFUSED, UNKNOWN)]
    OutsideWrite.objects.filter(pk__in=not_done, card=None).update(card=card)


def end_of_walk(*, here: WalkState, known: Mapping[str, Any], now: datetime) -> OutsideWrite:
    """Owe the one interaction every attended call leaves (101.12, 103.8)."""
    walk, footstep = here.walk, here.footstep
    footstep.write = owe_write(
        key=f"walk:{walk.key}:interaction",
        walk=walk,
        position=footstep.position,
        action=INTERACTION,
        payload={
            "contract": walk.contract,
            "line": walk.line.number,
            "result": here.step.result,
            "text": interaction_text(here),
        },
        now=now,
        by=walk.by,
    )
    return footstep.write


def settle_card(*, here: WalkState, now: datetime) -> Escalation:
    """Settle the card whose lane ends, and close it where the lane has told the customer. Raises EscalationRefused.

    What was written down on the way stands behind the result. A flow published before ends could say what they settle
    resolves.
    """
    walk, step = here.walk, here.step
    written = [text for one in here.path for text in (*_written(here.step_of(one), one), *_done(one))]
    outcome = ". ".join([step.label, *written])
    card, by = int(walk.escalation_id or 0), walk.by
    if step.settles == "rejected":
        return reject(escalation_id=card, reason=outcome, by=by, now=now)
    settled = resolve(escalation_id=card, outcome=outcome, by=by, now=now)
    if step.settles == "informed":
        how = Escalation.How.TELEPHONE
        return inform(escalation_id=card, how=how, told_at=now, by=by, now=now, note=step.label)
    return settled


def interaction_text(here: WalkState) -> str:
    """The call in a few lines: what was decided, done, handed over and noted, at most 1,000 letters."""
    lines = []
    for footstep in here.path:
        step = flow_of(footstep.version_id).steps[footstep.step]
        if footstep.chosen == CONTINUED:
            lines.append(_("Continúa como %(line)s") % {"line": step.continue_as})
        elif step.kind == "decide" and footstep.chosen:
            lines.append(next((way.label for way in step.ways if way.name == footstep.chosen), footstep.chosen))
        elif step.waits and footstep.chosen:
            lines.append(f"{step.title}: {OUTCOMES[footstep.chosen].lower()}")
        elif step.kind in ("do", "hand_over", "refer"):
            lines.append(step.title)
        lines += [str(footstep.answer[name]) for name in ("note", "seen") if footstep.answer.get(name)]
    return ". ".join([*lines, here.step.label])[:1000]


def _written(step: Step, footstep: Footstep) -> list[str]:
    """What was written down on a step in words of its own, its note last."""
    names = [field.name for field in step.fields if field.type in WORDS] + ["note"]
    return [str(footstep.answer[name]) for name in names if footstep.answer.get(name)]


def _done(footstep: Footstep) -> list[str]:
    """The number the other system gave for what was done on a step."""
    return [footstep.write.reference] if footstep.chosen == DONE and footstep.write else []


def name_of_the_caller(walk: Walk, known: Mapping[str, Any]) -> str:
    """The customer the call is about, else whoever asked: somebody is called back by a name."""
    said = (known.get(name) for name in ("requester_name", "name"))
    return walk.customer_name or next((text for text in said if isinstance(text, str) and text), "")


def call_back_on(caller_number: str, known: Mapping[str, Any]) -> str:
    """Where the customer is called back: the number she gave, the one she calls from, the first on file."""
    customer = known.get("customer")
    on_file = customer.get("telephones") if isinstance(customer, Mapping) else None
    first = str(on_file[0]) if isinstance(on_file, list) and on_file else ""
    return (str(known.get("telephone") or "") or caller_number or parse(first) or first)[:16]
