"""What a site copies works as it stands: a program of its own, over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Agent, User
from campaigns.intake.taking_in import take_in
from campaigns.models import Report
from tests.sources import HOUSE

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLE = HOUSE / "docs" / "examples" / "hand_over_payments.py"


@pytest.fixture(autouse=True)
def that_day() -> None:
    """The clock of today: another program asks."""


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def worker() -> Iterator[None]:
    """Takes in what is handed over, as the clock has it done."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.2):
            for pk in Report.objects.filter(state=Report.State.WAITING).values_list("pk", flat=True):
                take_in(report_id=pk, now=timezone.now())
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


def test_receipts_are_handed_over_once_and_told(
    make: Any, make_contact: Any, ana: Agent, elena: User, live_server: Any, worker: None, tmp_path: Path
) -> None:
    contract = make_contact(ana, "Rosa Flores").contract
    file = tmp_path / "receipts.csv"
    rows = (f"R-{number},{contract},2026-11-25,{amount}" for number, amount in ((1, "288.00"), (2, "1.00")))
    file.write_text("\n".join(("receipt,contract,paid_on,amount", *rows)))
    environment = {**os.environ, "TOKEN": make(elena, "payments")[1]}
    command, told = [sys.executable, EXAMPLE, live_server.url, file], []
    for _time in range(2):
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert ran.returncode == 0, ran.stderr
        told.append(json.loads(ran.stdout))
    assert (told[0]["state"], told[0]["rows"], told[0]["taken"]) == ("published", 2, 2)
    assert told[0] == told[1]
    assert Report.objects.count() == 1
