"""A report becomes a campaign: once, whole, with every row accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.models import Campaign, Contact, ListEntry, RejectedRow, Renewal, Report
from notices.models import Notice

DATA = Path(__file__).parents[2] / "data"
PERIOD = date(2026, 12, 1)
At = Callable[..., datetime]
SAMPLES = ["xlsx-300", "csv-300", "xlsx-5000"]


def sample(name: str) -> Path:
    return next((DATA / name).glob("ccvp-*"))


def receive(path: Path, now: datetime, **more: Any) -> Report:
    with path.open("rb") as file:
        return receive_report(kind="ccvp", name=path.name, file=file, period=more.pop("period", None), now=now, **more)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gives_the_numbers_of_its_truth(name: str, at: At, truth: Any, make_agent: Any) -> None:
    make_agent("Ana")
    report = take_in(report_id=receive(sample(name), at("2026-11-25 06:10")).pk, now=at("2026-11-25 06:11"))
    known = truth(name)["report"]
    assert (report.state, report.last_error) == (Report.State.PUBLISHED, "")
    assert report.rows == known["rows"] + known["bad_rows"]
    assert report.taken == known["items"]
    assert report.duplicates == known["duplicates"]
    assert report.other_service == known["other_service"]
    assert report.rejected == known["bad_rows"] == RejectedRow.objects.count()
    assert report.figures["renewals"] == known["by_service"]
    assert report.figures["contacts"] == known["contracts"]
    assert report.figures["contacts_with_both"] == known["contracts_with_both"]
    assert report.figures["not_callable"] == known["contracts_not_callable"]
    assert float(report.figures["amount_due"]) == known["amount_due"]
    for number, item in truth(name)["sample_items"].items():
        renewal = Renewal.objects.select_related("contact").get(service_number=number)
        found = (renewal.service, renewal.due_on.isoformat(), renewal.amount_due, renewal.contact.contract)
        assert found == (item["service"], item["due"], item["amount"], item["contract"])
        assert sorted(renewal.contact.telephones) == item["phones"]
    assert Campaign.objects.get().state == Campaign.State.PROPOSED
    assert ListEntry.objects.count() == Contact.objects.count() == known["contracts"]


@pytest.mark.django_db(transaction=True)
def test_the_command_says_exactly_the_figures(truth: Any) -> None:
    out = StringIO()
    call_command("take_in_report", str(sample("csv-300")), period="2026-12", json=True, stdout=out, stderr=StringIO())
    again = StringIO()
    call_command("take_in_report", str(sample("csv-300")), period="2026-12", json=True, stdout=again, stderr=StringIO())
    known = truth("csv-300")["report"]
    assert json.loads(out.getvalue()) == {
        "rows": known["rows"] + known["bad_rows"],
        "taken": known["items"],
        "duplicates": known["duplicates"],
        "other_service": known["other_service"],
        "rejected": known["bad_rows"],
        "renewals": known["by_service"],
        "contacts": known["contracts"],
        "contacts_with_both": known["contracts_with_both"],
        "not_callable": known["contracts_not_callable"],
        "amount_due": known["amount_due"],
    }
    assert again.getvalue() == out.getvalue()
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broken_publishing_leaves_nothing_and_is_tried_three_times(at: At, monkeypatch: Any) -> None:
    report = receive(sample("csv-300"), at("2026-11-25 06:10"))

    def broken(**_: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("campaigns.assignment.assigning.open_lists", broken)
    states = [take_in(report_id=report.pk, now=at(f"2026-11-25 07:0{n}")).state for n in range(4)]
    assert states == [Report.State.WAITING, Report.State.WAITING, Report.State.PARKED, Report.State.PARKED]
    report.refresh_from_db()
    assert (report.attempts, report.last_error) == (
        3,
        f"RuntimeError · test_intake.py:{broken.__code__.co_firstlineno + 1}",
    )
    assert not Contact.objects.exists()
    assert not Renewal.objects.exists()
    assert not RejectedRow.objects.exists()
    assert Notice.objects.get().kind == "report_failed"


@pytest.mark.django_db(transaction=True)
def test_what_the_database_says_of_a_cell_is_told_to_nobody(
    at: At, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    cell = "Rosa Flores 70712345"

    def writes_nonsense(*, report: Report, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::date", [cell])

    monkeypatch.setattr("campaigns.rows.reading.stage", writes_nonsense)
    report = receive(sample("csv-300"), at("2026-11-25 06:10"))
    for minute in range(3):
        take_in(report_id=report.pk, now=at(f"2026-11-25 07:0{minute}"))
    report.refresh_from_db()
    assert report.last_error == "InvalidDatetimeFormat · 22007"
    told = report.last_error + Notice.objects.get().body + caplog.text
    assert "70712345" not in told
    assert "Rosa" not in told
