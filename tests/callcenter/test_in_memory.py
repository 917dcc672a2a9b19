"""The data of a throwaway PostgreSQL is in memory where there is room, and nothing of it is left behind."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from callcenter import in_memory


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A memory with room of its own."""
    place = tmp_path / "memory"
    place.mkdir()
    monkeypatch.setattr(in_memory, "MEMORY", place)
    monkeypatch.setattr(in_memory.shutil, "disk_usage", lambda _place: SimpleNamespace(free=in_memory.ROOM))
    has(monkeypatch, in_memory.ROOM + in_memory.LEFT_FOR_OTHERS)
    return place


def has(monkeypatch: pytest.MonkeyPatch, available: int) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=available))


def test_a_folder_leads_into_memory_and_keeps_what_is_written_there(memory: Path, tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("of the disk")
    in_memory.put_in_memory(data)
    assert memory in data.resolve().parents
    assert list(data.iterdir()) == [], "a server would begin on half of what the disk had"
    (data / "PG_VERSION").write_text("18")
    in_memory.put_in_memory(data)
    assert (data / "PG_VERSION").read_text() == "18"


@pytest.mark.parametrize("short", ["there", "in the machine", "altogether"])
def test_without_room_the_folder_stays_on_the_disk(
    short: str, memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("18")
    if short == "there":  # as in a container, which has 64 MB
        monkeypatch.setattr(in_memory.shutil, "disk_usage", lambda _place: SimpleNamespace(free=64 * 2**20))
    elif short == "in the machine":
        has(monkeypatch, in_memory.ROOM)
    else:
        memory.rmdir()
    in_memory.put_in_memory(data)
    assert (data.is_symlink(), (data / "PG_VERSION").read_text()) == (False, "18")


def test_after_the_machine_was_started_anew_it_leads_into_memory_again(memory: Path, tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    in_memory.put_in_memory(data)
    in_memory.shutil.rmtree(data.resolve().parent)
    in_memory.put_in_memory(data)
    assert data.is_dir()


def test_what_no_folder_leads_to_any_more_is_forgotten_and_nothing_else(memory: Path, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "here").mkdir()
    gone, here = tmp_path / "gone" / "postgres", tmp_path / "here" / "postgres"
    for data in (gone, here):
        in_memory.put_in_memory(data)
    half_made, others = memory / f"{in_memory.PREFIX}1", memory / "pulse"
    half_made.mkdir()
    others.mkdir()
    left = gone.resolve().parent
    in_memory.shutil.rmtree(tmp_path / "gone")
    in_memory.put_in_memory(tmp_path / "postgres")
    assert not left.exists()
    assert here.is_dir()
    assert half_made.is_dir()
    assert others.is_dir()
