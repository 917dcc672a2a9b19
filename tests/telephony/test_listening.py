"""Who holds the link: clicks go out once, their ends are rows, and whatever dies leaves one call with a true result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Agent
from telephony.ami import Message
from telephony.dialling import DialRefused, ask_to_call, ask_to_hang_up, close_the_forgotten
from telephony.holding import LEASE, let_go, take_hold
from telephony.listening import _database
from telephony.models import Extension, HeardEvent, Listening, OutgoingCall, Switchboard
from tests.telephony.a_listener import Running, ends_busy, is_linked, linked, rings_both, until
from tests.telephony.a_switchboard import ASwitchboard, hangs_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board() -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", port=1, user="callcenter", is_on=True)


@pytest.fixture
def desk(board: Switchboard) -> Extension:
    return Extension.objects.create(switchboard=board, number="1001")


@pytest.fixture
def running(board: Switchboard) -> Iterator[Running]:
    running = Running(board)
    running.open()
    try:
        yield running
    finally:
        running.close()


def click(agent: Agent, desk: Extension, number: str = "+59170712345") -> OutgoingCall:
    return ask_to_call(agent=agent, extension=desk, number=number, now=timezone.now())


def stands(call: OutgoingCall) -> tuple[str, str]:
    call.refresh_from_db()
    return call.state, call.outcome


def test_a_click_goes_out_once_and_its_end_is_a_row(running: Running, ana: Agent, desk: Extension) -> None:
    running.listen()
    until(lambda: is_linked(running.board), "linked")
    call = click(ana, desk)
    assert click(ana, desk).pk == call.pk  # twice is once
    until(lambda: running.played.named("Originate"), "sent")
    assert stands(call)[0] == "sent"
    running.say(*rings_both(str(call.key)))
    until(lambda: stands(call) == ("customer_rings", ""), "the customer's telephone rings")
    running.say(*ends_busy(str(call.key)))
    until(lambda: stands(call) == ("over", "busy"), "busy")
    assert len(running.played.named("Originate")) == 1
    (sent,) = running.played.named("Originate")
    assert (sent.get("channel"), sent.get("exten"), sent.get("context")) == ("PJSIP/1001", "70712345", "callcenter-out")
    assert HeardEvent.objects.count() == Listening.objects.get().heard


def test_the_bell_hears_the_database_that_is_asked(db: None) -> None:
    """By a socket it was looked for elsewhere, and each click waited for the next look, a second."""
    with psycopg.connect(_database()) as bell:
        found = bell.execute("SELECT current_database()").fetchone()
    assert found == (connection.settings_dict["NAME"],)


def test_a_call_is_hung_up_when_its_agent_asks(running: Running, ana: Agent, desk: Extension) -> None:
    running.listen()
    until(lambda: is_linked(running.board), "linked")
    call = click(ana, desk)
    until(lambda: running.played.named("Originate"), "sent")
    running.say(*rings_both(str(call.key)))
    until(lambda: stands(call)[0] == "customer_rings", "it rings")
    ask_to_hang_up(call=call, now=timezone.now())
    ask_to_hang_up(call=call, now=timezone.now())
    (asked,) = until(lambda: running.played.named("Hangup"), "hung up")
    assert asked.get("channel") == "PJSIP/1001-00000001"


def test_an_action_that_is_refused_rang_nobody(running: Running, ana: Agent, desk: Extension) -> None:
    async def refuses(played: ASwitchboard, message: Message) -> None:
        played.say(f"Response: Error;ActionID: {message.action_id};Message: Permission denied")

    running.played.answers["Originate"] = refuses
    running.listen()
    until(lambda: is_linked(running.board), "linked")
    call = click(ana, desk)
    until(lambda: stands(call) == ("over", "not_placed"), "not placed")


@pytest.mark.parametrize("is_there", [True, False], ids=["it goes on", "it ended meanwhile"])
def test_a_link_lost_in_the_middle_of_a_call_leaves_one_true_result(
    is_there: bool, running: Running, ana: Agent, desk: Extension
) -> None:
    running.listen()
    until(lambda: is_linked(running.board), "linked")
    call = click(ana, desk)
    key = str(call.key)
    until(lambda: running.played.named("Originate"), "sent")
    running.say(*rings_both(key))
    until(lambda: stands(call)[0] == "customer_rings", "it rings")

    async def sees(played: ASwitchboard, message: Message) -> None:
        played.say(f"Response: Success;ActionID: {message.action_id};EventList: start")
        if is_there:
            uid = f"Uniqueid: {key};Linkedid: {key};Channel: PJSIP/1001-00000001"
            played.say(f"Event: CoreShowChannel;ActionID: {message.action_id};{uid};ChannelState: 6;Duration: 00:00:09")
        played.say(f"Event: CoreShowChannelsComplete;ActionID: {message.action_id}")

    running.played.answers["CoreShowChannels"] = sees
    running.drop()
    until(lambda: running.played.connections == 2 and is_linked(running.board), "linked again")
    if is_there:
        running.say(*ends_busy(key))
        until(lambda: stands(call) == ("over", "busy"), "busy")
    else:
        until(lambda: stands(call) == ("over", "unknown"), "unknown")
    assert len(running.played.named("Originate")) == 1


def test_a_link_lost_at_the_click_itself_never_sends_it_again(running: Running, ana: Agent, desk: Extension) -> None:
    running.played.answers["Originate"] = hangs_up
    running.listen()
    until(lambda: is_linked(running.board), "linked")
    call = click(ana, desk)
    until(lambda: stands(call) == ("over", "unknown"), "unknown: nobody can say whether it rang")
    until(lambda: is_linked(running.board), "linked again")
    assert len(running.played.named("Originate")) == 1


def test_another_takes_over_and_knows_what_is_under_way(running: Running, ana: Agent, desk: Extension) -> None:
    running.listen()
    until(lambda: is_linked(running.board), "linked")
    call = click(ana, desk)
    key = str(call.key)
    until(lambda: running.played.named("Originate"), "sent")
    running.say(*rings_both(key))
    until(lambda: stands(call)[0] == "customer_rings", "it rings")

    async def sees(played: ASwitchboard, message: Message) -> None:
        played.say(f"Response: Success;ActionID: {message.action_id};EventList: start")
        played.say(f"Event: CoreShowChannel;ActionID: {message.action_id};Uniqueid: {key};Linkedid: {key}")
        played.say(f"Event: CoreShowChannelsComplete;ActionID: {message.action_id}")

    running.played.answers["CoreShowChannels"] = sees
    running.stop()
    fence = Listening.objects.get().fence
    running.listen()
    until(lambda: is_linked(running.board), "the second is linked")
    assert Listening.objects.get().fence == fence + 1
    running.say(*ends_busy(key))  # it was told by the rows whom the dial had called
    until(lambda: stands(call) == ("over", "busy"), "busy")


def test_only_one_acts_for_a_switchboard(running: Running) -> None:
    running.listen()
    until(lambda: is_linked(running.board), "linked")
    now = timezone.now()
    assert take_hold(switchboard=running.board, holder="second", now=now) is None
    later = take_hold(switchboard=running.board, holder="second", now=now + LEASE + timedelta(seconds=1))
    assert later is not None
    until(lambda: not Listening.objects.filter(holder__startswith="second", fence__lt=later.fence).exists(), "taken")


def test_without_a_link_nothing_is_asked_for(board: Switchboard, ana: Agent, desk: Extension) -> None:
    with pytest.raises(DialRefused, match="marque en su teléfono"):
        click(ana, desk)
    assert not OutgoingCall.objects.exists()


def test_what_nobody_sends_in_time_was_not_placed(board: Switchboard, ana: Agent, desk: Extension, at: Any) -> None:
    now = at("2026-11-26 09:00")
    with linked(board, now):
        call = ask_to_call(agent=ana, extension=desk, number="+59170712345", now=now)
    assert close_the_forgotten(now=now + timedelta(seconds=2)) == 0
    assert close_the_forgotten(now=now + timedelta(seconds=10)) == 1
    assert stands(call) == ("over", "not_placed")


def test_what_was_sent_and_nobody_watches_any_more_is_unknown(
    board: Switchboard, ana: Agent, desk: Extension, at: Any
) -> None:
    now = at("2026-11-26 09:00")
    with linked(board, now) as held:
        call = ask_to_call(agent=ana, extension=desk, number="+59170712345", now=now)
        OutgoingCall.objects.filter(pk=call.pk).update(state="sent", sent_at=now, fence=held.fence)
    assert close_the_forgotten(now=now + timedelta(seconds=30)) == 0
    assert close_the_forgotten(now=now + timedelta(minutes=2)) == 1
    assert stands(call) == ("over", "unknown")


def test_what_was_sent_is_watched_for_a_minute_after_the_link_was_lost(
    board: Switchboard, ana: Agent, desk: Extension, at: Any
) -> None:
    now = at("2026-11-26 09:00")
    with linked(board, now) as held:
        call = ask_to_call(agent=ana, extension=desk, number="+59170712345", now=now)
        OutgoingCall.objects.filter(pk=call.pk).update(state="talking", sent_at=now, fence=held.fence)
    lost = now + timedelta(minutes=5)
    let_go(held=held, now=lost, why="LinkLost: it closed the connection")
    assert close_the_forgotten(now=lost + timedelta(seconds=5)) == 0
    for second in (10, 40):  # whoever cannot come back to it lets go again, of what was lost before
        again = take_hold(switchboard=board, holder="test", now=lost + timedelta(seconds=second))
        assert again is not None
        let_go(held=again, now=lost + timedelta(seconds=second + 2), why="LinkLost: closed")
    assert close_the_forgotten(now=lost + timedelta(seconds=55)) == 0
    assert close_the_forgotten(now=lost + timedelta(seconds=65)) == 1
    assert stands(call) == ("over", "unknown")


def test_a_second_number_waits_for_the_first(board: Switchboard, ana: Agent, desk: Extension, at: Any) -> None:
    now = at("2026-11-26 09:00")
    with linked(board, now):
        ask_to_call(agent=ana, extension=desk, number="+59170712345", now=now)
        with pytest.raises(DialRefused, match="todavía no terminó"):
            ask_to_call(agent=ana, extension=desk, number="+59170712346", now=now)
    assert OutgoingCall.objects.count() == 1
