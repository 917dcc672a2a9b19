"""How the running month may end: of days like those that are left, and as often inside its interval as it says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import User
from service_level.indicator.counting import count_changed, formula_of
from service_level.indicator.figures import read_month
from service_level.indicator.forecast import DRAWS, draw_ends, forecast_of, keep_forecast
from service_level.models import Formula, Holiday, LineFigure, MonthForecast
from telephony.models import Switchboard
from telephony.queue_log.taking import take_lines
from tests.service_level.indicator.a_log import answered, hung_up

pytestmark = pytest.mark.django_db
FORMULA = Formula(seconds=20, target=Decimal(80))


def days_of_calls(
    board: Switchboard, first: datetime, days: int, *, calls: int = 10, missed: int = 1, at_hour: int = 0
) -> None:
    """So many calls a day, of which some are missed."""
    lines: list[str] = []
    for ahead in range(days):
        begins = first + timedelta(days=ahead, hours=at_hour)
        for number in range(calls):
            call = f"{int(begins.timestamp())}.{number}"
            write = hung_up if number < missed else answered
            lines += write(begins, call, "101", 30 if number < missed else 5)
    take_lines(board=board, lines=lines)
    count_changed()


def is_written_until(board: Switchboard, at: datetime) -> None:
    """Of nobody's call: that the log goes on."""
    take_lines(board=board, lines=[f"{int(at.timestamp())}|NONE|101|Ana|PAUSE|"])


def figures(day: datetime, counted: int, within: int) -> LineFigure:
    said = dict.fromkeys(("hung_up", "timed_out", "other", "waiting", "unknown", "odd", "wait_total"), 0)
    said |= {"talked": 0, "talk_total": 0, "answered": counted}
    return LineFigure(
        grain="half_hour", line="101", began_at=day, counts_for_att=True, counted=counted, within=within, **said
    )


def test_days_that_are_all_alike_leave_no_doubt(board: Switchboard, at: Callable[[str], datetime]) -> None:
    """Twenty-eight days of ten calls, one missed: three days are left, the 28th has none after nine."""
    days_of_calls(board, at("2026-10-31 09:00"), 28)
    is_written_until(board, at("2026-11-28 09:40"))
    ahead = keep_forecast(now=at("2026-11-28 10:00"))
    assert ahead
    assert (ahead.low, ahead.middle, ahead.high) == (Decimal("90.00"),) * 3
    assert (ahead.calls, ahead.chance, ahead.days) == (290, 100, 28)  # 27 days of November, and two more
    assert ahead.left == 58 - 27


def test_what_is_left_of_today_is_the_same_hours_of_other_days(
    board: Switchboard, at: Callable[[str], datetime]
) -> None:
    days_of_calls(board, at("2026-11-09 09:00"), 7)
    days_of_calls(board, at("2026-11-09 09:00"), 7, calls=3, missed=3, at_hour=6)
    is_written_until(board, at("2026-11-16 14:05"))
    before = keep_forecast(now=at("2026-11-16 14:10"))
    assert before
    MonthForecast.objects.all().delete()
    is_written_until(board, at("2026-11-16 15:05"))
    after = keep_forecast(now=at("2026-11-16 15:10"))
    assert after
    assert before.calls - after.calls == 3


def test_what_was_not_read_yet_of_today_is_drawn_too(board: Switchboard, at: Callable[[str], datetime]) -> None:
    """The log stands still since the morning: its calls come later, and are not taken for none."""
    days_of_calls(board, at("2026-11-09 09:00"), 7)
    days_of_calls(board, at("2026-11-09 09:00"), 7, calls=3, missed=3, at_hour=6)
    nothing_yet = keep_forecast(now=at("2026-11-16 08:00"))
    MonthForecast.objects.all().delete()
    later = keep_forecast(now=at("2026-11-16 18:00"))
    MonthForecast.objects.all().delete()
    is_written_until(board, at("2026-11-16 12:00"))
    half = keep_forecast(now=at("2026-11-16 18:00"))
    assert nothing_yet
    assert later
    assert half
    assert (nothing_yet.calls, nothing_yet.calls - half.calls) == (later.calls, 10)


def test_a_day_nobody_works_and_nobody_ever_called_on_has_no_calls(
    board: Switchboard, at: Callable[[str], datetime]
) -> None:
    for monday in (9, 16, 23):
        days_of_calls(board, at(f"2026-11-{monday:02} 09:00"), 6)
    Holiday.objects.create(day=date(2026, 11, 30), name="Prueba", is_day_off=True)
    ahead = keep_forecast(now=at("2026-11-29 23:00"))
    assert ahead
    assert ahead.calls == 180


def test_of_few_days_nothing_is_said(board: Switchboard, at: Callable[[str], datetime]) -> None:
    days_of_calls(board, at("2026-11-02 09:00"), 6)
    assert keep_forecast(now=at("2026-11-08 09:00")) is None
    assert not MonthForecast.objects.exists()


def test_it_is_drawn_once_a_minute_and_says_the_same_of_the_same(
    board: Switchboard, at: Callable[[str], datetime]
) -> None:
    now = at("2026-11-10 09:00")
    days_of_calls(board, at("2026-11-02 09:00"), 4, missed=4)
    days_of_calls(board, at("2026-11-06 09:00"), 4, missed=0)
    first = keep_forecast(now=now)
    assert first
    assert keep_forecast(now=now + timedelta(seconds=59)) == first
    MonthForecast.objects.all().delete()
    again = keep_forecast(now=now)
    assert again
    assert (again.low, again.high, again.chance) == (first.low, first.high, first.chance)
    assert first.low < first.high


def test_eight_of_ten_months_end_inside_of_the_interval() -> None:
    """Months made up of days of many kinds, from the tenth day on; 400 of them, so within two points of 80 or so."""
    dice, inside = random.Random(7), 0

    def day() -> tuple[int, int]:
        calls, share = dice.randint(80, 160), dice.betavariate(16, 3)
        return calls, sum(dice.random() < share for _call in range(calls))

    for month in range(400):
        past, future = [day() for _day in range(50)], [day() for _day in range(20)]
        counted, within = (sum(one) for one in zip(*past[-10:], strict=True))
        ends = draw_ends(counted=counted, within=within, ahead=[past] * 20, formula=FORMULA, seed=str(month))
        assert ends
        true = Decimal(100 * (within + sum(one for _all, one in future))) / (counted + sum(one for one, _in in future))
        inside += ends.low <= true <= ends.high
    assert 0.74 <= inside / 400 <= 0.86


def test_the_chance_is_the_share_of_ends_that_hold() -> None:
    ends = draw_ends(counted=100, within=80, ahead=[[(10, 10), (10, 0)]], formula=FORMULA, seed="1")
    assert ends
    assert 45 <= ends.chance <= 55
    assert (ends.low, ends.high) == (Decimal("72.73"), Decimal("81.82"))
    assert (ends.calls, ends.left) == (110, 2)
    assert DRAWS == 1_000


def test_a_month_without_a_call_ends_nowhere() -> None:
    assert draw_ends(counted=0, within=0, ahead=[[(0, 0)]], formula=FORMULA, seed="1") is None


def test_the_page_of_the_running_month_says_where_it_leads(
    board: Switchboard, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    now = timezone.localtime()
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    days_of_calls(board, morning - timedelta(days=20), 20)
    keep_forecast(now=now)
    this = now.date().replace(day=1)
    page = signed_in(elena).get(reverse("service_level:month", args=[f"{this:%Y-%m}"])).content.decode()
    if read_month(this).all.registered:  # on the first of a month nothing has come yet
        assert "De 100 finales posibles, 100 cumplen la meta" in page
        assert "Aún pueden perderse" in page
        assert "Presupuesto de errores, acumulado" in page
    assert forecast_of(this, now=now)
    assert forecast_of(this - timedelta(days=1), now=now) is None
    assert formula_of(this).target == 80
