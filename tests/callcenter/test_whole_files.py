"""A file is there whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

from callcenter.housekeeping import clean_up
from callcenter.whole_files import WholeFiles


class CutShort(File):
    """The disk is full after its first words."""

    def __init__(self) -> None:
        super().__init__(None)

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half of it"
        raise OSError(errno.ENOSPC, "No space left on device")


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_a_full_disk_cut_short_is_not_left_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        WholeFiles(location=tmp_path).save("exports/list.xlsx", CutShort())
    assert files(tmp_path) == []


def test_a_file_has_its_name_and_nothing_beside_it(tmp_path: Path) -> None:
    storage = WholeFiles(location=tmp_path, file_permissions_mode=0o640)
    assert storage.save("exports/list.xlsx", ContentFile(b"x")) == "exports/list.xlsx"
    assert files(tmp_path) == ["exports/list.xlsx"]
    assert (tmp_path / "exports" / "list.xlsx").stat().st_mode & 0o777 == 0o640


def test_two_of_one_name_at_once_are_two_files(tmp_path: Path) -> None:
    storage = WholeFiles(location=tmp_path)
    storage._save("list.xlsx", ContentFile(b"first"))
    other = storage._save("list.xlsx", ContentFile(b"second"))  # the name was free when it was asked for
    assert other != "list.xlsx"
    assert (tmp_path / "list.xlsx").read_bytes() == b"first"
    assert (tmp_path / other).read_bytes() == b"second"
    assert len(files(tmp_path)) == 2


def test_what_a_killed_program_left_goes_the_day_after(tmp_path: Path) -> None:
    left = tmp_path / "exports" / f"list.xlsx.{'0f' * 8}.part"
    left.parent.mkdir()
    for path in (left, left.with_name("a.part"), left.with_name("whole.xlsx")):
        path.write_text("Jose Flores")
    storage, now = WholeFiles(location=tmp_path), timezone.now()
    assert storage.forget_halves(now=now) == 0, "somebody may be writing it"
    assert storage.forget_halves(now=now + timedelta(days=2)) == 1
    assert files(tmp_path) == ["exports/a.part", "exports/whole.xlsx"]


def test_the_files_of_the_house_are_written_so() -> None:
    assert settings.STORAGES["default"]["BACKEND"] == "callcenter.whole_files.WholeFiles"


@pytest.mark.django_db
def test_it_is_taken_away_with_what_nobody_needs_any_more() -> None:
    left = Path(default_storage.path(f"exports/list.xlsx.{'0f' * 8}.part"))
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("Jose Flores")
    assert clean_up(now=timezone.now() + timedelta(days=2))["halves"] >= 1
    assert not left.exists()
