"""What a copy is checked for before anything is restored, and what becomes of a site afterwards. The drill itself, with
real servers: tests/processes/test_backup.py.
"""

from __future__ import annotations

import errno
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from agents.models import AccountEvent, User
from api.tokens import confirm_token, make_token
from callcenter.backup import postgres, restoring, taking
from callcenter.backup.files import move_in
from callcenter.backup.parts import (
    ABOUT,
    DATABASE,
    FILES,
    HASHES,
    About,
    BackupRefused,
    Hashed,
    read_about,
    write_hashes,
)
from callcenter.backup.restoring import restore
from callcenter.backup.taking import take_backup
from callcenter.management.commands import after_restore, backup
from callcenter.whole_files import WholeFiles
from tests.audit import by_its_owner

NOW = datetime.fromisoformat("2026-12-28T02:00:00-04:00")
ABOUT_IT = About(
    format=1, taken_at=NOW.isoformat(), environment="demo", site="x", server=15, migrations={}, files=0, file_bytes=0
)


def told(_words: str) -> None:
    """Whoever would read how far it is."""


def a_copy(folder: Path, about: About) -> Path:
    folder.mkdir()
    hashes = {}
    for name, content in ((DATABASE, b"rows"), (FILES, b"files"), (ABOUT, about.written())):
        with (folder / name).open("wb") as file:
            part = Hashed(file)
            part.write(content)
        hashes[name] = part.sha256
    write_hashes(folder, hashes)
    return folder


def test_a_whole_copy_is_read(tmp_path: Path) -> None:
    assert read_about(a_copy(tmp_path / "one", ABOUT_IT), tell=told) == ABOUT_IT


@pytest.mark.parametrize("name", [DATABASE, FILES, ABOUT])
@pytest.mark.parametrize("how", ["another byte", "one more", "gone"])
def test_a_part_that_is_not_what_was_written_is_named(name: str, how: str, tmp_path: Path) -> None:
    copy = a_copy(tmp_path / "one", ABOUT_IT)
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content + b" " if how == "one more" else b"X" + content[1:])
    if how == "gone":
        (copy / name).unlink()
    with pytest.raises(BackupRefused, match=name):
        read_about(copy, tell=told)


@pytest.mark.parametrize("lines", [None, "", "not a hash\n", "\0\xff", f"abc  {DATABASE}\n"])
def test_what_has_no_whole_list_of_hashes_is_no_backup(lines: str | None, tmp_path: Path) -> None:
    copy = a_copy(tmp_path / "one", ABOUT_IT)
    (copy / HASHES).unlink()
    if lines is not None:
        (copy / HASHES).write_text(lines)
    with pytest.raises(BackupRefused, match=HASHES):
        read_about(copy, tell=told)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"environment": "production"}, "CALLCENTER_ENV"),
        ({"server": 99}, "PostgreSQL 99"),
        ({"migrations": {"campaigns": ["0001_initial", "9999_of_tomorrow"]}}, "campaigns.9999_of_tomorrow"),
        ({"format": 2}, "otra versión"),
    ],
)
def test_a_copy_of_another_site_is_refused_before_anything_is_written(
    other: dict[str, Any], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "refuse_a_site_that_is_there", lambda: None)
    monkeypatch.setattr(postgres, "restore", pytest.fail)
    with pytest.raises(BackupRefused, match=says):
        restore(a_copy(tmp_path / "one", replace(ABOUT_IT, **other)), now=NOW, tell=told)


@pytest.mark.django_db
def test_a_site_that_is_there_is_not_restored_over(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="ya tiene"):
        restore(a_copy(tmp_path / "one", ABOUT_IT), now=NOW, tell=told)


@pytest.mark.django_db
def test_what_fails_once_the_database_is_filled_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = a_copy(tmp_path / "one", ABOUT_IT)
    tarfile.open(copy / FILES, "w").close()
    write_hashes(copy, {name: sha256((copy / name).read_bytes()).hexdigest() for name in (DATABASE, FILES, ABOUT)})
    monkeypatch.setattr(restoring, "refuse_a_site_that_is_there", lambda: None)
    monkeypatch.setattr(restoring, "the_files", lambda: WholeFiles(location=tmp_path / "files"))
    monkeypatch.setattr(postgres, "server_major", lambda: 15)
    monkeypatch.setattr(postgres, "restore", lambda *_asked, **_told: None)

    def cannot(*_command: str, **_options: object) -> None:
        raise CommandError("somebody holds a lock")

    monkeypatch.setattr(restoring, "call_command", cannot)
    with pytest.raises(BackupRefused, match=r"Se llenó la base .*somebody holds a lock.* cree una vacía"):
        restore(copy, now=NOW, tell=told)


@pytest.mark.django_db
def test_a_copy_that_could_not_be_noted_is_whole_and_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(**_asked: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    copy = a_copy(tmp_path / "one", ABOUT_IT)
    monkeypatch.setattr(backup, "take_backup", lambda _folder, **_told: ABOUT_IT)
    monkeypatch.setattr(backup, "note_backup", full)
    with pytest.raises(CommandError, match=r"La copia está entera; .*No space left"):
        call_command("backup", str(copy))
    assert f"Copia en {copy}" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize("fails_at", [1, 3])
def test_a_full_disk_is_said_and_leaves_nothing(fails_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    really = Hashed.write

    def write(self: Hashed, data: bytes) -> int:
        written.append(len(data))
        if len(written) >= fails_at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return really(self, data)

    monkeypatch.setattr(Hashed, "write", write)
    with pytest.raises(BackupRefused, match="No space left on device"):
        take_backup(tmp_path / "one", now=NOW, tell=told)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_program_that_is_not_there_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "server_major", lambda: 99)
    with pytest.raises(BackupRefused, match="postgresql-client-99"):
        take_backup(tmp_path / "one", now=NOW, tell=told)


@pytest.mark.django_db
def test_the_password_of_the_database_stands_in_no_list_of_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    known = connection.get_connection_params() | {"password": "s3cret", "sslmode": "verify-full"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: known)
    assert "s3cret" not in postgres._whom()
    assert "sslmode=verify-full" in postgres._whom()
    assert postgres._environment()["PGPASSWORD"] == "s3cret"


@pytest.mark.django_db
def test_a_copy_is_taken_in_a_session_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's program says things that a pooler would leave to the next click."""
    done = []

    @contextmanager
    def session() -> Iterator[None]:
        done.append("begins")
        yield
        done.append("ends")

    monkeypatch.setattr(taking, "one_session", session)
    monkeypatch.setattr(postgres, "dump", lambda *_to, **_tell: done.append("is asked"))
    take_backup(tmp_path / "one", now=NOW, tell=told)
    assert done == ["begins", "is asked", "ends"]


def test_files_come_into_a_folder_that_is_there_with_folders_and_no_file(tmp_path: Path) -> None:
    home, arriving = tmp_path / "files", tmp_path / "files.part"
    (home / "reports" / "2026").mkdir(parents=True)
    (arriving / "reports").mkdir(parents=True)
    (arriving / "reports" / "one.csv").write_text("x")
    move_in(arriving, WholeFiles(location=home))
    assert [str(path.relative_to(home)) for path in home.rglob("*")] == ["reports", "reports/one.csv"]
    assert not arriving.exists()


@pytest.mark.django_db
def test_who_does_not_own_the_database_settles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Session.objects.create(session_key="a", session_data="x", expire_date=NOW + timedelta(days=999))
    monkeypatch.setattr(after_restore, "owns_the_tables", lambda _user: False)
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        call_command("after_restore", "2026-10-28T02:00")
    assert Session.objects.exists()


@pytest.mark.django_db
def test_a_token_of_the_copy_waits_to_be_confirmed_again(elena: User, ines: User) -> None:
    """It may have been revoked since."""
    other = User.objects.create(username="sonia", role="administrator")
    now = timezone.now()
    token, _secret = make_token(
        name="x", user=elena, scopes=["campaigns"], expires_at=now + timedelta(days=9), by=ines, now=now
    )
    confirm_token(token=token, by=other, now=now)
    with by_its_owner():
        call_command("after_restore", "2026-10-28T02:00")
    token.refresh_from_db()
    assert (token.confirmed_at, token.confirmed_by) == (None, None)
    told = AccountEvent.objects.filter(user=elena, kind="token").latest("pk")
    assert (told.by, told.note) == (None, "x: el sistema se restauró, espera confirmación")


@pytest.mark.django_db
def test_after_other_tools_restored_it_nobody_is_signed_in_and_numbers_go_on_further(elena: User) -> None:
    Session.objects.create(session_key="a", session_data="x", expire_date=NOW + timedelta(days=999))
    before = AccountEvent.objects.create(user=elena, kind="on", at=NOW).pk
    with by_its_owner():
        call_command("after_restore", "2026-10-28T02:00")
    assert not Session.objects.exists()
    assert AccountEvent.objects.create(user=elena, kind="on", at=NOW).pk > before + 10_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "says"), [("x", "escríbalo"), ("2026-13-40T25:00", "escríbalo"), ("2999-01-01T00:00", "no llegó")]
)
def test_what_is_no_moment_is_said(text: str, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("after_restore", text)
