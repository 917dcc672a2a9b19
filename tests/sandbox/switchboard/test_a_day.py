"""A hundred calls that come by themselves: what stands in queue_log adds up to what the program says of itself."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from sandbox.switchboard.callers import BUSIEST, DAY, calls_an_hour
from sandbox.switchboard.queues import LINES
from tests.processes.house import wait_until
from tests.sandbox.switchboard.playing import PATIENCE, Board, playing

pytestmark = pytest.mark.processes

WORDS = {"ENTERQUEUE": "offered", "CONNECT": "answered", "ABANDON": "abandoned", "EXITWITHTIMEOUT": "timed_out"}
WORDS |= {"RINGNOANSWER": "rung_in_vain"}
ENDS = ("COMPLETECALLER", "COMPLETEAGENT", "BLINDTRANSFER", "ATTENDEDTRANSFER", "TRANSFER")
NINE_IN_LA_PAZ = 1_795_525_200  # seconds since 1970


def recounted(board: Board) -> dict[str, Counter[str]]:
    """Of each queue, from the file alone, under the names the program uses."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for line in board.queue_log.read_text(encoding="utf-8").splitlines():
        _seconds, _callid, queue, _agent, event, *data = line.split("|")
        if event in WORDS:
            counted[queue][WORDS[event]] += 1
        if event == "CONNECT":
            counted[queue]["answered_in_time"] += int(data[0]) <= 20
            counted[queue]["waited"] += int(data[0])
        if event in ENDS:
            counted[queue][event.lower()] += 1
            counted[queue]["completed"] += event.startswith("COMPLETE")
            counted[queue]["talked"] += int(data[-2])
    return {queue: +numbers for queue, numbers in counted.items()}


@pytest.mark.parametrize("version", ["13.0.0", "1.3"])
def test_the_file_adds_up_to_what_the_program_counted(version: str, tmp_path: Path) -> None:
    async def begin(board: Board) -> None:
        async with board.link() as link:
            for number, line in enumerate(LINES):
                for exten in (1001 + number, 1021 + number):
                    await board.add(link, line, str(exten), f"Agente {exten}")

    def offered() -> int:
        return sum(queue["counted"].get("offered", 0) for queue in board.state()["queues"].values())

    with playing(version, tmp_path) as board:
        slow = {str(1021 + number): {"picks_up": "never"} for number in range(len(LINES))}
        board.turn(speed=1000, talks=[20, 60], extensions=slow)
        asyncio.run(begin(board))
        board.turn(callers=True, rate=10, clock=NINE_IN_LA_PAZ - board.state()["now"])
        wait_until(lambda: offered() >= 100, what="a hundred people call in", seconds=PATIENCE)
        board.turn(callers=False)
        state = wait_until(
            lambda: found if not (found := board.state())["channels"] else None,
            what="the last of them is gone",
            seconds=PATIENCE,
        )
        told = {
            name: +Counter(queue["counted"] | {"waited": queue["waited"], "talked": queue["talked"]})
            for name, queue in state["queues"].items()
            if queue["counted"]
        }
        assert told == recounted(board)
        sums = sum(told.values(), Counter[str]())
        assert sums["offered"] == sums["answered"] + sums["abandoned"] >= 100
        assert sums["answered"] == sums["completed"] > 0
        assert sums["abandoned"] > 0
        assert sums["rung_in_vain"] > 0


def test_a_day_has_its_hours(tmp_path: Path) -> None:
    assert set(BUSIEST) == set(LINES)
    assert len(DAY) == 24
    assert calls_an_hour("101", now=NINE_IN_LA_PAZ) == BUSIEST["101"]
    assert calls_an_hour("101", now=NINE_IN_LA_PAZ - 6 * 3600) < BUSIEST["101"] / 10
