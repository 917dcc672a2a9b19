"""The bar moves while the work holds its transaction open, never runs back, and a lost fence stops the work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction

from campaigns.intake.taking_in import claim
from campaigns.models import Report
from campaigns.rows import progress as progress_module
from campaigns.rows.progress import GrowingFiles, Progress
from tests.campaigns.some_reports import ccvp, received
from tests.processes.house import wait_until
from work.steps import LeaseLost

pytestmark = pytest.mark.django_db(transaction=True)
At = Callable[..., datetime]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_module, "EVERY", 0.02)


def test_numbers_and_lease_are_seen_while_the_work_is_not_committed(at: At) -> None:
    report = claim(report_id=received(ccvp({}), now=at("2026-11-25 06:10")).pk, now=at("2026-11-25 06:11"))
    assert report is not None
    first = report.lease_until
    seen = Report.objects.filter(pk=report.pk)
    with Progress(report=report, now=at("2026-11-25 06:11")) as progress, transaction.atomic():
        progress.set(state=Report.State.PUBLISHING, rows_read=7, rows_published=3)
        wait_until(lambda: seen.get().rows_published == 3, what="its numbers")
        wait_until(lambda: seen.get().lease_until > first, what="its longer lease")
        assert (seen.get().state, seen.get().rows_read) == (Report.State.PUBLISHING, 7)


def test_a_worker_learns_that_another_has_its_report(at: At) -> None:
    report = claim(report_id=received(ccvp({}), now=at("2026-11-25 06:10")).pk, now=at("2026-11-25 06:11"))
    assert report is not None
    with Progress(report=report, now=at("2026-11-25 06:11")) as progress:
        Report.objects.filter(pk=report.pk).update(fence=99, rows_read=1)

        def told() -> bool:
            try:
                progress.check()
            except LeaseLost:
                return True
            return False

        wait_until(told, what="what was told")
        with pytest.raises(LeaseLost):
            progress.set(rows_read=5)
    assert Report.objects.get().rows_read == 1


def test_the_bar_never_runs_back_and_never_stands_still(at: At) -> None:
    files = GrowingFiles(rows=1_000_000, steps=(("campaigns_contact", 200, 0.5),))
    told = [files()["rows_published"] for _ in range(20)]
    assert all(later > earlier for earlier, later in zip(told, told[1:], strict=False))
