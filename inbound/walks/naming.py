"""Who calls, and from where, as it is written down while she is on the line."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import User
from inbound.models import Walk
from inbound.walks.answering import StepRefused
from inbound.walks.asked import stolen_lines
from inbound.walks.cards import cards_of
from inbound.walks.footsteps import WalkRefused
from inbound.walks.lane_news import call_her_at
from inbound.walks.state import given_on, read_state
from telephony import phone_numbers


def name_the_caller(*, by: User, key: uuid.UUID, name: str, telephone: str, now: datetime) -> None:
    """Write down who calls, and from where, when no switchboard says it; a card of the call that had no other number is
    corrected. What a switchboard told stays: it opens what only its holder may hear. Raises StepRefused, WalkRefused.
    """
    with transaction.atomic():
        walk = Walk.objects.select_for_update(no_key=True, of=("self",)).walked_by(by).get(key=key)
        if walk.ended_at is not None:
            raise WalkRefused(_("Esta atención ya terminó."))
        before, named = walk.caller_number, walk.caller_name
        walk.caller_name, walk.caller_number = who(name=name, telephone=telephone)
        if walk.call_id is not None and walk.caller_number != before:
            raise WalkRefused(_number_is_told(before))
        walk.save(update_fields=["caller_name", "caller_number"])
        state = read_state(walk=walk)
        is_stolen = walk.caller_number in stolen_lines(state)
        for card in cards_of(state):
            hers = card.telephone in ("", before) or not given_on(state.trail)  # she gave no other besides
            is_reached_there = hers and not is_stolen
            called = walk.caller_name if card.customer_name in ("", named) else ""
            if is_reached_there or called:
                telephone = walk.caller_number if is_reached_there else ""
                call_her_at(card, telephone=telephone, customer_name=called, by=by, now=now)


def _number_is_told(before: str) -> str:
    """Why the number of a call that came by the switchboard stays, or stays empty where it was withheld."""
    if before:
        return _("El número de quien llama lo da la central, y no se cambia.")
    told = _("La central no dijo de qué número llama, y no se anota como si lo hubiera dicho.")
    return told + " " + _("Pídale uno donde llamarle: se anota al derivar o al terminar la llamada.")


def who(*, name: str, telephone: str) -> tuple[str, str]:
    """A name and a number as they are kept: one space between words, at most 120 letters; `+591…`, or empty. Raises
    StepRefused of a number that does not exist.
    """
    written = telephone.strip()
    number = phone_numbers.parse(written) if written else ""
    if number is None:
        raise StepRefused({"telephone": _("Ese teléfono no existe: escriba 7 u 8 cifras.")})
    return " ".join(name.split())[:120], number
