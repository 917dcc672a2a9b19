"""Handing over once, and until when it has to be settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.models import Agent, User
from escalations.models import Change, Escalation
from escalations.raising import add_detail, due_by, raise_escalation
from escalations.working import merge
from service_level.days import LA_PAZ
from service_level.models import Holiday, WorkingHours
from service_level.working_time import LOOK_AHEAD, working_calendar, working_days_between, working_time_between


@pytest.fixture
def office_hours(db: None) -> None:
    """Monday to Friday 08:00–12:00 and 14:00–18:00, Saturday 08:00–12:00."""
    WorkingHours.objects.all().delete()
    Holiday.objects.all().delete()
    for weekday in range(6):
        WorkingHours.objects.create(weekday=weekday, opens=time(8), closes=time(12))
        if weekday < 5:
            WorkingHours.objects.create(weekday=weekday, opens=time(14), closes=time(18))


@pytest.fixture
def hand_over(ana: Agent, at: Callable[..., datetime]) -> Callable[..., Escalation]:
    def make(**more: Any) -> Escalation:
        now = at("2026-11-25 09:30")
        said = {
            "key": "walk:1:7", "kind": "billing_claim", "line": "102", "reason": "Cobro excesivo",
            "details": {"invoice": "F-1"}, "due_at": now, "by": ana.user, "now": now, "contract": "C-1",
            "customer_name": "Rosa Flores", "telephone": "+59144251000",
        }  # fmt: skip
        return raise_escalation(**{**said, **more})

    return make


def test_a_step_clicked_twice_hands_over_once(hand_over: Callable[..., Escalation]) -> None:
    first = hand_over()
    again = hand_over(reason="Otra vez")
    assert again.pk == first.pk
    assert Escalation.objects.get().reason == "Cobro excesivo"


def test_what_is_said_later_of_a_double_is_said_on_the_card_that_goes_on(
    hand_over: Callable[..., Escalation], elena: User, at: Callable[..., datetime]
) -> None:
    double, kept, last = hand_over(), hand_over(key="walk:1:8"), hand_over(key="walk:1:9")
    now = at("2026-11-25 09:40")
    for one, other in ((double, kept), (kept, last)):
        merge(escalation_id=one.pk, into_id=other.pk, by=elena, now=now)
    assert add_detail(key="walk:1:7", text="Era otro monto", by=elena, now=now) == last
    notes = Change.objects.filter(note="Era otro monto").values_list("escalation", flat=True)
    assert list(notes) == [last.pk]
    assert add_detail(key="walk:9:9", text="x", by=elena, now=now) is None


def test_what_is_handed_over_says_who_and_why(hand_over: Callable[..., Escalation], ana: Agent) -> None:
    made = Escalation.objects.get(pk=hand_over(promised="Le llamamos hoy").pk)
    assert (made.kind_id, made.line, made.contract) == ("billing_claim", "102", "C-1")
    assert (made.customer_name, made.telephone, made.promised) == ("Rosa Flores", "+59144251000", "Le llamamos hoy")
    assert (made.details, made.raised_by) == ({"invoice": "F-1"}, ana.user)


def test_texts_longer_than_their_column_are_cut_not_refused(hand_over: Callable[..., Escalation]) -> None:
    made = hand_over(customer_name="x" * 500, promised="y" * 500, zone="z" * 500)
    assert (len(made.customer_name), len(made.promised), len(made.zone)) == (120, 200, 80)


def test_the_longest_limit_a_kind_may_have_is_in_working_time_too(office_hours: None, at: Any) -> None:
    now = at("2026-11-25 09:30")
    due = due_by(now=now, working_hours=999.99)
    calendar = working_calendar(first=now.date(), last=due.date())
    assert working_time_between(now, due, calendar=calendar) == timedelta(hours=999.99)


def test_a_kind_nobody_knows_is_not_handed_over(hand_over: Callable[..., Escalation]) -> None:
    with pytest.raises(ValueError, match="bored"):
        hand_over(kind="bored")


@pytest.mark.parametrize(
    ("now", "asked", "due"),
    [
        # working hours run over lunch, night and Sunday
        ("2026-11-25 09:30", {"working_hours": 2}, "2026-11-25 11:30"),
        ("2026-11-25 11:30", {"working_hours": 4}, "2026-11-25 17:30"),
        ("2026-11-25 17:00", {"working_hours": 4}, "2026-11-26 11:00"),
        ("2026-11-28 11:00", {"working_hours": 4}, "2026-11-30 11:00"),
        ("2026-11-29 15:00", {"working_hours": 1.5}, "2026-11-30 09:30"),
        # the same working day: until its close, or the next one's when it is over
        ("2026-11-25 09:30", {"end_of_day": True}, "2026-11-25 18:00"),
        ("2026-11-25 13:00", {"end_of_day": True}, "2026-11-25 18:00"),
        ("2026-11-25 18:00", {"end_of_day": True}, "2026-11-26 18:00"),
        ("2026-11-28 09:00", {"end_of_day": True}, "2026-11-28 12:00"),
        ("2026-11-28 12:30", {"end_of_day": True}, "2026-11-30 18:00"),
        # so many days that are worked, to the close of the last
        ("2026-11-25 09:30", {"working_days": 1}, "2026-11-26 18:00"),
        ("2026-11-27 19:00", {"working_days": 2}, "2026-11-30 18:00"),
        ("2026-11-29 09:00", {"working_days": 1}, "2026-11-30 18:00"),
        # the customer's own days: the whole of the last one
        ("2026-11-25 09:30", {"days": 5}, "2026-11-30 23:59:59"),
        ("2026-11-25 00:00", {"days": 5}, "2026-11-30 23:59:59"),
        ("2026-11-25 23:59:59", {"days": 5}, "2026-11-30 23:59:59"),
    ],
)
@pytest.mark.usefixtures("office_hours")
def test_when_it_is_due(now: str, asked: dict[str, Any], due: str, at: Callable[..., datetime]) -> None:
    assert due_by(now=at(now), **asked) == at(due)


@pytest.mark.usefixtures("office_hours")
def test_a_holiday_is_not_worked(at: Callable[..., datetime]) -> None:
    Holiday.objects.create(day=at("2026-11-26 00:00").date(), name="Feriado", is_day_off=True)
    assert due_by(now=at("2026-11-25 17:00"), working_hours=2) == at("2026-11-27 09:00")
    assert due_by(now=at("2026-11-25 19:00"), end_of_day=True) == at("2026-11-27 18:00")


@pytest.mark.django_db
def test_without_working_hours_the_clock_counts(at: Callable[..., datetime]) -> None:
    WorkingHours.objects.all().delete()
    assert due_by(now=at("2026-11-25 17:00"), working_hours=4) == at("2026-11-25 21:00")
    assert due_by(now=at("2026-11-25 17:00"), end_of_day=True) == at("2026-11-25 23:59:59")
    assert due_by(now=at("2026-11-25 17:00"), working_days=2) == at("2026-11-27 23:59:59")


moments = st.datetimes(datetime(2026, 10, 1), datetime(2027, 3, 31), timezones=st.just(LA_PAZ))


@pytest.mark.django_db
@settings(max_examples=50)
@given(moments, st.integers(1, 160))
def test_until_it_is_due_exactly_its_working_hours_pass(now: datetime, quarters: int) -> None:
    amount = timedelta(minutes=15 * quarters)
    due = due_by(now=now, working_hours=quarters / 4)
    calendar = working_calendar(first=now.date(), last=(now + LOOK_AHEAD).date())
    assert working_time_between(now, due, calendar=calendar) == amount
    assert working_time_between(now, due - timedelta(seconds=1), calendar=calendar) < amount


@pytest.mark.django_db
@settings(max_examples=50)
@given(moments, st.integers(0, 20))
def test_a_day_is_due_when_it_closes_and_only_worked_days_count(now: datetime, days: int) -> None:
    due = due_by(now=now, working_days=days) if days else due_by(now=now, end_of_day=True)
    calendar = working_calendar(first=now.date(), last=(now + LOOK_AHEAD).date())
    assert due > now
    assert due == calendar.stretches_of(due.date())[-1][1]
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), LA_PAZ)
    counted = working_days_between(tomorrow if days else now, due, calendar=calendar)
    assert counted == (days or 1)


def test_a_second_click_costs_one_query(hand_over: Callable[..., Escalation]) -> None:
    hand_over()
    with CaptureQueriesContext(connection) as asked:
        hand_over()
    assert len(asked) == 1
