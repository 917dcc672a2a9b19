"""How a call asked for by a click stands, in words for whoever asked for it and for whoever reads of it later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Agent
from telephony.models import OutgoingCall, QueueCall, QueueRing
from telephony.outcomes import Outcome

# Of calls that rang no customer, for whoever reads of them later: the telephone is not the reader's own.
WHY_NOT_CALLED = {
    Outcome.AGENT_BUSY: gettext_lazy("no se llamó al cliente: el interno estaba ocupado"),
    Outcome.AGENT_NO_ANSWER: gettext_lazy("no se llamó al cliente: nadie levantó el interno"),
    Outcome.AGENT_REFUSED: gettext_lazy("no se llamó al cliente: el interno la rechazó"),
    Outcome.AGENT_ABSENT: gettext_lazy("no se llamó al cliente: el interno no está registrado"),
    Outcome.AGENT_CONGESTION: gettext_lazy("no se llamó al cliente: la central no pudo llamar al interno"),
    Outcome.NOT_PLACED: gettext_lazy("no se llamó al cliente: la central no hizo la llamada"),
    Outcome.CANCELLED: gettext_lazy("no se llamó al cliente: se colgó antes"),
}


@dataclass(frozen=True, slots=True)
class CallSeen:
    """A call as its agent sees it. `seconds`: of the talk, so far or in all; 0 without one."""

    call: OutgoingCall
    words: str
    seconds: int

    @property
    def is_over(self) -> bool:
        return self.call.is_over

    @property
    def is_talking(self) -> bool:
        return self.call.state == OutgoingCall.State.TALKING

    @property
    def is_unknown(self) -> bool:
        return self.call.outcome == Outcome.UNKNOWN

    @property
    def may_go_on(self) -> bool:
        """Whether there is more to come of it: what nobody heard of for too long is found again where it is there."""
        return not self.is_over or self.is_unknown

    @property
    def may_hang_up(self) -> bool:
        return not self.call.is_over and self.call.ending_asked_at is None

    @property
    def mark(self) -> str:
        """What the page says to be told only of what it does not show yet."""
        return f"{self.call.key}-{self.call.state}{'-' if self.call.ending_asked_at else ''}"


def call_under_way(*, agent: Agent) -> OutgoingCall | None:
    """The one call of hers the switchboard has not ended, whichever customer it is to."""
    return OutgoingCall.objects.under_way().filter(agent=agent).select_related("switchboard").first()


def in_a_queues_call(*, agent: Agent) -> str:
    """That a queue's caller is at her telephone, in talk or ringing, as why nobody else is called; else empty."""
    calls = QueueCall.objects.under_way()
    queue = calls.filter(agent=agent, state=QueueCall.State.TALKING).values_list("queue", flat=True).first()
    if queue is not None:
        return _("Está en una llamada de la cola %(queue)s: termínela primero.") % {"queue": queue}
    ringing = QueueRing.objects.filter(agent=agent, ended_at=None).values_list("call__queue", flat=True).first()
    if ringing is not None:
        return _("Le timbra una llamada de la cola %(queue)s: atiéndala primero.") % {"queue": ringing}
    return ""


def in_words(call: OutgoingCall) -> str:
    """Its phase, and once it is over what became of it, for its agent."""
    if call.is_over:
        return call.get_outcome_display()
    if call.ending_asked_at is not None:
        return _("Colgando")
    return call.get_state_display()


def told_later(call: OutgoingCall) -> str:
    """What became of it, for a history: within a sentence, and whoever reads it."""
    if not call.is_over:
        return _("en curso")
    if call.never_reached_the_customer:
        return str(WHY_NOT_CALLED[Outcome(call.outcome)])
    words = call.get_outcome_display()
    return words[:1].lower() + words[1:]


def talk_seconds(call: OutgoingCall, *, now: datetime) -> int:
    """How long they have talked, or did; 0 where nobody answered."""
    if call.answered_at is None:
        return 0
    return max(int(((call.ended_at or now) - call.answered_at).total_seconds()), 0)
