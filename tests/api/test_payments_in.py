"""Where a payments' file is while its report is made: stored before the database is asked, and never left alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction

from agents.models import User
from api.models import Reply
from campaigns.intake.taking_in import take_in
from campaigns.models import ListEntry, Report
from tests.api.conftest import Program
from tests.campaigns.a_campaign import make_campaign, moment
from tests.campaigns.some_receipts import owing

pytestmark = pytest.mark.django_db(transaction=True)
SENT = {"receipts": [{"receipt": "R-1", "contract": "C-1", "paid_on": "2026-11-25", "amount": "180.00"}]}


@pytest.fixture
def ask(elena: User, make: Callable[..., tuple[Any, str]]) -> Program:
    return Program(make(elena, "payments")[1])


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests keep files meanwhile."""
    default_storage.exists("x")  # made by now, and what is patched
    monkeypatch.setattr(default_storage._wrapped, "location", str(tmp_path))


@pytest.fixture
def files() -> Callable[[], list[Path]]:
    """Which are stored since the test began."""

    def there() -> set[Path]:
        return {file for file in Path(default_storage.location).glob("reports/**/*") if file.is_file()}

    before = there()
    return lambda: sorted(there() - before)


def test_a_storage_that_is_slow_holds_no_transaction(
    ask: Program, monkeypatch: pytest.MonkeyPatch, files: Callable[[], list[Path]]
) -> None:
    default_storage.exists("x")  # made by now, and what is patched
    stored_in, real = [], default_storage._wrapped.save

    def save(*what: Any, **more: Any) -> str:
        stored_in.append(connection.in_atomic_block)
        return str(real(*what, **more))

    monkeypatch.setattr(default_storage._wrapped, "save", save)
    assert ask("payments/", SENT).status_code == 202
    assert stored_in == [False]
    assert len(files()) == 1


def test_sent_again_it_leaves_one_file(ask: Program, files: Callable[[], list[Path]]) -> None:
    answers = [ask("payments/", SENT, key="same-key").json() for _time in range(2)]
    assert answers[0] == answers[1]
    assert [Path(Report.objects.get().file.path)] == files()


def test_what_is_not_kept_leaves_no_file(
    ask: Program, files: Callable[[], list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(**_row: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(Reply.objects, "create", breaks)
    assert ask("payments/", SENT).status_code == 500
    assert (Report.objects.count(), files()) == (0, [])


def test_where_it_is_not_known_whether_its_row_was_kept_the_file_stays(
    ask: Program, files: Callable[[], list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept_and_gone(self: transaction.Atomic, *_why: Any) -> None:
        leave(self, None, None, None)
        if not connection.in_atomic_block:
            raise OperationalError("server closed the connection unexpectedly")

    leave = transaction.Atomic.__exit__
    monkeypatch.setattr("api.once.transaction.Atomic.__exit__", kept_and_gone)
    ask("payments/", SENT)
    assert [Path(Report.objects.get().file.path)] == files()


def test_a_hand_over_is_of_no_month_whatever_the_hour(ask: Program) -> None:
    """At 16:15:08 in Cochabamba its name must not speak of August 2015."""
    with time_machine.travel("2026-11-25T20:15:08Z", tick=False):
        assert ask("payments/", SENT).status_code == 202
    assert Report.objects.get().period is None


def test_invented_payments_without_service_number_are_held(ask: Program) -> None:
    campaign = make_campaign(state="running", launched_at=moment("2026-11-25 09:00"))
    for number in range(60):
        owing(campaign, f"C{number}", "TV")
    day = {"paid_on": "2026-11-27", "amount": "99.00"}
    receipts = [{"receipt": f"R-{n}", "contract": f"C{n}", **day} for n in range(60)]
    with time_machine.travel(moment("2026-11-28 10:00"), tick=False):
        made = ask("payments/", {"receipts": receipts}).json()
    take_in(report_id=made["id"], now=moment("2026-11-28 10:01"))
    told = ask(f"payments/{made['id']}/").json()
    assert told["state"] == "held"
    assert "pagaría 60 de 60 servicios pendientes" in told["held_because"]
    assert not ListEntry.objects.filter(paid_on__isnull=False).exists()
