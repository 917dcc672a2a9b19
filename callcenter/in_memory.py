"""The data of a throwaway PostgreSQL, in memory where there is room for it.

Each table that is made and dropped is some files made and deleted, and ext4 looks at all that were deleted in the last
minutes before it makes the next one: on a disk that is half of what PostgreSQL costs in a run of the tests.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # nosec B108  # noqa: S108  # folders in it have names nobody can foresee
ROOM = 4 * 2**30  # bytes: some databases of tests, and the log of their writing, are less than half of it
LEFT_FOR_OTHERS = 2 * 2**30  # and this for those who ask them
PREFIX = "callcenter-throwaway-"
WHOSE = "whose"  # a file beside the data: the place that leads to it


def has_room() -> bool:
    """Whether this machine has memory enough to keep such data in it."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return False
    return psutil.virtual_memory().available >= ROOM + LEFT_FOR_OTHERS


def put_in_memory(folder: Path) -> None:
    """Make `folder` lead to an empty one in memory, unless it leads to one already; without room it stays as it is.

    What it held on the disk is thrown away, and so is all in memory that no folder leads to any more.
    """
    if folder.is_symlink():
        if folder.exists():
            return
        folder.unlink()  # the machine was started anew since
    if not has_room():
        return
    _forget_what_is_nobodys()
    if folder.exists():
        shutil.rmtree(folder)
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
    place.chmod(0o755)  # PostgreSQL may run as somebody else, and lets nobody into its own
    (place / folder.name).mkdir()
    folder.symlink_to(place / folder.name)
    (place / WHOSE).write_text(str(folder))  # last: until then nobody takes it for forgotten


def _forget_what_is_nobodys() -> None:
    for place in MEMORY.glob(f"{PREFIX}*"):
        if not (place / WHOSE).exists():
            continue
        folder = Path((place / WHOSE).read_text())
        if not (folder.is_symlink() and folder.readlink().parent == place):
            shutil.rmtree(place, ignore_errors=True)
