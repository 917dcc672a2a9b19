"""Whoever rings again about what another call asked for, and of which nobody knows yet, hears just that: it is not
asked for a second time, and nobody tells her that it is not done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from escalations.models import Escalation, Kind
from escalations.raising import add_detail, due_by, kind_of, raise_escalation
from inbound.flows.conditions import same_value
from inbound.flows.shapes import UNKNOWN
from inbound.models import OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asked import call_back_on, customer_on_file, stolen_line, stolen_lines, zone_of
from inbound.walks.asked_otherwise import hand_over_what_differs, say_what_was_asked_for
from inbound.walks.cards import cards_of, next_key
from inbound.walks.consequences import told_of, write_out
from inbound.walks.footsteps import WalkRefused
from inbound.walks.state import WalkState, given_on, read_state, state_on
from inbound.walks.undone import may_be_about
from inbound.walks.undone_cards import words_heard
from inbound.walks.what_became import of_other_calls
from inbound.writes.mistaken import mistakes_among
from inbound.writes.states import AnotherAmount, InDoubtElsewhere, WriteRefused, how_it_stands
from service_level.days import LA_PAZ
from telephony.phone_numbers import display, parse

KIND, HANDED_OVER = "write_not_done", "unforeseen_state"


def ask_for_write(here: WalkState, known: Mapping[str, Any], *, now: datetime) -> bool:
    """Owe the write of the present step, or stand on what was asked for already. Whether that is another call's.

    Raises WalkRefused.
    """
    try:
        write_out(here=here, known=known, now=now)
    except InDoubtElsewhere as asked:
        _join_another_calls(here, asked)
        return True
    except AnotherAmount as asked:
        here.footstep.write = asked.write
    except WriteRefused as refusal:
        raise WalkRefused(str(refusal)) from refusal
    hand_over_what_differs(here=here, known=known, write=here.footstep.write, now=now)
    say_what_was_asked_for(here)
    return False


def see_to_what_was_asked_twice(here: WalkState, *, how: str, now: datetime) -> None:
    """She was told that she is called if it is not done: her card of the same says so, or the one there is of it, else
    she has one. Call it inside the transaction of the end.
    """
    for write, place in of_other_calls(here):
        then = state_on(walk=here.walk, trail=here.trail[: place + 1])
        _see_to(here, write, stolen=stolen_line(then, then.step), how=how, now=now)


def _see_to(here: WalkState, write: OutsideWrite, *, stolen: str, how: str, now: datetime) -> None:
    lines = {stolen, *stolen_lines(here)} - {""}
    telephone = call_back_on(here.walk, here.known, about=write.to_whom, stolen=lines)
    card = write.card.survivor if write.card else None
    is_open = card is not None and card.state in Escalation.UNSETTLED
    own = _own_card(here, write, now=now)
    mistake = mistakes_among([write.pk]).get(write.pk)
    stands = how_it_stands(OutsideWrite.State(write.state))
    if mistake is not None and write.state == OutsideWrite.State.DONE:
        stands = _("Se hizo, pero la otra llamada lo pidió por error, y se deshace (derivación #%(pk)d).") % {
            "pk": mistake.pk
        }
    twice = _("%(what)s: se pidió en otra llamada, y no se pidió otra vez (%(how)s). %(stands)s")
    what = " · ".join([str(actions()[write.action].words), *told_of(write).values()])
    told = twice % {"what": what, "how": how, "stands": stands}
    if own is not None:
        add_detail(key=own.key, text=told, by=here.walk.by, now=now)
    elif card is not None and is_open and mistake is None:
        _say_that_she_called_again(here, card, write, telephone=telephone, stolen=stolen, now=now)
        return
    else:
        own = raise_escalation(
            key=next_key(f"walk:{here.walk.key}:twice:{write.pk}"),
            kind=KIND,
            line=here.walk.line.number,
            contract=here.walk.contract,
            customer_name=customer_on_file(here.walk, here.known) or write.requester_name,
            telephone=telephone or parse(write.to_whom) or "",
            zone=zone_of(here.known),
            reason=told,
            details=told_of(write),
            promised=words_heard(here, write),
            by=here.walk.by,
            now=now,
        )
    if is_open and card is not None and card.pk != own.pk:  # each says where the other is
        leads = _("Cómo termine lo dice la derivación #%(other)d.") % {"other": card.pk}
        add_detail(key=own.key, text=leads, by=here.walk.by, now=now)
        also = _("Se pidió también en otra llamada, que tiene la derivación #%(other)d.") % {"other": own.pk}
        add_detail(key=card.key, text=also, by=here.walk.by, now=now)
        return
    if mistake is None:
        _stand_for_the_other_call(own, write, now=now)


def _own_card(here: WalkState, write: OutsideWrite, *, now: datetime) -> Escalation | None:
    """A card of this call that a supervisor works of the same line, as soon as who is handed over is called."""
    limit = due_by(now=now, working_hours=max(float(kind_of(kind).limit_hours) for kind in (KIND, HANDED_OVER)))
    soon = (one for one in cards_of(here) if one.due_at <= limit and one.kind.worked_by == Kind.Worker.SUPERVISOR)
    return next((one for one in soon if may_be_about(one, write.to_whom)), None)


def _say_that_she_called_again(
    here: WalkState, card: Escalation, write: OutsideWrite, *, telephone: str, stolen: str, now: datetime
) -> None:
    hour = date_format(timezone.localtime(here.walk.began_at, LA_PAZ), "H:i")
    reached_at = telephone or parse(write.to_whom) or ""
    if not reached_at or same_value(reached_at, stolen):
        again = _("Volvió a llamar por lo mismo, a las %(hour)s (%(name)s). No dejó otro teléfono.")
    else:
        again = _("Volvió a llamar por lo mismo, a las %(hour)s (%(name)s). Se le llama al %(number)s.")
    name = customer_on_file(here.walk, here.known) or str(here.known.get("requester_name") or "—")
    said = {"hour": hour, "name": name, "number": display(reached_at)}
    add_detail(key=card.key, text=again % said, by=here.walk.by, now=now)


def _stand_for_the_other_call(card: Escalation, write: OutsideWrite, *, now: datetime) -> None:
    """Of two calls one card: who asked first is called as well, where she said."""
    OutsideWrite.objects.filter(pk=write.pk).update(card=card)
    first = read_state(walk=write.walk)
    given = given_on(first.trail) or first.walk.caller_number
    number = given or call_back_on(first.walk, first.known, about=write.to_whom)
    if number and number != card.telephone:
        left = _("La otra llamada dejó el teléfono %(number)s.") % {"number": display(number)}
        if not given:
            left = _("El teléfono registrado de la otra llamada es %(number)s.") % {"number": display(number)}
        add_detail(key=card.key, text=left, by=None, now=now)


def _join_another_calls(here: WalkState, asked: InDoubtElsewhere) -> None:
    """Stand on what the other call asked for, not known yet. Raises WalkRefused where the step has no words for it."""
    if not here.step.waits:
        raise WalkRefused(str(asked)) from asked
    here.footstep.write, here.footstep.chosen = asked.write, UNKNOWN
    if here.step.as_:
        here.footstep.found = {"reference": "", "why": str(asked)}
