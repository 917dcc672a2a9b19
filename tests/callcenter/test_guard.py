"""The guard of a foreground: it stops the sessions that were left, polite ones and stubborn ones, and no other."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from callcenter import guard

STUBBORN = "import os, signal, time; [signal.signal(n, signal.SIG_IGN) for n in (15, 3)]; os.fork(); print(flush=True)"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "STEPS", tuple((number, 1.0) for number, _ in guard.STEPS))


def started(program: str) -> subprocess.Popen[str]:
    program += "; time.sleep(600)"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_what_was_told_to_have_ended_is_left_alone() -> None:
    told = [guard.begins(7), guard.begins(8), guard.ended(7), guard.begins(9)]
    assert guard.read_sessions(told) == {8, 9}


@pytest.mark.processes
@pytest.mark.usefixtures("short")
def test_a_stubborn_program_and_its_children_end_too() -> None:
    polite, stubborn = started("import time; print(flush=True)"), started(STUBBORN)
    with polite, stubborn:
        (child,) = psutil.Process(stubborn.pid).children()
        guard.stop({polite.pid, stubborn.pid, 2**22 - 1})  # and one that is long gone
        assert (polite.wait(60), stubborn.wait(60)) == (-15, -9)
        psutil.wait_procs([child], timeout=60)
        assert not guard.has_anybody(stubborn.pid)
