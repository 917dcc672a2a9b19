"""Files in an object storage that speaks S3, for a site of several machines (docs/decisions/0211).

An object is there whole or not at all, as `WholeFiles` has it on a disk. What the storage says when it cannot be had
comes out as an OSError, which is what everybody who writes a file is ready for.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

PATIENCE = Config(
    connect_timeout=3, read_timeout=20, retries={"max_attempts": 2, "mode": "standard"}, signature_version="s3v4",
    s3={"addressing_style": "path"},
)  # fmt: skip


class StorageUnreachable(OSError):
    """The storage does not answer, or refuses; the message says what it said."""


@contextmanager
def _told_as_a_disk_would() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageUnreachable(errno.EHOSTUNREACH, f"S3: {error}") from error


class Objects(S3Storage):  # type: ignore[misc]  # the library is not typed
    def __init__(self, **options: Any) -> None:
        super().__init__(client_config=PATIENCE, **options)

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _told_as_a_disk_would():
            opened = super()._open(name, mode)
            if "r" in mode:
                opened.file  # noqa: B018  # it is brought now, where a storage that cannot be had is expected
            return opened

    def _save(self, name: str, content: IO[Any]) -> str:
        """By its chunks, which may count and refuse, as on a disk; it goes out when all of it was here."""
        with TemporaryFile() as whole:
            for chunk in content.chunks():  # type: ignore[attr-defined]  # a File of Django's
                whole.write(chunk)
            with _told_as_a_disk_would():
                return str(super()._save(name, File(whole)))

    def delete(self, name: str) -> None:
        with _told_as_a_disk_would():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _told_as_a_disk_would():
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _told_as_a_disk_would():
            return super().listdir(path)  # type: ignore[no-any-return]
