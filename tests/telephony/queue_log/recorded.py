"""The recorded queue_log, and the visits of its calls as the pure functions find them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from telephony.queue_log.lines import LogLine, read_line
from telephony.queue_log.visits import Visit, pair

SAMPLES = Path(__file__).parent.parent / "samples" / "queue_log"


def visits_of(lines: Iterable[str]) -> list[Visit]:
    """All visits that these lines tell of, call by call."""
    calls: dict[str, list[tuple[int, LogLine]]] = defaultdict(list)
    starts, newest = [], 0
    for seq, text in enumerate(lines):
        line = read_line(text)
        newest = max(newest, line.at)
        if line.event == "QUEUESTART":
            starts.append((seq, line.at))
        if line.is_of_a_call:
            calls[line.call].append((seq, line))
    return [visit for call in calls.values() for visit in pair(call, starts=starts, newest=newest)]


def recorded(name: str) -> list[Visit]:
    return visits_of((SAMPLES / name).read_text().splitlines())
