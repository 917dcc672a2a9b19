"""A disk without room is nobody's file's fault: it is said, and the file may come again."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from agents.models import User
from campaigns.intake.fetching import look_for_reports
from campaigns.models import Report, ReportSource
from campaigns.month.planner import make_months_exist
from tests.campaigns.some_reports import ccvp

pytestmark = pytest.mark.django_db
FULL = "No hay lugar en el disco del servidor"
At = Callable[..., datetime]


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], pytest.MonkeyPatch]:
    """Nothing is written any more, for that reason, until it is undone."""
    default_storage.exists("x")  # made by now, and what is patched

    def fail(code: int) -> pytest.MonkeyPatch:
        def save(*_what: Any, **_more: Any) -> str:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(default_storage._wrapped, "save", save)
        return monkeypatch

    return fail


def test_an_upload_says_so_and_may_be_sent_again(
    fails: Callable[[int], pytest.MonkeyPatch], elena: User, signed_in: Callable[[User], Client]
) -> None:
    client, full = signed_in(elena), fails(errno.ENOSPC)

    def upload() -> Any:
        file = SimpleUploadedFile("ccvp-2026-12.csv", ccvp({}).read())
        return client.post("/reports/upload/", {"kind": "ccvp", "period": "", "file": file})

    answer = upload()
    assert (answer.status_code, FULL in answer.content.decode()) == (422, True)
    assert not Report.objects.exists()
    full.undo()
    assert upload().status_code == 302
    assert Report.objects.count() == 1


def test_a_source_says_so_and_the_file_is_taken_at_a_later_look(
    fails: Callable[[int], pytest.MonkeyPatch], tmp_path: Path, at: At
) -> None:
    full = fails(errno.ENOSPC)
    source = ReportSource.objects.create(
        name="Smartflex", kind="ccvp", location=str(tmp_path), pattern="ccvp-{period}.*"
    )
    make_months_exist(now=at("2026-11-25 00:01"))
    file = tmp_path / "ccvp-2026-12.csv"
    file.write_bytes(ccvp({}).read())
    os.utime(file, (at("2026-11-25 06:00").timestamp(),) * 2)
    assert look_for_reports(now=at("2026-11-25 06:05")) == []
    source.refresh_from_db()
    assert FULL in source.last_error
    full.undo()
    assert len(look_for_reports(now=at("2026-11-25 06:10"))) == 1


@pytest.mark.parametrize(
    ("code", "says"), [(errno.ENOSPC, FULL), (errno.EDQUOT, FULL), (errno.EIO, "Input/output error")]
)
def test_a_command_says_in_one_line_what_it_is(
    fails: Callable[[int], pytest.MonkeyPatch], code: int, says: str, tmp_path: Path
) -> None:
    fails(code)
    file = tmp_path / "ccvp-2026-12.csv"
    file.write_bytes(ccvp({}).read())
    with pytest.raises(CommandError, match=says):
        call_command("take_in_report", str(file), "--period", "2026-12")
