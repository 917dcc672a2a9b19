"""Calls that end before their flow does: the caller hung up, called the wrong line or is handed over; the agent left.

Each has its own result and leaves its interaction like any other. What was asked of another system by then goes on, and
whoever is let down by it gets her card all the same (let_down.py).
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Shift, User
from escalations.models import Escalation, Kind
from escalations.raising import add_detail, due_by, kind_of, raise_escalation
from inbound.fields import CALLER_NAME, TELEPHONE
from inbound.flows.conditions import arguments
from inbound.models import OutsideWrite, Walk
from inbound.walks.answering import StepRefused
from inbound.walks.asked import (
    call_back_on,
    check_not_stolen,
    name_of_the_caller,
    stolen_line,
    stolen_lines,
    typed_so_far,
    zone_of,
)
from inbound.walks.asked_otherwise import hand_over_what_is_said_now
from inbound.walks.asked_twice import see_to_what_was_asked_twice
from inbound.walks.cards import card_to_correct, cards_of
from inbound.walks.consequences import correct, end_of_walk, notes_of, said_on_card, written
from inbound.walks.customers import is_about_her, whose
from inbound.walks.footsteps import WalkRefused, leave, locked_state
from inbound.walks.gone_on import hand_over_what_was_left, left_unanswered
from inbound.walks.lane_news import call_her_at, call_nobody_on_a_stolen_line, say_where_she_is_called, tell_other_calls
from inbound.walks.left_undone import all_undone, asked_of, what_was_refused
from inbound.walks.naming import who
from inbound.walks.owed_to_her import owed_to_her, say_what_else_was_not_done
from inbound.walks.said_anew import correct_what_was_handed_over
from inbound.walks.state import WalkState, read_state, state_on
from inbound.walks.undone import number_in
from inbound.walks.undone_cards import see_to_undone
from inbound.walks.what_became import say_what_became
from telephony import phone_numbers
from telephony.models import QueueCall
from telephony.phone_numbers import display, parse

KIND = "unforeseen_state"
WITHOUT_A_SIGN = timedelta(minutes=60)
ONCE_SIGNED_OUT = timedelta(minutes=10)  # she may have signed out by mistake, with the caller on the line
AT_A_TIME = 200


class How(TextChoices):
    """How a call ended before its flow; the value is the result of the walk."""

    HUNG_UP = "hung_up", gettext_lazy("El cliente colgó")
    WRONG_LINE = "wrong_line", gettext_lazy("Línea equivocada")
    HANDED_OVER = "handed_over", gettext_lazy("Derivado a supervisión")
    TRANSFERRED = "transferred", gettext_lazy("Transferida por teléfono")
    LEFT = "left", gettext_lazy("Quedó sin atender")


OFFERED = (How.HUNG_UP, How.WRONG_LINE, How.HANDED_OVER)


def ways_to_leave(walk: Walk) -> tuple[How, ...]:
    """How a call may be ended before its flow does; as transferred where the switchboard says that it was."""
    return (How.TRANSFERRED, *OFFERED) if walk.was_transferred else OFFERED


def leave_call(
    *, by: User, key: uuid.UUID, position: int, how: str, reason: str, name: str, telephone: str, now: datetime
) -> WalkState:
    """End a call where it stands. To hand it over takes a reason, a name and a number to call back.

    Raises StepRefused, StaleStep, WalkRefused.
    """
    with transaction.atomic():
        here = locked_state(by, key, position)
        walk = here.walk
        if walk.escalation_id is not None:
            raise WalkRefused(_("Una derivación se deja en su tarjeta."))
        if how not in ways_to_leave(walk):
            raise StepRefused({"how": _("Elija cómo termina la llamada.")})
        reason = " ".join(reason.split())[:200]
        before = call_back_on(walk, here.known)
        here = _with_what_was_typed(here, name=name, telephone=telephone, now=now)
        said = bool(telephone.strip()) and phone_numbers.parse(telephone) != before
        hand_over_what_is_said_now(here, now=now)
        if how == How.HANDED_OVER:
            _hand_over(here, reason=reason, name=name, telephone=telephone, now=now)
        _end(here, how=How(how), reason=reason, said=said, now=now)
    return state_on(walk=walk, trail=here.trail)


def close_left_calls(*, now: datetime) -> int:
    """End as left the calls of which their agent gave no sign for an hour, or for minutes once her shift ended: who was
    let down is called sooner. Those that she transferred end as that, after minutes. Returns how many.
    """
    shifts = Shift.objects.filter(agent=OuterRef("agent"))
    has_left = Exists(shifts.filter(ended_at__gte=OuterRef("began_at"))) & ~Exists(shifts.filter(ended_at=None))
    of_a_shift_over = Q(has_left, last_sign_at__lt=now - ONCE_SIGNED_OUT)
    transferred = Q(call__outcome=QueueCall.Outcome.TRANSFERRED, last_sign_at__lt=now - ONCE_SIGNED_OUT)
    is_left = Q(last_sign_at__lt=now - WITHOUT_A_SIGN) | of_a_shift_over | transferred
    left = Walk.objects.under_way().calls().filter(is_left)
    closed = 0
    for pk in left.order_by("last_sign_at").values_list("pk", flat=True)[:AT_A_TIME]:
        with transaction.atomic():
            walk = left.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=pk).first()
            if walk is None:  # she came back, or another clock was faster
                continue
            here = _with_what_was_typed(read_state(walk=walk), now=now)
            hand_over_what_is_said_now(here, now=now)
            _end(here, how=How.TRANSFERRED if walk.was_transferred else How.LEFT, reason="", now=now)
            closed += 1
    return closed


def _hand_over(here: WalkState, *, reason: str, name: str, telephone: str, now: datetime) -> None:
    walk, known = here.walk, here.known
    walk.caller_name, number = who(name=name or walk.caller_name, telephone=telephone)
    stolen = stolen_line(here, here.step)
    number = number or call_back_on(walk, known, stolen=stolen_lines(here, here.step))
    errors = {}
    if not reason:
        errors["reason"] = _("Escriba qué pide el cliente y por qué lo deriva.")
    if not name_of_the_caller(walk, known):
        errors["name"] = _("Escriba el nombre de quien llama.")
    if not number:
        errors["telephone"] = _("Escriba el teléfono para llamarle.")
    elif parse(number) in stolen_lines(here, here.step):
        errors["telephone"] = _("Es la línea robada, y ahí no se le encuentra: escriba otro teléfono.")
    if errors:
        raise StepRefused(errors)
    on_screen = number_in(arguments(here.step.with_, known)) if here.step.kind in ("do", "hand_over") else ""
    title = " ".join(filter(None, (here.step.ref, here.step.title, display(on_screen))))
    asked = ". ".join([title, reason])
    says_anew = said_on_card(here, known, now=now) if here.step.kind == "hand_over" else {}
    own = card_to_correct(here, says_anew) if says_anew else None  # come back to, and typed anew
    if own is not None:
        limit = due_by(now=now, working_hours=float(kind_of(KIND).limit_hours))
        is_seen_to = own.kind.worked_by == Kind.Worker.SUPERVISOR
        dues = (says_anew["due_at"], own.due_at, limit) if is_seen_to else (says_anew["due_at"],)
        due = min(filter(None, dues), default=None)
        correct(own, here, said={**says_anew, "due_at": due})
        own = own if is_seen_to else None  # of an agent's call a supervisor hears nothing
    is_another = own is None and _is_what_the_step_hands_over(here)  # another thing than any card of the call
    there = own or (None if is_another else _her_card(here, now=now))
    if there is not None:
        call_her_at(there, telephone=number, by=walk.by, now=now)
        say_what_else_was_not_done(here, there, now=now)
        told = _("Derivado a supervisión al terminar: %(asked)s") % {"asked": asked}
        here.footstep.escalation = add_detail(key=there.key, text=told, by=walk.by, now=now)
        return
    details = what_was_refused(here) or ({"number": stolen} if stolen else {})
    if walk.caller_name and walk.caller_name != walk.customer_name:
        details["caller"] = walk.caller_name
    says: dict[str, Any] = {
        "contract": walk.contract,
        "customer_name": name_of_the_caller(walk, known),
        "telephone": number,
        "reason": ". ".join([asked, *written(here.step, here.footstep), *notes_of(here)]),
        "details": details,
        "promised": _("Supervisión revisa su caso y le llama."),
        "by": walk.by,
        "now": now,
    }
    kind = KIND
    if _is_what_the_step_hands_over(here):  # its words were on the screen, and its lane works it
        kind, says = here.step.escalation, _as_the_step_says(here, says, reason=reason, now=now)
    here.footstep.escalation = raise_escalation(
        key=f"walk:{walk.key}:handed-over",
        kind=kind,
        line=walk.line.number,
        zone=zone_of(known),
        **says,
    )
    say_what_else_was_not_done(here, here.footstep.escalation, now=now)


def _is_what_the_step_hands_over(here: WalkState) -> bool:
    """Whether the call stands on a step that would have handed the same over to a supervisor."""
    if here.step.kind != "hand_over" or here.footstep.escalation_id is not None:
        return False
    return kind_of(here.step.escalation).worked_by == Kind.Worker.SUPERVISOR


def _as_the_step_says(here: WalkState, says: dict[str, Any], *, reason: str, now: datetime) -> dict[str, Any]:
    """The card of the step itself, with what the caller asks for where the step asks for words and none were written.
    She is called as soon as anybody who is handed over.
    """
    unwritten = (field.name for field in here.step.fields if field.type == "text" and field.required)
    if name := next((one for one in unwritten if not here.footstep.answer.get(one)), ""):
        here.footstep.answer = {**here.footstep.answer, name: reason}
    own = said_on_card(here, {**here.known, **here.footstep.answer}, now=now)
    limit = due_by(now=now, working_hours=float(kind_of(KIND).limit_hours))
    due = min(filter(None, (own["due_at"], limit)))
    return {**own, "telephone": says["telephone"], "reason": says["reason"], "due_at": due}


def _her_card(here: WalkState, *, now: datetime) -> Escalation | None:
    """The card of this call on which a supervisor calls her anyway, as soon as one of handing over would have her
    called; what she asks for besides is told there.
    """
    limit = due_by(now=now, working_hours=float(kind_of(KIND).limit_hours))
    cards = [card for card in reversed(cards_of(here)) if is_about_her(card, here)]
    hers = (card for card in cards if card.due_at <= limit)
    return next((card for card in hers if card.kind.worked_by == Kind.Worker.SUPERVISOR), None)


def _with_what_was_typed(here: WalkState, *, name: str = "", telephone: str = "", now: datetime) -> WalkState:
    """The call with what stood in the fields nobody sent any more, and who is to be called, and where: what this call
    handed over before is corrected by it. Raises StepRefused.

    What is written where the call is ended counts, but for what stood there already.
    """
    walk, typed = here.walk, typed_so_far(here, asked_of(here), now=now)
    said, number = who(name=name, telephone=telephone)
    check_not_stolen(here, number)
    if parse(typed.get(TELEPHONE, "")) in stolen_lines(here):
        del typed[TELEPHONE]
    before = name_of_the_caller(walk, here.known)
    if said and said != name_of_the_caller(walk, here.known):
        walk.caller_name = typed[CALLER_NAME] = said
    given = typed.get(TELEPHONE, "") if here.step.kind in ("end", "hand_over") else ""
    if number and number != call_back_on(walk, here.known):
        given = typed[TELEPHONE] = number
    if here.step.kind == "look_up":  # its answer is what was read on another screen
        walk.brought = {**walk.brought, **typed}
        if typed.get(TELEPHONE):  # the last she said
            here.footstep.answer = {**here.footstep.answer, TELEPHONE: typed[TELEPHONE]}
    else:
        here.footstep.answer = {**here.footstep.answer, **typed}
    here = state_on(walk=walk, trail=here.trail)
    correct_what_was_handed_over(here, now=now)
    say_where_she_is_called(here, telephone=given, named=typed.get(CALLER_NAME, ""), before=before, now=now)
    return here


def _see_to_what_is_undone(here: WalkState, *, how: How, said: bool, now: datetime) -> None:
    """Whom the call leaves with something undone gets her card; what was still on its way, the clock sees to.

    Who is handed over has one card, which says all that is to be done. `said`: where she is called was said at the end.
    """
    card = here.footstep.escalation if how == How.HANDED_OVER else None
    undone = all_undone(here, came_to_an_end=here.step.kind == "end", now=now)
    asked_about = {one.write.pk for one in undone if one.write is not None}
    left = [write for write in left_unanswered(here) if write.pk not in asked_about]
    hand_over_what_was_left(here, left, card=card, now=now)
    if card is not None:
        OutsideWrite.objects.filter(pk__in=[write.pk for write in owed_to_her(here)]).update(card=card)
        for one in undone:
            if one.whose not in ("", whose(here)):  # another customer's, of which this card says nothing
                see_to_undone(one, how=str(how.label), now=now)
            elif one.write is not None:
                missing = (one.step.ref, f"{one.step.title}.", display(one.number), str(one.reason))
                told = " ".join(filter(None, missing))
                add_detail(key=card.key, text=_("Falta: %(what)s") % {"what": told}, by=here.walk.by, now=now)
                see_to_undone(one, how=str(how.label), card=card, now=now)
            elif one.here.footstep.pk != here.footstep.pk:  # of the present step the card itself says it
                words = (display(one.number), one.promised or one.step.title, *written(one.step, one.here.footstep))
                heard = " · ".join(filter(None, words))
                told = _("Antes oyó en la llamada: %(what)s") % {"what": heard}
                add_detail(key=card.key, text=told, by=here.walk.by, now=now)
        return
    for one in undone:
        reached_at = call_back_on(here.walk, here.known, about=one.number)
        called = replace(one.called_where(here.known, anew=said), call_back=reached_at)
        its_card = see_to_undone(called, how=str(how.label), now=now)
        if its_card is not None and here.footstep.escalation_id is None and one.here.step is not one.step:
            here.footstep.escalation = its_card


def _end(here: WalkState, *, how: How, reason: str, said: bool = False, now: datetime) -> None:
    walk = here.walk
    if here.step.kind == "end":  # what was chosen there and not sent any more
        say_what_became(here, now=now)
    _see_to_what_is_undone(here, how=how, said=said, now=now)
    call_nobody_on_a_stolen_line(here, now=now)
    tell_other_calls(here, telephone=str(here.known.get(TELEPHONE) or ""), now=now)
    see_to_what_was_asked_twice(here, how=str(how.label), now=now)
    label = f"{how.label}: {reason}" if reason else str(how.label)
    here.footstep.reason = reason
    end_of_walk(here=here, result=how.value, label=label, now=now)
    if how == How.LEFT:
        here.footstep.save()  # nobody answered it
    else:
        leave(here.footstep, now=now)
    walk.result, walk.result_label, walk.ended_at, walk.draft = how.value, str(how.label), now, {}
    walk.save()
