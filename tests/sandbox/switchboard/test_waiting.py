"""Whose turn it is at a queue, to the second: the switchboard in the test's own process, with calls of one moment."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sandbox.switchboard.callers import call_in
from sandbox.switchboard.channels import Channel, Place
from sandbox.switchboard.clock import Clock
from sandbox.switchboard.dialplan import send
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.queue_log import QueueLog
from sandbox.switchboard.queues import LINES, Member, Queue
from sandbox.switchboard.wire import Said
from sandbox.switchboard.words import words_of

WITHOUT_END = 80_000.0  # seconds


def run(test: Callable[[Exchange], Awaitable[None]], queue_log: Path) -> list[list[str]]:
    """Let calls happen, to the end of the last of them. Returns queue_log, from the agent on."""

    async def with_exchange() -> None:
        clock = Clock(steady=asyncio.get_running_loop().time, epoch=1_795_525_200.25, speed=1000)
        log = QueueLog(queue_log)

        def say(_message: Said) -> None:
            """Nobody listens."""

        def go_on(channel: Channel, place: Place) -> None:
            send(exchange, channel, place)

        exchange = Exchange(clock, words_of("13.0.0"), log, random.Random(1), say, go_on)
        running = asyncio.create_task(clock.run())
        clock.hold()
        await test(exchange)
        while exchange.channels:
            await clock.wait(seconds=1)
        running.cancel()
        log.close()

    asyncio.run(with_exchange())
    return [line.split("|")[3:] for line in queue_log.read_text(encoding="utf-8").splitlines()]


def member(exchange: Exchange, exten: str, *, picks_up: float) -> None:
    exchange.telephones[exten].picks_up = picks_up
    exchange.queues["101"].members.append(Member("101", exchange.interface(exten), exten))


def test_a_member_has_a_second_after_a_call(tmp_path: Path) -> None:
    """Who waits is looked after every two seconds: at the sixth second she has spoken till half a second before."""

    async def test(exchange: Exchange) -> None:
        member(exchange, "1001", picks_up=1)
        for talk in (4.5, 1):
            call_in(exchange, line="101", number="70712345", patience=WITHOUT_END, talk=talk, ends=True)

    assert [line[2] for line in run(test, tmp_path / "queue_log") if line[1] == "CONNECT"] == ["1", "9"]


def test_two_who_are_free_take_two_callers_at_once(tmp_path: Path) -> None:
    async def test(exchange: Exchange) -> None:
        for exten in ("1001", "1002"):
            member(exchange, exten, picks_up=1)
        for _ in range(3):
            call_in(exchange, line="101", number="70712345", patience=WITHOUT_END, talk=2.5, ends=True)

    lines = run(test, tmp_path / "queue_log")
    assert [line[4] for line in lines if line[1] == "ENTERQUEUE"] == ["1", "2", "3"]
    assert [(line[0], line[2]) for line in lines if line[1] == "CONNECT"] == [
        *(("1001", "1"), ("1002", "1"), ("1001", "7"))
    ]


@pytest.mark.parametrize("first", range(3))
def test_the_turn_goes_round(first: int) -> None:
    queue = Queue(LINES[0])
    queue.members = [Member(queue.name, f"PJSIP/{exten}", exten) for exten in ("1001", "1002", "1003")]
    for _ in range(first):
        queue.in_turn(queue.members)
    order = [chosen.name for chosen in map(queue.in_turn, [queue.members] * 3) if chosen]
    assert order == [f"{1001 + (first + step) % 3}" for step in range(3)]
    assert queue.in_turn([]) is None
    assert queue.in_turn(queue.members[1:2]) is queue.members[1]
