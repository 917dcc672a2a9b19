"""What the call corrected while the lane of its card is walked: whoever walks it hears of it, and what had gone out by
then is not taken for corrected on the other side.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import User
from escalations.letters import letters_of
from escalations.models import Escalation
from escalations.raising import add_detail, correct_raised, reach_at
from inbound.fields import TELEPHONE, Field
from inbound.models import OutsideWrite, Walk
from inbound.walks.asked import call_back_on, stolen_lines
from inbound.walks.cards import cards_about
from inbound.walks.state import WalkState
from inbound.writes.limits import NOT_HAPPENING
from service_level.days import LA_PAZ
from telephony.phone_numbers import display, parse

CORRECTED_SINCE = "corrected_since"  # beside what a lane brought: {"at": ISO, "told": in words}
TOLD_OF_IT = "told_of_correction"
WITHDRAWN = "withdrawn"  # among the details of a card


def lock_lane_of(card: Escalation) -> Walk | None:
    """The lane of a card that is walked at this moment. Lock it before the card, as its own steps do."""
    return Walk.objects.select_for_update(no_key=True, of=("self",)).filter(escalation=card, ended_at=None).first()


def tell_lane(
    lane: Walk,
    *,
    known: Mapping[str, Any],
    contract: str,
    customer_name: str,
    telephone: str,
    told: str,
    now: datetime,
) -> None:
    """A lane began with what was known then. `told`: what is another now, in words; empty where nothing is."""
    heard = dict(lane.brought.get(CORRECTED_SINCE) or {})
    if told:
        heard = {"at": now.isoformat(), "told": " ".join(filter(None, (heard.get("told", ""), told)))}
    lane.brought = {**known, **({CORRECTED_SINCE: heard} if heard else {})}
    lane.caller_number = telephone[:16]
    lane.contract, lane.customer_name = contract[:24], customer_name[:120]
    lane.save(update_fields=["brought", "caller_number", "contract", "customer_name"])


def call_her_at(card: Escalation, *, telephone: str, by: User, now: datetime, customer_name: str = "") -> None:
    """The card of a call, and whoever walks its lane, hear where she is called, and by which name."""
    lane = lock_lane_of(card)
    told = reach_at(card, telephone=telephone, by=by, now=now, customer_name=customer_name)
    if lane is None or not told:
        return
    known = {name: value for name, value in lane.brought.items() if name != CORRECTED_SINCE}
    tell_lane(
        lane,
        known={**known, TELEPHONE: telephone} if telephone else known,
        contract=lane.contract,
        customer_name=customer_name or lane.customer_name,
        telephone=telephone or lane.caller_number,
        told=told,
        now=now,
    )


def say_where_she_is_called(
    here: WalkState, *, telephone: str, now: datetime, named: str = "", before: str = ""
) -> None:
    """Each card of the call hears where she is called, also one the clock raised meanwhile; one of another call that
    asked for the same is told it beside. `named`: by which name, where it has none or `before`, and none is on file.
    """
    own, _of_others = cards_about(here)
    for card in own:
        is_hers = not here.walk.customer_name and card.customer_name in ("", before)
        called = named if is_hers else ""
        if telephone or called:
            call_her_at(card, telephone=telephone, customer_name=called, by=here.walk.by, now=now)
    tell_other_calls(here, telephone=telephone, now=now)


def call_nobody_on_a_stolen_line(here: WalkState, *, now: datetime) -> None:
    """A card of before the line was stolen has another telephone, where one is known."""
    stolen = stolen_lines(here, here.step)
    other = call_back_on(here.walk, here.known, stolen=stolen)
    if not other or parse(other) in stolen:
        return
    for card in cards_about(here)[0]:
        if parse(card.telephone) in stolen:
            call_her_at(card, telephone=other, by=here.walk.by, now=now)


def tell_other_calls(here: WalkState, *, telephone: str, now: datetime) -> None:
    """Where she is called stands beside, on the card of another call that asked for the same; once."""
    if not telephone:
        return
    told = _("La otra llamada dejó el teléfono %(number)s.") % {"number": display(telephone)}
    for card in cards_about(here)[1]:
        if telephone != card.telephone and not card.changes.filter(note=told).exists():
            add_detail(key=card.key, text=told, by=here.walk.by, now=now)


def withdraw(card: Escalation, *, told: str, by: User, now: datetime) -> None:
    """The call says that it is not needed any more: the card, its mail and its lane hear of it."""
    details = {**card.details, WITHDRAWN: told.rstrip(".")}
    say_anew(card, reason=card.reason, details=details, told=told, by=by, now=now)


def say_anew(card: Escalation, *, reason: str, details: Mapping[str, Any], told: str, by: User, now: datetime) -> None:
    """What a card asks for is another now: the card, its mail and its lane hear of it."""
    lane = lock_lane_of(card)
    correct_raised(
        card,
        reason=reason,
        details=details,
        customer_name=card.customer_name,
        telephone=card.telephone,
        promised=card.promised,
        due_at=None,
        by=by,
        now=now,
    )
    if lane is not None:
        known = {name: value for name, value in lane.brought.items() if name != CORRECTED_SINCE}
        told_as = {"contract": lane.contract, "customer_name": lane.customer_name, "telephone": lane.caller_number}
        tell_lane(lane, known=known, told=told, now=now, **told_as)


def brought_of(card: Escalation, *, now: datetime) -> dict[str, Any]:
    """What a lane that begins hears of its card, beside what the call knew."""
    told = card.details.get(WITHDRAWN)
    return {CORRECTED_SINCE: {"at": now.isoformat(), "told": told}} if told else {}


def news_of(walk: Walk) -> str:
    """What the call corrected since the lane began, and when; empty when nothing was."""
    heard = walk.brought.get(CORRECTED_SINCE)
    if walk.escalation_id is None or not heard:
        return ""
    hour = date_format(timezone.localtime(datetime.fromisoformat(heard["at"]), LA_PAZ), "H:i")
    return _("En la llamada, a las %(hour)s: %(told)s") % {"hour": hour, "told": heard["told"]}


def asked_of_a_lane(here: WalkState) -> tuple[Field, ...]:
    """Where a lane ends after its write or its mail went out as it was before: how the other side knows of the rest."""
    news = news_of(here.walk)
    if here.step.kind != "end" or not news or not _went_out_before(here.walk):
        return ()
    label = _("Se corrigió después de registrarlo o escribirlo. ¿Cómo lo sabe la otra área?")
    return (Field(TOLD_OF_IT, label, "text"),)


def told_of_it(here: WalkState) -> list[str]:
    """What was answered to that, for the result of the card."""
    said = here.footstep.answer.get(TOLD_OF_IT)
    return [_("Lo corregido: %(how)s") % {"how": said}] if said else []


def _went_out_before(lane: Walk) -> bool:
    """Whether the newest that went out to the other side is older than what the call said last."""
    writes = OutsideWrite.objects.filter(walk=lane).exclude(state__in=NOT_HAPPENING)
    out = list(writes.values_list("owed_at", flat=True))
    if lane.escalation is not None:
        out += [letter.notice.created_at for letter in letters_of(lane.escalation)]
    return bool(out) and max(out) <= datetime.fromisoformat(lane.brought[CORRECTED_SINCE]["at"])
