"""What is listened to at one switchboard, from what it tells: her telephone rings, she hears, it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from agents.telling import tell_pages
from telephony.dialling import ring_bell
from telephony.events import Answered, ChannelSeen, Event, SpyBegan, from_row
from telephony.models import HeardEvent, Listening, Monitoring
from telephony.monitoring import end_monitoring
from telephony.outcomes import ClickedCall
from telephony.outcomes import Outcome as OfTheTelephone

State, Outcome = Monitoring.State, Monitoring.Outcome
LAST_WORDS = timedelta(seconds=2)  # after her telephone's end: why it was not lifted may come a moment later
OF_HER_TELEPHONE = {
    OfTheTelephone.AGENT_BUSY: Outcome.BUSY,
    OfTheTelephone.AGENT_REFUSED: Outcome.REJECTED,
    OfTheTelephone.AGENT_NO_ANSWER: Outcome.NO_ANSWER,
    OfTheTelephone.AGENT_ABSENT: Outcome.ABSENT,
}


@dataclass
class _Followed:
    """`leg`: her telephone's, which is rung as an agent's of a click is."""

    leg: ClickedCall
    was_lifted: bool = False
    began: datetime | None = None
    over_since: datetime | None = None

    def take(self, event: Event, *, at: datetime) -> None:
        self.leg.take(event)
        mine = self.leg.agent
        match event:
            case Answered(leg) if mine is not None and leg.uid == mine.uid:
                self.was_lifted = True
            case SpyBegan(spy) if mine is not None and spy == mine.channel:
                self.began = self.began or at
            case ChannelSeen(leg, is_up=True) if mine is not None and leg.uid == mine.uid:
                self.began = self.began or at  # after a loss: once it is up there is nothing but the hearing
        if self.leg.is_over:
            self.over_since = self.over_since or at


class Monitored:
    """Of one switchboard, as its holder follows them. Every verb is called inside the holder's transaction."""

    def __init__(self, switchboard_id: int) -> None:
        self._board = switchboard_id
        self._followed: dict[str, _Followed] = {}

    def forget(self) -> None:
        """Begin with what the rows say."""
        self._followed = {}

    def follow(self, held: Listening, rows: QuerySet[HeardEvent]) -> None:
        """Those that were sent since; of those another process sent what was told of them. `rows`: all that was."""
        under_way = {str(one.key): one for one in self._under_way()}
        self._followed = {key: one for key, one in self._followed.items() if key in under_way}
        new = {key: _Followed(ClickedCall(key)) for key in under_way.keys() - self._followed.keys()}
        if not new:
            return
        since = min(one.sent_at for key, one in under_way.items() if key in new and one.sent_at)
        for row in rows.filter(at__gte=since, pk__lte=held.applied_to).order_by("pk").iterator():
            for one in new.values():
                one.take(from_row(row.kind, row.told), at=row.at)
        self._followed |= new

    def channel(self, one: Monitoring) -> str:
        """What is to be hung up to end it."""
        followed = self._followed.get(str(one.key))
        leg = followed.leg.agent if followed else None
        return (leg.channel or leg.uid) if leg else str(one.key)

    def take(self, event: Event, *, at: datetime) -> None:
        """What an event tells of any of them; `write` says so."""
        for one in self._followed.values():
            one.take(event, at=at)

    def write(self, *, now: datetime) -> None:
        """Their rows as they stand. What is heard of a call that is over is to be hung up."""
        if not self._followed:
            return
        for row in self._under_way().select_related("agent", "queue_call", "outgoing_call"):
            followed = self._followed.get(str(row.key))
            if followed is None:
                continue
            if followed.began is not None and row.state == State.SENT:
                row.state, row.began_at = State.ON, followed.began
                row.save(update_fields=["state", "began_at"])
                tell_pages([row.agent.user_id] if row.is_announced else [])
            if followed.over_since is not None:
                if (outcome := self._outcome(followed, row, now=now)) is not None:
                    end_monitoring(which=Q(pk=row.pk), outcome=outcome, now=followed.over_since)
            elif row.call.is_over and row.ending_asked_at is None:
                row.ending_asked_at = now
                row.save(update_fields=["ending_asked_at"])
                ring_bell(self._board)

    def reconcile(self, *, seen: Sequence[Event], now: datetime) -> int:
        """After a loss: of those whose channel is no more nobody knows how long they lasted. Returns how many."""
        there = {one.leg.uid for one in seen if isinstance(one, ChannelSeen)}
        gone = [
            key
            for key, one in self._followed.items()
            if key not in there and not (one.leg.agent and one.leg.agent.uid in there)
        ]
        return end_monitoring(which=Q(pk__in=gone), outcome=Outcome.UNKNOWN, now=now) if gone else 0

    def _under_way(self) -> QuerySet[Monitoring]:
        return Monitoring.objects.under_way().filter(switchboard=self._board, sent_at__isnull=False)

    def _outcome(self, followed: _Followed, row: Monitoring, *, now: datetime) -> Monitoring.Outcome | None:
        """What came of it; None while why her telephone was not lifted may still be told."""
        if followed.began is not None:
            return Outcome.DONE
        if row.ending_sent_at is not None:
            return Outcome.CALL_ENDED if row.call.is_over else Outcome.CANCELLED
        if followed.was_lifted:
            return Outcome.CALL_ENDED if row.call.is_over else Outcome.FAILED
        is_told = followed.leg.is_settled or (followed.over_since or now) <= now - LAST_WORDS
        return OF_HER_TELEPHONE.get(followed.leg.outcome, Outcome.NOT_PLACED) if is_told else None
