"""Files that are there whole or not at all, whatever ends their writing: a full disk, a killed program."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import FileSystemStorage

NAME_OF_A_HALF = "*.????????????????.part"
WRITTEN_WITHIN = timedelta(days=1)  # nobody writes one file longer


class WholeFiles(FileSystemStorage):
    """Writes beside the place, under a name nobody else has, and gives the file its own once all of it is there."""

    def _save(self, name: str, content: IO[Any]) -> str:
        part = f"{name}.{secrets.token_hex(8)}.part"
        try:
            super()._save(part, content)  # type: ignore[misc]  # its stubs have it not
            while True:
                try:
                    os.link(self.path(part), self.path(name))  # unlike a renaming it takes nobody's place
                except FileExistsError:
                    name = self.get_available_name(name)
                else:
                    return name
        finally:
            self.delete(part)

    def forget_halves(self, *, now: datetime) -> int:
        """Delete what a killed program left of a file; retention knows of none. Returns how many there were."""
        before = (now - WRITTEN_WITHIN).timestamp()
        left = [half for half in Path(self.location).rglob(NAME_OF_A_HALF) if half.stat().st_mtime < before]
        for half in left:
            half.unlink(missing_ok=True)
        return len(left)
