"""Reports that somebody or something puts into a folder of this machine, or one mounted on it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from systems.reports.places import (
    Fetched,
    Found,
    LeftOut,
    Listing,
    SourceRefused,
    SourceSettings,
    SourceUnavailable,
    is_wanted,
    keep,
    why_left_out,
)

FRESH_SECONDS = 2.0  # a file that changed this recently is looked at twice
SECOND_LOOK_SECONDS = 0.3
PIECE = 1 << 20


def list_files(settings: SourceSettings, period: str) -> Listing:
    """Regular files that fit the pattern. Hidden and unfinished ones, and files that still grow, are passed over."""
    pattern = settings.pattern_of(period)
    first, left_out = _look(settings.location, pattern)
    now = time.time()
    if any(now - changed < FRESH_SECONDS for _size, changed in first.values()):
        time.sleep(SECOND_LOOK_SECONDS)
        second, _left_out = _look(settings.location, pattern)
        first = {name: facts for name, facts in first.items() if second.get(name) == facts}
    files = [
        Found(name=name, size=size, modified=datetime.fromtimestamp(changed, UTC))
        for name, (size, changed) in first.items()
        if size
    ]
    return Listing(files, left_out)


def fetch(settings: SourceSettings, name: str, to: Path, max_bytes: int) -> Fetched:
    """Copy the file. Raises SourceUnavailable when it changed meanwhile: it is still being written."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        folder = os.open(settings.location, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            file = os.open(name, flags, dir_fd=folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise _unavailable(settings.location, error) from error
    try:
        before = os.fstat(file)
        if not stat.S_ISREG(before.st_mode):
            raise SourceRefused(_("«%(name)s» no es un archivo.") % {"name": name[:80]})
        fetched = keep(_pieces(file), to=to, max_bytes=max_bytes, seconds=settings.total_seconds)
        after = os.fstat(file)
    except OSError as error:
        raise _unavailable(settings.location, error) from error
    finally:
        os.close(file)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or fetched.size != after.st_size:
        to.unlink(missing_ok=True)
        raise SourceUnavailable(_("«%(name)s» todavía se está escribiendo.") % {"name": name[:80]})
    return fetched


def _look(location: str, pattern: str) -> tuple[dict[str, tuple[int, float]], list[LeftOut]]:
    found: dict[str, tuple[int, float]] = {}
    left_out = []
    try:
        with os.scandir(location) as entries:
            for entry in entries:
                if is_wanted(entry.name, pattern):
                    facts = entry.stat(follow_symlinks=False)
                    why = why_left_out(entry.name, pattern, mode=facts.st_mode)
                    if why is None:
                        found[entry.name] = (facts.st_size, facts.st_mtime)
                    elif why:
                        left_out.append(LeftOut(why, datetime.fromtimestamp(facts.st_mtime, UTC)))
    except OSError as error:
        raise _unavailable(location, error) from error
    return found, left_out


def _pieces(file: int) -> Iterator[bytes]:
    while piece := os.read(file, PIECE):
        yield piece


def _unavailable(location: str, error: OSError) -> SourceUnavailable:
    words = {"folder": location[:200], "why": error.strerror or type(error).__name__}
    return SourceUnavailable(_("No se pudo leer la carpeta %(folder)s: %(why)s.") % words)
