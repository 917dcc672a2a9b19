"""The month exists, late or not, whatever happened to beat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client

from agents.models import User
from campaigns.models import CallingPolicy, Campaign, Report
from campaigns.month.arrivals import what_came
from campaigns.month.planner import make_months_exist
from notices.models import Notice
from tests.campaigns.some_reports import HEADINGS, ccvp, received, taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]


def periods() -> list[str]:
    return [f"{period:%Y-%m}" for period in Campaign.objects.order_by("period").values_list("period", flat=True)]


def had(at: At, *months: str) -> None:
    """The centre has had these months, each with its report."""
    for month in months:
        period = date.fromisoformat(f"{month}-01")
        taken(
            {"FECHA_VENCIMIENTO": f"{(period.replace(day=1)):%d/%m/%Y}"},
            now=at("2026-10-01 06:00"),
            period=period,
        )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24 23:59", []),
        ("2026-11-25 00:00", ["2026-12"]),
        ("2026-11-25 06:00", ["2026-12"]),
        ("2026-11-27 11:30", ["2026-12"]),  # beat was down from the 24th to the 27th
        ("2026-11-30 23:59", ["2026-12"]),
        ("2026-12-01 00:00", []),  # a new house does not begin with a month that is over
        ("2026-12-25 00:30", ["2027-01"]),
        ("2027-02-25 07:00", ["2027-03"]),
        ("2028-02-29 07:00", ["2028-03"]),
    ],
)
def test_a_new_centre_has_the_month_that_is_called_now(now: str, expected: list[str], at: At) -> None:
    made = make_months_exist(now=at(now))
    assert [str(campaign) for campaign in made] == expected
    assert make_months_exist(now=at(now)) == []
    assert periods() == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24 12:00", ["2026-11"]),
        ("2026-11-25 00:00", ["2026-11", "2026-12"]),
        ("2026-12-24 12:00", ["2026-11", "2026-12"]),  # skipped, over, and seen
        ("2027-02-27 12:00", ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]),
    ],
)
def test_skipped_months_are_made_as_well(now: str, expected: list[str], at: At) -> None:
    had(at, "2026-11")
    make_months_exist(now=at(now))
    assert periods() == expected


@pytest.mark.parametrize(
    ("now", "late", "missing"),
    [
        ("2026-11-25 06:00", False, False),
        ("2026-11-25 07:00", False, False),  # the hour and its tolerance
        ("2026-11-25 07:01", True, False),
        ("2026-11-30 23:59", True, False),
        ("2026-12-01 00:00", True, True),
    ],
)
def test_a_report_is_late_after_its_hour_and_missing_after_the_last_day(
    now: str, late: bool, missing: bool, at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    make_months_exist(now=at(now))
    campaign = Campaign.objects.get()
    assert (campaign.late_since is not None, campaign.missing_since is not None) == (late, missing)


def test_late_and_missing_are_mailed_once_each(at: At) -> None:
    for now in ("11-25 00:01", "11-25 07:30", "11-25 07:31", "11-26 09:00", "12-01 00:05", "12-01 00:06"):
        make_months_exist(now=at(f"2026-{now}"))
    campaign = Campaign.objects.get()
    assert (campaign.late_since, campaign.missing_since) == (at("2026-11-25 07:30"), at("2026-12-01 00:05"))
    assert sorted(Notice.objects.values_list("key", flat=True)) == ["report-late-2026-12", "report-missing-2026-12"]


def test_a_month_that_is_already_over_is_told_once_not_twice(at: At) -> None:
    had(at, "2026-11")
    make_months_exist(now=at("2026-12-05 08:00"))
    assert list(Notice.objects.values_list("key", flat=True)) == ["report-missing-2026-12"]


def test_a_month_closed_without_its_report_is_still_told(at: At) -> None:
    from campaigns.month.lifecycle import close_overdue

    make_months_exist(now=at("2026-11-30 09:00"))
    close_overdue(now=at("2026-12-01 00:00"))
    make_months_exist(now=at("2026-12-01 00:01"))
    assert Campaign.objects.get(period="2026-12-01").missing_since == at("2026-12-01 00:01")


def test_a_report_that_came_is_not_late(at: At) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    taken({}, now=at("2026-11-25 06:10"))
    make_months_exist(now=at("2026-11-25 12:00"))
    make_months_exist(now=at("2026-12-01 12:00"))
    campaign = Campaign.objects.get()
    assert (campaign.late_since, campaign.missing_since) == (None, None)
    assert not Notice.objects.exists()


def test_the_first_day_and_the_hour_are_policy(at: At) -> None:
    CallingPolicy.objects.update_or_create(pk=1, defaults={"calls_from_day": 20, "report_due_time": "09:00"})
    assert make_months_exist(now=at("2026-11-19 12:00")) == []
    (campaign,) = make_months_exist(now=at("2026-11-20 12:00"))
    assert campaign.calls_from == date(2026, 11, 20)
    assert campaign.report_due_at == at("2026-11-20 09:00")


def without_amounts(at: At, arrived: str = "2026-11-25 05:30") -> Report:
    """A report that came in time and is held: its column of amounts is missing."""
    report = taken({}, now=at(arrived), headings=[heading for heading in HEADINGS if heading != "MONTO"])
    assert report.state == Report.State.HELD
    return report


@pytest.mark.parametrize(
    ("state", "said", "never"),
    [
        ("held", "retenido: espera su decisión", "no llegó"),
        ("parked", "detenido tras varios intentos: espera su decisión", "no llegó"),
        ("refused", "se rechazó: hace falta otro", "nunca"),
    ],
)
def test_a_report_that_came_and_is_not_taken_is_not_said_not_to_have_come(
    state: str, said: str, never: str, at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    report = without_amounts(at)
    Report.objects.update(state=state)
    Notice.objects.all().delete()
    make_months_exist(now=at("2026-11-25 08:00"))
    late = Notice.objects.get(key="report-late-2026-12")
    make_months_exist(now=at("2026-12-01 00:01"))
    missing = Notice.objects.get(key="report-missing-2026-12")
    for notice in (late, missing):
        assert said in notice.body
        assert never not in notice.body
        assert f"/reports/{report.pk}/" in notice.body
    assert "llegó el 25/11/2026 05:30" in late.body


def test_a_report_that_is_being_taken_is_late_only_when_nobody_takes_it(at: At) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    received(ccvp({}), now=at("2026-11-25 07:55"))
    make_months_exist(now=at("2026-11-25 08:00"))
    assert not Notice.objects.exists()
    make_months_exist(now=at("2026-11-25 08:30"))
    assert "se está tomando" in Notice.objects.get().body


@pytest.mark.parametrize("address", ["/reports/", "/campaigns/2026-12/"])
def test_pages_say_that_a_held_report_waits_for_a_decision(
    address: str, elena: User, signed_in: Callable[..., Client], at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    report = without_amounts(at)
    for now in ("2026-11-25 05:40", "2026-11-25 08:00"):
        make_months_exist(now=at(now))
        page = signed_in(elena).get(address).content.decode()
        assert "El reporte llegó el 25/11/2026 05:30 y está retenido: espera su decisión." in page
        assert f"/reports/{report.pk}/" in page
        assert "no llegó" not in page


def test_what_waits_for_a_decision_speaks_before_what_was_refused(at: At) -> None:
    held = without_amounts(at)
    later = received(ccvp({}), now=at("2026-11-25 05:50"))
    Report.objects.filter(pk=later.pk).update(state=Report.State.REFUSED)
    december = date(2026, 12, 1)
    assert what_came(periods=[december]) == {december: held}
    Report.objects.filter(pk=held.pk).update(state=Report.State.DISCARDED)
    assert what_came(periods=[december]) == {december: later}
