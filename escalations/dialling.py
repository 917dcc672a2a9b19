"""Calling whom a card is about, by the switchboard, from where whoever works the card sits.

The rules are those of a call that was promised: the card is open, nobody else has it, and nobody else is calling that
number now. Windows and caps of the campaigns are not asked: the customer waits for this call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from agents.models import User
from agents.own_state import wrap_up
from escalations.lifecycle import EscalationRefused, Verb, locked_escalation, may_work, why_not
from escalations.models import Change, Escalation, EscalationCall
from escalations.working import take
from telephony.calls_seen import CallSeen, call_under_way, in_a_queues_call, in_words, talk_seconds
from telephony.dialling import DialRefused, ask_to_call
from telephony.models import OutgoingCall, Seat
from telephony.outcomes import Outcome
from telephony.seats import linked_seat

INFORM, NOT_REACHED = "inform", "not_reached"
# What is proposed by how it ended. Of an end that says nothing of the customer, or that nobody knows, nothing is.
PROPOSED_BY = {
    Outcome.ANSWERED: INFORM,
    Outcome.NO_ANSWER: NOT_REACHED,
    Outcome.BUSY: NOT_REACHED,
    Outcome.MACHINE: NOT_REACHED,
    Outcome.OUT_OF_REACH: NOT_REACHED,
}


class InAnotherCall(EscalationRefused):
    """Her call before has not ended: she may hang it up and call then."""


@dataclass(frozen=True, slots=True)
class CardCall(CallSeen):
    """The last call she asked for about a card. `proposes`: INFORM, NOT_REACHED or nothing; nothing once she has done
    something with the card since (`is_answered_for`).
    """

    proposes: str
    is_answered_for: bool


@dataclass(frozen=True, slots=True)
class Calling:
    """What her page shows beside a card: her last call, and whether she may call from where she sits.

    `at_desk`: among the calls on her desk, which has verbs of its own; `in_another`: she was refused for another call.
    """

    escalation_id: int
    call: CardCall | None
    may_call: bool
    at_desk: bool
    in_another: bool = False

    @property
    def hang_up_id(self) -> str:
        return f"hang-up-{self.escalation_id}"

    @property
    def is_under_way(self) -> bool:
        return self.call is not None and not self.call.is_over

    @property
    def asks_again(self) -> bool:
        """Whether the page asks how it stands; of what is unknown until she has said what came of it."""
        return self.call is not None and (
            not self.call.is_over or self.call.is_unknown and not self.call.is_answered_for
        )

    @property
    def may_hang_up(self) -> bool:
        return self.in_another or (self.call is not None and self.call.may_hang_up)


def call_customer(*, escalation_id: int, by: User, now: datetime) -> Escalation:
    """Ask that her telephone and then the card's be rung. A card that nobody has is hers from then on.

    The same click twice is one call. Raises EscalationRefused, and then nothing was changed.
    """
    with transaction.atomic():
        card = locked_escalation(escalation_id)  # of two who call at once the second is told who was first
        if refusal := why_no_call(card, by=by):
            raise EscalationRefused(refusal)
        seat = linked_seat(user=by, now=now)
        if seat is None or seat.extension is None:
            raise EscalationRefused(_("No hay enlace con la central desde su puesto: marque en su teléfono."))
        other = call_under_way(agent=seat.agent)
        if other is not None and not EscalationCall.objects.filter(call=other, escalation=card).exists():
            raise InAnotherCall(_("Su llamada anterior todavía no terminó: cuelgue primero."))
        if words := in_a_queues_call(agent=seat.agent):
            raise EscalationRefused(words)
        _check_nobody_else_is_calling(card.telephone, seat)
        if card.state == Escalation.State.NEW:
            card = take(escalation_id=card.pk, by=by, now=now)
        try:
            call = ask_to_call(agent=seat.agent, extension=seat.extension, number=card.telephone, now=now)
        except DialRefused as refused:
            raise EscalationRefused(str(refused)) from refused
        EscalationCall.objects.get_or_create(
            call=call, defaults={"escalation": card, "by": by, "asked_at": call.asked_at}
        )
    return card


def why_no_call(escalation: Escalation, *, by: User) -> str:
    """Why she may not call about this card now; empty when she may. `escalation` comes with its kind and owner."""
    if not may_work(escalation.kind, by=by):
        return _("Esto lo trabaja supervisión.")
    if escalation.closed_at is not None:
        return _("Ya está cerrada: reábrala si hace falta.")
    if escalation.state in Escalation.UNSETTLED and escalation.owner_id not in (None, by.pk):
        return _("La tiene %(name)s: tómela en su lugar o pídasela.") % {"name": escalation.owner}
    if not escalation.telephone:
        return _("No dice a qué teléfono llamar.")
    return ""


def last_calls(escalation_ids: Iterable[int], *, by: User) -> dict[int, EscalationCall]:
    """The last call this person asked for about each of these cards; with `is_answered_for`."""
    hers = _with_what_she_did_since(EscalationCall.objects.filter(escalation_id__in=list(escalation_ids), by=by))
    return {one.escalation_id: one for one in hers.order_by("escalation_id", "-asked_at").distinct("escalation_id")}


def call_going_on(*, by: User) -> EscalationCall | None:
    """The call about a card that she has not ended, whether the card is still hers to work or not; with the card."""
    hers = _with_what_she_did_since(EscalationCall.objects.filter(call__agent__user=by))
    return hers.exclude(call__state=OutgoingCall.State.OVER).select_related("call", "escalation").first()


def calls_about(escalation: Escalation) -> list[EscalationCall]:
    """All that were asked for about a card, by whomever, the newest first; with who asked, and `is_answered_for`."""
    asked = _with_what_she_did_since(EscalationCall.objects.filter(escalation=escalation))
    return list(asked.select_related("by").order_by("-asked_at"))


def see_calling(
    escalation: Escalation,
    *,
    by: User,
    now: datetime,
    last: EscalationCall | None,
    seat: Seat | None,
    at_desk: bool = False,
    in_another: bool = False,
) -> Calling:
    """What is shown of calling about a card. `last`: hers, with `is_answered_for`; `seat`: hers, of `linked_seat`."""
    may_call = seat is not None and not why_no_call(escalation, by=by)
    return Calling(escalation.pk, _seen(escalation, last, by, now, at_desk), may_call, at_desk, in_another)


def calling_about(
    escalation: Escalation, asked: list[EscalationCall], *, by: User, now: datetime, at_desk: bool = False
) -> Calling:
    """The same of one card; `asked`: of `calls_about`."""
    last = next((one for one in asked if one.by_id == by.pk), None)
    seat = None if why_no_call(escalation, by=by) else linked_seat(user=by, now=now)
    return see_calling(escalation, by=by, now=now, last=last, seat=seat, at_desk=at_desk)


def end_wrap_up(*, escalation_id: int, by: User, now: datetime) -> None:
    """She has done something with the card: what she was wrapping up of its call is done."""
    hers = EscalationCall.objects.filter(escalation=escalation_id, by=by).select_related("call__agent")
    last = hers.order_by("-asked_at").first()
    if last is not None:
        wrap_up(agent=last.call.agent, call=last.call.key, now=now)


def _with_what_she_did_since(asked: QuerySet[EscalationCall]) -> QuerySet[EscalationCall]:
    since = Change.objects.filter(escalation=OuterRef("escalation"), by=OuterRef("by"), at__gt=OuterRef("asked_at"))
    return asked.select_related("call").annotate(is_answered_for=Exists(since))


def _seen(
    escalation: Escalation, last: EscalationCall | None, by: User, now: datetime, at_desk: bool
) -> CardCall | None:
    if last is None:
        return None
    call, is_answered_for = last.call, bool(last.is_answered_for)  # type: ignore[attr-defined]
    proposes = PROPOSED_BY.get(Outcome(call.outcome), "") if call.is_over and not is_answered_for else ""
    if proposes == INFORM and not at_desk and why_not(Verb.INFORM, escalation=escalation, by=by):
        proposes = ""  # it has to be settled first, and how she says there
    return CardCall(call, in_words(call), talk_seconds(call, now=now), proposes, is_answered_for)


def _check_nobody_else_is_calling(number: str, seat: Seat) -> None:
    """By telephone: a campaign, or another card of the same customer, may be calling it."""
    others = OutgoingCall.objects.under_way().filter(number=number).exclude(agent=seat.agent)
    there = others.select_related("agent__user").first()
    if there is not None:
        raise EscalationRefused(_("%(name)s está llamando a ese número en este momento.") % {"name": there.agent})
