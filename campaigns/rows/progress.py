"""How far a report is, told from a connection of its own while the work holds its transaction open.

The worker only sets numbers; a thread writes them twice a second and makes the lease longer with the same statement.
When that statement finds another fence, the report was given to somebody else: the worker learns it and stops.
"""

from __future__ import annotations

import copy
import math
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from types import TracebackType

from django.db import DatabaseError, connection, connections

from campaigns.models import Report
from work.ending import renew
from work.steps import LeaseLost

LEASE = timedelta(seconds=90)
EVERY = 0.5  # seconds between two steps of the bar


class Progress:
    """The bar of one report and one fence. Use as a context manager around the work.

    Inside somebody's open transaction nobody else can see the report yet: then nothing is told.
    """

    def __init__(self, *, report: Report, now: datetime) -> None:
        self._claimed = copy.copy(report)  # as it was claimed: the thread asks for this fence whatever is written since
        self._now = now
        self._began = time.monotonic()
        self._tells = not connection.in_atomic_block
        self._ending = threading.Event()
        self._lost = False
        self._probe: Callable[[], dict[str, int]] | None = None
        self._numbers: dict[str, int | None] = {}
        self._state = ""  # as it was claimed
        self._thread = threading.Thread(target=self._keep_writing, name=f"report-{report.pk}", daemon=True)

    def __enter__(self) -> Progress:
        if self._tells:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        if self._tells:
            self._thread.join()

    def clock(self) -> datetime:
        """The moment it is, counted from the one that was handed in."""
        return self._now + timedelta(seconds=time.monotonic() - self._began)

    @property
    def rows_read(self) -> int:
        """What was told last; 0 before anything was read."""
        return int(self._numbers.get("rows_read") or 0)

    def set(self, *, state: str | None = None, **numbers: int | None) -> None:
        """Say how far it is: `rows_read`, `rows_expected`, `rows_checked`, `rows_published`; raises LeaseLost."""
        self._numbers = {**self._numbers, **numbers}
        self._state = state or self._state
        self.check()

    def watch(self, probe: Callable[[], dict[str, int]] | None) -> None:
        """Let the thread ask `probe` for numbers at each step: for one long statement that says nothing itself."""
        self._probe = probe

    def check(self) -> None:
        """Raise LeaseLost when somebody else has the report."""
        if self._lost:
            raise LeaseLost(f"report {self._claimed.pk} has another fence than {self._claimed.fence}")

    def _keep_writing(self) -> None:
        try:
            while not self._ending.wait(EVERY):
                try:
                    self._write_down()
                except DatabaseError:  # the database restarts: the work itself will notice, the bar waits
                    connections["default"].close()
        finally:
            connections["default"].close()

    def _write_down(self) -> None:
        if (probe := self._probe) is not None:
            self._numbers = {**self._numbers, **probe()}
        try:
            renew(owed=self._claimed, now=self.clock(), state=self._state, **self._numbers)
        except LeaseLost:
            self._lost = True


class GrowingFiles:
    """How far a transaction is, by what can be seen of it from outside before it commits: its tables grow.

    `steps` are table, bytes a row, part of the work. A table that fills freed space first makes the bar wait a little.
    What comes before the first of them leaves no trace outside: it is given the rest, by the time such rows take.
    The bar never runs back, and creeps on where nothing grows (sorting, assigning), so that people see it is alive.
    """

    MICROSECONDS_A_ROW = 2.0
    CREEP = 0.0005  # of the whole, at each look

    def __init__(self, *, rows: int, steps: Sequence[tuple[str, int, float]]) -> None:
        self._rows = rows
        self._steps = steps
        self._began = self._sizes()
        self._since = time.monotonic()
        self._told = 0.0

    def __call__(self) -> dict[str, int]:
        usual = max(self._rows * self.MICROSECONDS_A_ROW / 1e6, 1.0)
        before_them = 1 - sum(part for _table, _width, part in self._steps)
        share = before_them * (1 - math.exp(-(time.monotonic() - self._since) / usual))
        for (_table, width, part), now, before in zip(self._steps, self._sizes(), self._began, strict=True):
            share += part * min((now - before) / max(width * self._rows, 1), 1)
        self._told = min(max(share, self._told + self.CREEP), 0.995)
        return {"rows_published": int(self._rows * self._told)}

    def _sizes(self) -> list[int]:
        names = [table for table, _width, _part in self._steps]
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT pg_relation_size(name::regclass) FROM unnest(%s::text[]) WITH ORDINALITY AS one (name, place)
                ORDER BY place
                """,
                [names],
            )
            return [int(size) for (size,) in cursor.fetchall()]
