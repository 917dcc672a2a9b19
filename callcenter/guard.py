"""Stops what a foreground started when the foreground itself was killed: politely, then hard, as it would have done.

The foreground starts this file beside its programs and tells it, a line each, which sessions begin and end. The end of
the pipe is the end of the foreground, however it came. It is run by its path and knows nothing but the standard
library, so that it costs next to nothing; a program cannot be asked to end with its parent instead, because the
children of a web server that was killed would go on and keep its port.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

POLITE_SECONDS = 6.0  # after SIGTERM; then SIGQUIT, which makes Celery give its tasks back
HARD_SECONDS = 3.0  # after SIGQUIT; then SIGKILL to all that is left of the program
STEPS = ((signal.SIGTERM, POLITE_SECONDS), (signal.SIGQUIT, HARD_SECONDS))


def begins(leader: int) -> str:
    """The line that says that this process leads a session of the foreground's."""
    return f"+{leader}\n"


def ended(leader: int) -> str:
    """The line that says that nothing is left of it."""
    return f"-{leader}\n"


def read_sessions(lines: Iterable[str]) -> set[int]:
    """The leaders of the sessions that are left when the foreground has nothing more to say."""
    leaders: set[int] = set()
    for line in lines:
        leader = int(line[1:])
        if line.startswith("+"):
            leaders.add(leader)
        else:
            leaders.discard(leader)
    return leaders


def stop(leaders: set[int]) -> None:
    """SIGTERM, then SIGQUIT to the leaders, then SIGKILL to everybody in their groups."""
    for number, seconds in STEPS:
        for leader in leaders:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(leader, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(map(has_anybody, leaders)):
            time.sleep(0.05)
    for leader in leaders:
        kill_what_is_left(leader)


def has_anybody(leader: int) -> bool:
    """Whether a process of the leader's group is left."""
    try:
        os.killpg(leader, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def kill_what_is_left(leader: int) -> None:
    """Kill the children a program left in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


if __name__ == "__main__":
    stop(read_sessions(sys.stdin))
