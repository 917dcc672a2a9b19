"""The process that opens files of strangers: few rights, little memory, and a pipe to tell what it found.

Run as `python -c "…" < request`: the request is JSON on standard input, the answer frames on standard output. A frame
is one letter, rows (u32), length (u32) and its bytes: `H` what was found, `D` COPY text, `E` the end, `R` a refusal of
the file, `F` a failure of our own. It ends by itself when nobody reads the pipe any more.
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
from pathlib import Path
from typing import Any

from systems.reports.archives import format_of
from systems.reports.copying import escaped
from systems.reports.refusals import ReportRefused
from systems.reports.request import Batch, Limits, Request
from systems.reports.separated import SeparatedTable
from systems.reports.sifting import Sifter
from systems.reports.workbooks import WorkbookTable

FRAME = struct.Struct("<cII")
FRAME_BYTES = 1 << 18
Clean = Callable[[Sequence[int], list[list[str]]], list[Sequence[str]]]


def main() -> None:
    request = Request.from_json(json.load(sys.stdin))
    gc.disable()  # rows are lists without circles; looking for circles in them takes half the time again
    bind(request.limits)
    try:
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
    found = {"format": kind, "heading": table.header.heading, "rows_expected": table.rows_expected}
    yield b"H", 0, json.dumps(found).encode()
    write = cleaned(request) if request.cleaner else plain
    rows = before = 0
    waiting: list[bytes] = []
    for lines, columns in Sifter(request, table.header).sift(table.batches()):
        rows += len(lines)
        if rows > request.limits.rows:
            raise ReportRefused("too_many_rows", most=request.limits.rows)
        waiting.append(write((lines, columns)))
        if sum(map(len, waiting)) >= FRAME_BYTES:
            yield b"D", rows - before, b"".join(waiting)
            waiting, before = [], rows
    if waiting:
        yield b"D", rows - before, b"".join(waiting)
    yield b"E", rows, b""


def open_table(path: Path, kind: str, request: Request) -> WorkbookTable | SeparatedTable:
    if kind == "csv":
        return SeparatedTable(path, request)
    try:
        return WorkbookTable(path, request)
    except (ReportRefused, MemoryError):
        raise
    except BaseException as error:  # a panic inside calamine is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        raise ReportRefused("damaged", detail=type(error).__name__) from error


def plain(batch: Batch) -> bytes:
    lines, columns = batch
    return joined([[str(line) for line in lines], *(escaped(column) for column in columns)])


def cleaned(request: Request) -> Callable[[Batch], bytes]:
    module, name = request.cleaner.split(":")
    make: Callable[[tuple[str, ...]], Clean] = getattr(importlib.import_module(module), name)
    clean = make(request.fields)
    return lambda batch: joined(clean(batch[0], batch[1]))


def joined(columns: Sequence[Sequence[Any]]) -> bytes:
    text = "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"
    return text.encode("utf-8", "replace")
