"""Taking a copy of the site while people work: the database as it is at one moment, then its files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from callcenter.backup import postgres
from callcenter.backup.files import put_together, the_files
from callcenter.backup.parts import ABOUT, DATABASE, FILES, FORMAT, About, BackupRefused, Hashed, Tell, write_hashes
from screens.connections import one_session


def take_backup(target: Path, *, now: datetime, tell: Tell) -> About:
    """Write a copy into a folder that is not there yet. Raises BackupRefused, and then nothing of it stays; what was
    killed half-way lies beside it as `….part`, with its people's data in it, until somebody takes it away.

    A file is kept before the row that names it is written, and the database is read first: so every file a row names is
    there, but for those that retention takes meanwhile.
    """
    if target.exists():
        raise BackupRefused(_("%(folder)s ya existe: cada copia va a una carpeta nueva.") % {"folder": target})
    with one_session(), _folder_in_the_making(target) as folder:  # PostgreSQL's program says things that last
        migrations = _migrations()
        hashes = {}
        with _part(folder / DATABASE) as written:
            postgres.dump(written, tell=tell)
        hashes[DATABASE] = written.sha256
        with _part(folder / FILES) as written:
            files, file_bytes = put_together(the_files(), written, tell=tell)
        hashes[FILES] = written.sha256
        about = About(
            format=FORMAT, taken_at=now.isoformat(), environment=settings.CALLCENTER_ENV, site=str(settings.SITE_NAME),
            server=postgres.server_major(), migrations=migrations, files=files, file_bytes=file_bytes,
        )  # fmt: skip
        with _part(folder / ABOUT) as written:
            written.write(about.written())
        hashes[ABOUT] = written.sha256
        write_hashes(folder, hashes)
    return about


def _migrations() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(app, []).append(name)
    if not found:
        raise BackupRefused(_("La base de datos está vacía: no hay nada que copiar."))
    return found


@contextmanager
def _folder_in_the_making(target: Path) -> Iterator[Path]:
    """It gets its name when all is written; what was cut short has another, and the next one begins afresh."""
    folder = target.with_name(f"{target.name}.part")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        yield folder
        folder.rename(target)
    except OSError as error:
        words = _("No se pudo escribir en %(folder)s (%(why)s): no quedó nada de la copia.")
        raise BackupRefused(words % {"folder": target.parent, "why": error.strerror or error}) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _part(path: Path) -> Iterator[Hashed]:
    """A file of the copy, for its owner alone, on the disk when the block ends."""
    with path.open("xb") as file:
        path.chmod(0o600)
        yield Hashed(file)
        file.flush()
        os.fsync(file.fileno())
