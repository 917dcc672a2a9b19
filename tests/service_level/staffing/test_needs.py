"""How many people the coming half hours need: worked out once a day of what was measured, kept, and shown."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from agents.models import Agent, AgentState, By, Shift, User
from service_level.days import LA_PAZ
from service_level.models import ForecastTrial, LineFigure, StaffingNeed, StaffingRun
from service_level.staffing.needs import keep_needs
from service_level.tasks import keep_staffing
from telephony.models import LoggedVisit, Switchboard
from tests.service_level.indicator.a_log import hung_up, taken

pytestmark = pytest.mark.django_db
At = Callable[[str], datetime]
TODAY = date(2026, 11, 18)  # a Wednesday
PAGE = "/indicator/staffing/"


@pytest.fixture
def now(at: At, monkeypatch: pytest.MonkeyPatch) -> datetime:
    moment = at(f"{TODAY} 10:10")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


def figure(began_at: datetime, line: str, calls: int, *, talk: int = 150) -> LineFigure:
    return LineFigure(
        grain="half_hour", line=line, began_at=began_at, counts_for_att=True, answered=calls, within=calls, hung_up=0,
        timed_out=0, other=0, waiting=0, counted=calls, unknown=0, odd=0, wait_total=0, talked=calls,
        talk_total=calls * talk,
    )  # fmt: skip


@pytest.fixture
def history(at: At) -> None:
    """Eight weeks: 60 calls of 101 and 40 of 104 at nine and at eleven, each of 150 s."""
    begins = at(f"{TODAY} 00:00")
    LineFigure.objects.bulk_create(
        figure(begins - timedelta(days=ago) + timedelta(hours=hour), line, calls)
        for ago in range(1, 57)
        for hour in (9, 11)
        for line, calls in (("101", 60), ("104", 40))
    )


def needs(line: str = "") -> list[tuple[str, float, int | None]]:
    rows = StaffingNeed.objects.filter(line=line).order_by("began_at")
    return [(f"{one.began_at.astimezone(LA_PAZ):%d %H:%M}", round(one.calls), one.agents) for one in rows]


def test_lines_are_one_queue_and_people_are_more_than_agents(history: None, now: datetime) -> None:
    """100 calls of 150 s and 30 s of wrap-up are 10 Erlang: 14 answer 88.8 % within 20 s, 13 only 79.5 %."""
    run = keep_needs(now=now)
    assert run
    assert (run.patience, run.wrap_up, run.wrapped_up, run.days) == (None, 30, 0, 56)
    assert needs()[0] == ("18 11:00", 100, 14), "what has begun is planned no more"
    assert needs("101")[0] == ("18 11:00", 60, None)
    one = StaffingNeed.objects.filter(line="").earliest("began_at")
    assert (one.seats, round(one.level or 0, 3), round(one.handling)) == (20, 0.888, 180)


def test_it_is_worked_out_once_a_day_and_after_its_policy_changed(
    history: None, now: datetime, ines: User, elena: User, signed_in: Any, django_assert_num_queries: Any
) -> None:
    run = keep_needs(now=now)
    assert run
    with django_assert_num_queries(1):
        assert keep_needs(now=now + timedelta(hours=2)) == run
    address = reverse("admin:service_level_staffingpolicy_change", args=[1])
    signed_in(ines).get(reverse("admin:service_level_staffingpolicy_changelist"), follow=True)
    told = {"shrinkage": 0, "patience_seconds": 60, "wrap_up_seconds": 90}
    assert signed_in(ines).post(address, told).status_code == 302
    assert not StaffingRun.objects.exists()
    keep_staffing()
    again = StaffingRun.objects.get()
    assert (again.patience, again.wrap_up, again.hung_up) == (60, 90, 0)
    page = signed_in(elena).get(PAGE).content.decode()
    assert "El cierre de una llamada dura 1:30, según la política" in page
    assert "no está medido" not in page
    one = StaffingNeed.objects.filter(line="").earliest("began_at")
    assert one.seats == one.agents
    assert one.handling == 240


def test_what_was_planned_stays_as_it_was(history: None, now: datetime, at: At) -> None:
    keep_needs(now=now)
    kept = StaffingNeed.objects.get(line="", began_at=at(f"{TODAY} 11:00"))
    figure(at(f"{TODAY} 09:00"), "101", 5000).save()
    keep_needs(now=at("2026-11-19 06:00"))
    assert StaffingNeed.objects.get(line="", began_at=kept.began_at).calls == kept.calls
    assert needs()[1][1] > 100, "the next day knows better"


def test_patience_and_wrap_up_are_measured_where_there_are_enough(
    history: None, now: datetime, board: Switchboard, ana: Agent, at: At
) -> None:
    lines = [hung_up(at(f"2026-11-17 09:{n:02}"), f"h.{n}", "101", 30) for n in range(50)]
    taken(board, *(line for one in lines for line in one))
    assert LoggedVisit.objects.count() == 50
    begins = at("2026-11-17 08:00")
    shift = Shift.objects.create(agent=ana, began_at=begins, last_sign_at=begins)
    for n in range(50):
        since = begins + timedelta(minutes=n)
        AgentState.objects.create(
            agent=ana, shift=shift, state="wrapping_up", began_at=since, ended_at=since + timedelta(seconds=12),
            happened_at=since, by=By.TELEPHONE,
        )  # fmt: skip
    run = keep_needs(now=now)
    assert run
    assert (run.patience, run.hung_up, run.wrap_up, run.wrapped_up) == (30, 50, 12, 50)


def test_the_half_hours_own_talk_is_drawn_to_that_of_its_line(history: None, now: datetime, at: At) -> None:
    LineFigure.objects.filter(line="101", began_at__hour=11).update(talk_total=60 * 450)
    keep_needs(now=now)
    eleven, nine = StaffingNeed.objects.filter(line="101").order_by("began_at")[:2]
    assert 420 < eleven.handling - 30 < 450
    assert 150 < nine.handling - 30 < 170


def test_without_a_log_nothing_is_worked_out(now: datetime, elena: User, signed_in: Any) -> None:
    assert keep_needs(now=now) is None
    assert "Todavía no hay con qué calcular" in signed_in(elena).get(PAGE).content.decode()


def test_its_error_is_kept_beside_that_of_the_week_before(history: None, now: datetime) -> None:
    keep_needs(now=now)
    kept = {(one.line, round(one.error, 9), round(one.naive, 9)) for one in ForecastTrial.objects.all()}
    assert kept == {
        ("", 0, 0),
        ("101", 0, 0),
        ("104", 0, 0),
    }


# the page


def test_a_day_shows_what_was_planned_what_came_and_who_was_there(
    history: None, now: datetime, at: At, ana: Agent, elena: User, signed_in: Any
) -> None:
    keep_needs(now=at(f"{TODAY} 06:00"))
    figure(at(f"{TODAY} 09:00"), "101", 77).save()
    begins = at(f"{TODAY} 09:00")
    shift = Shift.objects.create(agent=ana, began_at=begins, last_sign_at=begins)
    AgentState.objects.create(
        agent=ana, shift=shift, state="available", began_at=begins, happened_at=begins, by=By.DESK
    )
    page = signed_in(elena).get(PAGE).content.decode()
    nine = page[page.index('class="nowrap">09:00') : page.index('class="nowrap">11:00')]
    for part in (">100,0<", ">77<", ">3:00<", "<strong>14</strong>", ">88,8 %<", ">20<", ">1,0<", "13,0"):
        assert part in nine
    eleven = page[page.index('class="nowrap">11:00') :]
    assert "<strong>14</strong>" in eleven[:600]
    assert "Hacen falta, o estuvieron" in page
    assert "Erlang C" in page
    assert "no está medido" in page
    assert "todavía no" not in page, "all that is over is told"
    other = signed_in(elena).get(f"{PAGE}?day=2026-01-01").content.decode()
    assert "De este día no hay dotación calculada" in other


def test_half_hours_that_are_over_say_why_they_are_blank(
    history: None, now: datetime, at: At, elena: User, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_needs(now=at(f"{TODAY} 06:00"))
    page = signed_in(elena).get(PAGE).content.decode()
    assert "De lo que entró este día todavía no se leyó nada" in page
    assert "nadie se registró ese día" in page
    assert "Hacen falta" in page
    assert "o estuvieron" not in page
    figure(at(f"{TODAY} 09:00"), "101", 77).save()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(f"{TODAY} 12:00"))
    page = signed_in(elena).get(PAGE).content.decode()
    assert "Lo que entró desde las 11:00 todavía no está en el registro" in page


def test_the_weeks_to_come_are_a_workbook(history: None, now: datetime, elena: User, signed_in: Any) -> None:
    keep_needs(now=now)
    answer = signed_in(elena).post(f"{PAGE}export/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheet_names == ["Personas", "Medias horas", "Por línea", "Error del pronóstico"]
    head, *rows = book.get_sheet_by_name("Personas").to_python()
    assert head[:3] == ["Desde", "18/11", "19/11"]
    assert [row[2] for row in rows] == [20, 20, 20]  # at nine, at eleven, and hours of agents


def test_an_agent_has_no_such_page(history: None, ana: Agent, signed_in: Callable[[Any], Client]) -> None:
    assert signed_in(ana).get(PAGE).status_code == 403
