"""The clock of the played switchboard: what is due happens in its order and at its moment, however late the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sandbox.switchboard.clock import Clock


class Machine:
    """A machine's clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def run(test: Callable[[Clock, Machine], Awaitable[None]], speed: float = 1.0) -> None:
    async def with_clock() -> None:
        machine = Machine()
        clock = Clock(steady=machine, epoch=1000.0, speed=speed)
        running = asyncio.create_task(clock.run())
        try:
            await test(clock, machine)
        finally:
            running.cancel()

    asyncio.run(with_clock())


def test_a_machine_that_is_late_lets_nobody_wait_longer() -> None:
    """It comes back after a minute; what was due in between happens at its moments all the same."""

    async def test(clock: Clock, machine: Machine) -> None:
        happened: list[tuple[str, float]] = []

        async def ring(name: str, *waits: float) -> None:
            for seconds in waits:
                await clock.wait(seconds=seconds)
                happened.append((name, clock.passed()))

        both = asyncio.gather(ring("first", 0.005, 0.005), ring("second", 0.007))
        await asyncio.sleep(0)
        machine.seconds = 60.0
        await both
        assert happened == [("first", 0.005), ("second", 0.007), ("first", 0.01)]
        while clock.passed() < 60:  # at its own speed it is the machine's again once this has happened
            await asyncio.sleep(0)

    run(test)


def test_time_that_is_faster_is_faster_for_all_who_wait() -> None:
    async def test(clock: Clock, machine: Machine) -> None:
        waiting = asyncio.create_task(clock.wait(seconds=300))
        await asyncio.sleep(0)
        clock.turn(speed=100)
        machine.seconds = 3.0
        clock.turn(speed=100)
        assert await waiting is False
        assert clock.passed() == 300

    run(test)


def test_what_is_waited_for_comes_before_the_time_is_over() -> None:
    async def test(clock: Clock, machine: Machine) -> None:
        awaited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = asyncio.create_task(clock.wait(awaited, seconds=300))
        await asyncio.sleep(0)
        awaited.set_result(None)
        assert await waiting is True
        machine.seconds = 400.0
        assert clock.passed() == 400  # nobody waits any more, and nothing holds the time

    run(test)


def test_what_comes_from_outside_happens_in_one_moment() -> None:
    async def test(clock: Clock, machine: Machine) -> None:
        machine.seconds = 1.0
        clock.hold()
        machine.seconds = 1.5
        await asyncio.sleep(0)
        assert clock.passed() == 100
        while clock.passed() == 100:
            machine.seconds += 0.001
            await asyncio.sleep(0)
        assert clock.passed() < 150  # the half second the machine took is none that passed

    run(test, speed=100)


def test_a_lie_changes_what_it_shows_and_no_wait() -> None:
    async def test(clock: Clock, machine: Machine) -> None:
        machine.seconds = 2.0
        assert clock.now() == 1002.0
        clock.lie = -3600
        assert (clock.now(), clock.passed()) == (1002.0 - 3600, 2.0)

    run(test)
