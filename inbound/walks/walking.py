"""Walking a flow: answer, go back, go on as another line, end. One footstep a step; nothing is ever erased.

Every verb names the footstep it answers (`position`). Whoever answers one that is no longer the newest, by a double
click, a second tab or the back button, changes nothing and is told so: StaleStep.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, JSONField, Value
from django.db.models.expressions import CombinedExpression
from django.utils.translation import gettext as _

from agents.models import User
from escalations.lifecycle import EscalationRefused
from escalations.raising import UnknownKind
from inbound.fields import TELEPHONE
from inbound.flows.choosing import chosen_of
from inbound.flows.conditions import arguments, is_open
from inbound.flows.shapes import DONE, REFUSED, UNKNOWN, Flow, Step
from inbound.models import Footstep, OutsideWrite, ServiceLine, Walk
from inbound.outside.look_ups import found_by_hand, look_ups
from inbound.outside.reaching import Looked, look_up
from inbound.walks.answering import StepRefused, clean_answers, clean_seen
from inbound.walks.asked import call_back_on, check_not_stolen, typed_so_far
from inbound.walks.asked_twice import ask_for_write, see_to_what_was_asked_twice
from inbound.walks.card_notes import note_on_card
from inbound.walks.confirming import check_confirmed
from inbound.walks.consequences import end_of_walk, hand_over, is_owed_already, settle_card, write_to_unit
from inbound.walks.customers import is_somebody_elses, remember_customer, remember_who_is_asked_about
from inbound.walks.footsteps import (
    StaleStep,
    WalkRefused,
    current_state,
    enter,
    leave,
    locked_state,
    not_a_question_to_a_machine,
    refusals_noted,
)
from inbound.walks.lane_news import call_nobody_on_a_stolen_line, say_where_she_is_called, tell_other_calls
from inbound.walks.left_undone import all_undone, asked_of, check_who_is_called
from inbound.walks.state import CONTINUED, WalkState, as_draft, flow_of, known_on, state_on, version_to_walk
from inbound.walks.undone_cards import see_to_undone
from inbound.walks.what_became import say_what_became, tell_cards_of_the_refused
from inbound.writes.delivering import wait_for
from inbound.writes.states import outcome_of


def answer_step(
    *,
    by: User,
    key: uuid.UUID,
    position: int,
    sent: Mapping[str, str],
    now: datetime,
    branch: str = "",
    confirmed: bool = False,
) -> WalkState:
    """Answer the present step and stand on the next one.

    `sent` holds the fields as typed, `branch` what was decided, `confirmed` the second word where money or a SIM is
    touched. A write whose outcome is waited for leaves the walk where it is, until `go_on_with_outcome`; with `branch`
    `refused` it is not asked for at all. Raises StepRefused, StaleStep, WalkRefused; then nothing has changed.
    """
    with refusals_noted(by=by, key=key, position=position), transaction.atomic():
        here = locked_state(by, key, position)
        step, footstep, walk = here.step, here.footstep, here.walk
        footstep.answer = clean_answers(step=step, fields=asked_of(here), sent=sent, known=here.known, now=now)
        check_not_stolen(here, str(footstep.answer.get(TELEPHONE) or ""))
        known = {**here.known, **footstep.answer}
        following = step.next
        if step.kind == "decide":
            following = _decide(step, footstep, known, branch, sent.get("reason", ""))
        elif step.kind == "choose":
            is_one, footstep.found = chosen_of(step, here.known, branch)
            if not is_one:
                raise StepRefused({"branch": _("Elija de cuál se habla.")})
            footstep.chosen = branch
            known[step.as_] = footstep.found
        elif step.waits and footstep.write_id:
            return here
        elif step.waits and branch == REFUSED and not is_owed_already(here):
            footstep.chosen, footstep.reason = REFUSED, _short(sent.get("reason", ""))
            following = step.way(REFUSED)
        elif step.kind == "do":
            check_confirmed(here, sent=sent, confirmed=confirmed)
            if is_another_calls := ask_for_write(here, known, now=now):
                following, footstep.reason = step.way(UNKNOWN), ""
                known |= {step.as_: footstep.found} if step.as_ else {}
            if step.waits and not is_another_calls:
                footstep.reason = ""
                footstep.save()
                walk.draft, walk.last_sign_at = {}, now
                walk.save(update_fields=["draft", "last_sign_at"])
                return state_on(walk=walk, trail=here.trail)
        elif step.letter:
            try:
                write_to_unit(here=here, now=now)
            except EscalationRefused as refusal:
                raise WalkRefused(str(refusal)) from refusal
        elif step.kind == "hand_over":
            try:
                hand_over(here=here, known=known, now=now)
            except UnknownKind as unknown:
                raise WalkRefused(str(unknown)) from unknown
            if walk.escalation_id is None and (said := footstep.answer.get(TELEPHONE)):
                say_where_she_is_called(here, telephone=str(said), now=now)
        if step.noted:
            note_on_card(here=here, known=known, now=now)
        remember_who_is_asked_about(walk, step, footstep.answer)
        if step.kind == "end":
            _end(here, now)
        leave(footstep, now=now)
        if step.kind == "end":
            walk.result, walk.result_label, walk.ended_at = step.result, step.label, now
        else:
            enter(walk, here.trail, footstep.version_id, following, known=known, now=now)
        walk.draft = {}
        walk.save()
    return state_on(walk=walk, trail=here.trail)


def look(*, by: User, key: uuid.UUID, position: int, now: datetime, again: bool = False) -> WalkState:
    """Ask the other system what the present step looks up, and go on when it answered with something.

    The question goes over the network, so it is asked between two short transactions; whoever asks twice gets the
    first answer that came, unless `again` says that the first one was no answer. Raises StaleStep, WalkRefused.
    """
    here = current_state(by, key, position)
    step, footstep = here.step, here.footstep
    was_asked = footstep.found is not None or footstep.by_hand or bool(footstep.trouble)
    if step.kind != "look_up" or footstep.found is not None or (was_asked and not again):
        return here
    looked = look_up(name=step.look_up, arguments=arguments(step.with_, here.known), now=now, by=by, call=here.walk.key)
    return take_found(by=by, key=key, position=position, looked=looked, now=now)


def take_found(*, by: User, key: uuid.UUID, position: int, looked: Looked, now: datetime) -> WalkState:
    """Write down what a look-up brought, and go on when it is something. Raises StaleStep, WalkRefused."""
    with transaction.atomic():
        here = locked_state(by, key, position)
        footstep = here.footstep
        if footstep.found is not None:
            return here
        nothing = looked.found is None and not looked.by_hand and not looked.trouble
        footstep.found, footstep.by_hand = looked.found, looked.by_hand
        footstep.trouble = _("No se encontró nada con ese dato.") if nothing else looked.trouble
        footstep.save(update_fields=["found", "trouble", "by_hand"])
        if looked.found is not None:  # that there is no such customer is a thing to see before going on
            _pass(here, now)
    return state_on(walk=here.walk, trail=here.trail)


def write_what_is_seen(*, by: User, key: uuid.UUID, position: int, sent: Mapping[str, str], now: datetime) -> WalkState:
    """Go on from a look-up that brought nothing, with what the agent read on the old screen, if anything.

    Raises StaleStep, StepRefused, WalkRefused.
    """
    with transaction.atomic():
        here = locked_state(by, key, position)
        if here.step.kind != "look_up":
            raise StaleStep(_("Ese paso ya se respondió: este es el paso en que está la atención."))
        if here.footstep.found is None:
            seen = clean_seen(fields=look_ups()[here.step.look_up].by_hand, sent=sent)
            here.footstep.answer = {name: sent[name] for name in seen}
            here.footstep.found, here.footstep.by_hand = found_by_hand(name=here.step.look_up, answers=seen), True
            here.footstep.save(update_fields=["answer", "found", "by_hand"])
        _pass(here, now)
    return state_on(walk=here.walk, trail=here.trail)


def go_on_with_outcome(*, by: User, key: uuid.UUID, position: int, now: datetime, leaves: bool = False) -> WalkState:
    """Wait a moment for the write the present step owes, and go on by its outcome.

    Waits outside of any transaction, no longer than the time-out of its system. What is done by hand waits for the
    agent: `leaves` goes on without knowing. Raises StaleStep, WalkRefused.
    """
    here = current_state(by, key, position)
    if not here.step.waits or here.footstep.write_id is None:
        return here
    wait_for(pk=here.footstep.write_id, now=now)
    return follow_outcome(by=by, key=key, position=position, now=now, leaves=leaves)


def follow_outcome(*, by: User, key: uuid.UUID, position: int, now: datetime, leaves: bool = False) -> WalkState:
    """Go on by what the write of the present step came to by now. Raises StaleStep, WalkRefused."""
    with transaction.atomic():
        here = locked_state(by, key, position)
        write = here.footstep.write
        if write is None:
            return here
        if write.state == OutsideWrite.State.BY_HAND and not leaves:
            return here
        outcome = outcome_of(write)
        here.footstep.chosen = outcome
        if here.step.as_:
            here.footstep.found = {"reference": write.reference, "why": "" if outcome == DONE else write.last_error}
        if outcome == DONE:
            tell_cards_of_the_refused(here, now=now)
        leave(here.footstep, now=now)
        known = known_on(here.path, before=here.walk.brought)
        enter(here.walk, here.trail, here.footstep.version_id, here.step.way(outcome), known=known, now=now)
        here.walk.save()
    return state_on(walk=here.walk, trail=here.trail)


def go_back(*, by: User, key: uuid.UUID, position: int, now: datetime, to: int | None = None) -> WalkState:
    """Stand again on an earlier step, the one before when `to` is left out. What followed it stays in the trail.

    A step that wrote to another system or handed over is not undone by it. Raises StaleStep, WalkRefused.
    """
    with transaction.atomic():
        here = locked_state(by, key, position)
        earlier = [passed for passed in here.path[:-1] if to is None or passed.position == to]
        if not earlier:
            raise WalkRefused(_("Es el primer paso: no hay adónde volver."))
        target = not_a_question_to_a_machine(here, earlier[-1], to)
        walk = here.walk
        if here.step.kind in ("hand_over", "end"):  # she may hang up now, and was asked where she is called back
            here.footstep.answer = {**here.footstep.answer, **typed_so_far(here, asked_of(here), now=now)}
        leave(here.footstep, now=now)
        known = known_on([one for one in here.path if one.position < target.position], before=walk.brought)
        enter(walk, here.trail, target.version_id, target.step, known=known, now=now, back_to=target)
        walk.version_id, walk.draft = target.version_id, {}
        walk.save()
    return state_on(walk=walk, trail=here.trail)


def continue_as(*, by: User, key: uuid.UUID, position: int, now: datetime) -> WalkState:
    """Go on as the line the present step names, in the same walk, with the customer that is known (102.6).

    Raises StaleStep, WalkRefused, NoFlow.
    """
    with transaction.atomic():
        here = locked_state(by, key, position)
        if not here.step.continue_as:
            raise WalkRefused(_("Este paso no sigue en otra línea."))
        line = ServiceLine.objects.get(number=here.step.continue_as)
        version = version_to_walk(line=line)
        here.footstep.chosen = CONTINUED
        leave(here.footstep, now=now)
        walk, first = here.walk, _first_to_ask(flow_of(version.pk), here.known)
        enter(walk, here.trail, version.pk, first, known=here.known, now=now)
        walk.version, walk.draft = version, {}
        walk.save()
    return state_on(walk=walk, trail=here.trail)


def keep_draft(
    *, by: User, key: uuid.UUID, position: int, fields: Mapping[str, str], now: datetime, leaving: bool = False
) -> bool:
    """Keep what is typed so far, or (`leaving`) why the call is ended before; False when that step was answered
    meanwhile. Each leaves the other as it is, in one statement: the page sends both.
    """
    kept = Value(as_draft(fields, position=position, leaving=leaving), JSONField())
    together = CombinedExpression(F("draft"), "||", kept, output_field=JSONField())
    mine = Walk.objects.walked_by(by).filter(key=key, position=position, ended_at__isnull=True)
    return bool(mine.update(draft=together, last_sign_at=now))


def _end(here: WalkState, now: datetime) -> None:
    """A call leaves its interaction; the lane of a card settles the card."""
    if here.walk.escalation_id is None:
        here = replace(here, known={**here.known, **here.footstep.answer})
        said, last = here.footstep.answer.get(TELEPHONE), str(here.known.get(TELEPHONE) or "")
        if said:
            say_where_she_is_called(here, telephone=str(said), now=now)
        tell_other_calls(here, telephone=last, now=now)
        check_who_is_called(here)
        say_what_became(here, now=now)
        call_nobody_on_a_stolen_line(here, now=now)
        for undone in all_undone(here, came_to_an_end=True, now=now):
            if undone.was_heard:  # what else must follow the clock sees to
                called = undone.called_where(here.known, anew=bool(said))
                reached_at = call_back_on(here.walk, here.known, about=undone.number)
                see_to_undone(replace(called, call_back=reached_at, stands=True), how=here.step.label, now=now)
        see_to_what_was_asked_twice(here, how=here.step.label, now=now)
        end_of_walk(here=here, result=here.step.result, label=here.step.label, now=now)
        return
    try:
        settle_card(here=here, now=now)
    except EscalationRefused as refusal:  # taken away in this very moment
        raise WalkRefused(str(refusal)) from refusal


def _pass(here: WalkState, now: datetime) -> None:
    """From a look-up to the step after it."""
    leave(here.footstep, now=now)
    known = known_on(here.path, before=here.walk.brought)
    if isinstance(here.footstep.found, dict) and not is_somebody_elses(here, known):
        remember_customer(here.walk, {here.step.as_: here.footstep.found})
    enter(here.walk, here.trail, here.footstep.version_id, here.step.next, known=known, now=now)
    here.walk.draft = {}
    here.walk.save()


def _decide(step: Step, footstep: Footstep, known: Mapping[str, Any], branch: str, reason: str) -> str:
    chosen = next((way for way in step.ways if way.name == branch), None)
    if chosen is None:
        raise StepRefused({"branch": _("Elija cómo sigue.")})
    if not is_open(chosen, known):
        raise StepRefused({"branch": _("Eso no va con lo que muestra el sistema: elija otra.")})
    footstep.chosen = chosen.name
    if footstep.proposed and footstep.proposed != chosen.name:
        footstep.reason = _short(reason)
    return chosen.next


def _short(reason: str) -> str:
    return " ".join(reason.split())[:200]


def _first_to_ask(flow: Flow, known: Mapping[str, Any]) -> str:
    """Where a walk enters a flow it continues in: past the greeting, and past asking who the customer is if known."""
    name = flow.start
    customer = known.get("customer")
    is_known = isinstance(customer, dict) and bool(customer.get("contract"))
    while True:
        step = flow.steps[name]
        asks_who = step.kind == "ask" and {field.type for field in step.fields} == {"customer"}
        if step.kind != "say" and not (asks_who and is_known):
            return name
        name = step.next
