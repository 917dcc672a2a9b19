"""What every kind of source shares: settings in, facts out, names that are only names, files that are not too big."""

from __future__ import annotations

import fnmatch
import hashlib
import stat
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

USUAL_PORTS = {
    "ami": 5038,
    "sftp": 22,
    "https": 443,
    "http": 80,
    "mysql": 3306,
    "mariadb": 3306,
    "postgresql": 5432,
    "postgres": 5432,
}
UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".swp", "~")
SAID = 3  # sentences that a source's error has room for, each cut where a file's own words would take all of it
LONGEST = 600


class SourceUnavailable(Exception):
    """The source does not answer now; looking again later may help. The message is the sentence people read."""


class SourceRefused(Exception):
    """The source or the file must not be used as the settings stand; somebody has to look at it."""


@dataclass(frozen=True)
class SourceSettings:
    """One source. `location` is a folder, `sftp://user@host:22/folder` or `https://host/folder/`.

    `pattern` names the files, `{period}` standing for the month and `*` for anything. `secret` is a password, a token
    or a private key in PEM. `hosts` are the servers that may be asked at all, at the port of their kind, or `host:port`
    and `host:*`; `folders` those below which one may lie. What `grows` is taken as far as it is.
    """

    transport: str
    location: str
    pattern: str
    host_key: str = ""
    hosts: Collection[str] = ()
    folders: Collection[str | Path] = ()
    secret: str = field(default="", repr=False)
    grows: bool = False
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 900.0

    def pattern_of(self, period: str) -> str:
        return self.pattern.replace("{period}", period)


@dataclass(frozen=True)
class Found:
    """A file at a source: its name without folders, bytes, and when it last changed (None: the source does not say)."""

    name: str
    size: int
    modified: datetime | None


@dataclass(frozen=True)
class LeftOut:
    """What fits the pattern and is no file to be taken: the sentence that says so, and when it last changed."""

    why: str
    modified: datetime | None


@dataclass(frozen=True)
class Listing:
    """What lies at a source: the files that may be taken, and what looks like one and may not."""

    files: list[Found] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def newest_first(wrong: Iterable[LeftOut]) -> list[LeftOut]:
    """What tells no time comes before all."""
    return sorted(wrong, key=lambda one: one.modified.timestamp() if one.modified else inf, reverse=True)


def in_words(wrong: Iterable[LeftOut]) -> str:
    """What was refused first, then what may lie there for good; each sentence once, and how many more there are."""
    said = list(dict.fromkeys(one.why[:LONGEST] for one in wrong))
    more = [_("y %(n)s más") % {"n": len(said) - SAID}] if len(said) > SAID else []
    return " · ".join(said[:SAID] + more)


@dataclass(frozen=True)
class Fetched:
    """A file that was brought."""

    sha256: str
    size: int
    path: Path


def split_address(location: str) -> SplitResult:
    """The parts of an address. Raises SourceRefused when it has none."""
    try:
        where = urlsplit(location)
        _port = where.port  # reading it is what tells a bad one
    except ValueError:
        raise SourceRefused(_("La ubicación no es una dirección.")) from None
    return where


def check_host(settings: SourceSettings) -> None:
    """Raise SourceRefused when the location is at a server that this installation does not know.

    Whoever may edit a source must not make the centre knock at any address with its secrets in hand.
    """
    where = split_address(settings.location)
    host, usual = (where.hostname or "").lower(), USUAL_PORTS.get(where.scheme)
    port, known = where.port or usual, {one.lower() for one in settings.hosts}
    if f"{host}:{port}" in known or f"{host}:*" in known or (host in known and port == usual):
        return
    if host in known:
        words = _("Al servidor «%(host)s» esta instalación no lo llama por el puerto %(port)s.")
        raise SourceRefused(words % {"host": host[:80], "port": port})
    words = _("El servidor «%(host)s» no está entre los permitidos de esta instalación.")
    raise SourceRefused(words % {"host": host[:80]})


def check_folder(settings: SourceSettings) -> None:
    """Raise SourceRefused when the location, whatever leads there, lies below none of the folders for it: who may edit
    a source must not read what else this machine holds.
    """
    place = Path(settings.location).resolve()
    if not any(place.is_relative_to(Path(folder).resolve()) for folder in settings.folders):
        raise SourceRefused(_("La carpeta no está dentro de las permitidas de esta instalación."))


def is_wanted(name: str, pattern: str) -> bool:
    """Whether a name fits the pattern and is not hidden or still being written."""
    if not name or name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED):
        return False
    return fnmatch.fnmatchcase(name.lower(), pattern.lower())


def why_left_out(name: str, pattern: str, *, mode: int = stat.S_IFREG) -> str | None:
    """The sentence why something that fits the pattern is no file to be taken: empty where that goes without saying,
    None where it may be taken. `mode` is what the source says that it is, as in `st_mode`.
    """
    if stat.S_ISDIR(mode) and not pattern.strip("*?."):
        return ""  # anything fits: a folder that stands there was not meant
    if not is_plain(name):
        words = _("«%(name)s» no se tomó: su nombre tiene caracteres que no se admiten. Pida que lo cambien.")
    elif stat.S_ISLNK(mode):
        words = _("«%(name)s» no se tomó: es un enlace. Pida que pongan el archivo mismo.")
    elif not stat.S_ISREG(mode):
        words = _("«%(name)s» no se tomó: no es un archivo.")
    else:
        return None
    return words % {"name": shown(name)}


def is_plain(name: str) -> bool:
    """Whether a name stays in its folder."""
    return bool(name) and name not in (".", "..") and not any(mark in name for mark in "/\\\x00") and name.isprintable()


def shown(name: str) -> str:
    """A name that anybody may have given, as a sentence shows it: what is no letter of any screen is written out."""
    return repr(name)[1:-1][:80]


def check_name(name: str) -> None:
    if not is_plain(name):
        raise SourceRefused(_("El nombre «%(name)s» no es de un archivo de esta carpeta.") % {"name": shown(name)})


def too_big(max_bytes: int) -> SourceRefused:
    return SourceRefused(_("El archivo pesa más de %(most)s MB.") % {"most": max_bytes // 2**20})


def keep(pieces: Iterator[bytes], *, to: Path, max_bytes: int, seconds: float) -> Fetched:
    """Write the pieces of a file while they come, up to a size and a time; what is incomplete is removed."""
    digest, size = hashlib.sha256(), 0
    until = time.monotonic() + seconds
    try:
        with to.open("wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > max_bytes:
                    raise too_big(max_bytes)
                if time.monotonic() > until:
                    raise SourceUnavailable(_("El archivo tardó demasiado en llegar."))
                digest.update(piece)
                file.write(piece)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return Fetched(sha256=digest.hexdigest(), size=size, path=to)
