"""What a copy is made of: the database, the files, what they are of, and the hashes of all three.

The hashes are written last, and the folder gets its name after them: one without them was cut short.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

DATABASE, FILES, ABOUT, HASHES = "database.dump", "files.tar", "about.json", "SHA256SUMS"
FORMAT = 1
CHUNK = 2**20

Tell = Callable[[str], None]


class BackupRefused(Exception):
    """It is not done; the message says why, what was changed where anything was, and what to do."""


@dataclass(frozen=True)
class About:
    """Of which site and moment a copy is. `taken_at`: ISO, when the database was read; `migrations`: those it has, by
    app; `files`, `file_bytes`: how many lay beside it.
    """

    format: int
    taken_at: str
    environment: str
    site: str
    server: int
    migrations: dict[str, list[str]]
    files: int
    file_bytes: int

    def written(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False).encode()


class Hashed:
    """A file that is written once, from its beginning; `sha256` and `size` are of what was written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sum, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        self.size += len(data)
        return self._file.write(data)

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()


def write_hashes(folder: Path, hashes: Mapping[str, str]) -> None:
    """As `sha256sum --check` reads them."""
    (folder / HASHES).write_text("".join(f"{sha}  {name}\n" for name, sha in hashes.items()), encoding="ascii")


def read_about(folder: Path, *, tell: Tell) -> About:
    """Read what a copy is of, and every byte of it against its hashes. Raises BackupRefused."""
    try:
        lines = (folder / HASHES).read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        words = _("%(folder)s no tiene %(hashes)s: no es una copia, o quedó a medias.")
        raise BackupRefused(words % {"folder": folder, "hashes": HASHES}) from None
    hashes = {name: sha for sha, _space, name in (line.partition("  ") for line in lines)}
    if missing := {DATABASE, FILES, ABOUT} - hashes.keys():
        words = _("%(hashes)s no nombra %(missing)s: no es una copia entera.")
        raise BackupRefused(words % {"hashes": folder / HASHES, "missing": ", ".join(sorted(missing))})
    for name in (ABOUT, DATABASE, FILES):
        tell(_("Se comprueba %(name)s…") % {"name": name})
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            words = _("%(part)s no se puede leer (%(why)s): use otra copia.")
            raise BackupRefused(words % {"part": folder / name, "why": error.strerror}) from None
        if found != hashes[name]:
            words = _("%(part)s no es lo que se escribió: su huella es otra. Use otra copia.")
            raise BackupRefused(words % {"part": folder / name})
    told = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    if told.get("format") != FORMAT:
        words = _("%(part)s es de otra versión del programa: restaure con la que lo escribió.")
        raise BackupRefused(words % {"part": folder / ABOUT})
    return About(**told)
