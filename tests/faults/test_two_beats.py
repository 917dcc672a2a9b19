"""Two beats for ten minutes: everything is rung twice, and is there once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.processes.house import House, wait_until
from tests.processes.test_faults import CCVP, TRUTH

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
MINUTES, MAILS = 10, 50
OWE = """
from django.utils import timezone
from notices.mailing import owe
for number in range(%d):
    owe(key=f"twice-{number}", kind="report_late", subject="Dos veces", body="x", to=["elena@example.org"],
        now=timezone.now())
"""
SOURCE = """
INSERT INTO campaigns_reportsource
    (name, kind, transport, location, pattern, host_key, secret_name, is_active, last_error)
VALUES ('drop', 'ccvp', 'file', %s, 'ccvp-{period}.*', '', '', true, '')
"""


def received(house: House, task: str) -> int:
    logs = (log.read_text() for log in house.home.glob("started-*.log"))
    return sum(len(re.findall(rf"Task {re.escape(task)}\[[\w-]+\] received", log)) for log in logs)


def test_two_beats_for_ten_minutes(house: House, tmp_path: Path) -> None:
    house.rows("UPDATE campaigns_callingpolicy SET calls_from_day = 1")
    house.manage("sync_schedule")
    for name in ("one", "two"):
        house.worker(name, children=2)
        house.beat()
    wait_until(lambda: house.value("SELECT count(*) FROM campaigns_campaign"), seconds=300, what="the month is there")
    period = house.value("SELECT to_char(period, 'YYYY-MM') FROM campaigns_campaign")
    folder = house.home / f"twice-{tmp_path.name}"
    folder.mkdir()
    file = folder / f"ccvp-{period}.xlsx"
    file.write_bytes(CCVP.read_bytes())
    os.utime(file, (1_763_000_000, 1_763_000_000))
    house.rows(SOURCE, str(folder))
    house.manage("shell", "-v0", "-c", OWE % MAILS)
    a_minute = "campaigns.make_months_exist"
    wait_until(lambda: received(house, a_minute) >= 2 * MINUTES, seconds=180 * MINUTES, what="ten minutes of both")
    assert house.value("SELECT count(*) FROM campaigns_campaign") == 1
    assert house.rows("SELECT state, attempts FROM campaigns_report") == [("published", 1)]
    assert house.value("SELECT count(*) FROM campaigns_renewal") == TRUTH["report"]["items"]
    sent = "SELECT count(*), max(attempts) FROM notices_notice WHERE state = 'sent' AND key LIKE 'twice-%%'"
    assert house.rows(sent) == [(MAILS, 1)]
    mails = "".join(path.read_text() for path in (house.home / "mail").iterdir())
    assert mails.count("Subject: Dos veces") == MAILS
    house.manage("check_invariants")
