"""The one clock of the switchboard: how late it is there, and how one waits.

Its time stands still at each moment something is due, or comes from outside, until that has happened, however busy the
machine is. So at a hundred times the speed a telephone that rings for 12 seconds has rung for 12, and not for what the
machine took.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Any

TURNS = 40  # of the loop after something came due: until all who waited for it, and who waits for them, have gone on
OF_THE_MACHINE = 1.0  # the speed at which the clock is the machine's and catches up with it; faster it is of no day


class Clock:
    """`steady` tells seconds that only grow, `epoch` is the time of day (seconds since 1970) at its beginning.

    Run `run()` as a task beside whatever waits. `lie` is added to what the clock shows, and to no wait.
    """

    def __init__(self, *, steady: Callable[[], float], epoch: float, speed: float = 1.0) -> None:
        self._steady, self._epoch, self._speed = steady, epoch, speed
        self._anchor, self._reached = steady(), 0.0  # what `steady` told when `_reached` seconds had passed here
        self._held: float | None = None  # the moment that is happening now
        self._turns = 0  # of the loop, for which it still is that moment
        self._due: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._stirred = asyncio.Event()
        self.lie = 0.0

    @property
    def speed(self) -> float:
        return self._speed

    def turn(self, *, speed: float) -> None:
        """From now on so many seconds pass here in each of the machine's."""
        self._anchor_at(self.passed())
        self._speed = speed
        self._stirred.set()

    def passed(self) -> float:
        """Seconds since the beginning, never past a moment for which somebody waits still."""
        if self._held is not None:
            return self._held
        due = self._next()
        return self._reading() if due is None else min(self._reading(), due)

    def now(self) -> float:
        """The time of day it shows, in seconds since 1970."""
        return self._epoch + self.passed() + self.lie

    async def wait(self, *awaited: asyncio.Future[Any], seconds: float | None = None) -> bool:
        """Wait until one of them is there, or so many seconds have passed. Returns whether one is."""
        timer = self._timer(seconds) if seconds is not None else None
        try:
            await asyncio.wait([*awaited, *([timer] if timer else [])], return_when=asyncio.FIRST_COMPLETED)
        finally:
            if timer is not None:
                timer.cancel()
        return any(one.done() for one in awaited)

    async def run(self) -> None:
        """Let the time pass, for ever."""
        while True:
            self._stirred.clear()
            if self._held is None:
                due = self._next()
                if due is None or self._reading() < due:
                    await self._rest(None if due is None else (due - self._reading()) / self._speed)
                    continue
                _moment, _number, timer = heapq.heappop(self._due)
                self._held = due
                timer.set_result(None)
            await self._let_it_happen(self._held)

    def hold(self) -> None:
        """What comes from outside now happens in one moment, with all that follows from it at once."""
        if self._held is None:
            self._held = self.passed()
        self._turns = TURNS
        self._stirred.set()

    async def _let_it_happen(self, moment: float) -> None:
        self._turns = TURNS
        while self._turns:
            self._turns -= 1
            await asyncio.sleep(0)
        self._held = None
        if self._speed != OF_THE_MACHINE:
            self._anchor_at(moment)  # what the machine took for it is no time that passed

    async def _rest(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return

    def _timer(self, seconds: float) -> asyncio.Future[None]:
        timer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._due, (self.passed() + max(0.0, seconds), next(self._numbers), timer))
        self._stirred.set()
        return timer

    def _next(self) -> float | None:
        """When the next thing is due for which somebody still waits."""
        while self._due and self._due[0][2].done():
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def _reading(self) -> float:
        return self._reached + (self._steady() - self._anchor) * self._speed

    def _anchor_at(self, moment: float) -> None:
        self._anchor, self._reached = self._steady(), moment
