"""When this machine took its last backup, for who asks whether there is one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings


def note_backup(*, now: datetime) -> None:
    """Written when it is whole. Raises OSError."""
    _where().write_text(now.isoformat(), encoding="ascii")


def last_backup() -> datetime | None:
    """None where this machine never took one."""
    try:
        return datetime.fromisoformat(_where().read_text(encoding="ascii").strip())
    except (FileNotFoundError, ValueError):
        return None


def _where() -> Path:
    return Path(settings.CALLCENTER_HOME) / "last-backup"
