"""Every outcome of a click at the played switchboard, as the house reads it over the wire, from both generations."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from telephony.events import CallPlaced, CallResult, DialBegan, HungUp, KeyTold, Ringing
from telephony.link import Link, LinkLost
from telephony.outcomes import ClickedCall, Outcome, Phase
from tests.sandbox.switchboard.playing import PATIENCE, WITHOUT_END, Board, Plain, click, hear, playing

pytestmark = pytest.mark.processes

EXTENSIONS = map(str, itertools.cycle(range(1001, 1090)))  # each click has a telephone of its own
ANSWERS = "70712345"


@dataclass(frozen=True)
class Case:
    """`in_older`: what an older switchboard lets be known of the same; the same where it is not said."""

    outcome: str
    number: str = ANSWERS
    telephone: dict[str, Any] = field(default_factory=dict)
    in_older: str = ""
    by_the_dials: str = ""


CASES = {
    "answers": Case("answered"),
    "a machine answers": Case("machine", "70712395", by_the_dials="answered"),
    "busy": Case("busy", "70712390"),
    "nobody answers": Case("no_answer", "70712391"),
    "the network gives up": Case("no_answer", "70712392"),
    "unallocated": Case("unallocated", "70712393"),
    "congestion": Case("congestion", "70712394"),
    "switched off": Case("out_of_reach", "70712396"),
    "rejected": Case("rejected", "70712397"),
    "no trunk": Case("failed", "70712398"),
    "the agent lets it ring": Case("agent_no_answer", telephone={"picks_up": "never"}),
    "the agent is busy": Case("agent_busy", telephone={"picks_up": "busy"}),
    "the agent declines": Case("agent_refused", telephone={"picks_up": "declined"}, in_older="agent_busy"),
    "the agent is absent": Case("agent_absent", telephone={"picks_up": "absent"}, in_older="agent_congestion"),
    "her line is crowded": Case("agent_congestion", telephone={"picks_up": "congestion"}),
    "her telephone is off": Case("agent_absent", telephone={"registered": False}),
}


async def to_its_end(link: Link, call: ClickedCall) -> tuple[list[Phase], ClickedCall]:
    """Hear all of a call. Returns its phases, and the same call without the last word of the dialplan."""
    phases, by_the_dials, is_placed = [call.phase], ClickedCall(call.key), False
    async with asyncio.timeout(PATIENCE):
        while not (call.is_over and is_placed):  # an older one answers the click when its channel is gone
            event = await link.next()
            is_placed |= isinstance(event, CallPlaced) and event.action_id == call.key
            call.take(event)
            if not isinstance(event, CallResult):
                by_the_dials.take(event)
            if call.phase != phases[-1]:
                phases.append(call.phase)
    return phases, by_the_dials


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_click_ends_as_the_knobs_and_the_number_say(board: Board, case: Case) -> None:
    async def test() -> None:
        exten = next(EXTENSIONS)
        board.turn(extensions={exten: {"registered": True, "picks_up": 2, **case.telephone}})
        async with board.link() as link:
            call = await click(board, link, exten, case.number)
            _phases, by_the_dials = await to_its_end(link, call)
            expected = (case.in_older if board.is_older else "") or case.outcome
            assert call.outcome == expected
            if case.outcome != "failed":  # without a trunk there is no dial to tell of
                assert by_the_dials.outcome == (case.by_the_dials or expected)

    asyncio.run(test())


def test_the_outcomes_of_the_house_are_all_played() -> None:
    played = {case.outcome for case in CASES.values()} | {"cancelled", "not_placed", "unknown"}
    assert played == set(Outcome)


def test_a_telephone_that_is_not_there_is_as_one_that_is_off(board: Board) -> None:
    async def test() -> None:
        async with board.link() as link:
            call = await click(board, link, "1200", ANSWERS)
            await to_its_end(link, call)
            assert (call.outcome, call.agent) == (Outcome.AGENT_ABSENT, None)

    asyncio.run(test())


def test_an_extension_the_dialplan_has_not_is_not_placed(board: Board) -> None:
    async def test() -> None:
        async with board.link() as link:
            call = await click(board, link, next(EXTENSIONS), "12")
            assert (call.outcome, call.phase) == (Outcome.NOT_PLACED, Phase.OVER)

    asyncio.run(test())


def test_the_phases_come_one_after_the_other(newer: Board) -> None:
    async def test() -> None:
        async with newer.link() as link:
            phases, _call = await to_its_end(link, await click(newer, link, next(EXTENSIONS), ANSWERS))
            assert phases == ["asked", "agent_rings", "customer_rings", "talking", "over"]

    asyncio.run(test())


def test_an_agent_who_hangs_up_while_the_customer_rings_cancels(board: Board) -> None:
    async def test() -> None:
        exten = next(EXTENSIONS)
        board.turn(rings=WITHOUT_END)
        async with board.link() as link:
            call = await click(board, link, exten, "70712391")
            for event in await hear(link, lambda event: isinstance(event, DialBegan) and event.caller is not None):
                call.take(event)
            board.do("hang-up", extension=exten)
            for event in await hear(link, lambda event: isinstance(event, CallResult)):
                call.take(event)
            assert call.outcome == Outcome.CANCELLED

    asyncio.run(test())


def test_a_call_is_cancelled_by_the_uid_of_its_channel(board: Board) -> None:
    """An older switchboard does not let one tell it from a telephone that could not be had."""

    async def test() -> None:
        exten = next(EXTENSIONS)
        board.turn(extensions={exten: {"picks_up": "never"}})
        async with board.link() as link:
            call = await click(board, link, exten, ANSWERS, seconds=WITHOUT_END)
            for event in await hear(link, lambda event: isinstance(event, Ringing)):
                call.take(event)
            assert call.agent is not None
            assert (await link.ask("Hangup", [("Channel", call.agent.uid)])).succeeded
            await to_its_end(link, call)
            assert call.outcome == (Outcome.AGENT_ABSENT if board.is_older else Outcome.CANCELLED)

    asyncio.run(test())


def test_the_key_of_an_attempt_comes_back_on_the_channel(board: Board) -> None:
    """As its uid where the switchboard takes one, and in any case as a variable that was set."""

    async def test() -> None:
        async with board.link() as link:
            call = await click(board, link, next(EXTENSIONS), ANSWERS)
            told = (await hear(link, lambda event: isinstance(event, KeyTold)))[-1]
            assert isinstance(told, KeyTold)
            assert told.key == call.key
            assert (told.leg.uid == call.key) == (not board.is_older)
            await to_its_end(link, call)

    asyncio.run(test())


def test_a_key_that_is_in_use_fails_and_carries_the_uid_of_the_call_that_has_it(newer: Board) -> None:
    async def test() -> None:
        async with newer.link() as link:
            exten = next(EXTENSIONS)
            newer.turn(extensions={exten: {"picks_up": "never"}})
            call = await click(newer, link, exten, ANSWERS, seconds=WITHOUT_END)
            await hear(link, lambda event: isinstance(event, Ringing))
            again = [("Channel", newer.telephone(next(EXTENSIONS))), ("Context", "callcenter-out"), ("Exten", ANSWERS)]
            again += [("Async", "true"), ("ChannelId", call.key)]
            assert (await link.ask("Originate", again)).succeeded
            answered = (await hear(link, lambda event: getattr(event, "action_id", "").startswith("ask-")))[-1]
            assert (answered.answered, answered.uid) == (False, call.key)  # type: ignore[union-attr]
            newer.do("hang-up", extension=exten)
            await hear(link, lambda event: isinstance(event, HungUp))

    asyncio.run(test())


@pytest.mark.parametrize(("picks_up", "is_answered"), [(2, True), ("busy", False)])
def test_a_call_that_is_waited_for_is_answered_when_it_is_known(
    newer: Board, picks_up: object, is_answered: bool
) -> None:
    """The connection of who asked so stands still until then; nobody else's does."""

    async def test() -> None:
        exten = next(EXTENSIONS)
        newer.turn(extensions={exten: {"picks_up": picks_up}})
        async with newer.link() as link:
            headers = [("Channel", newer.telephone(exten)), ("Context", "callcenter-out"), ("Exten", "70712390")]
            answer = await link.ask("Originate", [*headers, ("Async", "false")])
            assert answer.succeeded == is_answered
            assert answer.get("message") == ("Originate successfully queued" if is_answered else "Originate failed")

    asyncio.run(test())


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ("Context: callcenter-out;Exten: 70712345", "Channel not specified"),
        ("Channel: PJSIP/1001;Context: callcenter-out;Exten: 70712345;Priority: x", "Invalid priority"),
        ("Channel: PJSIP/1001;Context: callcenter-out;Exten: 70712345;Timeout: x", "Invalid timeout"),
        ("Channel: 1001;Context: callcenter-out;Exten: 70712345", "Invalid channel"),
        ("Channel: PJSIP/1001;Context: nowhere;Exten: 70712345", "Extension does not exist."),
        (f"Channel: PJSIP/1001;Exten: 70712345;ChannelId: {'k' * 150}", "Uniqueid length exceeds maximum of 149"),
    ],
)
def test_what_cannot_be_tried_is_refused_at_once(newer: Board, headers: str, message: str) -> None:
    async def test() -> None:
        client = await Plain.connect(newer)
        await client.sign_in()
        refused = await client.answer(f"Action: Originate;{headers};Async: true", "refused")
        assert (refused.succeeded, refused.get("message")) == (False, message)
        client.writer.close()

    asyncio.run(test())


@pytest.mark.parametrize("version", ["13.0.0", "1.3"])
def test_a_switchboard_that_dies_in_the_middle_of_a_call_leaves_it_unknown(version: str, tmp_path: Path) -> None:
    async def test() -> None:
        with playing(version, tmp_path) as board:
            board.turn(rings=WITHOUT_END)
            async with board.link() as link:
                call = await click(board, link, "1001", "70712391")
                for event in await hear(link, lambda event: isinstance(event, DialBegan) and event.caller is not None):
                    call.take(event)
                with pytest.raises(Exception, match="disconnected"):  # it dies before it answers
                    board.post("knobs", exit=True)
                with pytest.raises(LinkLost):
                    await hear(link, lambda event: False)
            assert board.process.wait(PATIENCE) != 0
            assert call.outcome == Outcome.UNKNOWN

    asyncio.run(test())
