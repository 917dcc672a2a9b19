"""Reading the exports of Smartflex: xlsx, xls, ods and separated text, opened in a process of their own with limits.

The rows come back as text of the wanted fields in the wanted order, ready for `COPY … FROM STDIN`, so that the process
that talks to the database only passes bytes along.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

import psutil
from django.utils.translation import gettext as _

from systems.reports.copying import read_copy_line
from systems.reports.headings import heading_key
from systems.reports.process import FRAME
from systems.reports.refusals import ReportRefused
from systems.reports.request import DEFAULT_LIMITS, Limits, Request

__all__ = [
    "DEFAULT_LIMITS",
    "Limits",
    "Reading",
    "ReadingInterrupted",
    "ReportRefused",
    "Told",
    "heading_key",
    "read_report",
]

log = logging.getLogger(__name__)

PIPE_BYTES = 1 << 20
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}  # no secret
START = "import sys; sys.path.insert(0, sys.argv[1]); from systems.reports.process import main; main()"
TOO_BIG = {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGTRAP, signal.SIGILL}  # how memory runs out
BUSY = 0.1  # part of a processor from which on a silent process is at work: others may want the processor too
FULL = 0.5  # part of its memory from which on a process that was killed had it from this file


class ReadingInterrupted(Exception):
    """The reading ended for a reason outside of the file: somebody stopped it, or its disk hangs. Read it again.

    What a file did to its reader is no such reason: a process that used up its time or its memory is refused at once.
    """


def read_report(
    path: Path | str,
    *,
    columns: Mapping[str, Collection[str]],
    required: Collection[str],
    limits: Limits = DEFAULT_LIMITS,
    cleaner: str = "",
) -> Reading:
    """Open a report and find its header.

    `columns` names the known headings of each field, the preferred one first, in the order in which the cells are
    wanted; fields without a column give ''. `cleaner` (`package.module:name`) is called in the reading process with
    the fields and gives the columns to write instead, as COPY text (`process.Cleaner`).
    Raises ReportRefused for a file that is no report, lacks a required column or would cost more than the limits, and
    ReadingInterrupted when it should be read again.
    """
    request = Request(
        path=str(Path(path).resolve()),
        columns={field: list(names) for field, names in columns.items()},
        required=list(required),
        limits=limits,
        cleaner=cleaner,
    )
    return Reading(request)


@dataclass(frozen=True)
class Told:
    """What is known of a file once all of it was read.

    sheets: those that were read, in order: name ('' for separated text), rows, totals (what is said of the whole below
    the rows: a label, '' if there is none, and numbers), titles (the same above the headings), merged (fields of which
    a cell spans several rows), twice (fields with two columns, and the letters of the one that was read); left_out:
    name, rows, why (`parts.LeftOut`); ends_open: its last line has no end; ends_short: its last row has fewer columns
    than all others; findings: what the cleaner saw.
    """

    sheets: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    ends_open: bool
    ends_short: bool
    findings: dict[str, Any]


class Reading:
    """A report being read. Use it in a `with`: leaving it ends the process."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.rows = 0
        self._ended = False
        self._told: Told | None = None
        self._mark = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._process = subprocess.Popen(
            [sys.executable, "-c", START, str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=ENVIRONMENT,
            close_fds=True,
            start_new_session=True,  # Ctrl-C is for the application: it decides what becomes of its readings
        )
        _widen(self._process.stdout)
        try:
            found = self._ask()
        except BaseException:
            self.close()
            raise
        self.format: str = found["format"]
        self.heading: dict[str, str] = found["heading"]
        self.rows_expected: int = found["rows_expected"]

    @property
    def fields(self) -> tuple[str, ...]:
        """The order of the cells."""
        return self._request.fields

    @property
    def told(self) -> Told:
        """What the whole file said; known once every row was handed out."""
        if self._told is None:
            raise ValueError("the rows come first")
        return self._told

    def chunks(self) -> Iterator[bytes]:
        """COPY text, some thousand whole rows at a time; `rows` counts what was handed out.

        Without a cleaner the columns are the line (as a person counts it) and the cells of `fields`.
        """
        while not self._ended:
            letter, rows, data = self._frame()
            if letter == b"E":
                self._ended, self._told = True, Told(**json.loads(data))
            else:
                self.rows += rows
                yield data

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        for chunk in self.chunks():
            for text in chunk.decode().split("\n")[:-1]:
                line, *cells = read_copy_line(text)
                yield int(line), tuple(cells)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._ended = True
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self) -> dict[str, Any]:
        asking = cast(IO[bytes], self._process.stdin)
        try:
            asking.write(json.dumps(self._request.as_json()).encode())
            asking.close()
        except BrokenPipeError:
            self._raise_how_it_ended()
        _, _, confined = self._frame()
        self.out_of_reach: list[str] = json.loads(confined)  # of `confinement.ALL`
        _, _, data = self._frame()
        found: dict[str, Any] = json.loads(data)
        return found

    def _frame(self) -> tuple[bytes, int, bytes]:
        letter, rows, length = FRAME.unpack(self._read(FRAME.size))
        data = self._read(length)
        if letter == b"F":
            raise ReadingInterrupted(_("La lectura se interrumpió (%(where)s).") % {"where": data.decode()})
        if letter == b"R":
            refusal = json.loads(data)
            raise ReportRefused(refusal["code"], **refusal["words"])
        return letter, rows, data

    def _read(self, length: int) -> bytes:
        pipe = cast(IO[bytes], self._process.stdout).fileno()
        waiting = select.poll()
        waiting.register(pipe, select.POLLIN | select.POLLHUP)
        into = bytearray(length)
        view, filled = memoryview(into), 0
        while filled < length:
            if not waiting.poll(half := self._request.limits.silence_seconds * 500):
                used = self._used()
                if not waiting.poll(half):
                    self._raise_for_silence(self._used() - used)
            got = os.readv(pipe, [view[filled:]])
            if not got:
                self._raise_how_it_ended()
            filled += got
        return bytes(into)

    def _raise_for_silence(self, used: float) -> None:
        """Silent and busy is the file's doing; silent and asleep is a disk that hangs, or somebody who stopped it.

        `used`: seconds of processor in the second half of the silence. What it used before it fell silent is no sign.
        """
        if used >= BUSY * self._request.limits.silence_seconds / 2:
            raise ReportRefused("too_slow")
        raise ReadingInterrupted(_("La lectura no dio señales y se detuvo."))

    def _used(self) -> float:
        """Seconds of processor since it began."""
        try:
            cost = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:  # it has just ended: the pipe will say how
            return 0.0
        return float(cost.user + cost.system)

    def _raise_how_it_ended(self) -> None:
        cost, limits = self._end(), self._request.limits
        code = self._process.returncode
        if -code in TOO_BIG:
            raise ReportRefused("too_big")
        if -code == signal.SIGXCPU:
            raise ReportRefused("too_slow")
        if -code == signal.SIGKILL:  # by whom nobody says: what it had cost does
            if cost.ru_utime + cost.ru_stime >= limits.cpu_seconds:
                raise ReportRefused("too_slow")
            # a process begins with the highest mark of the one that started it: only what lies above it is its own
            if cost.ru_maxrss > self._mark and cost.ru_maxrss * 1024 >= FULL * limits.memory_bytes:
                raise ReportRefused("too_big")
        raise ReadingInterrupted(_("La lectura se interrumpió (proceso %(code)s).") % {"code": code})

    def _end(self) -> resource.struct_rusage:
        """Wait for the process, and return what it cost."""
        _pid, status, cost = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return cost


def _widen(pipe: IO[bytes] | None) -> None:
    """A wider pipe lets the reading process work ahead of the database."""
    if pipe is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        try:
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        except OSError:
            log.info("the pipe stays narrow: the system allows no wider one")
