"""PostgreSQL stopped *immediately*, as a power cut does it: in the middle of an intake, and of a click."""

from __future__ import annotations

import threading

import pytest

from tests.faults.desks import Desk, furnish, pages
from tests.faults.halting import OF_AN_INTAKE, dice, halted_at, stands_there, watch
from tests.faults.test_killed_workers import ROWS, attempts, nothing_is_half_done
from tests.processes.house import House, wait_until
from tests.processes.test_faults import (
    CCVP,
    crash_the_database,
    let_the_lease_run_out,
    the_report_is_the_truth,
    wait_for_state,
)

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
CLICKS, STOPS = 10, 3
BACK = 300.0  # seconds


def stop_and_wait(house: House) -> None:
    crash_the_database(house)
    wait_until(lambda: house.value("SELECT 1"), seconds=BACK, what="the database is back")


@pytest.mark.parametrize("stop", range(STOPS))
def test_a_database_stopped_at_a_row_of_an_intake(house: House, stop: int) -> None:
    watch(house, *OF_AN_INTAKE)
    report = house.receive(CCVP)
    house.manage("sync_schedule")
    house.worker(children=2)
    house.beat()
    with halted_at(house, dice().randrange(stop * ROWS // STOPS + 1, (stop + 1) * ROWS // STOPS)):
        house.ring("campaigns.take_in_report", report_id=report)
        stands_there(house)
        stop_and_wait(house)
        nothing_is_half_done(house)
    let_the_lease_run_out(house, report)
    wait_for_state(house, report, "published")
    assert attempts(house, report) == 2
    the_report_is_the_truth(house)


def test_a_database_stopped_in_the_middle_of_a_click(house: House) -> None:
    """The click fails in words, the same click again is recorded, and so it is once; those before it are all there."""
    (cookie,) = furnish(house, agents=1, contacts=50)
    watch(house, "campaigns_attempt")
    with pages(house) as address:
        desk = Desk(address, cookie)
        desk.take()
        recorded = 0
        for _click in range(CLICKS):
            assert desk.record() == 200
            recorded += 1
        for _stop in range(STOPS):
            with halted_at(house, 1):
                click = threading.Thread(target=desk.record)
                click.start()
                stands_there(house)
                stop_and_wait(house)
                click.join(BACK)
            assert desk.statuses[-1] == 500, "it is told, and nobody takes it for recorded"
            assert house.value("SELECT count(*) FROM campaigns_attempt WHERE resulted_at IS NOT NULL") == recorded
            assert desk.record() == 200
            recorded += 1
        for _click in range(CLICKS):
            assert desk.record() == 200
            recorded += 1
        desk.close()
    assert house.value("SELECT count(*) FROM campaigns_attempt") == recorded
    assert house.value("SELECT count(*) FROM campaigns_attempt WHERE resulted_at IS NULL") == 0
    house.manage("check_invariants")
