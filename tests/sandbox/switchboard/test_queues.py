"""Calls at a queue of the played switchboard: what is told of them over the wire, and what stands in queue_log."""

from __future__ import annotations

import asyncio

import pytest

from telephony.events import (
    Answered,
    DialBegan,
    Event,
    Held,
    HungUp,
    MemberConnected,
    MemberDone,
    MemberPaused,
    MemberRung,
    MemberRungInVain,
    MemberSeen,
    QueueGivenUp,
    QueueJoined,
    QueueLeft,
    Transferred,
)
from telephony.link import Link
from tests.sandbox.switchboard.playing import PATIENCE, WITHOUT_END, Board, hear, hear_kind

pytestmark = pytest.mark.processes

OF_A_QUEUE = (QueueJoined, QueueLeft, QueueGivenUp, MemberRung, MemberRungInVain, MemberConnected, MemberDone)
CALLER = "70755501"


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events if isinstance(event, OF_A_QUEUE)]


async def connected(board: Board, link: Link, line: str, exten: str, name: str) -> MemberConnected:
    """A caller of the line speaks with the only member it has, and neither of them ends it."""
    board.turn(extensions={exten: {"picks_up": 2}}, talks=[WITHOUT_END, WITHOUT_END])
    await board.add(link, line, exten, name)
    board.do("call-in", line=line, number=CALLER, patience=WITHOUT_END, talk=WITHOUT_END)
    found = (await hear_kind(link, MemberConnected))[-1]
    assert isinstance(found, MemberConnected)
    return found


@pytest.mark.parametrize(("line", "ends"), [("101", "caller"), ("102", "agent")])
def test_a_call_is_answered_and_ended_by_one_of_the_two(board: Board, line: str, ends: str) -> None:
    async def test() -> None:
        board.turn(extensions={"1001": {"picks_up": 3}})
        async with board.link() as link:
            await board.add(link, line, "1001", "Ana Quispe")
            board.do("call-in", line=line, number=CALLER, patience=WITHOUT_END, talk=7, ends=ends)
            heard = await hear_kind(link, MemberDone)
            assert kinds(heard) == ["QueueJoined", "MemberRung", "QueueLeft", "MemberConnected", "MemberDone"]
            spoken, done = next(one for one in heard if isinstance(one, MemberConnected)), heard[-1]
            assert isinstance(done, MemberDone)
            assert (spoken.waited, spoken.member.name, done.talked, done.reason) == (3, "Ana Quispe", 7, ends)
            assert spoken.telephone is not None
            entered, connect, complete = board.lines(line)
            assert entered == ["NONE", "ENTERQUEUE", "", CALLER, "1"]
            assert connect == ["Ana Quispe", "CONNECT", "3", spoken.telephone.uid, "3"]
            assert complete == ["Ana Quispe", f"COMPLETE{ends.upper()}", "3", "7", "1"]
            await hear(link, lambda event: isinstance(event, HungUp) and event.leg.uid == spoken.caller.uid)
            await link.ask("QueueRemove", [("Queue", line), ("Interface", board.telephone("1001"))])

    asyncio.run(test())


def test_whoever_is_not_answered_gives_up_when_her_patience_is_over(board: Board) -> None:
    async def test() -> None:
        board.turn(extensions={"1002": {"picks_up": "never"}})
        async with board.link() as link:
            board.do("call-in", line="103", number=CALLER, patience=5)
            heard = await hear_kind(link, HungUp)
            assert kinds(heard) == ["QueueJoined", "QueueGivenUp", "QueueLeft"]
            await board.add(link, "103", "1002", "Luis Rojas")
            board.do("call-in", line="103", number=CALLER, patience=5)
            heard = await hear_kind(link, QueueLeft)
            assert kinds(heard) == ["QueueJoined", "MemberRung", "QueueGivenUp", "QueueLeft"]
            given_up = [one.waited for one in heard if isinstance(one, QueueGivenUp)]
            assert given_up == [5]
            abandoned = ["NONE", "ABANDON", "1", "1", "5"]
            cancelled = [] if board.is_older else [["Luis Rojas", "RINGCANCELED", "5000"]]
            entered = ["NONE", "ENTERQUEUE", "", CALLER, "1"]
            assert board.lines("103") == [entered, abandoned, entered, *cancelled, abandoned]

    asyncio.run(test())


def test_a_call_that_rang_in_vain_goes_to_the_next_member(board: Board) -> None:
    async def test() -> None:
        board.turn(extensions={"1003": {"picks_up": "never"}, "1004": {"picks_up": 1}})
        async with board.link() as link:
            await board.add(link, "104", "1003", "Marta Soliz")
            await board.add(link, "104", "1004", "Eva Vargas")
            board.do("call-in", line="104", number=CALLER, patience=WITHOUT_END, talk=5, ends="agent")
            heard = await hear_kind(link, MemberDone)
            rung = [one.member.name for one in heard if isinstance(one, MemberRung | MemberConnected)]
            assert rung == ["Marta Soliz", "Eva Vargas", "Eva Vargas"]
            assert [one.member.name for one in heard if isinstance(one, MemberRungInVain)] == ["Marta Soliz"]
            _entered, in_vain, connect, complete = board.lines("104")
            assert in_vain == ["Marta Soliz", "RINGNOANSWER", "12000"]
            assert (connect[1], connect[2], connect[4]) == ("CONNECT", "15", "1")  # 12 in vain, 2 between, 1
            assert complete == ["Eva Vargas", "COMPLETEAGENT", "15", "5", "1"]

    asyncio.run(test())


def test_members_are_rung_in_turn_and_whoever_is_paused_is_passed_over(board: Board) -> None:
    async def test() -> None:
        extensions = {"1005": "Ana", "1006": "Luis", "1007": "Eva"}
        board.turn(extensions={exten: {"picks_up": 1} for exten in extensions})
        async with board.link() as link:
            for exten, name in extensions.items():
                await board.add(link, "109", exten, name)
            paused = [("Interface", board.telephone("1006")), ("Paused", "true"), ("Queue", "109"), ("Reason", "Baño")]
            assert (await link.ask("QueuePause", paused)).succeeded
            takes = []
            for _ in range(3):
                board.do("call-in", line="109", number=CALLER, patience=WITHOUT_END, talk=3, ends="caller")
                heard = await hear_kind(link, MemberDone)
                takes += [one.member.name for one in heard if isinstance(one, MemberConnected)]
            assert takes == ["Ana", "Eva", "Ana"]

    asyncio.run(test())


def test_a_pause_is_told_shown_and_written(board: Board) -> None:
    async def test() -> None:
        where = board.telephone("1008")
        async with board.link() as link:
            await board.add(link, "4200224", "1008", "Ana Quispe")
            assert (
                await link.ask("QueuePause", [("Interface", where), ("Paused", "true"), ("Reason", "Almuerzo")])
            ).succeeded
            told = (await hear_kind(link, MemberPaused))[-1]
            assert isinstance(told, MemberPaused)
            assert (told.member.interface, told.is_paused, told.reason) == (where, True, "Almuerzo")
            (seen,) = [
                one
                for one in await link.ask_for_all("QueueStatus", [("Queue", "4200224")])
                if isinstance(one, MemberSeen)
            ]
            assert (seen.member.name, seen.is_paused, seen.status) == ("Ana Quispe", True, 1)
            assert (await link.ask("QueuePause", [("Interface", where), ("Paused", "false")])).succeeded
            assert [line[1:] for line in board.lines("NONE")][-2:] == [["PAUSEALL", "Almuerzo"], ["UNPAUSEALL", ""]]
            assert [line[1:] for line in board.lines("4200224")] == [["PAUSE", "Almuerzo"], ["UNPAUSE", ""]]
            assert not (
                await link.ask("QueuePause", [("Interface", board.telephone("1099")), ("Paused", "true")])
            ).succeeded

    asyncio.run(test())


def test_a_call_is_handed_over_blindly(board: Board) -> None:
    async def test() -> None:
        board.turn(extensions={"1010": {"picks_up": 1}})
        async with board.link() as link:
            call = await connected(board, link, "4251000", "1009", "Ana Quispe")
            board.do("transfer", extension="1009", to="1010")
            heard = await hear(link, lambda event: isinstance(event, DialBegan) and event.caller is not None)
            (handed,) = [one for one in heard if isinstance(one, Transferred)]
            assert (handed.by.uid, handed.extension) == (call.telephone and call.telephone.uid, "1010")
            assert (handed.whom.uid, handed.came_about) == (call.caller.uid, True)
            assert [one.reason for one in heard if isinstance(one, MemberDone)] == ["transfer"]
            last = board.lines("4251000")[-1]
            assert last[:4] == [
                "Ana Quispe",
                "TRANSFER" if board.is_older else "BLINDTRANSFER",
                "1010",
                "from-internal",
            ]
            assert (last[4], last[5].isdigit(), last[6]) == ("2", True, "1")
            await hear_kind(link, Answered)
            board.do("hang-up", extension="1010")
            await hear(link, lambda event: isinstance(event, HungUp) and event.leg.uid == call.caller.uid)

    asyncio.run(test())


def test_a_call_is_handed_over_to_whom_was_asked_first(board: Board) -> None:
    async def test() -> None:
        board.turn(extensions={"1012": {"picks_up": 1}})
        async with board.link() as link:
            call = await connected(board, link, "4522222", "1011", "Ana Quispe")
            assert call.telephone is not None
            asked = [("Channel", call.telephone.channel), ("Context", "from-internal"), ("Exten", "1012")]
            assert (await link.ask("Atxfer", asked)).succeeded
            held = (await hear_kind(link, Held))[-1]
            assert isinstance(held, Held)
            assert (held.is_on, held.leg.channel) == (True, call.telephone.channel)
            third = (await hear_kind(link, Answered))[-1]
            assert isinstance(third, Answered)
            assert (await link.ask("Hangup", [("Channel", call.telephone.channel)])).succeeded
            heard = await hear_kind(link, MemberDone)
            (handed,) = [one for one in heard if isinstance(one, Transferred)]
            assert (handed.by.uid, handed.came_about) == (call.telephone.uid, True)
            if not board.is_older:  # there it tells of the two channels of who handed over
                assert (handed.whom.uid, handed.to and handed.to.uid) == (call.caller.uid, third.leg.uid)
            last = board.lines("4522222")[-1]
            kept = ["TRANSFER", "1012", "from-internal"] if board.is_older else ["ATTENDEDTRANSFER", "BRIDGE", last[3]]
            assert last[1:5] == [*kept, "2"]
            board.do("hang-up", extension="1012")
            await hear(link, lambda event: isinstance(event, HungUp) and event.leg.uid == call.caller.uid)

    asyncio.run(test())


def test_a_call_nobody_wanted_comes_back_to_who_tried_to_hand_it_over(board: Board) -> None:
    async def test() -> None:
        board.turn(extensions={"1014": {"picks_up": "busy"}})
        async with board.link() as link:
            await connected(board, link, "4639999", "1013", "Ana Quispe")
            board.do("transfer", extension="1013", to="1014", attended=True)
            await hear(link, lambda event: isinstance(event, Held) and not event.is_on)
            board.do("hang-up", extension="1013")
            heard = await hear_kind(link, MemberDone)
            assert [one for one in heard if isinstance(one, Transferred)] == []
            assert [one.reason for one in heard if isinstance(one, MemberDone)] == ["agent"]
            assert board.lines("4639999")[-1][:3] == ["Ana Quispe", "COMPLETEAGENT", "2"]

    asyncio.run(test())


def test_a_caller_whose_time_in_the_queue_is_over_is_let_go(board: Board) -> None:
    async def test() -> None:
        async with board.link() as link:
            board.do("call-in", line="800130001", number=CALLER, patience=WITHOUT_END, queue_timeout=8)
            heard = await hear_kind(link, HungUp)
            assert kinds(heard) == ["QueueJoined", "QueueGivenUp", "QueueLeft"]
            assert board.lines("800130001")[-1] == ["NONE", "EXITWITHTIMEOUT", "1", "1", "8"]

    asyncio.run(test())


def test_whoever_is_taken_out_of_a_queue_has_given_it_up(board: Board) -> None:
    async def test() -> None:
        board.turn(extensions={"1016": {"picks_up": 1}})
        async with board.link() as link:
            board.do("call-in", line="800131313", number=CALLER, patience=WITHOUT_END, talk=WITHOUT_END)
            joined = (await hear_kind(link, QueueJoined))[-1]
            assert isinstance(joined, QueueJoined)
            to = [("Channel", joined.leg.channel), ("Context", "from-internal"), ("Exten", "1016"), ("Priority", "1")]
            assert (await link.ask("Redirect", to)).succeeded
            heard = await hear(link, lambda event: isinstance(event, DialBegan) and event.caller is not None)
            assert kinds(heard) == ["QueueGivenUp", "QueueLeft"]
            assert board.lines("800131313")[-1][:4] == ["NONE", "ABANDON", "1", "1"]
            await hear_kind(link, Answered)
            board.do("hang-up", extension="1016")
            await hear(link, lambda event: isinstance(event, HungUp) and event.leg.uid == joined.leg.uid)

    asyncio.run(test())


def test_a_caller_who_is_sent_elsewhere_talks_on_as_far_as_the_queue_knows(newer: Board) -> None:
    async def test() -> None:
        newer.turn(extensions={"1018": {"picks_up": 1}})
        async with newer.link() as link:
            call = await connected(newer, link, "800131313", "1017", "Ana Quispe")
            to = [("Channel", call.caller.channel), ("Context", "from-internal"), ("Exten", "1018"), ("Priority", "1")]
            assert (await link.ask("Redirect", to)).succeeded
            heard = await hear(link, lambda event: isinstance(event, DialBegan) and event.caller is not None)
            assert kinds(heard) == []
            assert [one.leg.uid for one in heard if isinstance(one, HungUp)] == [call.telephone and call.telephone.uid]
            await hear_kind(link, Answered)
            newer.do("hang-up", extension="1018")
            heard = await hear_kind(link, MemberDone)
            assert newer.lines("800131313")[-1][:3] == ["Ana Quispe", "COMPLETECALLER", "2"]

    asyncio.run(test())


def test_a_queue_that_is_not_there_is_an_empty_list(newer: Board) -> None:
    async def test() -> None:
        async with asyncio.timeout(PATIENCE), newer.link() as link:
            assert await link.ask_for_all("QueueStatus", [("Queue", "555")]) == []

    asyncio.run(test())
