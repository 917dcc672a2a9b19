"""What a step of a walk leaves behind elsewhere: a write owed to another system, an escalation, the interaction.

The footstep points at it; whoever answers the step saves the footstep after this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from agents.models import User
from escalations.letters import letters_sent, why_not_mailed, write_drafted
from escalations.lifecycle import EscalationRefused
from escalations.models import Escalation
from escalations.raising import add_detail, correct_raised, due_by, move_to_contract, raise_escalation
from escalations.working import inform, reject, resolve
from inbound.flows.conditions import arguments, filled, known_first, same_value, value_at
from inbound.flows.shapes import DONE, OUTCOMES, REFUSED, UNKNOWN, Due, Step
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.outside.reaching import Mode, use_of, why_not_connected
from inbound.walks.asked import call_back_on, customer_on_file, stolen_lines, who_asks, zone_of
from inbound.walks.call_words import words_of_the_call
from inbound.walks.cards import card_to_correct, next_key
from inbound.walks.corrected import corrected_by_going_back
from inbound.walks.customers import of_contract
from inbound.walks.ended import tell_of_the_end
from inbound.walks.lane_news import lock_lane_of, tell_lane, told_of_it
from inbound.walks.state import CONTINUED, WalkState, flow_of, passings, read_state
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.mistaken import is_undone_with_anothers
from inbound.writes.states import WriteRefused, how_it_stands
from inbound.writes.writing import owe_write, whom_of
from screens.templatetags.screens import bs
from service_level.days import LA_PAZ
from telephony import phone_numbers

INTERACTION = "smartflex.write_interaction"
WORDS = ("text", "address", "name")  # fields whose answer says why; a number or a day stands among the data


def key_of(here: WalkState) -> str:
    """What makes a consequence unique: the walk, the line and the step, not the footstep.

    So going back and passing the step again does nothing a second time: one top-up, whatever is clicked.
    """
    return f"walk:{here.walk.key}:{here.flow.line}:{here.step.name}"


def own_write(here: WalkState, writes: Iterable[OutsideWrite]) -> OutsideWrite | None:
    """Which of the call's `writes` the present step owes. A refused one it does not: the step may be passed anew.

    Nor one for another number, damage or order than is meant now, nor one that another step had owed before it: of an
    accountable one the agent confirms each step by itself.
    """
    action = actions()[here.step.action] if here.step.action else None
    whom = whom_of(action, arguments(here.step.with_, here.known)) if action else None
    owed = {(passed.write_id, passed.position) for passed in passings(here)}
    own = (write for write in writes if (write.pk, write.position) in owed and write.state not in NOT_HAPPENING)
    same = (write for write in own if whom is None or write.to_whom == whom)
    return next((write for write in same if not is_undone_with_anothers(write)), None)


def is_owed_already(here: WalkState) -> bool:
    """Whether passing this `do` step again would do nothing: there is nothing to confirm then."""
    return own_write(here, OutsideWrite.objects.filter(walk=here.walk)) is not None


def write_out(*, here: WalkState, known: Mapping[str, Any], now: datetime) -> OutsideWrite:
    """Owe the write of a `do` step, once a walk however often the step is passed. Call it inside its transaction.

    Raises WriteRefused, too where nobody would answer in the call: its system is off, and the step has words for that.
    """
    walk, footstep, step = here.walk, here.footstep, here.step
    action = actions()[step.action]
    use = use_of(action.system)
    if step.waits and use.mode == Mode.OFF and not action.accountable and not is_owed_already(here):
        raise WriteRefused(why_not_connected(use))  # of money and of a SIM the doubts of other calls come before
    footstep.write = owe_write(
        key=key_of(here),
        walk=walk,
        position=footstep.position,
        action=step.action,
        payload=arguments(step.with_, known),
        now=now,
        by=walk.by,
    )
    if footstep.write.state == OutsideWrite.State.APPROVAL and not step.waits:  # it has no words but that it is done
        raise WriteRefused(how_it_stands(OutsideWrite.State.APPROVAL))
    return footstep.write


def hand_over(*, here: WalkState, known: Mapping[str, Any], now: datetime) -> Escalation:
    """Raise the escalation of a `hand_over` step, once a walk for each thing that is asked for (cards.py). Call it
    inside the step's transaction.
    """
    walk, footstep, step = here.walk, here.footstep, here.step
    says = said_on_card(here, known, now=now)
    card = card_to_correct(here, says)
    if card is not None:
        correct(card, here, said=says)
    footstep.escalation = card or raise_escalation(
        key=next_key(key_of(here)),
        kind=step.escalation,
        line=walk.line.number,
        zone=zone_of(known),
        **says,
    )
    see_to_what_was_not_done(here, footstep.escalation, now=now)
    return footstep.escalation


def correct(card: Escalation, here: WalkState, *, said: Mapping[str, Any]) -> None:
    """What is said anew of a card, also to whoever walks its lane at this moment (lane_news.py)."""
    lane = lock_lane_of(card)
    told = correct_raised(card, **said)
    if lane is not None:
        known = {**here.known, **here.footstep.answer}
        del known["caller_number"]
        whose = said["contract"] or card.contract or here.walk.contract
        name = here.walk.customer_name if whose == here.walk.contract else said["customer_name"]
        telephone, now = said["telephone"], said["now"]
        tell_lane(lane, known=known, contract=whose, customer_name=name, telephone=telephone, told=told, now=now)
    here.footstep.escalation = card
    Footstep.objects.filter(pk=here.footstep.pk).update(escalation=card)


def said_on_card(here: WalkState, known: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """What the card of a `hand_over` step says, for `raise_escalation` or `correct_raised`."""
    step, words = here.step, words_of_the_call(here, known)
    details = arguments(step.with_, words)
    walk = of_contract(here.walk, str(details.get("contract") or ""), known)
    if walk.caller_name and walk.caller_name != walk.customer_name:
        details["caller"] = walk.caller_name
    return {
        "contract": walk.contract,
        "customer_name": who_asks(step, walk, known),
        "telephone": call_back_on(walk, known, about=str(details.get("number", "")), stolen=stolen_lines(here, step)),
        "reason": ". ".join([step.title, *written(step, here.footstep), *notes_of(here)]),
        "details": details,
        "promised": filled(step.promised, words),
        "due_at": due_at(step.due, known, now=now) if step.due else None,
        "by": walk.by,
        "now": now,
    }


def due_at(due: Due, known: Mapping[str, Any], *, now: datetime) -> datetime | None:
    """Until when a step's `due` says it must be settled; None leaves it to the limit of the card's kind."""
    at: datetime | None
    if due.hours:
        hours = known_first(due.hours, known)
        at = due_by(now=now, working_hours=float(hours)) if hours else None
    else:
        amounts = {name: value for name, value in asdict(due).items() if name not in ("hours", "before")}
        at = due_by(now=now, **amounts)
    if not due.before or at is None:
        return at
    day, hour = (known_first(path, known) for path in due.before.split())
    before = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), LA_PAZ)
    return min(at, max(before, now))


def see_to_what_was_not_done(here: WalkState, card: Escalation, *, now: datetime) -> None:
    """The card stands for what the caller was told is not done, or not known yet; what another call has had done since
    it says.
    """
    on_the_way = [passed for passed in here.path if passed.write_id and passed.chosen in (REFUSED, UNKNOWN)]
    asked = (*on_the_way, *corrected_by_going_back(here, on_the_way))
    told = [passed.write_id for passed in asked if passed.write_id]
    not_done = OutsideWrite.objects.filter(pk__in=told, card=None)
    for write in not_done.exclude(walk=here.walk).select_related("walk").order_by("pk"):
        _say_who_asked_before(card, write, by=here.walk.by, now=now)
    not_done.update(card=card)


def _say_who_asked_before(card: Escalation, write: OutsideWrite, *, by: User, now: datetime) -> None:
    """The card stands for who asked for it in another call, too: she is another, or gave another telephone."""
    known = read_state(walk=write.walk).known
    called = phone_numbers.display(call_back_on(write.walk, known, about=write.to_whom))
    who = " ".join(filter(None, (customer_on_file(write.walk, known), called)))
    if who:
        told = _("Lo había pedido otra llamada, y también espera: %(who)s.") % {"who": who}
        add_detail(key=card.key, text=told, by=by, now=now)


def whom_in_words(write: OutsideWrite) -> str:
    """For whom, and how much."""
    return " ".join(filter(None, (phone_numbers.display(write.to_whom), bs(write.amount) if write.amount else "")))


def end_of_walk(*, here: WalkState, result: str, label: str, now: datetime) -> OutsideWrite:
    """Owe the one interaction every attended call leaves (101.12, 103.8): how it ended, and the call in a few lines."""
    walk, footstep = here.walk, here.footstep
    tell_of_the_end(walk=walk, result=result, now=now)
    interaction = owe_write(
        key=f"walk:{walk.key}:interaction",
        walk=walk,
        position=footstep.position,
        action=INTERACTION,
        payload={
            "contract": _contract_of_what_was_asked(here),
            "line": walk.line.number,
            "result": result,
            "text": interaction_text(here, label),
        },
        now=now,
        by=walk.by,
    )
    if footstep.write_id is None:  # a call that ends while it waits for a write keeps that one
        footstep.write = interaction
    return interaction


def _contract_of_what_was_asked(here: WalkState) -> str:
    """Of what the call asked for last that is of a contract, else its customer's; none where nobody has that one."""
    asked = (one.write for one in reversed(here.path) if one.write and one.kind == "do")
    contract = next(filter(None, (str(write.payload.get("contract") or "") for write in asked)), "")
    about = of_contract(here.walk, contract, here.known)
    is_nobodys = about.contract == here.walk.contract and value_at(here.known, "customer.is_nobodys")
    return "" if is_nobodys else about.contract


def settle_card(*, here: WalkState, now: datetime) -> Escalation:
    """Settle the card whose lane ends, and close it where the lane has told the customer. Raises EscalationRefused.

    What was written down on the way stands behind the result. A flow published before ends could say what they settle
    resolves.
    """
    walk, step = here.walk, here.step
    if step.mailed and walk.escalation and (why := why_not_mailed(walk.escalation)):
        raise EscalationRefused(why)
    told = [text for one in here.path for text in _told(here.step_of(one), one)]
    if step.mailed and walk.escalation:
        told += [f"{letter.unit}: {letter.to_whom}" for letter in letters_sent(walk.escalation)]
    outcome = ". ".join([step.label, *told, *told_of_it(here)])
    card, by = int(walk.escalation_id or 0), walk.by
    _be_of_the_contract_that_was_written(here, now=now)
    if step.settles == "rejected":
        return reject(escalation_id=card, reason=outcome, by=by, now=now)
    settled = resolve(escalation_id=card, outcome=outcome, by=by, now=now)
    if step.settles == "informed":
        how = Escalation.How.TELEPHONE
        return inform(escalation_id=card, how=how, told_at=now, by=by, now=now, note=step.label)
    return settled


def _be_of_the_contract_that_was_written(here: WalkState, *, now: datetime) -> None:
    """A lane that had its write refused for one contract, and done for another, was about the other."""
    done = (one.write for one in reversed(here.path) if one.chosen == DONE and one.write)
    write = next((one for one in done if one.payload.get("contract")), None)
    refused = [one.write.payload.get("contract") for one in here.path if one.chosen == REFUSED and one.write]
    if write is None or here.walk.escalation is None or here.walk.contract not in refused:
        return
    here.walk.contract = str(write.payload["contract"])[:24]
    move_to_contract(here.walk.escalation, contract=here.walk.contract, by=here.walk.by, now=now)


def write_to_unit(*, here: WalkState, now: datetime) -> None:
    """The mail of the card's kind to the sector that was chosen (103.15). Raises EscalationRefused."""
    sector = next(str(here.footstep.answer[one.name]) for one in here.step.fields if one.type == "sector")
    write_drafted(escalation_id=int(here.walk.escalation_id or 0), sector=sector, by=here.walk.by, now=now)


def told_of(write: OutsideWrite) -> dict[str, str]:
    """What a card needs to do a write by hand: where, for whom, how much, and who asked."""
    asked = ", ".join(filter(None, (write.requester_name, write.requester_card)))
    told = {
        "system": write.get_system_display(),
        "contract": str(write.payload.get("contract") or ""),
        "number": _as_it_was_written(write),
        "amount": bs(write.amount) if write.amount else "",
        "requester": asked,
    }
    return {name: text for name, text in told.items() if text}


def _as_it_was_written(write: OutsideWrite) -> str:
    action = actions().get(write.action)  # a site may no longer have the system
    written = str(write.payload.get(action.to_whom) or "") if action else ""
    return written if same_value(written, write.to_whom) else phone_numbers.display(write.to_whom)


def notes_of(here: WalkState) -> list[str]:
    """What the agent noted on the steps before this one: whoever works the card reads it there."""
    return [str(one.answer["note"]) for one in here.path[:-1] if one.answer.get("note")]


def interaction_text(here: WalkState, label: str) -> str:
    """The call in a few lines: what was decided, done, handed over and noted, at most 1,000 letters."""
    lines = []
    for footstep in here.path:
        step = flow_of(footstep.version_id).steps[footstep.step]
        if footstep.chosen == CONTINUED:
            lines.append(_("Continúa como %(line)s") % {"line": step.continue_as})
        elif step.kind == "decide" and footstep.chosen:
            lines.append(next((way.label for way in step.ways if way.name == footstep.chosen), footstep.chosen))
        elif step.waits and footstep.chosen:
            lines.append(" ".join([f"{step.title}: {OUTCOMES[footstep.chosen].lower()}", *_done(footstep)]))
        elif step.kind == "refer":
            lines.append(f"{step.title} ({step.procedure})")
        elif step.kind in ("do", "hand_over"):
            lines.append(step.title)
        lines += [str(footstep.answer[name]) for name in ("note", "seen") if footstep.answer.get(name)]
    return ". ".join([*lines, label])[:1000]


def written(step: Step, footstep: Footstep) -> list[str]:
    """What was written down on a step in words of its own, its note last."""
    names = [field.name for field in step.fields if field.type in WORDS] + ["note"]
    return [str(footstep.answer[name]) for name in names if footstep.answer.get(name)]


def _told(step: Step, footstep: Footstep) -> list[str]:
    """What the result of a lane says of a step: what was written down, the procedure it follows, what it came to."""
    return [*written(step, footstep), *([step.procedure] if step.procedure else []), *_done(footstep)]


def _done(footstep: Footstep) -> list[str]:
    """The number the other system gave for what was done on a step."""
    return [footstep.write.reference] if footstep.chosen == DONE and footstep.write else []
