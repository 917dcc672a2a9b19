"""A file of queue_log: growing, rotated, compressed, or a copy; read from where it stopped.

A line without its end is still being written, or was cut: it waits for the rest of it.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.utils.translation import gettext as _

from telephony.models import LogFile, Switchboard
from telephony.queue_log.lines import LONGEST, NotALine, read_line
from telephony.queue_log.taking import Taken, take_lines

PACKED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
UNREADABLE = (OSError, EOFError, lzma.LZMAError, zlib.error)
COMPARED = 4096  # bytes before where it was read to
LOOKED_AT = 200  # lines at its beginning, of which one at least has to be one


class NotALog(Exception):
    """The file is none, or cannot be read; the message says why. Nothing was taken."""


@dataclass
class Reading:
    """A file while it is read: `offset` is of the first line of the second that is read."""

    file: BinaryIO
    offset: int = 0
    is_cut: bool = False
    broken: str = ""  # why it cannot be read any further
    given: int = 0  # lines

    def lines(self) -> Iterator[str]:
        """From `offset` on, without their ends, as far as they can be read."""
        try:
            for line in self._lines():
                self.given += 1
                yield line
        except UNREADABLE as error:
            self.broken = str(error)

    def _lines(self) -> Iterator[str]:
        self.file.seek(self.offset)
        place, second = self.offset, b""
        while line := self.file.readline(LONGEST * 4):
            if not line.endswith(b"\n"):
                if len(line) >= LONGEST * 4:  # of no text file: the rest of it is as little a line
                    place += len(line)
                    yield "\0"
                    continue
                self.is_cut = True
                return
            at = line.partition(b"|")[0]
            if at != second:
                self.offset, second = place, at
            place += len(line)
            yield line.rstrip(b"\r\n").decode("utf-8", "replace")


def read_file(*, board: Switchboard, path: Path, now: datetime) -> tuple[Taken, bool]:
    """Take what is new in a file; also whether its last line is not whole. Raises NotALog."""
    try:
        with _opened(path) as file:
            first = _first_line(file, path)
            known = LogFile.objects.filter(switchboard=board, first_line=first).first()
            reading = Reading(file, offset=known.offset if known else 0)
            if known is not None and not _is_as_read(file, known):  # another, or cut since
                reading.offset = 0
            taken = take_lines(board=board, lines=reading.lines())
            if reading.broken:
                words = _("%(path)s: no se puede leer entero (%(why)s). Se tomaron sus líneas hasta ahí: %(n)d.")
                raise NotALog(words % {"path": path, "why": reading.broken, "n": reading.given})
            told = {"offset": reading.offset, "before": _before(file, reading.offset), "read_at": now}
    except UNREADABLE as error:
        raise NotALog(_("%(path)s: no se puede leer (%(why)s).") % {"path": path, "why": error}) from error
    LogFile.objects.update_or_create(switchboard=board, first_line=first, defaults=told)
    return taken, reading.is_cut


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        begins = file.read(6)
    opens = next((opens for magic, opens in PACKED.items() if begins.startswith(magic)), None)
    return cast("BinaryIO", opens(path, "rb")) if opens else path.open("rb")


def _first_line(file: BinaryIO, path: Path) -> bytes:
    """What tells the file from others. Raises NotALog where nothing at its beginning is a line of queue_log."""
    looked = list(islice(iter(lambda: file.readline(LONGEST * 4), b""), LOOKED_AT))
    whole = [line for line in looked if line.endswith(b"\n")]
    if whole and not any(is_line(line.rstrip(b"\r\n").decode("utf-8", "replace")) for line in whole):
        words = _("%(path)s: ninguna de sus primeras %(n)d líneas es de queue_log. No se tomó nada.")
        raise NotALog(words % {"path": path, "n": len(whole)})
    if not whole:
        raise NotALog(_("%(path)s: todavía no tiene una línea entera. No se tomó nada.") % {"path": path})
    return fingerprint(whole[0])


def fingerprint(begins: bytes) -> bytes:
    """By which a file or a table is known again."""
    return hashlib.blake2b(begins, digest_size=16).digest()


def is_line(text: str) -> bool:
    try:
        read_line(text)
    except NotALine:
        return False
    return True


def _is_as_read(file: BinaryIO, known: LogFile) -> bool:
    """Whether it reaches as far as it was read, and the same stands before there."""
    if known.offset:
        file.seek(known.offset - 1)
        if not file.read(1):
            return False
    return _before(file, known.offset) == bytes(known.before or b"")


def _before(file: BinaryIO, offset: int) -> bytes:
    """What tells whether the same stands before `offset` as when it was read; empty at its beginning."""
    if offset == 0:
        return b""
    begin = max(offset - COMPARED, 0)
    file.seek(begin)
    return fingerprint(file.read(offset - begin))
