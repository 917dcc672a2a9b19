"""What must not break: workers killed at work, two of everything, an emptied broker, a restarted database.

Each ends with the numbers of the sample's truth and with the invariants proved.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.campaigns.some_reports import ccvp, many
from tests.processes.house import House, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
DATA = Path(__file__).resolve().parents[1] / "data" / "xlsx-5000"
CCVP, RECAUDO = DATA / "ccvp-2026-12.xlsx", DATA / "recaudo-2026-12.xlsx"
TRUTH: dict[str, Any] = json.loads((DATA / "truth-2026-12.json").read_text())
OF_ONE_MONTH = 300  # rows of the file that is made for whichever month the clock makes
PATIENCE = 300.0  # seconds for what takes a few on an idle machine


@contextlib.contextmanager
def publishing_held_up(house: House) -> Iterator[None]:
    """Nobody can publish until the block ends, so that a worker can be met in the middle of it."""
    with psycopg.connect(house.owner_url) as connection:
        connection.execute("LOCK TABLE campaigns_renewal, campaigns_receipt IN SHARE ROW EXCLUSIVE MODE")
        try:
            yield
        finally:
            with contextlib.suppress(psycopg.OperationalError):
                connection.rollback()


def wait_for_state(house: House, report: int, state: str) -> None:
    try:
        wait_until(lambda: house.state_of(report) == state, seconds=PATIENCE, what=f"report {report} is {state}")
    except AssertionError as late:
        stands = house.rows(
            "SELECT state, attempts, last_error, lease_until FROM campaigns_report WHERE id = %s", report
        )
        raise AssertionError(f"{late}, but {stands}\n{house.last_words()}") from None


def let_the_lease_run_out(house: House, report: int) -> None:
    house.rows(
        "UPDATE campaigns_report SET lease_until = now() - interval '1 second' WHERE id = %s AND lease_until > now()",
        report,
    )


def ring_and_meet_it_publishing(house: House, report: int) -> None:
    house.ring("campaigns.take_in_report", report_id=report)
    wait_for_state(house, report, "publishing")


def the_invariants_hold(house: House) -> None:
    """Check every invariant but the seal: the sample's month is over, and a worker may seal it among its payments."""
    code = "from callcenter.proofs import broken_promises; print(*(one.name for one in broken_promises()))"
    assert {*house.manage("shell", "-v0", "-c", code).split()} <= {"month_is_as_sealed"}


def the_report_is_the_truth(house: House) -> None:
    """The same file once more says what the house holds, and changes nothing."""
    told, true = house.told("take_in_report", str(CCVP), "--period", "2026-12"), TRUTH["report"]
    assert told["rows"] == true["rows"] + true["bad_rows"]
    assert told["rows"] == told["taken"] + told["duplicates"] + told["other_service"] + told["rejected"]
    assert (told["duplicates"], told["other_service"]) == (true["duplicates"], true["other_service"])
    assert (told["rejected"], told["renewals"]) == (true["bad_rows"], true["by_service"])
    assert (told["contacts"], told["contacts_with_both"]) == (true["contracts"], true["contracts_with_both"])
    assert (told["not_callable"], told["amount_due"]) == (true["contracts_not_callable"], true["amount_due"])
    assert house.value("SELECT count(*) FROM campaigns_renewal") == true["items"]
    assert house.value("SELECT count(*) FROM campaigns_contact") == true["contracts"]
    the_invariants_hold(house)


def the_payments_are_the_truth(house: House) -> None:
    told, true = house.told("take_in_payments", str(RECAUDO)), TRUTH["payments"]
    assert (told["rows"], told["receipts"]) == (true["rows"], true["receipts"])
    assert told["unmatched"] == true["receipts_outside_the_campaign"]
    assert house.value("SELECT count(*) FROM campaigns_receipt") == true["receipts"]
    paid = "SELECT count(*) FROM campaigns_renewalpayment WHERE paid_on IS NOT NULL"
    assert house.value(paid) == true["items_paid"]
    the_invariants_hold(house)


def test_a_worker_killed_while_it_publishes_costs_time_and_nothing_else(house: House) -> None:
    report = house.receive(CCVP)
    first = house.worker("first")
    with publishing_held_up(house):
        ring_and_meet_it_publishing(house, report)
        house.kill(first)
    assert house.state_of(report) == "publishing"  # nobody has told the row yet
    let_the_lease_run_out(house, report)
    house.manage("sync_schedule")
    house.worker("second")
    house.beat()
    wait_for_state(house, report, "published")
    assert house.value("SELECT attempts FROM campaigns_report WHERE id = %s", report) == 2
    the_report_is_the_truth(house)


def test_two_workers_rung_ten_times_take_a_report_and_its_payments_once(house: House) -> None:
    report = house.receive(CCVP)
    for name in ("one", "two"):
        house.worker(name)
    for _ring in range(5):
        house.ring("campaigns.take_in_report", report_id=report)
    wait_for_state(house, report, "published")
    the_report_is_the_truth(house)
    payments = house.receive(RECAUDO, kind="recaudo")
    for _ring in range(5):
        house.ring("campaigns.take_in_report", report_id=payments)
    wait_for_state(house, payments, "published")
    assert house.value("SELECT max(attempts) FROM campaigns_report") == 1
    the_payments_are_the_truth(house)


def test_an_emptied_broker_loses_the_ring_and_not_the_work(house: House) -> None:
    report = house.receive(CCVP)
    house.ring("campaigns.take_in_report", report_id=report)
    assert house.queue_length() == 1
    house.empty_queue()
    house.manage("sync_schedule")
    house.worker()
    house.beat()
    wait_for_state(house, report, "published")
    the_report_is_the_truth(house)


def test_a_worker_killed_among_the_payments_leaves_none_twice_and_none_out(house: House) -> None:
    house.manage("take_in_report", str(CCVP), "--period", "2026-12")
    payments = house.receive(RECAUDO, kind="recaudo")
    first = house.worker("first")
    with publishing_held_up(house):
        ring_and_meet_it_publishing(house, payments)
        house.kill(first)
    let_the_lease_run_out(house, payments)
    house.manage("sync_schedule")
    house.worker("second")
    house.beat()
    wait_for_state(house, payments, "published")
    the_payments_are_the_truth(house)


def test_a_database_that_restarts_in_the_middle_is_waited_for(house: House) -> None:
    report = house.receive(CCVP)
    house.manage("sync_schedule")
    house.worker(children=4)  # what beat rings may wait for the tables that are held, and must not stand in the way
    house.beat()
    with publishing_held_up(house):
        ring_and_meet_it_publishing(house, report)
        crash_the_database(house)
    wait_until(lambda: house.state_of(report), seconds=PATIENCE, what="the database is back")
    let_the_lease_run_out(house, report)
    wait_for_state(house, report, "published")
    the_report_is_the_truth(house)


def crash_the_database(house: House) -> None:
    """Kill the embedded server (its keeper starts it again); of a server of others, cut every connection."""
    postmaster = house.home / "postgres" / "postmaster.pid"
    if postmaster.exists():
        os.kill(int(postmaster.read_text().split()[0]), signal.SIGQUIT)
        return
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    house.rows(f"SELECT pg_terminate_backend(pid) {others}")


def test_two_beats_make_one_month_and_take_a_file_once(house: House, tmp_path: Path) -> None:
    house.rows("UPDATE campaigns_callingpolicy SET calls_from_day = 1")
    house.manage("sync_schedule")
    for name in ("one", "two"):
        house.worker(name)
    for _beat in range(2):
        house.beat()
    wait_until(
        lambda: house.value("SELECT count(*) FROM campaigns_campaign"), seconds=PATIENCE, what="the month is there"
    )
    month = house.value("SELECT period FROM campaigns_campaign")
    period, runs_out = f"{month:%Y-%m}", month - timedelta(days=1)
    folder = house.home / f"drop-{period}-{tmp_path.name}"
    folder.mkdir()
    file = folder / f"ccvp-{period}.csv"
    rows = [{**row, "FECHA_VENCIMIENTO": f"{runs_out:%d/%m/%Y}"} for row in many(OF_ONE_MONTH)]
    file.write_bytes(ccvp(*rows).getvalue())
    os.utime(file, (file.stat().st_atime - 3600, file.stat().st_mtime - 3600))
    house.rows(
        "INSERT INTO campaigns_reportsource"
        " (name, kind, transport, location, pattern, host_key, secret_name, is_active,"
        " last_error) VALUES ('drop', 'ccvp', 'file', %s, 'ccvp-{period}.*', '', '', true, '')",
        str(folder),
    )
    ended = "SELECT count(*) FROM campaigns_report WHERE state IN ('published', 'held', 'refused')"
    wait_until(lambda: house.value(ended), seconds=PATIENCE, what="the file is taken")
    assert house.value("SELECT count(*) FROM campaigns_campaign") == 1
    assert house.value("SELECT count(*) FROM campaigns_report") == 1
    assert house.value("SELECT count(*) FROM campaigns_renewal") == OF_ONE_MONTH
    the_invariants_hold(house)


def test_the_ticks_go_on_while_every_worker_of_long_jobs_is_busy(house: House) -> None:
    busy = [house.receive(CCVP), house.receive(RECAUDO, kind="recaudo")]
    waits = house.receive(DATA.parent / "csv-300" / "recaudo-2026-12.csv", kind="recaudo")
    house.manage("sync_schedule")
    house.worker("ticks", queues="ticks", children=2)
    house.worker("jobs", queues="jobs", children=2)
    with publishing_held_up(house):
        for report in busy:
            ring_and_meet_it_publishing(house, report)
        house.beat()  # its first ticks meet the month that is being published
        rung = "SELECT rung_at FROM campaigns_report WHERE id = %s"
        wait_until(lambda: house.value(rung, waits), seconds=PATIENCE, what="a sweep rang for the third")
        first = house.value(rung, waits)
        house.rows("UPDATE campaigns_report SET rung_at = rung_at - interval '1 minute' WHERE id = %s", waits)
        wait_until(lambda: house.value(rung, waits) > first, seconds=PATIENCE, what="and again a minute later")
        assert {house.state_of(report) for report in busy} == {"publishing"}
        assert house.signs() >= {"beat", "worker", "jobs", "sweeper"}
    for report in (*busy, waits):
        wait_for_state(house, report, "published")
    the_report_is_the_truth(house)


def test_a_tick_does_not_wait_for_ever_for_what_a_job_has_locked(house: House) -> None:
    house.manage("take_in_report", str(CCVP), "--period", "2026-12")
    house.worker("ticks", queues="ticks")
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(house.owner_url) as connection:
        connection.execute("LOCK TABLE campaigns_listentry IN ACCESS EXCLUSIVE MODE")
        house.ring("campaigns.sweep_leases")
        wait_until(lambda: house.value(waiting), seconds=PATIENCE, what="the sweep waits for the lock")
        house.ring("callcenter.heartbeat")
        wait_until(lambda: "worker" in house.signs(), seconds=PATIENCE, what="and gives its child back")
        connection.rollback()
