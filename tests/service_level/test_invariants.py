"""Every promise of the indicator: a sound log breaks none, and each kind of breach is found."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from service_level.indicator.counting import count_changed
from service_level.invariants import RULES
from service_level.sealing.sealing import seal
from telephony.models import Switchboard
from telephony.queue_log.taking import take_lines
from tests.audit import behind_the_audit
from tests.service_level.indicator.a_log import SAMPLES, taken

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
BREAKS = {
    "month_seals_are_a_chain": "UPDATE service_level_monthseal SET sha256 = repeat('0', 64)",
    "sealed_indicator_is_told_so": "UPDATE service_level_linefigure SET hung_up = hung_up + 1 WHERE grain = 'day'",
    "service_level_counts_every_call": "DELETE FROM service_level_linefigure WHERE line = '101'",
    "service_level_half_hours_add_up": "UPDATE service_level_linefigure SET hung_up = 9 WHERE grain = 'half_hour'",
    "staffing_is_of_all_lines": "INSERT INTO service_level_staffingneed (line, began_at, calls, handling, agents,"
    " seats, level) VALUES ('', now(), 5, 180, 2, 3, 0.9)",
    "service_level_days_add_up": "UPDATE service_level_linefigure SET wait_total = 9 WHERE grain = 'month'",
    "queue_log_every_call_is_told": "DELETE FROM telephony_loggedvisit WHERE queue = '102'",
}


def broken() -> set[str]:
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        for rule in RULES:
            if rule.look is not None:
                found[rule.name] = rule.look()
                continue
            cursor.execute(rule.sql)
            found[rule.name] = cursor.fetchall()
    return {name for name, rows in found.items() if rows}


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("queue_log*")))
def test_a_log_that_was_taken_breaks_none(name: str, board: Switchboard, now: datetime) -> None:
    take_lines(board=board, lines=(SAMPLES / name).read_text().splitlines())
    count_changed()
    assert not broken()


def test_what_is_not_counted_yet_breaks_none(board: Switchboard) -> None:
    take_lines(board=board, lines=(SAMPLES / "queue_log").read_text().splitlines())
    assert not broken()


def test_every_promise_has_its_breach() -> None:
    assert set(BREAKS) == {rule.name for rule in RULES}


@pytest.mark.parametrize("name", BREAKS)
def test_each_breach_is_found(name: str, board: Switchboard, now: datetime) -> None:
    month = taken(board)
    seal(month=month, by=None, now=now + timedelta(days=40))
    assert not broken()
    with behind_the_audit(), connection.cursor() as cursor:  # whoever damages asks no trigger first
        cursor.execute(BREAKS[name])
    assert name in broken()
    with pytest.raises(CommandError, match=name):
        call_command("check_invariants")
