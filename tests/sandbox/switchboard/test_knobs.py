"""Every knob of the played switchboard, by what the house's own link sees of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from telephony.events import Answered, ChannelBegan, HungUp, MemberRung, MemberSeen, QueueJoined, Ringing
from telephony.link import LinkLost, Patience
from telephony.outcomes import Outcome
from tests.processes.house import wait_until
from tests.sandbox.switchboard.playing import (
    PATIENCE,
    WITHOUT_END,
    Board,
    Plain,
    click,
    hear,
    hear_kind,
    playing,
)

pytestmark = pytest.mark.processes

NUMBER = "70712345"


@pytest.mark.parametrize(
    "knobs",
    [
        {"nonsense": 1},
        {"speed": 0},
        {"speed": "fast"},
        {"clock": None},
        {"slow": -1},
        {"split": "yes"},
        {"flood": 1e9},
        {"talks": [5, 1]},
        {"customers": "sings"},
        {"extensions": {"2000": {"registered": True}}},
        {"extensions": {"1001": {"picks_up": "perhaps"}}},
        {"extensions": {"1001": {"sings": True}}},
        {"slow": 5, "split": 3},
    ],
)
def test_a_knob_that_is_not_understood_turns_nothing(newer: Board, knobs: dict[str, Any]) -> None:
    before = newer.state()["knobs"]
    refused = newer.post("knobs", **knobs)
    assert (refused.status_code, set(refused.json())) == (400, {"error"})
    assert newer.state()["knobs"] == before


def test_the_doors_tell_what_they_do_not_have(newer: Board) -> None:
    assert newer.doors.get("/nowhere").status_code == 404
    assert newer.doors.get("/knobs").status_code == 405
    assert newer.doors.post("/state").status_code == 405
    assert newer.doors.post("/knobs", content=b"{").status_code == 400
    assert newer.doors.post("/knobs", content=b"[]").status_code == 400
    assert newer.post("call-in", line="555").status_code == 400
    assert newer.post("answer", extension="1001").status_code == 409
    assert newer.post("answer", extension="2000").status_code == 400
    of_a_page = newer.doors.post("/knobs", json={"drop": True}, headers={"Origin": "http://example.com"})
    assert of_a_page.status_code == 403


def test_answers_come_late(newer: Board) -> None:
    """One who does not wait so long takes the switchboard for lost."""

    async def test() -> None:
        async with newer.link(Patience(connect=PATIENCE, answer=0.2, quiet=PATIENCE)) as link:
            newer.turn(slow=3600)
            with pytest.raises(LinkLost, match="no answer within the time"):
                await link.ask("Ping")
            newer.turn(slow=0, speed=1000)

    asyncio.run(test())


def test_every_connection_is_cut_at_once(board: Board) -> None:
    async def test() -> None:
        async with board.link() as link:
            board.turn(drop=True)
            with pytest.raises(LinkLost, match="closed the connection"):
                await hear(link, lambda event: False)
        async with board.link() as again:
            assert (await again.ask("Ping")).succeeded

    asyncio.run(test())


def test_what_arrives_in_pieces_is_understood(board: Board) -> None:
    async def test() -> None:
        board.turn(split=True, extensions={"1001": {"picks_up": 1}})
        async with board.link() as link:
            call = await click(board, link, "1001", "70712390")
            while not call.is_over:
                for event in await hear_kind(link, HungUp):
                    call.take(event)
            assert call.outcome == Outcome.BUSY

    asyncio.run(test())


def test_a_flood_of_what_nobody_needs_hides_nothing(newer: Board) -> None:
    async def test() -> None:
        newer.turn(flood=200, extensions={"1002": {"picks_up": 1}})
        async with newer.link() as link:
            call = await click(newer, link, "1002", "70712390")
            while not call.is_over:
                for event in await hear_kind(link, HungUp):
                    call.take(event)
            assert call.outcome == Outcome.BUSY
            assert link.vocabulary.unknown["RTCPSent"] > 100

    asyncio.run(test())


def test_names_come_in_latin_1(board: Board) -> None:
    async def test() -> None:
        board.turn(latin_1=True)
        client = await Plain.connect(board)
        await client.sign_in()
        async with board.link() as link:
            board.do("call-in", line="101", patience=2)
            joined = (await hear_kind(link, QueueJoined))[-1]
            assert isinstance(joined, QueueJoined)
            assert joined.leg.name in ("José Muñoz", "María Peña", "Ángel Nuñez", "Inés Güemes", "Ramón Ibáñez")
            await hear_kind(link, HungUp)
        client.say("Action: Logoff")
        assert joined.leg.name.encode("latin-1") in await client.to_the_end()

    asyncio.run(test())


def test_a_clock_that_lies_shows_another_hour_and_lets_nobody_wait_longer(newer: Board) -> None:
    async def test() -> None:
        async with newer.link() as link:
            honest = float((await link.ask("Ping")).get("timestamp"))
            newer.turn(clock=-86_400)
            assert honest - float((await link.ask("Ping")).get("timestamp")) > 40_000
            newer.do("call-in", line="102", patience=3)
            given_up = await hear_kind(link, HungUp)
            (uid,) = {one.leg.uid for one in given_up if isinstance(one, ChannelBegan)}
            assert float(uid) < honest - 40_000
            assert [line[4] for line in newer.lines("102") if line[1] == "ABANDON"] == ["3"]

    asyncio.run(test())


def test_a_telephone_that_is_not_registered_is_passed_over_until_it_is(newer: Board) -> None:
    async def test() -> None:
        newer.turn(extensions={"1003": {"registered": False, "picks_up": 1}})
        async with newer.link() as link:
            await newer.add(link, "103", "1003", "Ana Quispe")
            newer.do("call-in", line="103", patience=WITHOUT_END, talk=2)
            await hear_kind(link, QueueJoined)
            newer.turn(extensions={"1003": {"registered": True}})
            heard = await hear_kind(link, MemberRung)
            assert [one.status for one in heard if isinstance(one, MemberSeen)][:1] == [1]
            await hear_kind(link, HungUp)

    asyncio.run(test())


def test_an_agent_picks_up_and_declines_when_the_test_says_so(board: Board) -> None:
    async def test() -> None:
        board.turn(extensions={"1004": {"picks_up": "never"}}, talks=[WITHOUT_END, WITHOUT_END])
        async with board.link() as link:
            await click(board, link, "1004", NUMBER, seconds=WITHOUT_END)
            await hear_kind(link, Ringing)
            assert board.do("answer", extension="1004")["extensions"]["1004"]["state"] in ("ringing", "in_use")
            await hear_kind(link, Answered)
            board.do("hang-up", extension="1004")
            await hear(link, lambda event: isinstance(event, HungUp) and "1004" in event.leg.channel)
            declined = await click(board, link, "1004", NUMBER, seconds=WITHOUT_END)
            heard = await hear_kind(link, Ringing)
            board.do("decline", extension="1004")
            for event in [*heard, *await hear_kind(link, HungUp)]:
                declined.take(event)
            assert declined.outcome == (Outcome.AGENT_BUSY if board.is_older else Outcome.AGENT_REFUSED)

    asyncio.run(test())


def test_one_knob_says_what_becomes_of_every_customer(newer: Board) -> None:
    async def test() -> None:
        newer.turn(customers="unallocated", extensions={"1005": {"picks_up": 1}})
        async with newer.link() as link:
            call = await click(newer, link, "1005", NUMBER)
            while not call.is_over:
                for event in await hear_kind(link, HungUp):
                    call.take(event)
            assert call.outcome == Outcome.UNALLOCATED

    asyncio.run(test())


def test_people_call_by_themselves_while_they_are_let(newer: Board) -> None:
    def offered() -> int:
        return sum(queue["counted"].get("offered", 0) for queue in newer.state()["queues"].values())

    before = offered()
    newer.turn(callers=True, rate=100)
    wait_until(lambda: offered() > before + 3, what="people call in", seconds=PATIENCE)
    newer.turn(callers=False, rate=1)


def test_it_stops_cleanly_and_closes_what_was_open(tmp_path: Path) -> None:
    async def test() -> None:
        with playing("13.0.0", tmp_path) as board:
            async with board.link() as link:
                board.turn(extensions={"1001": {"picks_up": 1}})
                await board.add(link, "101", "1001", "Ana")
                for line in ("101", "102"):
                    board.do("call-in", line=line, number=NUMBER, patience=WITHOUT_END, talk=WITHOUT_END)
                await hear(link, lambda event: isinstance(event, Answered) and "1001" in event.leg.channel)
                board.process.terminate()
                with pytest.raises(LinkLost, match="closed the connection"):
                    await hear(link, lambda event: False)
            assert board.process.wait(PATIENCE) == 0
            assert [line[1] for line in board.lines("101")] == ["ENTERQUEUE", "CONNECT", "COMPLETECALLER"]
            assert [line[1] for line in board.lines("102")] == ["ENTERQUEUE", "ABANDON"]
            assert board.lines("NONE")[0][1] == "QUEUESTART"

    asyncio.run(test())


def test_two_begun_alike_draw_alike(tmp_path: Path) -> None:
    """The same seed brings the same callers, whatever the machine does meanwhile."""

    def numbers(folder: Path) -> list[list[str]]:
        folder.mkdir()
        with playing("13.0.0", folder, "--speed", "1") as board:
            for _ in range(5):
                board.do("call-in", line="101")
            wait_until(lambda: len(board.lines("101")) >= 5, what="all five are in the queue", seconds=PATIENCE)
            return [line[2:4] for line in board.lines("101") if line[1] == "ENTERQUEUE"]

    first, second = numbers(tmp_path / "first"), numbers(tmp_path / "second")
    assert first == second
    assert len({line[1] for line in first}) == 5


@pytest.mark.parametrize(("rings", "cause"), [(3, 0), (30, 19)])
def test_the_dialplan_gives_up_when_the_knob_says(newer: Board, rings: int, cause: int) -> None:
    """The network gives up a customer who does not answer after five seconds, unless the dialplan did before."""

    async def test() -> None:
        newer.turn(rings=rings, extensions={"1006": {"picks_up": 1}})
        async with newer.link() as link:
            call = await click(newer, link, "1006", "70712392")
            heard = await hear(link, lambda event: isinstance(event, HungUp) and event.leg.uid == call.key)
            customer = [one for one in heard if isinstance(one, HungUp) and one.leg.linked == call.key]
            assert [one.cause for one in customer][0] == cause

    asyncio.run(test())
