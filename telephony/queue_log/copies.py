"""Files of a queue_log on an SFTP server, brought one by one where they changed; and where each source may look."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from systems.reports.places import (
    SourceRefused,
    SourceSettings,
    SourceUnavailable,
    check_folder,
    check_host,
    in_words,
    newest_first,
)
from systems.reports.sources import check_settings, fetch, look
from telephony.models import LogSource
from telephony.queue_log.files import NotALog

LARGEST = 2 * 1024**3  # bytes of one file


def secret_of(source: LogSource) -> str:
    return os.environ.get(source.secret_variable, "") if source.secret_variable else ""


def check_source(source: LogSource) -> None:
    """Raises ValidationError where it must not be asked: its address, or a server or a folder that is not for it."""
    try:
        if source.is_afar:
            check_settings(_settings_of(source))
        elif not source.is_a_table:
            if ".." in PurePath(source.path).parts:
                raise ValidationError({"path": _("La ruta no sube de carpeta: escríbala sin «..».")})
            check_settings(_below(_fixed_part(source.path)))
        elif source.table.host.startswith("/"):
            check_folder(_below(source.table.host))
        else:
            check_host(SourceSettings("", source.path, "", hosts=settings.REPORT_SOURCE_HOSTS))
    except SourceRefused as refusal:
        raise ValidationError({"path": str(refusal)}) from refusal


@contextmanager
def found_here(path: str) -> Iterator[Path]:
    """A file of this machine that a pattern found. Raises NotALog where it, or what it leads to, lies elsewhere."""
    try:
        check_folder(_below(path))
    except SourceRefused as refusal:
        raise NotALog(f"{path}: {refusal}") from refusal
    yield Path(path)


def _fixed_part(path: str) -> str:
    """The folder below which all that a pattern finds should lie; of no pattern the file itself."""
    if not glob.has_magic(path):
        return path
    return path[: next(place for place, letter in enumerate(path) if letter in "*?[")].rpartition("/")[0] or "/"


def _below(place: str) -> SourceSettings:
    return SourceSettings("file", place, "", folders=settings.REPORT_SOURCE_FOLDERS)


def check_board(*, host: str, port: int) -> None:
    """Raises ValidationError where a switchboard must not be called: a server this installation does not know."""
    place = f"ami://[{host}]:{port}" if ":" in host else f"ami://{host}:{port}"
    try:
        check_host(SourceSettings("", place, "", hosts=settings.REPORT_SOURCE_HOSTS))
    except SourceRefused as refusal:
        raise ValidationError({"host": str(refusal)}) from refusal


def copies_of(source: LogSource) -> tuple[dict[str, list[int]], str]:
    """Its files by name, the one that was changed longest ago first, with what tells whether they changed again; and
    in words why what looks like one is left out (empty: nothing is). Raises NotALog.
    """
    with _in_words(source):
        there = look(_settings_of(source), period="")
    found = {one.name: [int(one.modified.timestamp()) if one.modified else 0, one.size] for one in there.files}
    return found, in_words(newest_first(there.left_out))


@contextmanager
def brought(source: LogSource, name: str) -> Iterator[Path]:
    """The file as it is now, for as long as it is needed. Raises NotALog."""
    with tempfile.TemporaryDirectory(prefix="queue_log-") as folder:
        with _in_words(source):
            fetched = fetch(_settings_of(source), name, to=Path(folder) / name, max_bytes=LARGEST)
        try:
            yield fetched.path
        except NotALog as refusal:
            place = source.path.rpartition("/")[0]
            raise NotALog(str(refusal).replace(folder, place)) from refusal


def _settings_of(source: LogSource) -> SourceSettings:
    """Its folder, and the files in it: `sftp://user@host:22/var/log/asterisk/queue_log*`."""
    location, _slash, pattern = source.path.rpartition("/")
    return SourceSettings(
        transport="sftp", location=location, pattern=pattern, host_key=source.host_key, secret=secret_of(source),
        hosts=settings.REPORT_SOURCE_HOSTS, grows=True,
    )  # fmt: skip


@contextmanager
def _in_words(source: LogSource) -> Iterator[None]:
    try:
        yield
    except (SourceRefused, SourceUnavailable) as error:
        raise NotALog(_("%(path)s: no se puede leer (%(why)s).") % {"path": source.path, "why": error}) from error
