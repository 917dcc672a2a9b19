"""Why a day went wrong: what was out of the ordinary in its bad half hours, and nothing that was not measured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, AgentState, By, PauseReason, Shift, User
from service_level.indicator.counting import formula_of
from service_level.indicator.why import bad_halves, said_of
from service_level.models import StaffingNeed
from telephony.models import Switchboard
from tests.service_level.indicator.a_log import answered, call, hung_up, taken

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
At = Callable[[str], datetime]
DAY = date(2026, 11, 18)  # a Wednesday
LIKE = [date(2026, 11, 17), date(2026, 11, 16), date(2026, 11, 13), date(2026, 11, 12)]


@pytest.fixture
def ordinary(board: Switchboard, at: At) -> None:
    """Four calls between nine and half past on each of four working days, all in time."""
    for day in LIKE:
        lines = [answered(at(f"{day} 09:0{n}"), f"{day}.{n}", "101", 5) for n in range(4)]
        taken(board, *(line for one in lines for line in one))


def worked(agent: Agent, at: At, day: date, begins: str, ends: str, state: str = "available") -> None:
    """A stretch, of a shift of its own."""
    since, until = at(f"{day} {begins}"), at(f"{day} {ends}")
    shift = Shift.objects.create(agent=agent, began_at=since, ended_at=until, ended_by=By.DESK, last_sign_at=until)
    reason = PauseReason.objects.first() if state == "paused" else None
    AgentState.objects.create(
        agent=agent,
        shift=shift,
        state=state,
        reason=reason,
        began_at=since,
        ended_at=until,
        happened_at=since,
        by=By.DESK,
    )


def why(at: At, line: str = "") -> list[tuple[str, str]]:
    found = bad_halves(DAY, line=line, formula=formula_of(DAY.replace(day=1)), now=at(f"{DAY} 20:00"))
    return [(f"{one.begins:%H:%M}", said_of(one)) for one in found]


def bad_calls(board: Switchboard, at: At, calls: int, *, hour: str = "09") -> None:
    lines = [hung_up(at(f"{DAY} {hour}:{n:02}"), f"b{hour}.{n}", "101", 40) for n in range(calls)]
    taken(board, *(line for one in lines for line in one))


def test_a_day_at_its_target_has_nothing_to_be_told(ordinary: None, board: Switchboard, at: At) -> None:
    taken(board, *answered(at(f"{DAY} 09:05"), "1.1", "101", 5))
    assert why(at) == []


def test_more_calls_than_usual(ordinary: None, board: Switchboard, at: At) -> None:
    bad_calls(board, at, 8)
    assert why(at) == [("09:00", "Entraron 8 llamadas; suelen ser 4,0.")]
    assert why(at, "101") == why(at)
    assert why(at, "104") == []


def test_calls_that_last_longer(ordinary: None, board: Switchboard, at: At) -> None:
    long = [
        *call(at(f"{DAY} 09:01"), "2.1", "101", (30, "Ana|CONNECT|30|1.9|2"), (330, "Ana|COMPLETECALLER|30|300|1")),
        *hung_up(at(f"{DAY} 09:02"), "2.2", "101", 60),
    ]
    taken(board, *long)
    assert why(at) == [("09:00", "Cada conversación duró 5:00; suele durar 1:00.")]


def test_fewer_people_than_usual_and_where_they_were(
    ordinary: None, board: Switchboard, at: At, ana: Agent, luis: Agent
) -> None:
    for day in LIKE:
        worked(ana, at, day, "08:00", "12:00")
        worked(luis, at, day, "08:00", "12:00", "on_a_call")
    worked(ana, at, DAY, "08:00", "09:15")
    worked(ana, at, DAY, "09:15", "12:00", "paused")
    worked(luis, at, DAY, "08:00", "12:00", "away")
    bad_calls(board, at, 3)
    (told,) = why(at)
    assert told[1] == (
        "Atendían 0,5 agentes en todo el centro; suelen ser 2,0. En pausa o ausentes 1,5; suelen ser 0,0."
    )


def test_nobody_signed_in(ordinary: None, board: Switchboard, at: At, ana: Agent) -> None:
    for day in LIKE:
        worked(ana, at, day, "08:00", "12:00")
    bad_calls(board, at, 3)
    assert why(at) == [("09:00", "Atendían 0,0 agentes en todo el centro; suelen ser 1,0.")]


def test_who_answered_without_signing_in_is_not_told_to_be_nobody(
    ordinary: None, board: Switchboard, at: At, ana: Agent
) -> None:
    for day in LIKE:
        worked(ana, at, day, "08:00", "12:00")
    taken(board, *answered(at(f"{DAY} 09:01"), "2.1", "101", 40))
    ((_half, told),) = why(at)
    assert "0,0 agentes" not in told
    assert "cuántos agentes atendían no se puede comparar" in told


def test_where_nobody_ever_signs_in_that_is_no_reason(ordinary: None, board: Switchboard, at: At, ana: Agent) -> None:
    for day in [*LIKE, DAY]:
        worked(ana, at, day, "08:00", "12:00", "away")
    bad_calls(board, at, 3)
    assert why(at) == [("09:00", "Las llamadas fueron las habituales; cuántos agentes atendían no se puede comparar.")]


def test_fewer_people_than_planned(ordinary: None, board: Switchboard, at: At, ana: Agent) -> None:
    for day in [*LIKE, DAY]:
        worked(ana, at, day, "08:00", "12:00")
    bad_calls(board, at, 3)
    planned = {"calls": 4, "handling": 60, "agents": 3, "seats": 4, "level": 0.8}
    StaffingNeed.objects.create(began_at=at(f"{DAY} 09:00"), **planned)
    assert why(at) == [("09:00", "Según el plan de dotación debían ser 3; atendían 1,0.")]
    AgentState.objects.filter(began_at__lt=at(f"{DAY} 00:00")).delete()
    StaffingNeed.objects.update(agents=1)
    ((_half, told),) = why(at)
    assert told == "Las llamadas fueron las habituales, y atendían casi tantos agentes como pedía el plan, o más."


def test_nothing_out_of_the_ordinary_is_said_too(ordinary: None, board: Switchboard, at: At, ana: Agent) -> None:
    bad_calls(board, at, 3)
    assert why(at) == [("09:00", "Las llamadas fueron las habituales; cuántos agentes atendían no se puede comparar.")]
    for day in [*LIKE, DAY]:
        worked(ana, at, day, "08:00", "12:00")
    assert why(at) == [("09:00", "Nada de lo que se mide fue distinto de lo habitual.")]


def test_without_days_to_compare_with_nothing_is_claimed(board: Switchboard, at: At) -> None:
    bad_calls(board, at, 9)
    assert why(at) == [("09:00", "No hay con qué comparar: son menos de tres días parecidos.")]


def test_what_is_odd_in_the_log_is_told(ordinary: None, board: Switchboard, at: At) -> None:
    lines = [call(at(f"{DAY} 09:0{n}"), f"3.{n}", "101", (30, f"Ana|CONNECT|999999|3.{n}.9|2")) for n in range(2)]
    taken(board, *(line for one in lines for line in one))
    assert "De 2 no se conoce la espera, y cuentan como tarde." in why(at)[0][1]


def test_days_at_the_end_of_the_month_are_compared_with_their_like(board: Switchboard, at: At) -> None:
    """Twenty calls are much for a Wednesday, and usual from the 25th on."""
    begins = at("2026-10-26 09:00")
    for day in range(5):
        lines = [answered(begins + timedelta(days=day, minutes=n), f"o{day}.{n}", "101", 5) for n in range(20)]
        taken(board, *(line for one in lines for line in one))
    for day in LIKE:
        taken(board, *answered(at(f"{day} 09:00"), f"{day}.1", "101", 5))
    lines = [hung_up(at(f"2026-11-25 09:{n:02}"), f"e.{n}", "101", 40) for n in range(20)]
    taken(board, *(line for one in lines for line in one))
    busy = date(2026, 11, 25)
    (found,) = bad_halves(busy, formula=formula_of(busy.replace(day=1)), now=at("2026-11-25 20:00"))
    assert said_of(found) == "Las llamadas fueron las habituales; cuántos agentes atendían no se puede comparar."


def test_its_pages_lead_from_the_month_to_the_calls(
    ordinary: None, board: Switchboard, at: At, elena: User, signed_in: SignedIn
) -> None:
    bad_calls(board, at, 8)
    client = signed_in(elena)
    month = client.get(reverse("service_level:month", args=["2026-11"])).content.decode()
    address = reverse("service_level:day", args=["2026-11", DAY.isoformat()])
    assert f'href="{address}"' in month
    day = client.get(address).content.decode()
    assert "Una media hora bajo la meta" in day
    assert "Entraron 8 llamadas; suelen ser 4,0." in day
    line = reverse("service_level:line", args=["2026-11", "101"])
    assert f'href="{line}?day={DAY.isoformat()}"' in day
    assert "Entraron 8 llamadas" in client.get(line, {"day": DAY.isoformat()}).content.decode()
    missed = day.partition("which=missed")[0].rpartition('href="')[2] + "which=missed"
    calls = client.get(missed.replace("&amp;", "&"))
    assert calls.context["asked"].which == "missed"
    for other in ("2026-12-18", "ayer", "2026-11-31"):
        assert client.get(reverse("service_level:day", args=["2026-11", other])).status_code == 404
    empty = client.get(reverse("service_level:day", args=["2026-11", "2026-11-02"])).content.decode()
    assert "Ninguna llamada en este día" in empty
