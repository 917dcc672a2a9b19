"""A new demo has days of calls to its lines, which the clock reads as those of any switchboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from agents.models import AgentState, Shift, User
from agents.presence import sign_in
from callcenter.demo import people, queue_log, shifts
from service_level.indicator.counting import count_changed, formula_of, months_with_figures
from service_level.indicator.figures import read_month
from service_level.indicator.page import days_below
from telephony.models import LogSource
from telephony.queue_log.sources import read_sources
from tests.agents.promises import broken

pytestmark = pytest.mark.django_db


def test_the_month_of_the_demo_is_full_of_calls(
    at: Callable[[str], datetime], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CALLCENTER_HOME = tmp_path
    monkeypatch.setattr(queue_log, "DAYS", 8)
    now = at("2026-11-05 11:30")
    queue_log.write_what_was_called(now=now)
    queue_log.write_what_was_called(now=now)
    assert LogSource.objects.count() == 1
    assert read_sources(now=now) > 2_000
    count_changed()
    october, november = (read_month(month) for month in months_with_figures())
    for month in (october, november):
        assert month.att.registered > 100
        assert {line.number for line in month.lines if line.counts.registered} == set(queue_log.LINES)
    assert october.all.odd == 0
    assert 0 < november.all.odd < 10, "once a month the switchboard begins anew"
    assert november.all.timed_out > 0
    assert november.all.other > november.all.odd


def test_some_days_of_the_demo_go_wrong(
    at: Callable[[str], datetime], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CALLCENTER_HOME = tmp_path
    monkeypatch.setattr(queue_log, "DAYS", 8)
    now = at("2026-11-20 11:30")
    queue_log.write_what_was_called(now=now)
    read_sources(now=now)
    count_changed()
    (november,) = months_with_figures()
    assert date(2026, 11, 18) in days_below(november, formula=formula_of(november))


def test_the_demos_people_worked_on_the_days_before(at: Callable[[str], datetime]) -> None:
    people.hire()
    now = at("2026-11-19 10:00")
    ana = User.objects.get(username="ana")
    sign_in(user=ana, now=at("2026-11-19 09:00"))  # while it is made
    shifts.work_the_days_before(now=now)
    shifts.work_the_days_before(now=now)
    worked = Shift.objects.exclude(agent__user=ana)
    assert worked.filter(ended_at=None).count() == 0
    assert Shift.objects.filter(agent__user=ana).count() == 1, "she has later ones"
    of_a_day = {day: worked.filter(began_at__date=day).count() for day in (date(2026, 11, 17), date(2026, 11, 18))}
    assert of_a_day == {date(2026, 11, 17): 6, date(2026, 11, 18): 4}, "Luis and Marta stayed away on the 18th"
    assert {str(one) for one in AgentState.objects.values_list("state", flat=True).distinct()} == {
        "available", "on_a_call", "wrapping_up", "paused"
    }  # fmt: skip
    assert broken() == {}
