"""Beats that were down, clocks that go wrong, a month that ends while they do, and a holiday nobody knew of.

A program's own clock cannot be moved without moving the machine's: here every door of a worker that asks what time it
is, is told another (`clocks.py`), and the ticks are rung by hand where beat's own clock would not.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.clocks import worker_at
from tests.faults.desks import Desk, furnish, pages
from tests.faults.halting import OF_AN_INTAKE, dice, halted_at, stands_there, watch
from tests.faults.test_killed_workers import ROWS, STAGED, attempts
from tests.processes.house import House, wait_until
from tests.processes.test_faults import CCVP, the_report_is_the_truth, wait_for_state

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
SOURCE = """
INSERT INTO campaigns_reportsource
    (name, kind, transport, location, pattern, host_key, secret_name, is_active, last_error)
VALUES ('drop', 'ccvp', 'file', %s, 'ccvp-{period}.*', '', '', true, '')
"""
MONTHS = "SELECT to_char(period, 'YYYY-MM'), state, late_since IS NOT NULL FROM campaigns_campaign ORDER BY period"
CLOSED = "SELECT count(*) FROM campaigns_campaignchange WHERE to_state = 'closed'"
END_OF_MONTH = (
    "campaigns.make_months_exist",
    "campaigns.close_overdue",
    "campaigns.seal_closed",
    "campaigns.sweep_leases",
)
OF_DECEMBER = """
UPDATE campaigns_campaign
   SET period = '2027-01-01', calls_from = '2026-12-25', calls_until = '2026-12-31',
       report_due_at = '2026-12-25 12:00+00', created_at = '2026-12-25 12:00+00', launched_at = '2026-12-25 13:00+00'
"""
OPEN_AT_MIDNIGHT = """
UPDATE campaigns_listentry SET lease_agent_id = owner_id, fence = 1, lease_until = '2027-01-01 04:10+00'
 WHERE contact_id = (SELECT min(contact_id) FROM campaigns_listentry)
"""
DECREE = """
from django.utils import timezone
from service_level.models import Holiday
Holiday.objects.create(day=timezone.localdate(), name="Duelo nacional", decree="D.S. 1")
"""
REVOKED = "from service_level.models import Holiday; Holiday.objects.filter(decree='D.S. 1').delete()"


def done(house: House, *tasks: str) -> None:
    """Ring for each, and wait until a worker has done it."""
    for task in tasks:
        before = succeeded(house, task)
        house.ring(task)
        wait_until(
            lambda task=task, before=before: succeeded(house, task) > before, seconds=300, what=f"{task} is done"
        )


def succeeded(house: House, task: str) -> int:
    logs = (log.read_text() for log in house.home.glob("started-*.log"))
    return sum(f"Task {task}[" in line and "succeeded in" in line for log in logs for line in log.splitlines())


def test_a_beat_that_is_down_from_the_24th_to_the_27th(house: House, tmp_path: Path) -> None:
    """It comes back on the 27th: the month is there once, marked late, and its report is taken the same moment."""
    folder = house.home / f"late-{tmp_path.name}"
    folder.mkdir()
    house.rows(SOURCE, str(folder))
    house.manage("sync_schedule")
    before = worker_at(house, "2026-11-24 18:00")
    done(house, "campaigns.make_months_exist", "campaigns.look_for_reports")
    assert house.rows(MONTHS) == []
    house.kill(before)

    file = folder / CCVP.name
    file.write_bytes(CCVP.read_bytes())
    os.utime(file, (1_763_000_000, 1_763_000_000))
    worker_at(house, "2026-11-27 10:00", name="back")
    house.beat()
    wait_until(lambda: house.rows(MONTHS), seconds=300, what="the month is there")
    published = "SELECT count(*) FROM campaigns_report WHERE state = 'published'"
    wait_until(lambda: house.value(published), seconds=900, what="its report is taken")
    assert house.rows(MONTHS) == [("2026-12", "proposed", True)]
    late = house.value("SELECT late_since FROM campaigns_campaign")
    assert f"{late.astimezone():%Y-%m-%d}" == "2026-11-27"
    assert house.value("SELECT count(*) FROM notices_notice WHERE kind = 'report_late'") == 1
    the_report_is_the_truth(house)


@pytest.mark.parametrize("hours", [3, -3])
def test_a_worker_whose_clock_is_three_hours_off_takes_a_report_once(house: House, hours: int) -> None:
    """It holds the other for dead, or is held for dead by it: both work, and one hands in."""
    watch(house, *OF_AN_INTAKE)
    report = house.receive(CCVP)
    clocks = [timedelta(0), timedelta(hours=hours)]
    slow, fast = sorted(clocks)
    worker_at(house, slow, name="slow")
    with halted_at(house, dice().randrange(1, STAGED)):
        house.ring("campaigns.take_in_report", report_id=report)
        stands_there(house)
        worker_at(house, fast, name="fast")
        house.ring("campaigns.take_in_report", report_id=report)
        wait_for_state(house, report, "published")
    assert attempts(house, report) == 2
    the_report_is_the_truth(house)


def test_a_report_that_is_being_published_is_not_published_by_a_clock_that_is_ahead(house: House) -> None:
    watch(house, *OF_AN_INTAKE)
    report = house.receive(CCVP)
    worker_at(house, timedelta(0), name="right")
    with halted_at(house, dice().randrange(STAGED + 1, ROWS)):
        house.ring("campaigns.take_in_report", report_id=report)
        stands_there(house)
        worker_at(house, timedelta(hours=3), name="ahead")
        house.ring("campaigns.take_in_report", report_id=report)
        wait_until(lambda: attempts(house, report) == 2, seconds=300, what="the other one has taken it")
    wait_for_state(house, report, "published")
    the_report_is_the_truth(house)


def test_midnight_of_the_31st_by_three_clocks(house: House) -> None:
    """One is in January already, one three hours from it: the month closes once, and nothing opens it again."""
    furnish(house, agents=2, contacts=20)
    house.rows(OF_DECEMBER)
    house.rows(OPEN_AT_MIDNIGHT)
    right = "2026-12-31 23:55"
    for moment, closed in ((right, 0), ("2026-12-31 20:55", 0), ("2027-01-01 02:55", 1), (right, 1)):
        worker = worker_at(house, moment, name="by-its-clock")
        done(house, *END_OF_MONTH)
        assert house.value(CLOSED) == closed, moment
        house.kill(worker)
    for name, moment in (("right", "2027-01-01 00:00"), ("behind", "2026-12-31 21:00"), ("ahead", "2027-01-01 03:00")):
        worker_at(house, moment, name=name)
    for _turn in range(4):
        done(house, *END_OF_MONTH)
    assert house.value(CLOSED) == 1
    assert [month[:2] for month in house.rows(MONTHS)] == [("2027-01", "closed")]
    assert house.value("SELECT count(*) FROM campaigns_listentry WHERE lease_agent_id IS NOT NULL") == 0
    assert house.value("SELECT count(*) FROM campaigns_seal") == 1
    house.manage("check_invariants")


def test_a_holiday_decreed_after_the_plan_stops_the_calls_of_its_day_and_of_no_other(house: House) -> None:
    (cookie,) = furnish(house, agents=1, contacts=10)
    with pages(house) as address:
        desk = Desk(address, cookie)
        first = desk.take()
        assert first is not None
        assert desk.call() == 200
        house.manage("shell", "-v0", "-c", DECREE)
        assert desk.record(dialled=True) == 200, "the call that was made has its result"
        assert desk.open is None
        assert "Duelo nacional" in desk.page
        assert desk.take() is None
        house.manage("shell", "-v0", "-c", REVOKED)
        next_day = Desk(address, cookie)
        assert next_day.take() not in (None, first)
        for one in (desk, next_day):
            one.close()
    assert house.value("SELECT count(*) FROM campaigns_attempt") == 1
    house.manage("check_invariants")
