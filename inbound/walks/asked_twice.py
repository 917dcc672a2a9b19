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

from escalations.models import Escalation
from escalations.raising import add_detail, raise_escalation
from inbound.flows.shapes import UNKNOWN
from inbound.models import OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asked import call_back_on, customer_on_file, stolen_line, zone_of
from inbound.walks.asked_otherwise import hand_over_what_differs, say_what_was_asked_for
from inbound.walks.cards import next_key, surviving
from inbound.walks.consequences import told_of, write_out
from inbound.walks.footsteps import WalkRefused
from inbound.walks.state import WalkState
from inbound.walks.undone_cards import words_heard
from inbound.writes.states import AnotherAmount, InDoubtElsewhere, WriteRefused
from service_level.days import LA_PAZ
from telephony.phone_numbers import display, parse

KIND = "write_not_done"


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
    """She was told that she is called if it is not done: the card there is of it hears of her, else she has one."""
    own = {passed.escalation_id for passed in here.trail}
    for write, step in {
        passed.write: here.step_of(passed)
        for passed in here.trail
        if passed.write is not None and passed.write.walk_id != here.walk.pk
    }.items():
        if write.state == OutsideWrite.State.DONE or (write.card_id is not None and write.card_id in own):
            continue
        telephone = call_back_on(here.walk, here.known, about=write.to_whom, stolen=stolen_line(here, step))
        card = surviving(write.card) if write.card else None
        if card is not None and card.state in Escalation.UNSETTLED:
            hour = date_format(timezone.localtime(here.walk.began_at, LA_PAZ), "H:i")
            again = _("Volvió a llamar por lo mismo, a las %(hour)s. Se le llama al %(number)s.")
            told = again % {"hour": hour, "number": display(telephone) or "—"}
            add_detail(key=card.key, text=told, by=here.walk.by, now=now)
            continue
        twice = _("%(what)s: se pidió en otra llamada y todavía no se sabe si se hizo; no se pidió otra vez (%(how)s).")
        card = raise_escalation(
            key=next_key(f"walk:{here.walk.key}:twice:{write.pk}"),
            kind=KIND,
            line=here.walk.line.number,
            contract=here.walk.contract,
            customer_name=customer_on_file(here.walk, here.known) or write.requester_name,
            telephone=telephone or parse(write.to_whom) or "",
            zone=zone_of(here.known),
            reason=twice % {"what": actions()[write.action].words, "how": how},
            details=told_of(write),
            promised=words_heard(here, write),
            by=here.walk.by,
            now=now,
        )
        OutsideWrite.objects.filter(pk=write.pk, card=None).update(card=card)


def _join_another_calls(here: WalkState, asked: InDoubtElsewhere) -> None:
    """Stand on what the other call asked for, not known yet. Raises WalkRefused where the step has no words for it."""
    if not here.step.waits:
        raise WalkRefused(str(asked)) from asked
    here.footstep.write, here.footstep.chosen = asked.write, UNKNOWN
    if here.step.as_:
        here.footstep.found = {"reference": "", "why": str(asked)}
