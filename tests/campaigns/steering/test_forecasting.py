"""Whether a month will be called to its end: a table of months, all arithmetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from campaigns.models import Campaign, LeftFigure
from campaigns.steering.burn_down import burn_down
from campaigns.steering.forecasting import attempts_in_words, forecast
from campaigns.steering.next_plan import PlanRefused, offer_of
from campaigns.steering.pace import CallDay, Pace
from service_level.working_time import Stretch, WorkingCalendar
from tests.campaigns.a_campaign import moment

TEN_HOURS = WorkingCalendar(tuple(Stretch(day, time(8), time(18)) for day in range(7)), frozenset())
DECEMBER = Campaign(
    period=date(2026, 12, 1), state="running", calls_from=date(2026, 11, 25), calls_until=date(2026, 11, 30)
)


def a_pace(**more: Any) -> Pace:
    """Two agents who in two days of ten hours made 400 calls, after which 200 contacts left: ten contacts an hour.

    Two agents at 10 calls an hour and 2 calls a contact were planned: ten contacts an hour as well.
    """
    days = [CallDay(date(2026, 11, day), 200, 16.0, 10.0) for day in (25, 26)]
    left = {day.day: LeftFigure(day=day.day, called=100, uncalled=0) for day in days}
    values: dict[str, Any] = {
        "counted_at": moment("2026-11-26 18:00"), "begins": moment("2026-11-25 08:00"),
        "until": moment("2026-12-01 00:00"), "calendar": TEN_HOURS, "open": 250, "unassigned": 0, "left": left,
        "days": days, "hours": 20.0, "hours_left": 40.0, "days_left": 4, "weight": 2.0, "planned_calls_an_hour": 10,
        "planned_attempts": 2.0, "planned_part": 1.0, "most_attempts": 999,
    }  # fmt: skip
    facts = {**values, **more}
    return Pace(**{"seen_until": min(facts["counted_at"], facts["until"]), **facts})


def test_what_the_lines_take_is_not_taken_twice() -> None:
    """Of 40 hours of agents the plan left half to 400 calls: twenty an hour are what the next plan is to count with,
    which takes the part of the lines off again. What is left goes as fast as what was called went.
    """
    pace = a_pace(planned_part=0.5)
    assert (pace.hours_planned, pace.calls_a_planned_hour) == (20.0, 20.0)
    assert pace.planned_contacts_an_hour == 5.0
    assert forecast(pace=pace, campaign=DECEMBER) == forecast(pace=a_pace(), campaign=DECEMBER)


UNEVEN = [CallDay(date(2026, 11, 25), 100, 8.0, 10.0), CallDay(date(2026, 11, 26), 300, 16.0, 10.0)]


@pytest.mark.parametrize(
    ("more", "verdict", "missing"),
    [
        ({"open": 250}, "Alcanza: se terminaría el 29/11.", 0),
        ({"open": 400}, "Alcanza: se terminaría el 30/11.", 0),
        ({"open": 401}, "Faltaría 1 contacto el 30/11.", 1),
        ({"open": 710}, "Faltarían 310 contactos el 30/11.", 310),
        ({"open": 1710}, "Faltarían 1.310 contactos el 30/11.", 1310),
        ({"open": 0}, "No quedan contactos por llamar.", 0),
        ({"open": 250, "unassigned": 40}, "Faltarían 40 contactos el 30/11.", 40),
        ({"hours_left": 0.0, "open": 3}, "Ya no quedan horas de llamadas: quedan 3 contactos por llamar.", 3),
        (
            {"days": [], "left": {}},
            "Todavía no se puede prever: no se hizo ninguna llamada.",
            None,
        ),
        (
            {"hours": 0.0},
            "Todavía no se puede prever: se hicieron 400 llamadas, pero todavía no pasó ninguna hora del plan.",
            None,
        ),
    ],
)
def test_the_last_day_in_words(more, verdict, missing):
    found = forecast(pace=a_pace(**more), campaign=DECEMBER)
    assert (found.verdict, found.missing) == (verdict, missing)
    assert found.fits == (missing == 0)


def test_slower_than_planned_is_forecast_from_what_was_done():
    pace = a_pace(days=[replace(day, calls=100) for day in a_pace().days], left={
        day.day: LeftFigure(day=day.day, called=50, uncalled=0) for day in a_pace().days
    })  # fmt: skip
    assert forecast(pace=pace, campaign=DECEMBER).verdict == "Faltarían 50 contactos el 30/11."


def test_calls_a_contact_end_with_the_last_attempt_the_policy_allows():
    """Half of the calls end a contact: with two attempts allowed that is 1 + ½ calls."""
    assert a_pace(most_attempts=2).attempts == 1.5
    nobody_left = {day: LeftFigure(day=day, called=8, exhausted=8, uncalled=0) for day in a_pace().left}
    assert a_pace(most_attempts=8, left=nobody_left).attempts == 8.0


def test_calls_before_any_hour_of_the_plan_are_told_as_calls():
    with pytest.raises(PlanRefused, match="no pasó ninguna hora del plan"):
        offer_of(pace=a_pace(hours=0.0))
    one = a_pace(hours=0.0, days=[CallDay(date(2026, 11, 25), 1, 0.25, 0.0)])
    assert one.why_not_told == "se hizo 1 llamada, pero todavía no pasó ninguna hora del plan"


def test_the_words_beside_the_calls_a_contact_give_its_number():
    """343 calls for 70 contacts are 4.9; with eight attempts at most 4.1 are needed."""
    days = [CallDay(date(2026, 11, 25), 343, 16.0, 10.0)]
    pace = a_pace(days=days, most_attempts=8, left={1: LeftFigure(called=72, exhausted=2, uncalled=0)})
    assert f"{pace.attempts:.1f}" == "4.1"
    assert attempts_in_words(pace) == (
        "con 343 llamadas salieron 70 contactos sin agotar sus intentos: 4,9 por cada uno;"
        " son menos porque nadie recibe más de 8 intentos"
    )
    assert attempts_in_words(a_pace()) == (
        "con 400 llamadas salieron 200 contactos sin agotar sus intentos: 2,0 por cada uno"
    )
    one = a_pace(days=days, left={1: LeftFigure(called=1, exhausted=0, uncalled=0)})
    assert "salió 1 contacto" in attempts_in_words(one)
    nobody = a_pace(days=days, most_attempts=8, left={})
    assert "nadie salió de la lista" in attempts_in_words(nobody)


def test_it_says_how_sure_it_is():
    even = forecast(pace=a_pace(open=710), campaign=DECEMBER)
    assert even.low is not None
    assert even.high is not None
    assert 0 < even.low < 310 < even.high < 710
    assert even.sure == f"Entre {even.low} y {even.high} con 95 % de confianza."
    assert "No es seguro" in forecast(pace=a_pace(open=390), campaign=DECEMBER).sure
    assert "Es seguro" in forecast(pace=a_pace(open=100), campaign=DECEMBER).sure


def test_days_that_differ_make_it_less_sure():
    even, uneven = (forecast(pace=a_pace(open=710, days=days), campaign=DECEMBER) for days in (a_pace().days, UNEVEN))
    assert uneven.high - uneven.low > even.high - even.low


def test_of_one_day_nobody_can_say_how_sure_it_is():
    found = forecast(pace=a_pace(days=a_pace().days[:1], hours=10.0), campaign=DECEMBER)
    assert found.low is None
    assert "un solo día" in found.sure


def test_a_closed_month_says_what_was_left_even_if_they_paid_since():
    closed = Campaign(period=DECEMBER.period, state="closed", calls_from=DECEMBER.calls_from,
                      calls_until=DECEMBER.calls_until)  # fmt: skip
    after = {**a_pace().left, date(2026, 12, 2): LeftFigure(day=date(2026, 12, 2), called=10, uncalled=5)}
    found = forecast(pace=a_pace(counted_at=moment("2026-12-03 00:00"), left=after), campaign=closed)
    assert found.verdict == "La campaña terminó con 265 contactos por llamar. De 15 se supo después que pagaron."


def test_the_burn_down_holds_each_day_against_the_plan():
    days = burn_down(pace=a_pace(), campaign=DECEMBER)
    assert [(line.day.day, line.planned, line.left) for line in days] == [
        (25, 350, 350), (26, 250, 250), (27, 150, None), (28, 50, None), (29, 0, None), (30, 0, None),
    ]  # fmt: skip
    slow = burn_down(pace=a_pace(planned_attempts=1.0), campaign=DECEMBER)
    assert [line.behind for line in slow[:3]] == [100, 200, None]


def test_today_is_held_against_the_plan_of_this_hour():
    today = burn_down(pace=a_pace(counted_at=moment("2026-11-26 13:00"), hours=15.0), campaign=DECEMBER)[1]
    assert today.planned == 300
