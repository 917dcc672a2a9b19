"""What an agent is doing follows her call, by the one function of states, however often and late it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db.models import Q

from agents.models import Agent, AgentState, PauseReason
from agents.pausing import begin_pause
from agents.presence import sign_in
from telephony.dialling import ask_to_call, close, next_to_send
from telephony.events import CallPlaced, CallResult, ChannelBegan, DialBegan, DialEnded, Event, HungUp, Leg
from telephony.models import Extension, Listening, OutgoingCall, Switchboard
from telephony.outcomes import Outcome
from telephony.watching import Watch, hear
from tests.telephony.a_listener import linked

pytestmark = pytest.mark.django_db


class Followed:
    """A call that was sent, and the listener that follows it: each event comes a second after the one before."""

    def __init__(self, held: Listening, call: OutgoingCall, now: datetime) -> None:
        self._held, self._call, self._now, self.watch = held, call, now, Watch(held)
        self.agent_leg, self.customer_leg = Leg(str(call.key)), Leg("7.2", linked=str(call.key))

    def tell(self, *events: Event) -> None:
        self._now += timedelta(seconds=1)
        hear(held=self._held, events=events, now=self._now)
        self.watch.apply(now=self._now)

    def rings_her(self) -> None:
        self.tell(ChannelBegan(self.agent_leg))

    def rings_the_customer(self) -> None:
        self.tell(DialBegan(self.agent_leg, self.customer_leg))

    def answers(self) -> None:
        self.tell(DialEnded(self.agent_leg, self.customer_leg, "ANSWER"))

    def ends(self, cause: int = 16) -> None:
        self.tell(HungUp(self.customer_leg, cause), HungUp(self.agent_leg, cause))


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-26 09:00")


@pytest.fixture
def followed(ana: Agent, now: datetime) -> Iterator[Followed]:
    sign_in(user=ana.user, now=now - timedelta(minutes=5))
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    extension = Extension.objects.create(switchboard=board, number="1001")
    with linked(board, now) as held:
        ask_to_call(agent=ana, extension=extension, number="+59170712345", now=now)
        call = next_to_send(held=held, now=now)
        assert call is not None
        yield Followed(held, call, now)


def stands(agent: Agent) -> str:
    return AgentState.objects.open().get(agent=agent).state


def test_her_state_follows_the_phases(followed: Followed, ana: Agent) -> None:
    assert stands(ana) == "available"
    followed.rings_her()
    assert stands(ana) == "ringing"
    followed.rings_the_customer()
    assert stands(ana) == "on_a_call"
    followed.answers()
    assert stands(ana) == "on_a_call"
    followed.ends()
    assert stands(ana) == "wrapping_up"
    call = OutgoingCall.objects.get()
    assert {row.call for row in AgentState.objects.exclude(state="available")} == {call.key}
    assert AgentState.objects.count() == 4


def test_who_did_not_lift_hers_is_available_and_the_customer_was_not_rung(followed: Followed, ana: Agent) -> None:
    followed.rings_her()
    key = followed.agent_leg.uid
    followed.tell(CallPlaced(key, key, answered=False, reason=3), HungUp(followed.agent_leg, 19))
    call = OutgoingCall.objects.get()
    assert (call.outcome, call.customer_rang_at) == (Outcome.AGENT_NO_ANSWER, None)
    assert call.never_reached_the_customer
    assert stands(ana) == "available"


@pytest.mark.parametrize("rung", [True, False], ids=["the customer rings", "only hers rings"])
def test_what_is_cancelled_says_whether_the_customer_was_rung(followed: Followed, ana: Agent, rung: bool) -> None:
    followed.rings_her()
    if rung:
        followed.rings_the_customer()
        followed.tell(DialEnded(followed.agent_leg, followed.customer_leg, "CANCEL"))
        followed.ends()
    else:
        OutgoingCall.objects.update(ending_sent_at=OutgoingCall.objects.get().sent_at)
        key = followed.agent_leg.uid
        followed.tell(CallPlaced(key, key, answered=False, reason=0), HungUp(followed.agent_leg, 16))
    call = OutgoingCall.objects.get()
    assert call.outcome == Outcome.CANCELLED
    assert call.never_reached_the_customer is not rung
    assert stands(ana) == ("wrapping_up" if rung else "available")


def test_who_lifts_hers_and_hangs_up_before_anything_is_dialled_called_nobody(followed: Followed, ana: Agent) -> None:
    followed.rings_her()
    key = followed.agent_leg.uid
    followed.tell(CallPlaced(key, key, answered=True, reason=4))
    followed.tell(CallResult(followed.agent_leg, key, "", 16, machine=False), HungUp(followed.agent_leg, 16))
    call = OutgoingCall.objects.get()
    assert (call.outcome, call.customer_rang_at) == (Outcome.CANCELLED, None)
    assert call.never_reached_the_customer  # so the attempt is taken back
    assert stands(ana) == "available"


def test_a_whole_call_told_at_once_leaves_her_as_she_is(followed: Followed, ana: Agent) -> None:
    agent, customer = followed.agent_leg, followed.customer_leg
    followed.tell(
        ChannelBegan(agent),
        DialBegan(agent, customer),
        DialEnded(agent, customer, "BUSY"),
        HungUp(customer, 17),
        HungUp(agent, 17),
    )
    call = OutgoingCall.objects.get()
    assert call.outcome == Outcome.BUSY
    assert not call.never_reached_the_customer
    assert stands(ana) == "available"


def test_a_call_nobody_watches_any_more_lets_her_go(followed: Followed, ana: Agent, now: datetime) -> None:
    followed.rings_her()
    followed.rings_the_customer()
    close(calls=Q(), outcome=Outcome.UNKNOWN, now=now + timedelta(minutes=5))
    call = OutgoingCall.objects.get()
    assert not call.never_reached_the_customer
    assert stands(ana) == "wrapping_up"


def test_whoever_pauses_when_it_rings_is_on_the_call_once_she_lifts_it(
    followed: Followed, ana: Agent, now: datetime
) -> None:
    begin_pause(agent=ana, reason=PauseReason.objects.filter(is_active=True).first(), now=now, person=ana.user)
    followed.rings_her()
    assert stands(ana) == "paused"
    followed.rings_the_customer()
    assert stands(ana) == "on_a_call"
