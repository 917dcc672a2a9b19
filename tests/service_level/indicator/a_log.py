"""Lines of queue_log as tests write them, and what is taken from them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from service_level.indicator.counting import count_changed, months_with_figures
from telephony.models import Switchboard
from telephony.queue_log.taking import take_lines

SAMPLES = Path("tests/telephony/samples/queue_log")


def taken(board: Switchboard, *lines: str) -> date:
    """Take lines, those of the recording if none are given, and count; the month of the first visit."""
    take_lines(board=board, lines=lines or (SAMPLES / "queue_log").read_text().splitlines())
    count_changed()
    return next(months_with_figures())


def call(at: datetime, number: str, queue: str, *ends: tuple[int, str]) -> list[str]:
    """The lines of one call, which entered its queue at that moment."""
    begins = int(at.timestamp())
    entered = f"{begins}|{number}|{queue}|NONE|ENTERQUEUE||70712345|1"
    return [entered, *(f"{begins + after}|{number}|{queue}|{rest}" for after, rest in ends)]


def answered(at: datetime, number: str, queue: str, wait: int) -> list[str]:
    said = (wait, f"Ana|CONNECT|{wait}|{number}.9|2"), (wait + 60, f"Ana|COMPLETECALLER|{wait}|60|1")
    return call(at, number, queue, *said)


def hung_up(at: datetime, number: str, queue: str, wait: int) -> list[str]:
    return call(at, number, queue, (wait, f"NONE|ABANDON|1|1|{wait}"))
