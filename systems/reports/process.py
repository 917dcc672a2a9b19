"""The process that opens files of strangers: hardly any rights, little memory, and a pipe to tell what it found.

Run as `python -c "…" < request`: the request is JSON on standard input, the answer frames on standard output. A frame
is one letter, rows (u32), length (u32) and its bytes: `C` what is out of its reach, `H` what was found, `D` COPY text,
`E` the end, with what the whole file told, `R` a refusal of the file, `F` a failure of our own. It ends by itself when
nobody reads the pipe.
"""

import gc
import importlib
import json
import os
import resource
import struct
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from systems.reports.archives import fault_of_the_disk, format_of
from systems.reports.confinement import confine
from systems.reports.copying import escaped
from systems.reports.parts import Part, Table, line_in_report
from systems.reports.refusals import ReportRefused
from systems.reports.request import Batch, Limits, Request
from systems.reports.separated import SeparatedTable
from systems.reports.sifting import Sifter
from systems.reports.totals import MOST_TOTALS, totals_said
from systems.reports.workbooks import WorkbookTable

FRAME = struct.Struct("<cII")
FRAME_BYTES = 1 << 18


class Cleaner(Protocol):
    """What a room makes of the cells: columns to write, and at the end what it saw of the whole file (JSON)."""

    def clean(self, lines: Sequence[int], columns: list[list[str]]) -> list[Sequence[str]]: ...

    def findings(self) -> dict[str, Any]: ...


def main() -> None:
    request = Request.from_json(json.load(sys.stdin))
    gc.disable()  # rows are lists without circles; looking for circles in them takes half the time again
    bind(request.limits)
    try:
        if request.cleaner:
            importlib.import_module(_module_of(request.cleaner)[0])  # ours, which nobody can open any more from here on
        send(b"C", 0, json.dumps(confine(Path(request.path))).encode())
        for letter, rows, data in frames(request):
            send(letter, rows, data)
    except ReportRefused as refusal:
        send(b"R", 0, json.dumps({"code": refusal.code, "words": refusal.words}).encode())
    except MemoryError:
        send(b"R", 0, json.dumps({"code": "too_big", "words": {}}).encode())
    except BrokenPipeError:
        os._exit(0)
    except Exception as error:
        # where it broke, without a word of the file's own
        at = traceback.extract_tb(error.__traceback__)[-1]
        detail = f"{type(error).__name__}, {Path(at.filename).name}:{at.lineno}"
        send(b"F", 0, detail.encode())


def bind(limits: Limits) -> None:
    """Give up what reading does not need. A file it may write stays empty; a crash leaves no core."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def send(letter: bytes, rows: int, data: bytes) -> None:
    out = sys.stdout.buffer
    out.write(FRAME.pack(letter, rows, len(data)))
    out.write(data)
    out.flush()


def frames(request: Request) -> Iterator[tuple[bytes, int, bytes]]:
    """All the frames of a request. Raises ReportRefused wherever the file turns out not to be readable."""
    path = Path(request.path)
    size = path.stat().st_size
    if size > request.limits.file_bytes:
        raise ReportRefused("file_too_big", size=size // 2**20, most=request.limits.file_bytes // 2**20)
    kind = format_of(path)
    table = open_table(path, kind, request)
    found = {
        "format": kind,
        "heading": _heading_of_all(table.parts),
        "rows_expected": sum(part.rows_expected for part in table.parts),
    }
    yield b"H", 0, json.dumps(found).encode()
    cleaner = cleaner_of(request)
    write = partial(cleaned, cleaner) if cleaner else plain
    rows = before = 0
    waiting: list[bytes] = []
    sheets: list[dict[str, Any]] = []
    last_line = 0
    for number, part in enumerate(table.parts):
        sifter = Sifter(request, part.header)
        began = rows
        for lines, columns in sifter.sift(part.batches()):
            rows += len(lines)
            if rows > request.limits.rows:
                raise ReportRefused("too_many_rows", most=request.limits.rows)
            waiting.append(write(([line_in_report(number, line) for line in lines] if number else lines, columns)))
            if sum(map(len, waiting)) >= FRAME_BYTES:
                yield b"D", rows - before, b"".join(waiting)
                waiting, before = [], rows
        last_line = sifter.last_line
        merged = [
            field for field, place in zip(request.fields, part.header.places, strict=True) if place in part.merged
        ]
        sheet = {"name": part.name, "rows": rows - began, "totals": sifter.totals, "titles": _said_above(part)}
        sheets.append({**sheet, "merged": merged, "twice": part.header.twice_read()})
    if waiting:
        yield b"D", rows - before, b"".join(waiting)
    told = {
        "sheets": sheets,
        "left_out": [asdict(one) for one in table.left_out],
        "ends_open": table.ends_open,
        "ends_short": 0 < table.short_end == last_line,  # words at the end may well be shorter
        "findings": cleaner.findings() if cleaner else {},
    }
    yield b"E", rows, json.dumps(told).encode()


def _said_above(part: Part) -> list[list[str]]:
    """What the titles of a part say of its rows."""
    rows = ([cell for cell in row if cell] for row in part.header.above)
    return [said for filled in rows if filled for said in totals_said(filled)][:MOST_TOTALS]


def _heading_of_all(parts: Sequence[Part]) -> dict[str, str]:
    """The heading of each field that every part has, as the first one writes it."""
    first, *others = (part.header.heading for part in parts)
    return {field: text for field, text in first.items() if all(field in heading for heading in others)}


def open_table(path: Path, kind: str, request: Request) -> Table:
    if kind == "csv":
        return SeparatedTable(path, request)
    try:
        return WorkbookTable(path, request)
    except (ReportRefused, MemoryError):
        raise
    except BaseException as error:  # a panic inside calamine is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        if disk := fault_of_the_disk(error):
            raise disk from error
        raise ReportRefused("damaged", detail=type(error).__name__) from error


def plain(batch: Batch) -> bytes:
    lines, columns = batch
    return joined([[str(line) for line in lines], *(escaped(column) for column in columns)])


def cleaner_of(request: Request) -> Cleaner | None:
    """What turns the cells of a batch into the columns to write; None when they are written as they stand."""
    if not request.cleaner:
        return None
    module, name = _module_of(request.cleaner)
    make: Callable[[tuple[str, ...]], Cleaner] = getattr(importlib.import_module(module), name)
    return make(request.fields)


def _module_of(cleaner: str) -> tuple[str, str]:
    module, _colon, name = cleaner.partition(":")
    return module, name


def cleaned(cleaner: Cleaner, batch: Batch) -> bytes:
    return joined(cleaner.clean(batch[0], batch[1]))


def joined(columns: Sequence[Sequence[Any]]) -> bytes:
    text = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
    return text.encode("utf-8", "replace")
