"""Servers that do not answer: the first who asks waits out its time limit, and then nobody does until one answers.

A click that asked each few seconds whether it is back would be slow each few seconds. A thread of ours asks instead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

ASKS_EVERY = 1.0  # seconds
NOT_ASKED_FOR = (
    15.0  # seconds by whoever works: longer than an answer may take, so that the thread is always before them
)

log = structlog.get_logger(__name__)


class Silence:
    """Whether one server is silent, as this process knows it. `ask` raises one of `errors` while it is."""

    def __init__(self, ask: Callable[[], object], errors: tuple[type[Exception], ...]) -> None:
        self._ask, self._errors = ask, errors
        self._until = 0.0
        self._asking: threading.Thread | None = None

    def lasts(self) -> bool:
        """A thread that is gone (in a child of the process that had it) leaves it to whoever works after a while."""
        return time.monotonic() < self._until

    def begin(self) -> None:
        self._until = time.monotonic() + NOT_ASKED_FOR
        if self._asking is None or not self._asking.is_alive():
            self._asking = threading.Thread(target=self._ask_until_answered, name="silent-server", daemon=True)
            self._asking.start()

    def _ask_until_answered(self) -> None:
        while True:
            time.sleep(ASKS_EVERY)
            self._until = time.monotonic() + NOT_ASKED_FOR
            try:
                self._ask()
            except self._errors:
                continue
            self._until = 0.0
            log.info("a_silent_server_answers")
            return
