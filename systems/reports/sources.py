"""Where reports come from: a folder, an SFTP server with a pinned key, or an https address.

Look often, take once: `look` says what lies there for a month, `fetch` brings one file. Nothing at the source is
changed. Every wait has an end, every file a largest size, and whatever goes wrong is one of two named errors.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from systems.reports import folders, https, sftp
from systems.reports.places import (
    Fetched,
    Found,
    LeftOut,
    Listing,
    SourceRefused,
    SourceSettings,
    SourceUnavailable,
    check_folder,
    check_host,
    check_name,
)

__all__ = [
    "Fetched",
    "Found",
    "LeftOut",
    "Listing",
    "SourceRefused",
    "SourceSettings",
    "SourceUnavailable",
    "check_settings",
    "fetch",
    "look",
]

_LISTING: dict[str, Callable[[SourceSettings, str], Listing]] = {
    "file": folders.list_files,
    "sftp": sftp.list_files,
    "https": https.list_files,
}
_CHECKING: dict[str, Callable[[SourceSettings], None]] = {"sftp": sftp.check_settings, "https": https.check_settings}
_FETCHING: dict[str, Callable[[SourceSettings, str, Path, int], Fetched]] = {
    "file": folders.fetch,
    "sftp": sftp.fetch,
    "https": https.fetch,
}


def check_settings(settings: SourceSettings) -> None:
    """Raise SourceRefused, with the sentence, when nothing may be asked for with these settings."""
    if settings.transport not in _LISTING:
        raise SourceRefused(_("No se conoce el medio «%(transport)s».") % {"transport": settings.transport})
    if settings.transport == "file":
        if not Path(settings.location).is_absolute():
            raise SourceRefused(_("La ubicación de una carpeta comienza con «/»."))
        check_folder(settings)
        return
    _CHECKING[settings.transport](settings)
    check_host(settings)


def look(settings: SourceSettings, *, period: str) -> Listing:
    """What lies at the source for a month (`2026-12`): its files, the oldest first, and what fits and is left out.

    Raises SourceUnavailable (try again later) or SourceRefused (somebody must look at the settings).
    """
    check_settings(settings)
    listing = _LISTING[settings.transport](settings, period)
    files = sorted(listing.files, key=lambda one: (one.modified.timestamp() if one.modified else 0.0, one.name))
    return Listing(files, listing.left_out)


def fetch(settings: SourceSettings, name: str, *, to: Path, max_bytes: int) -> Fetched:
    """Bring the file `name` into `to`. Leaves nothing there when it fails; raises as `look` does."""
    check_name(name)
    check_settings(settings)
    return _FETCHING[settings.transport](settings, name, to, max_bytes)
