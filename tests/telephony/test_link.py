"""One connection to a switchboard, over TCP: signed in, asked, listened to, lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from telephony.actions import ring_agent_then
from telephony.ami import Message, NotSendable
from telephony.events import Booted, ChannelBegan, ChannelSeen, HungUp
from telephony.link import Address, Link, LinkLost, Patience, SignInRefused
from tests.telephony.a_switchboard import SECRET, ASwitchboard, hangs_up, nothing

QUICK = Patience(connect=60, answer=60, quiet=60, taken=60)
HASTY = Patience(connect=0.3, answer=0.3, quiet=60, taken=0.3)  # of tests that wait for nothing to come


def run(test: Callable[[ASwitchboard], Awaitable[Any]], **board: Any) -> Any:
    async def with_board() -> Any:
        async with ASwitchboard(**board) as switchboard:
            return await test(switchboard)

    return asyncio.run(with_board())


def address(board: ASwitchboard, secret: str = SECRET) -> Address:
    return Address("127.0.0.1", board.port, "callcenter", secret)


def a_click(key: str) -> bytes:
    return ring_agent_then(
        key=key,
        telephone="PJSIP/1001",
        number="70712345",
        context="callcenter-out",
        shown="",
        seconds=20,
        takes_keys=True,
    )


def test_the_secret_never_goes_over_the_wire() -> None:
    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), QUICK) as link:
            assert isinstance(await link.next(), Booted)
            assert link.version == "13.0.0"
        said = [message.pairs for message in board.asked]
        assert SECRET not in str(said)
        assert [message.get("action") for message in board.asked][:2] == ["Challenge", "Login"]

    run(test)


def test_who_is_not_let_in_is_told_so_once() -> None:
    async def test(board: ASwitchboard) -> None:
        with pytest.raises(SignInRefused, match="Authentication failed"):
            async with Link(address(board, "otra"), QUICK):
                pass
        assert (board.connections, len(board.named("Login"))) == (1, 1)

    run(test)


def test_nobody_listens_there() -> None:
    async def test(board: ASwitchboard) -> None:
        port = board.port
        await board.__aexit__()
        with pytest.raises(LinkLost):
            async with Link(Address("127.0.0.1", port, "callcenter", SECRET), QUICK):
                pass

    run(test)


def test_one_that_says_nothing_is_given_up() -> None:
    async def test(board: ASwitchboard) -> None:
        with pytest.raises(LinkLost, match="within the time"):
            async with Link(address(board), HASTY):
                pass

    run(test, answers={"Challenge": nothing})


def test_a_click_goes_out_once_and_is_answered() -> None:
    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), QUICK) as link:
            answer = await link.send(a_click("k1"), action_id="k1")
            assert (answer.succeeded, answer.action_id) == (True, "k1")
        assert len(board.named("Originate")) == 1

    run(test)


@pytest.mark.parametrize("answer", [nothing, hangs_up])
def test_an_unanswered_click_may_have_arrived_and_is_not_sent_again(answer: Any) -> None:
    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), Patience(connect=60, answer=0.3, quiet=60)) as link:
            with pytest.raises(LinkLost) as lost:
                await link.send(a_click("k1"), action_id="k1")
            assert lost.value.may_have_arrived
            with pytest.raises(LinkLost) as later:
                await link.send(a_click("k2"), action_id="k2")
            assert not later.value.may_have_arrived
        assert len(board.named("Originate")) == 1

    run(test, answers={"Originate": answer})


def test_what_cannot_be_sent_reaches_nobody() -> None:
    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), QUICK) as link:
            with pytest.raises(NotSendable):
                await link.ask("Hangup", [("Channel", "x\r\nAction: Command")])
            assert (await link.ask("Ping")).succeeded
        assert [one.get("action") for one in board.asked] == ["Challenge", "Login", "Ping", "Logoff"]

    run(test)


def test_a_list_is_told_apart_from_what_happens_meanwhile() -> None:
    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), QUICK) as link:
            assert isinstance(await link.next(), Booted)
            (seen,) = await link.ask_for_all("CoreShowChannels")
            assert isinstance(seen, ChannelSeen)
            assert (seen.leg.uid, seen.is_up, seen.seconds) == ("1.1", True, 65)
            meanwhile = await link.next()
            assert isinstance(meanwhile, ChannelBegan)
            assert meanwhile.leg.uid == "9.9"

    run(test)


def test_what_was_said_before_it_was_lost_is_heard_and_then_that_it_is_lost() -> None:
    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), QUICK) as link:
            assert isinstance(await link.next(), Booted)
            board.say("Event: Hangup;Uniqueid: 1.1;Cause: 16")
            board.drop()
            assert isinstance(await link.next(), HungUp)
            with pytest.raises(LinkLost, match="closed the connection"):
                await link.next()

    run(test)


def test_a_connection_that_died_without_a_word_is_noticed() -> None:
    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), Patience(connect=60, answer=0.2, quiet=0.2)) as link:
            assert isinstance(await link.next(), Booted)
            with pytest.raises(LinkLost):
                await link.next()

    run(test, answers={"Ping": nothing})


def test_how_far_its_clock_is_ahead_is_known_once_it_told_its_hour() -> None:
    async def an_hour_ahead(board: ASwitchboard, message: Message) -> None:
        hour = datetime.now(UTC).timestamp() + 3600
        board.say(f"Response: Success;ActionID: {message.action_id};Ping: Pong;Timestamp: {hour:.6f}")

    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), Patience(connect=60, answer=60, quiet=0.05)) as link:
            assert link.clock_ahead(now=datetime.now(UTC)) is None
            async with asyncio.timeout(30):
                while (ahead := link.clock_ahead(now=datetime.now(UTC))) is None:
                    await asyncio.sleep(0.01)
            assert ahead == pytest.approx(3600, abs=10)

    run(test, answers={"Ping": an_hour_ahead})


def test_events_nobody_takes_end_the_link_and_not_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telephony.link.MOST_WAITING", 10)

    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), Patience(connect=60, answer=60, quiet=60, taken=0.2)) as link:
            for number in range(50):
                board.say(f"Event: Newchannel;Uniqueid: 1.{number}")
            await link.lost()
            taken = [await link.next() for _ in range(10)]
            assert isinstance(taken[0], Booted)
            with pytest.raises(LinkLost, match="not taken in time"):
                await link.next()

    run(test)


def test_events_of_an_older_one_are_read_by_its_own_words() -> None:
    async def test(board: ASwitchboard) -> None:
        async with Link(address(board), QUICK) as link:
            assert isinstance(await link.next(), Booted)
            assert link.vocabulary.is_older
            board.say("Event: Newchannel;Uniqueid: 1.1;CallerIDName: Muñoz", encoding="latin-1")
            began = await link.next()
            assert isinstance(began, ChannelBegan)
            assert began.leg.name == "Muñoz"

    run(test, greeting="Asterisk Call Manager/1.3")
