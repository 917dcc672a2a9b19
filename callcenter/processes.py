"""Several programs in one foreground: started, watched, started again when they die, stopped without leaving one.

Each program gets a session of its own, so that a Ctrl-C of the terminal reaches only the foreground, which then stops
them in order. If the foreground itself is killed, its guard stops them in the same way.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from callcenter import guard

LONGEST_PAUSE = 30.0  # seconds before a program that keeps dying is started again
STEADY_SECONDS = 30.0  # a program that lived this long starts again at once when it dies


@dataclass(frozen=True)
class Program:
    """What to start: its name before each line it writes, its command, and what its environment has on top.

    `once`: it runs to its end; what it leaves with is for whoever began it.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    once: bool = False


class Running:
    """One program under watch."""

    def __init__(self, program: Program, say: Callable[[str], None], tell_guard: Callable[[str], None]) -> None:
        self.program = program
        self._say = say
        self._tell_guard = tell_guard
        self._pause = 0.0
        self._started = 0.0
        self.next_start = 0.0
        self.process: subprocess.Popen[str] | None = None
        self._code = 0
        self._is_over = threading.Event()

    def wait(self) -> int:
        """Wait for the end of a program that runs once; returns its exit code."""
        self._is_over.wait()
        return self._code

    def start(self) -> None:
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            list(self.program.command),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._tell_guard(guard.begins(self.process.pid))
        threading.Thread(target=self._copy_lines, args=(self.process,), daemon=True).start()

    def _copy_lines(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        for line in process.stdout:
            if line.strip():
                self._say(f"{self.program.name:>7} | {line.rstrip()}")

    def look_after(self) -> None:
        """Start the program again when it died, at once the first time and later each time it dies young."""
        if self._is_over.is_set():
            return
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self._end_what_is_left(self.process)
            self.process = None
            if self.program.once:
                self._code = code
                self._is_over.set()
                return
            lived = time.monotonic() - self._started
            self._pause = 0.5 if lived >= STEADY_SECONDS else min(max(self._pause * 2, 0.5), LONGEST_PAUSE)
            self.next_start = time.monotonic() + self._pause
            self._say(f"{self.program.name:>7} | ended ({_words(code)}); starting it again in {self._pause:.1f} s")
        if time.monotonic() >= self.next_start:
            self.start()

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        if self.process is not None:
            self._end_what_is_left(self.process)

    def _end_what_is_left(self, process: subprocess.Popen[str]) -> None:
        guard.kill_what_is_left(process.pid)
        process.wait()
        self._tell_guard(guard.ended(process.pid))


class Foreground:
    """Runs programs until SIGINT or SIGTERM."""

    def __init__(self, programs: Sequence[Program], say: Callable[[str], None]) -> None:
        self._say = say
        self._running = [Running(program, say, self._tell_guard) for program in programs]
        self._signals = 0
        self._guard: subprocess.Popen[str] | None = None

    def run(self, on_started: Callable[[], None]) -> None:
        """Start all, call `on_started` from a thread of its own, and return when every program has ended."""
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._start_guard()
            for running in self._running:
                running.start()
            threading.Thread(target=on_started, daemon=True).start()
            while not self._signals:
                for running in list(self._running):
                    running.look_after()
                time.sleep(0.2)
        finally:
            self._stop()
            self._end_guard()
            for number, handler in before.items():
                signal.signal(number, handler)

    def begin(self, program: Program) -> Running:
        """Run one program more; it starts with the next look at all of them."""
        running = Running(program, self._say, self._tell_guard)
        self._running.append(running)
        return running

    def end(self) -> None:
        """As a Ctrl-C does."""
        self._signals += 1

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _stop(self) -> None:
        """SIGTERM, then SIGQUIT, then SIGKILL; a second Ctrl-C goes straight to the last."""
        for number, seconds in guard.STEPS:
            for running in self._running:
                running.signal(number)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and self._signals < 2:
                if all(running.has_ended() for running in self._running):
                    break
                time.sleep(0.05)
        for running in self._running:
            running.kill()

    def _start_guard(self) -> None:
        """Without site packages and out of the reach of the terminal: its only word is the pipe."""
        command = [sys.executable, "-I", "-S", guard.__file__]
        self._guard = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)

    def _tell_guard(self, line: str) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # somebody ended it: the programs run all the same
                self._guard.stdin.write(line)
                self._guard.stdin.flush()

    def _end_guard(self) -> None:
        if self._guard is not None:
            with contextlib.suppress(BrokenPipeError):
                self._guard.communicate()


def _words(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
