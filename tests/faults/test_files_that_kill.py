"""A file that kills its reader costs that file its place, and nobody else anything."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
import xlsxwriter

from tests.faults.test_killed_workers import ATTEMPTS, TRY_AGAIN, attempts
from tests.processes.house import House, wait_until
from tests.processes.test_faults import CCVP, the_report_is_the_truth, wait_for_state

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
READER = "systems.reports.process"


def readers(worker: int) -> list[psutil.Process]:
    found = []
    for process in psutil.Process(worker).children(recursive=True):
        try:
            found += [process] if READER in " ".join(process.cmdline()) else []
        except psutil.NoSuchProcess:
            continue
    return found


def test_a_legal_file_that_would_take_the_process_down_is_refused_and_the_next_is_taken(
    house: House, tmp_path: Path
) -> None:
    """One cell in the farthest corner: 5 kB that abort whoever opens them without looking first."""
    corner = tmp_path / "ccvp-2026-11.xlsx"
    with xlsxwriter.Workbook(corner) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["CONTRATO", "MONTO"])
        sheet.write("XFD1048576", "x")
    hostile, honest = house.receive(corner, period="2026-11"), house.receive(CCVP)
    worker = house.worker()
    wait_until(lambda: psutil.Process(worker).children(), what="the worker has its child")
    child = psutil.Process(worker).children()[0]
    for report in (hostile, honest):
        house.ring("campaigns.take_in_report", report_id=report)
    wait_for_state(house, hostile, "refused")
    wait_for_state(house, honest, "published")
    assert child.is_running(), "the child that met it lives on"
    assert attempts(house, hostile) == 1
    the_report_is_the_truth(house)


def test_a_reader_that_somebody_kills_each_time_says_nothing_against_the_file(house: House) -> None:
    """The kernel short of memory, an operator: it is read again, parked at the third time, and taken when asked for."""
    report, worker = house.receive(CCVP), house.worker()
    wait_until(lambda: psutil.Process(worker).children(), what="the worker has its child")
    for number in range(1, ATTEMPTS + 1):
        house.ring("campaigns.take_in_report", report_id=report)
        for reader in wait_until(lambda: readers(worker), seconds=300, what="it is being read"):
            reader.kill()
        wait_for_state(house, report, "waiting" if number < ATTEMPTS else "parked")
        assert attempts(house, report) == number
    house.manage("shell", "-v0", "-c", TRY_AGAIN % report)
    house.ring("campaigns.take_in_report", report_id=report)
    wait_for_state(house, report, "published")
    the_report_is_the_truth(house)
