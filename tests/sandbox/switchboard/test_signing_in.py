"""The door of the played switchboard: who is let in, what is answered, and to whom anything is told."""

from __future__ import annotations

import asyncio

import pytest

from telephony.ami import encode
from telephony.events import Booted, ChannelSeen, HungUp
from telephony.link import Address, Link, SignInRefused
from tests.sandbox.switchboard.playing import PATIENCE, QUICK, SECRET, WITHOUT_END, Board, Plain, click, hear_kind

pytestmark = pytest.mark.processes


def test_the_house_signs_in_with_a_proof_and_is_told_that_it_is_ready(board: Board) -> None:
    async def test() -> None:
        async with board.link() as link:
            assert link.version == board.version
            assert isinstance(await link.next(), Booted)
            assert (await link.ask("Ping")).get("ping") == "Pong"
            assert (await link.ask("CoreSettings")).get("amiversion") == board.version

    asyncio.run(test())


@pytest.mark.parametrize(("user", "secret"), [("callcenter", "otra"), ("nadie", SECRET)])
def test_a_wrong_secret_and_an_unknown_user_are_refused_alike(newer: Board, user: str, secret: str) -> None:
    async def test() -> None:
        with pytest.raises(SignInRefused, match="Authentication failed"):
            async with Link(Address("127.0.0.1", newer.port, user, secret), QUICK):
                pass

    asyncio.run(test())


def test_before_somebody_signs_in_nothing_is_answered_and_nothing_told(newer: Board) -> None:
    async def test() -> None:
        stranger, client = await Plain.connect(newer), await Plain.connect(newer)
        assert (await stranger.answer("Action: QueueStatus", "early")).get("message") == "Permission denied"
        await client.sign_in()
        newer.do("call-in", line="101", patience=2)
        await client.until(lambda message: message.event == "Hangup")
        assert (await stranger.answer("Action: Ping", "late")).get("message") == "Permission denied"
        assert [message.event for message in stranger.heard if message.event] == []
        for one in (stranger, client):
            one.writer.close()

    asyncio.run(test())


def test_whoever_wants_no_events_has_none_and_is_answered(newer: Board) -> None:
    async def test() -> None:
        client = await Plain.connect(newer)
        client.say(f"Action: Login;ActionID: in;Username: callcenter;Secret: {SECRET};Events: off")
        await client.until(lambda message: message.event == "FullyBooted")
        newer.do("call-in", line="101", patience=WITHOUT_END)
        told = await client.answer("Action: QueueStatus;Queue: 101", "status")
        assert told.get("message") == "Queue status will follow"
        await client.until(lambda message: message.event == "QueueStatusComplete")
        assert "QueueCallerJoin" not in {message.event for message in client.heard}
        (caller,) = [message for message in client.heard if message.event == "QueueEntry"]
        assert (await client.answer(f"Action: Hangup;Channel: {caller.get('uniqueid')}", "end")).succeeded
        client.writer.close()

    asyncio.run(test())


def test_who_may_only_look_is_refused_what_changes_something(newer: Board) -> None:
    async def test() -> None:
        client = await Plain.connect(newer)
        await client.sign_in("readonly")
        assert (await client.answer("Action: QueueStatus;Queue: 101", "look")).succeeded
        for action in ("Originate", "QueuePause", "QueueAdd", "Hangup", "Redirect"):
            refused = await client.answer(f"Action: {action};Channel: PJSIP/1001", action)
            assert refused.get("message") == "Permission denied"
        client.writer.close()

    asyncio.run(test())


def test_it_reads_as_patiently_and_as_strictly_as_the_real_one(newer: Board) -> None:
    """Every case of the recording `ami-proto-framing`."""

    async def test() -> None:
        client = await Plain.connect(newer)
        await client.sign_in()
        for piece in ("Act", "ion: Pi", "ng\r\nActionID: slow", "\r\n\r", "\n"):
            client.writer.write(piece.encode())
            await client.writer.drain()
        await client.until(lambda message: message.action_id == "slow" and message.get("ping") == "Pong")
        client.writer.write(b"aCtIoN:ping\nACTIONID:case\n\nAction: Ping\r\nActionID: second\r\n\r\n")
        await client.until(lambda message: message.action_id == "case" and message.succeeded)
        await client.until(lambda message: message.action_id == "second" and message.succeeded)
        unknown = await client.answer("Action: NoSuchAction", "unknown")
        assert unknown.get("message").startswith("Invalid/unknown command: NoSuchAction.")
        long = await client.answer(f"Action: Ping;X: {'y' * 5000};Y: z", "long")
        assert long.get("message") == "Failed to parse message: line too long"
        many = await client.answer(";".join(["Action: Ping;ActionID: many", *("H: v" for _ in range(300))]), "many")
        assert many.get("message") == "Too many lines in message or allocation failure"
        client.say("ActionID: none")
        nothing = await client.until(lambda message: message.action_id == "none")
        assert nothing.get("message") == "Missing action in request"
        client.writer.write(encode([("Action", "Logoff"), ("ActionID", "bye")]))
        assert b"Goodbye" in await client.to_the_end()

    asyncio.run(test())


def test_what_there_is_is_told_when_it_is_asked_for(board: Board) -> None:
    async def test() -> None:
        board.turn(extensions={"1030": {"picks_up": "never"}, "1031": {"registered": False}})
        async with board.link() as link, asyncio.timeout(PATIENCE):
            await link.next()
            call = await click(board, link, "1030", "70712345", seconds=WITHOUT_END)
            (seen,) = await link.ask_for_all("CoreShowChannels")
            assert isinstance(seen, ChannelSeen)
            assert (seen.leg.channel.startswith(board.telephone("1030")), seen.is_up) == (True, False)
            found = {}
            for exten in ("1029", "1030", "1031", "555"):
                asked = [("Exten", exten), ("Context", "from-internal")]
                found[exten] = (await link.ask("ExtensionState", asked)).get("status")
            assert found == {"1029": "0", "1030": "8", "1031": "4", "555": "-1"}
            assert (await link.ask("ShowDialPlan", [("Context", "callcenter-out")])).succeeded
            assert not (await link.ask("ShowDialPlan", [("Context", "nowhere")])).succeeded
            assert "originate" in await link.ask("ListCommands")
            assert (await link.ask("Hangup", [("Channel", seen.leg.uid)])).succeeded
            assert call.agent is None
            board.turn(extensions={"1031": {"registered": True}})

    asyncio.run(test())


def test_a_supervisor_listens_to_a_call(newer: Board) -> None:
    async def test() -> None:
        newer.turn(talks=[WITHOUT_END, WITHOUT_END], extensions={"1050": {"picks_up": 1}})
        client = await Plain.connect(newer)
        await client.sign_in()
        async with newer.link() as link:
            call = await click(newer, link, "1032", "70712345")
            await client.until(lambda message: message.event == "BridgeEnter" and message.get("uniqueid") == call.key)
            spying = "Action: Originate;Channel: PJSIP/1050;Application: ChanSpy;Data: PJSIP/1032,bq;Async: true"
            assert (await client.answer(spying, "spy")).succeeded
            spied = await client.until(lambda message: message.event == "ChanSpyStart")
            assert spied.get("spyeeuniqueid") == call.key
            newer.do("hang-up", extension="1050")
            await client.until(lambda message: message.event == "ChanSpyStop")
            newer.do("hang-up", extension="1032")
            await hear_kind(link, HungUp)
        client.writer.close()

    asyncio.run(test())
