"""Dialling by the switchboard: the attempt and what is asked for it are written together, and what is seen of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent, AgentState
from agents.own_state import wrap_up
from agents.states import how_it_stands, open_state
from campaigns.calling.rulebook import RuleBook
from campaigns.calling.rules import CallRefused, Reason
from campaigns.desk.dialling import dial
from campaigns.desk.uncalled import last_call, take_back_uncalled
from campaigns.models import Attempt, AttemptCall, Contact, Disposition
from telephony.calls_seen import CallSeen, call_under_way, in_a_queues_call, in_words, talk_seconds
from telephony.dialling import DialRefused, ask_to_call
from telephony.models import OutgoingCall
from telephony.outcomes import Outcome
from telephony.seats import seat_of

State = AgentState.State
# What a disposition is proposed by: its `pbx_result`. Of whom answered only the agent can say how it went.
PROPOSED_BY = {
    Outcome.NO_ANSWER: "NOANSWER",
    Outcome.BUSY: "BUSY",
    Outcome.CONGESTION: "CONGESTION",
    Outcome.OUT_OF_REACH: "CHANUNAVAIL",
    Outcome.UNALLOCATED: "UNALLOCATED",
    Outcome.MACHINE: "MACHINE",
    Outcome.REJECTED: "REJECTED",
}


@dataclass(frozen=True, slots=True)
class Dialled:
    """An attempt that is open. Without `call` she dials by hand; `problem` says why, where a switchboard was to."""

    attempt: Attempt
    call: OutgoingCall | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CallAtDesk(CallSeen):
    """The call of the open attempt as the desk shows it, and the result it proposes."""

    proposed: Disposition | None


def dial_at_seat(
    *, agent: Agent, contact: Contact, telephone: str, now: datetime, mode: str, book: RuleBook
) -> Dialled:
    """Dial from where she sits, else by hand. The rules are asked now; attempt and call are written in one transaction.

    Raises CallRefused.
    """
    seat = seat_of(agent)
    if seat is None or seat.extension is None:
        return Dialled(dial(agent=agent, contact=contact, telephone=telephone, now=now, mode=mode, book=book))
    with transaction.atomic():
        take_back_uncalled(agent=agent)
        _check_no_other_is_under_way(agent, contact, telephone)
        before = set(Attempt.objects.filter(agent=agent, resulted_at=None).values_list("pk", flat=True))
        attempt = dial(agent=agent, contact=contact, telephone=telephone, now=now, mode=mode, book=book)
        try:
            call = ask_to_call(agent=agent, extension=seat.extension, number=attempt.telephone, now=now)
        except DialRefused as refused:
            return Dialled(attempt, problem=str(refused))
        began_it = attempt.pk not in before
        AttemptCall.objects.get_or_create(call=call, defaults={"attempt": attempt, "began_it": began_it})
        return Dialled(attempt, call)


def see_call(*, attempt_id: int, book: RuleBook) -> CallAtDesk | None:
    """What became of the open attempt's call so far; None when it was dialled by hand."""
    call = last_call(attempt_id=attempt_id)
    if call is None:
        return None
    return CallAtDesk(call, in_words(call), talk_seconds(call, now=book.now), proposed_for(call, book=book))


def end_wrap_up(*, attempt: Attempt, now: datetime) -> None:
    """She has said how the call ended that she was wrapping up: she is available, before the clock says so."""
    call = last_call(attempt_id=attempt.pk) if attempt.telephone else None
    if call is not None:
        wrap_up(agent=attempt.agent, call=call.key, now=now)


def proposed_for(call: OutgoingCall, *, book: RuleBook) -> Disposition | None:
    """The result to propose: where the switchboard knows what became of it and a disposition says so."""
    word = PROPOSED_BY.get(Outcome(call.outcome)) if call.is_over else None
    active = (disposition for disposition in book.dispositions if disposition.is_active)
    return next((one for one in active if word and one.pbx_result.strip().upper() == word), None)


def why_not_free(*, agent: Agent) -> str:
    """Why no customer is called by itself now, as a sentence; empty when she is free.

    Who wraps up a call whose result stands already, as it does before the next customer is shown, is.
    """
    if words := in_a_queues_call(agent=agent):
        return words
    there = open_state(agent)
    if there is None or there.state not in (State.RINGING, State.ON_A_CALL, State.WRAPPING_UP):
        return ""
    if there.state == State.WRAPPING_UP and AttemptCall.objects.filter(call=there.call).exists():
        return ""
    return how_it_stands(there)


def _check_no_other_is_under_way(agent: Agent, contact: Contact, telephone: str) -> None:
    """Raises CallRefused: dialled by hand beside it, she would be in two calls."""
    if words := in_a_queues_call(agent=agent):
        raise CallRefused([Reason("queue_call", words)])
    other = call_under_way(agent=agent)
    if other is None:
        return
    of_this = AttemptCall.objects.filter(
        call=other, attempt__contact=contact, attempt__telephone=telephone, attempt__resulted_at=None
    )
    if not of_this.exists():
        raise CallRefused([Reason("call_under_way", _("Su llamada anterior todavía no terminó: cuelgue primero."))])
