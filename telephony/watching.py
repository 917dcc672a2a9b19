"""What was heard becomes rows, and then has consequences: the calls under way move on, each event counted once.

What this process keeps in memory is only what the rows say; it is read again from them by whoever takes over, and
after any transaction that failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from telephony.agent_states import follow
from telephony.devices import Devices
from telephony.dialling import close
from telephony.events import ChannelSeen, Event, as_row, from_row, subjects
from telephony.found_again import CallsFoundAgain
from telephony.holding import HoldLost
from telephony.models import HeardEvent, Listening, OutgoingCall
from telephony.monitored import Monitored
from telephony.outcomes import ClickedCall, Outcome, Phase
from telephony.pauses import Pauses
from telephony.reopening import reopen

AT_ONCE = 500  # events of one transaction
KEPT = timedelta(days=3)
LAST_WORDS = timedelta(seconds=2)  # after the agent's leg: how the customer's ended may come a moment later
State = OutgoingCall.State
STATES = {
    Phase.ASKED: State.SENT,
    Phase.AGENT_RINGS: State.AGENT_RINGS,
    Phase.CUSTOMER_RINGS: State.CUSTOMER_RINGS,
    Phase.TALKING: State.TALKING,
}


def hear(*, held: Listening, events: Iterable[Event], now: datetime) -> int:
    """Write down what a switchboard told, as it was told. Returns how many."""
    rows = []
    for event in events:
        kind, told = as_row(event)
        rows.append(HeardEvent(switchboard_id=held.pk, fence=held.fence, at=now, kind=kind, told=told))
    return len(HeardEvent.objects.bulk_create(rows))


def forget_old_events(*, now: datetime) -> int:
    """Those older than they are kept, but for what nobody applied yet."""
    gone = HeardEvent.objects.filter(at__lt=now - KEPT, pk__lte=F("switchboard__listening__applied_to"))
    pks = gone.order_by("at").values_list("pk", flat=True)[:20_000]
    return HeardEvent.objects.filter(pk__in=list(pks)).delete()[0]


class Watch:
    """The calls of one switchboard that are under way, as its holder follows them."""

    def __init__(self, held: Listening) -> None:
        self._held = held
        self._calls: dict[str, ClickedCall] = {}  # by key
        self._keys: dict[str, str] = {}  # of each call, by everything it is told by
        self._over_since: dict[str, datetime] = {}  # of those whose last words are waited for
        self._queue_calls = CallsFoundAgain(held.pk)
        self.pauses = Pauses(held.pk)
        self._devices = Devices(held)
        self.monitored = Monitored(held.pk)
        self._is_read = False

    def agent_channel(self, call: OutgoingCall) -> str:
        """What is to be hung up to end a call: the name of the agent's channel, else its key."""
        followed = self._calls.get(str(call.key))
        agent = followed.agent if followed else None
        return (agent.channel or agent.uid) if agent else str(call.key)

    def apply(self, *, now: datetime) -> int:
        """Take what was heard and not applied yet, in its order. Returns how many events. Raises HoldLost."""
        try:
            with transaction.atomic():
                held = self._locked()
                self._follow_new_ones(held)
                rows = self._rows().filter(pk__gt=held.applied_to).order_by("pk")[:AT_ONCE]
                heard = list(rows)
                touched: dict[str, datetime] = {}
                for row in heard:
                    event = from_row(row.kind, row.told)
                    for key in self._take(event):
                        touched[key] = row.at
                    self._queue_calls.take(event, at=row.at)
                    self._devices.take(event, at=row.at)
                    self.pauses.take(event, at=row.at, is_news=row.fence == self._held.fence)
                    self.monitored.take(event, at=row.at)
                for key, at in touched.items():
                    self._write(key, at=at)
                self.monitored.write(now=now)
                self._queue_calls.tell()
                if heard:
                    held.applied_to, held.heard = heard[-1].pk, held.heard + len(heard)
                    held.save(update_fields=["applied_to", "heard"])
        except BaseException:
            self._is_read = False  # memory may be ahead of the rows
            raise
        return len(heard)

    def end_those_without_last_words(self, *, now: datetime) -> None:
        """The agent's leg is gone, and nothing more was told of the customer's: it ended as far as it was told."""
        with transaction.atomic():
            self._locked()
            for key, since in list(self._over_since.items()):
                if since <= now - LAST_WORDS:
                    self._end(key, self._calls[key].outcome, at=since)
            self.monitored.write(now=now)

    def reconcile(self, *, seen: Sequence[Event], now: datetime) -> int:
        """After a loss: calls whose channel is no more have ended meanwhile, nobody knows how. Returns how many."""
        there = {one.leg.uid for one in seen if isinstance(one, ChannelSeen)}
        there |= {one.leg.linked for one in seen if isinstance(one, ChannelSeen)}
        ended = 0
        with transaction.atomic():
            held = self._locked()
            reopen(switchboard_id=held.pk, there=there, now=now)
            self._follow_new_ones(held)
            for key, call in list(self._calls.items()):
                if key not in there and not (call.agent and call.agent.uid in there):
                    ended += self._end(key, call.outcome, at=now)
            ended += self._queue_calls.reconcile(seen=seen, now=now)
            ended += self.monitored.reconcile(seen=seen, now=now)
            self._devices.begin(seen=seen, now=now)
            self._queue_calls.tell()
        return ended

    def _locked(self) -> Listening:
        held = Listening.objects.select_for_update().get(pk=self._held.pk)
        if held.fence != self._held.fence or held.lease_until is None:
            raise HoldLost(f"{held.pk} is no longer held with fence {self._held.fence}")
        return held

    def _rows(self) -> QuerySet[HeardEvent]:
        return HeardEvent.objects.filter(switchboard=self._held.pk)

    def _follow_new_ones(self, held: Listening) -> None:
        """Calls that were sent since, by this process or the one before it; of the latter what was told of them."""
        if not self._is_read:
            self._calls, self._keys, self._over_since, self._is_read = {}, {}, {}, True
            self._queue_calls.read()
            self._devices.forget()
            self.monitored.forget()
        sent = OutgoingCall.objects.under_way().filter(switchboard=held.pk, sent_at__isnull=False)
        under_way = {str(call.key): call for call in sent}
        for key in self._calls.keys() - under_way.keys():  # ended by somebody else
            self._drop(key)
        if new := [call for key, call in under_way.items() if key not in self._calls]:
            for call in new:
                self._calls[str(call.key)] = ClickedCall(str(call.key))
                self._keys[str(call.key)] = str(call.key)
            since = min(call.sent_at for call in new if call.sent_at)
            fresh = {str(call.key) for call in new}
            for row in self._rows().filter(at__gte=since, pk__lte=held.applied_to).order_by("pk").iterator():
                self._take(from_row(row.kind, row.told), only=fresh)
        self.monitored.follow(held, self._rows())

    def _take(self, event: Event, only: set[str] | None = None) -> set[str]:
        """Tell the calls an event is about; the keys of those it told something."""
        about = {self._keys[one] for one in subjects(event) if one in self._keys}
        told = {key for key in about if (only is None or key in only) and self._calls[key].take(event)}
        for key in told:
            call = self._calls[key]
            uids = [*call.customers, *([call.agent.uid] if call.agent else [])]
            self._keys.update(dict.fromkeys(uids, key))
        return told

    def _write(self, key: str, *, at: datetime) -> None:
        call = self._calls[key]
        if call.is_settled:
            self._end(key, call.outcome, at=at)
            return
        mine = OutgoingCall.objects.under_way().filter(pk=key)
        if call.is_over:
            self._over_since.setdefault(key, at)
        else:
            state = STATES[call.phase]
            mine.update(agent_uid=call.agent.uid if call.agent else "")
            if mine.exclude(state=state).update(state=state):
                follow(call=mine.select_related("agent").get(), state=state, at=at)
        if call.customers:
            mine.filter(customer_rang_at=None).update(customer_rang_at=at)
        if call.answered:
            mine.filter(answered_at=None).update(answered_at=at)

    def _end(self, key: str, outcome: Outcome, *, at: datetime) -> int:
        call = self._calls[key]
        if call.customers or outcome == Outcome.ANSWERED:
            OutgoingCall.objects.under_way().filter(pk=key, customer_rang_at=None).update(customer_rang_at=at)
        ended_by_us = OutgoingCall.objects.filter(pk=key, ending_sent_at__isnull=False)
        if outcome.startswith("agent_") and ended_by_us.exists():  # an older switchboard tells no other reason
            outcome = Outcome.CANCELLED
        if outcome == Outcome.ANSWERED:
            OutgoingCall.objects.under_way().filter(pk=key, answered_at=None).update(answered_at=at)
        self._drop(key)
        return close(calls=Q(pk=key), outcome=outcome, now=at)

    def _drop(self, key: str) -> None:
        del self._calls[key]
        self._over_since.pop(key, None)
        self._keys = {name: of for name, of in self._keys.items() if of != key}
