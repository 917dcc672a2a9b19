"""A breaker: a system that hangs, or failed three times in a row, is left alone for a while, then asked once to see.

It hangs when a call waited all of its time and nobody else was answered meanwhile: then the first page that waits is
the only one. Where others were answered that one call had bad luck, and counts as any failure does.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FAILURES = 3  # in a row, until nobody asks any more
ALL_OF_IT = 0.95  # of its time, from which on a call waited in vain: clocks and sockets round
REST = 10.0  # seconds without a question; then one call goes out, and its end decides for all


class Resting(Exception):
    """The system failed several times just now and is not asked."""


class Breaker:
    """Counts failures in a row. Threads share it; every process has its own."""

    def __init__(self, *, failures: int = FAILURES, rest: float = REST, clock: Callable[[], float] = time.monotonic):
        self._failures, self._rest, self._clock = failures, rest, clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._opens_at: float | None = None  # None: everybody may ask
        self._has_probe = False
        self._answered_at = -math.inf

    @contextmanager
    def watching(self, *failures: type[Exception], patience: float = math.inf) -> Iterator[None]:
        """Let one call through and learn from its end. Raises Resting instead of letting it through.

        `failures` are the errors that speak against the system; any other tells nothing of it. `patience`: the seconds
        the call may take.
        """
        is_probe = self._enter()
        began = self._clock()
        try:
            yield
        except failures:
            self._failed(began, patience)
            raise
        except BaseException:
            if is_probe:  # a task that ran out of time, say: the next caller is the probe
                with self._lock:
                    self._has_probe = False
            raise
        else:
            self._succeeded()

    def _enter(self) -> bool:
        with self._lock:
            if self._opens_at is None:
                return False
            if self._has_probe or self._clock() < self._opens_at:
                raise Resting
            self._has_probe = True
            return True

    def _failed(self, began: float, patience: float) -> None:
        with self._lock:
            self._in_a_row += 1
            self._has_probe = False
            hangs = self._clock() - began >= ALL_OF_IT * patience and self._answered_at < began
            if hangs or self._in_a_row >= self._failures:
                self._in_a_row = max(self._in_a_row, self._failures)  # the next failure, of the probe, is one too many
                self._opens_at = self._clock() + self._rest

    def _succeeded(self) -> None:
        with self._lock:
            self._in_a_row, self._opens_at, self._has_probe = 0, None, False
            self._answered_at = self._clock()
