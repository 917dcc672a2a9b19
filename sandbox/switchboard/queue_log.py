"""The file queue_log, written as app_queue writes it: `epoch|callid|queue|agent|event|data1|data2|…`, one line each."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO


class QueueLog:
    """Appends to `path`; without one it keeps nothing. A line is on the disk before the next thing happens.

    `seconds` of a line are since 1970, as the clock of the switchboard shows them.
    """

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", buffering=1)

    def write(
        self, *, seconds: float, callid: str, queue: str, agent: str, event: str, data: tuple[object, ...]
    ) -> None:
        """One line; no data at all leaves an empty field, as there."""
        if self._file is not None:
            fields = [int(seconds), callid, queue, agent, event, *(data or ("",))]
            self._file.write("|".join(str(one) for one in fields) + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
