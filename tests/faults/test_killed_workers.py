"""Workers killed at rows nobody chose: what was half done is not there, what is done afterwards is the truth, once."""

from __future__ import annotations

import os
import signal

import pytest

from tests.faults.halting import OF_AN_INTAKE, dice, halted_at, kill_the_child, stands_there, watch
from tests.processes.house import House
from tests.processes.test_faults import (
    CCVP,
    TRUTH,
    let_the_lease_run_out,
    the_report_is_the_truth,
    wait_for_state,
)

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
REPORT = TRUTH["report"]
STAGED = REPORT["rows"] + REPORT["bad_rows"]
ROWS = STAGED + REPORT["items"] + 2 * REPORT["contracts"]  # that an intake writes: staged, renewals, contacts, lists
INTAKES, ATTEMPTS = 10, 3
TRY_AGAIN = """
from django.utils import timezone
from campaigns.models import Report
from work.trying_again import try_again
try_again(owed=Report.objects.get(pk=%d), now=timezone.now())
"""


def attempts(house: House, report: int) -> int:
    return int(house.value("SELECT attempts FROM campaigns_report WHERE id = %s", report))


def nothing_is_half_done(house: House) -> None:
    for table in OF_AN_INTAKE:
        assert house.value(f"SELECT count(*) FROM {table}") == 0, table


@pytest.mark.parametrize("intake", range(INTAKES))
def test_a_worker_and_its_child_killed_at_two_rows_of_an_intake(house: House, intake: int) -> None:
    drawn = sorted(dice().sample(range(1, ROWS), 2 * INTAKES))[intake::INTAKES]
    watch(house, *OF_AN_INTAKE)
    report = house.receive(CCVP)
    for number, row in enumerate(drawn):
        worker = house.worker(f"killed-{number}")
        with halted_at(house, row):
            house.ring("campaigns.take_in_report", report_id=report)
            stands_there(house)
            house.kill(worker)
            nothing_is_half_done(house)
        let_the_lease_run_out(house, report)
    house.worker("last")
    house.ring("campaigns.take_in_report", report_id=report)
    wait_for_state(house, report, "published")
    assert attempts(house, report) == ATTEMPTS
    the_report_is_the_truth(house)


def test_a_child_killed_alone_is_replaced_and_its_report_taken_again(house: House) -> None:
    """Nobody makes the lease shorter: the sweep finds by itself what the child left."""
    watch(house, *OF_AN_INTAKE)
    report = house.receive(CCVP)
    house.manage("sync_schedule")
    worker = house.worker()
    with halted_at(house, dice().randrange(STAGED, ROWS)):
        house.ring("campaigns.take_in_report", report_id=report)
        stands_there(house)
        kill_the_child(worker)
    house.beat()
    wait_for_state(house, report, "published")
    assert attempts(house, report) == 2
    assert worker in house.started
    os.kill(worker, 0)  # the worker itself lived on
    the_report_is_the_truth(house)


def test_a_report_that_kills_its_child_each_time_is_parked_and_taken_when_a_person_says_so(house: House) -> None:
    watch(house, *OF_AN_INTAKE)
    report = house.receive(CCVP)
    worker, rows = house.worker(), dice().sample(range(1, ROWS), ATTEMPTS)
    for row in rows:
        with halted_at(house, row):
            house.ring("campaigns.take_in_report", report_id=report)
            stands_there(house)
            kill_the_child(worker)
        let_the_lease_run_out(house, report)
    house.ring("campaigns.sweep_reports")
    wait_for_state(house, report, "parked")
    assert attempts(house, report) == ATTEMPTS, "it is not tried for ever"
    mailed = "SELECT count(*) FROM notices_notice WHERE kind = 'report_failed'"
    assert house.value(mailed) == 1
    nothing_is_half_done(house)
    house.manage("shell", "-v0", "-c", TRY_AGAIN % report)
    house.ring("campaigns.take_in_report", report_id=report)
    wait_for_state(house, report, "published")
    the_report_is_the_truth(house)


def test_a_whole_group_that_is_told_to_end_loses_nothing_it_was_at(house: House) -> None:
    """As a terminal's Ctrl-C and systemd's default do: SIGTERM reaches the children as well as the worker."""
    watch(house, *OF_AN_INTAKE)
    report = house.receive(CCVP)
    worker = house.worker("told")
    with halted_at(house, dice().randrange(1, ROWS)):
        house.ring("campaigns.take_in_report", report_id=report)
        stands_there(house)
        os.killpg(worker, signal.SIGTERM)
        house.terminal.wait(worker)
        house.started.remove(worker)
        nothing_is_half_done(house)
    let_the_lease_run_out(house, report)
    house.manage("sync_schedule")
    house.worker("next")
    house.beat()
    wait_for_state(house, report, "published")
    the_report_is_the_truth(house)
