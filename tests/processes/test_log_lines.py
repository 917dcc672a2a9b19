"""What the lines of a worker say of the click that rang for them."""

from __future__ import annotations

import pytest

from tests.processes.house import House, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]


def test_the_worker_says_what_a_click_was_about(house: House) -> None:
    house.environment |= {"LOG_LEVEL": "INFO"}
    house.worker()
    code = (
        "import structlog; from callcenter.celery import app;"
        "structlog.contextvars.bind_contextvars(reference='K7QF-2M9D');"
        "app.send_task('campaigns.take_in_report', kwargs={'report_id': 0})"
    )
    house.manage("shell", "-v0", "-c", code)
    wait_until(lambda: "K7QF-2M9D" in house.last_words(), what="the worker's lines have the reference")
    line = next(line for line in house.last_words().splitlines() if "K7QF-2M9D" in line)
    assert '"job": "' in line
    assert "campaigns.take_in_report" in line
