"""A click, a listener and a switchboard: hung up or cut off in each phase, one attempt with a true end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time, timedelta

import pytest
from django.utils import timezone

from agents.models import Agent
from campaigns.calling.rulebook import read_rules
from campaigns.desk.giving import give_next
from campaigns.desk.placing import dial_at_seat
from campaigns.desk.uncalled import take_back_uncalled
from campaigns.models import Attempt, CallingWindow, Campaign, Contact
from service_level.models import Holiday
from telephony.ami import Message
from telephony.dialling import ask_to_hang_up
from telephony.models import Extension, OutgoingCall, Switchboard
from telephony.seats import sit_down
from tests.campaigns.customers import make_customer
from tests.telephony.a_listener import Running, is_linked, until
from tests.telephony.a_switchboard import ASwitchboard

pytestmark = pytest.mark.django_db(transaction=True)
PHASES = ("sent", "agent_rings", "customer_rings", "talking")


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running(Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True))
    running.open()
    try:
        running.listen()
        until(lambda: is_linked(running.board), "linked")
        yield running
    finally:
        running.close()


@pytest.fixture
def opened(ana: Agent) -> Contact:
    """Rosa's contact at Ana's desk, in a month that may be called at any hour of today."""
    CallingWindow.objects.all().delete()
    Holiday.objects.all().delete()
    CallingWindow.objects.bulk_create(
        CallingWindow(weekday=weekday, opens=time.min, closes=time(23, 59, 59)) for weekday in range(7)
    )
    now, today = timezone.now(), timezone.localdate()
    campaign = Campaign.objects.create(
        period=(today.replace(day=1) + timedelta(days=63)).replace(day=1), state="running",
        calls_from=today - timedelta(days=1), calls_until=today + timedelta(days=9), report_due_at=now, created_at=now,
    )  # fmt: skip
    contact = make_customer(ana, "Rosa Flores", campaign=campaign, ready_at=now, due_on=today)
    give_next(agent=ana, now=now)
    return contact


@pytest.fixture
def dial(running: Running, ana: Agent, opened: Contact) -> Callable[[], OutgoingCall]:
    extension = Extension.objects.create(switchboard=running.board, number="1001")
    sit_down(agent=ana, extension=extension, now=timezone.now())

    def click() -> OutgoingCall:
        book = read_rules(now=timezone.now())
        placed = dial_at_seat(
            agent=ana, contact=opened, telephone=opened.telephones[0], now=book.now, mode="preview", book=book
        )
        assert placed.call is not None
        return placed.call

    return click


def stands(call: OutgoingCall) -> tuple[str, str]:
    call.refresh_from_db()
    return call.state, call.outcome


def comes_to(running: Running, call: OutgoingCall, phase: str) -> None:
    """The switchboard tells so much of it."""
    key, place = str(call.key), PHASES.index(phase)
    until(lambda: running.played.named("Originate"), "sent")
    told = [
        f"Event: Newchannel;Uniqueid: {key};Linkedid: {key};Channel: PJSIP/1001-00000001;Exten: 1001",
        f"Event: DialBegin;Uniqueid: {key};Linkedid: {key};DestUniqueid: 7.2;DestChannel: PJSIP/trunk-2",
        f"Event: DialEnd;Uniqueid: {key};DestUniqueid: 7.2;DialStatus: ANSWER",
    ]
    for wanted, text in zip(PHASES[1 : place + 1], told, strict=False):
        running.say(text)
        until(lambda wanted=wanted: stands(call)[0] == wanted, wanted)
    assert stands(call)[0] == phase


OF_THE_AGENT, OF_THE_CUSTOMER = "Uniqueid: {key};Linkedid: {key};Cause: 16", "Uniqueid: 7.2;Linkedid: {key};Cause: 16"
HANGS_UP = {
    "sent": ["Event: OriginateResponse;ActionID: {key};Response: Failure;Reason: 0;Uniqueid: {key}"],
    "agent_rings": [
        "Event: OriginateResponse;ActionID: {key};Response: Failure;Reason: 0;Uniqueid: {key}",
        f"Event: Hangup;{OF_THE_AGENT}",
    ],
    "customer_rings": [
        "Event: DialEnd;Uniqueid: {key};DestUniqueid: 7.2;DialStatus: CANCEL",
        f"Event: Hangup;{OF_THE_CUSTOMER}",
        f"Event: Hangup;{OF_THE_AGENT}",
    ],
    "talking": [f"Event: Hangup;{OF_THE_CUSTOMER}", f"Event: Hangup;{OF_THE_AGENT}"],
}


@pytest.mark.parametrize(
    ("phase", "outcome", "attempts"),
    [("sent", "cancelled", 0), ("agent_rings", "cancelled", 0), ("customer_rings", "cancelled", 1),
     ("talking", "answered", 1)],
)  # fmt: skip
def test_hung_up_in_each_phase(
    running: Running, ana: Agent, dial: Callable[[], OutgoingCall], phase: str, outcome: str, attempts: int
) -> None:
    call = dial()
    comes_to(running, call, phase)
    ask_to_hang_up(call=call, now=timezone.now())
    until(lambda: running.played.named("Hangup"), "hung up")
    running.say(*(text.format(key=call.key) for text in HANGS_UP[phase]))
    until(lambda: stands(call) == ("over", outcome), outcome)
    assert (take_back_uncalled(agent=ana) is None) is bool(attempts)
    assert Attempt.objects.filter(resulted_at=None).count() == attempts
    assert len(running.played.named("Originate")) == 1


@pytest.mark.parametrize(
    ("phase", "outcome"),
    [("sent", "unknown"), ("agent_rings", "unknown"), ("customer_rings", "unknown"), ("talking", "answered")],
)
def test_the_link_lost_in_each_phase_leaves_one_attempt_and_nothing_invented(
    running: Running, ana: Agent, dial: Callable[[], OutgoingCall], phase: str, outcome: str
) -> None:
    call = dial()
    comes_to(running, call, phase)
    running.drop()  # and when it is linked again the call is no more
    until(lambda: stands(call) == ("over", outcome), outcome)
    assert take_back_uncalled(agent=ana) is None
    assert Attempt.objects.filter(resulted_at=None).count() == 1
    assert len(running.played.named("Originate")) == 1


def test_a_customer_who_answered_while_the_link_was_away_talks_and_her_talk_lasts(
    running: Running, ana: Agent, dial: Callable[[], OutgoingCall]
) -> None:
    call = dial()
    comes_to(running, call, "agent_rings")
    key = str(call.key)

    async def sees(played: ASwitchboard, message: Message) -> None:
        asked = f"ActionID: {message.action_id}"
        up = f"Linkedid: {key};ChannelState: 6;BridgeId: b1"
        played.say(f"Response: Success;{asked};EventList: start")
        played.say(f"Event: CoreShowChannel;{asked};Uniqueid: 7.2;Channel: PJSIP/trunk-2;Duration: 00:00:05;{up}")
        her = f"Uniqueid: {key};Channel: PJSIP/1001-00000001;Duration: 00:00:09"
        played.say(f"Event: CoreShowChannel;{asked};{her};{up}")
        played.say(f"Event: CoreShowChannelsComplete;{asked}")

    running.played.answers["CoreShowChannels"] = sees
    running.drop()
    until(lambda: stands(call)[0] == "talking", "they talk")
    assert call.answered_at is not None
    assert call.customer_rang_at is not None
    running.say(*(text.format(key=key) for text in HANGS_UP["talking"]))
    until(lambda: stands(call) == ("over", "answered"), "answered")
    assert call.ended_at is not None
    assert call.ended_at > call.answered_at
    assert len(running.played.named("Originate")) == 1


def test_her_telephone_that_is_not_there_is_no_call_and_she_may_dial_again(
    running: Running, ana: Agent, dial: Callable[[], OutgoingCall]
) -> None:
    call = dial()
    comes_to(running, call, "sent")
    running.say(f"Event: OriginateResponse;ActionID: {call.key};Response: Failure;Reason: 0;Uniqueid: {call.key}")
    until(lambda: stands(call) == ("over", "agent_absent"), "absent")
    assert take_back_uncalled(agent=ana) == call
    assert not Attempt.objects.exists()
    again = dial()
    until(lambda: len(running.played.named("Originate")) == 2, "sent again")
    assert stands(again)[0] == "sent"
