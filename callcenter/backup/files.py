"""The files of a site, on its disk or in its object storage, as a copy takes and brings them."""

from __future__ import annotations

import posixpath
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext as _

from callcenter.backup.parts import Hashed, Tell

TOLD_EVERY = 500  # files


def the_files() -> Storage:
    """Where received reports, seals and attachments lie."""
    return storages["default"]


def whereabouts(files: Storage) -> str:
    """As a person looks for them."""
    return str(files.location) if isinstance(files, FileSystemStorage) else f"s3://{_bucket(files)}"


def names_of(files: Storage, below: str = "") -> Iterator[str]:
    """Each in its order; none where nothing was ever kept."""
    try:
        folders, here = files.listdir(below)
    except FileNotFoundError:
        return
    yield from (posixpath.join(below, name) for name in sorted(here))
    for folder in sorted(folders):
        yield from names_of(files, posixpath.join(below, folder))


def put_together(files: Storage, to: Hashed, *, tell: Tell) -> tuple[int, int]:
    """All of them in one. Returns how many, and their bytes."""
    count = total = 0
    with tarfile.open(fileobj=to, mode="w|") as together:  # type: ignore[call-overload]
        for name in names_of(files):
            try:
                with files.open(name) as file:
                    about = tarfile.TarInfo(name)
                    about.size, about.mtime = file.size, int(files.get_modified_time(name).timestamp())
                    together.addfile(about, file)  # type: ignore[arg-type]  # it reads like one
            except FileNotFoundError:  # taken by retention meanwhile
                continue
            count, total = count + 1, total + about.size
            if count % TOLD_EVERY == 0:
                tell(_("Archivos: %(count)d…") % {"count": count})
    return count, total


def take_apart(together: Path, files: Storage) -> Path:
    """Lay all of them out beside where they will lie. Returns the folder, which is somebody's to take away."""
    home = Path(files.location) if isinstance(files, FileSystemStorage) else settings.CALLCENTER_HOME / "files"
    arriving = home.with_name(f"{home.name}.part")
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(parents=True)
    with tarfile.open(together, mode="r:") as archive:
        archive.extractall(arriving, filter="data")
    return arriving


def move_in(arriving: Path, files: Storage) -> None:
    """From now on they are the site's."""
    if isinstance(files, FileSystemStorage):
        home = Path(files.location)
        home.mkdir(exist_ok=True)  # it may be a disk of its own
        for one in sorted(arriving.iterdir()):
            if (home / one.name).is_dir():
                shutil.rmtree(home / one.name)  # folders without a file: that was looked at before
            shutil.move(one, home / one.name)
        arriving.rmdir()
        return
    for path in sorted(one for one in arriving.rglob("*") if one.is_file()):
        with path.open("rb") as file:
            files.save(path.relative_to(arriving).as_posix(), File(file))


def _bucket(files: Any) -> str:
    return str(files.bucket_name)
