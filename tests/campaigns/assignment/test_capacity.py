"""Whether the calls fit the hours: a table of centres, and the same read from the tables."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from agents.models import Agent, User
from campaigns.assignment.assigning import open_lists
from campaigns.assignment.capacity import Load, Plan, Worker, plan, plan_of
from campaigns.models import CallingPolicy, CallingWindow, ListEntry
from campaigns.month.hours import part_left
from service_level.models import Holiday, StaffingNeed, WorkingHours
from service_level.working_time import Stretch, WorkingCalendar
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment

EIGHT_HOURS = WorkingCalendar(
    tuple(Stretch(day, *part) for day in range(5) for part in [(time(8), time(12)), (time(14), time(18))]),
    frozenset(),
)


def planned(*loads: tuple[int | None, str, int], weights: dict[int, str], start: str = "2026-11-25 08:00") -> Plan:
    """20 calls an hour, 2 attempts a contact: 10 contacts an hour. 25 to 30 November leave 4 days of 8 hours."""
    return plan(
        loads=[Load(agent, name, number, Decimal(number * 2)) for agent, name, number in loads],
        workers=[Worker(agent, f"A{agent}", Decimal(weight)) for agent, weight in weights.items()],
        calendar=EIGHT_HOURS,
        start=moment(start),
        until=moment("2026-12-01 00:00"),
        calls_an_hour=20,
        attempts_expected=Decimal(2),
    )


@pytest.mark.parametrize(
    ("loads", "weights", "verdict", "missing"),
    [
        ([(1, "TV", 320)], {1: "1"}, "Alcanza con 1 agente hasta el 30/11/2026.", 0),
        ([(1, "TV", 80), (2, "TV", 81)], {1: "1", 2: "1"}, "Alcanza con 2 agentes hasta el 26/11/2026.", 0),
        ([(1, "TV", 160)], {1: "0.5"}, "Alcanza con 1 agente hasta el 30/11/2026.", 0),
        ([(1, "TV", 321)], {1: "1"}, "Falta tiempo para 1 contacto.", 1),
        ([(1, "TV", 400), (2, "INTERNET", 10)], {1: "1", 2: "1"}, "Faltan 80 contactos.", 80),
        ([(1, "TV", 10), (None, "BOTH", 1500)], {1: "1"}, "Faltan 1.500 contactos.", 1500),
        ([], {1: "1"}, "No quedan contactos por llamar.", 0),
    ],
)
def test_the_verdict_is_a_sentence(
    loads: list[tuple[int | None, str, int]], weights: dict[int, str], verdict: str, missing: int
) -> None:
    found = planned(*loads, weights=weights)
    assert (found.verdict, found.missing) == (verdict, missing)
    assert found.fits == (missing == 0)


def test_when_it_does_not_fit_it_says_what_would_help() -> None:
    found = planned((1, "TV", 640), weights={1: "1"})
    assert found.missing == 320
    assert found.remedies == [
        "Con 1 agente más a jornada completa.",
        "Con 1,0 intentos por contacto en vez de 2,0.",
        "Si no, se llama por orden de prioridad y quedan sin llamar los últimos 320.",
    ]
    found = planned((1, "TV", 400), weights={1: "1"})
    assert "Con 2,0 horas más por agente y día." in found.remedies


def test_contacts_in_the_wrong_place_are_a_matter_of_assigning_again() -> None:
    found = planned((1, "TV", 400), (2, "TV", 10), weights={1: "1", 2: "1"})
    assert found.remedies == ["Repartir de nuevo: hay tiempo, pero no donde están los contactos."]


def test_a_list_without_agents_asks_for_one() -> None:
    found = planned((1, "INTERNET", 10), (None, "TV", 5), weights={1: "1"})
    assert found.remedies == ["Lista Televisión: asigne a un agente que atienda ese servicio."]
    assert (found.unassigned, found.by_list["TV"].missing, found.by_list["INTERNET"].missing) == (5, 5, 0)


def test_lists_and_agents_have_their_own_figures() -> None:
    found = planned((1, "TV", 300), (1, "INTERNET", 100), (2, "INTERNET", 40), weights={1: "1", 2: "1"})
    assert (found.by_agent[1].hours_needed, found.by_agent[1].hours_there, found.by_agent[1].missing) == (40, 32, 80)
    assert found.by_agent[2].fits
    assert (found.by_list["TV"].missing, found.by_list["INTERNET"].missing) == (60, 20)


def test_the_last_evening_leaves_no_hours() -> None:
    found = planned((1, "TV", 1), weights={1: "1"}, start="2026-11-30 19:00")
    assert (found.missing, found.hours_left, found.days_left) == (1, 0, 0)


@pytest.mark.django_db
def test_the_plan_of_a_campaign_reads_its_tables(ana: Agent, luis: Agent) -> None:
    WorkingHours.objects.all().delete()
    CallingWindow.objects.all().delete()
    Holiday.objects.all().delete()
    for weekday in range(7):
        WorkingHours.objects.create(weekday=weekday, opens=time(8), closes=time(18))
        CallingWindow.objects.create(weekday=weekday, opens=time(9), closes=time(17))
    Holiday.objects.create(day=date(2026, 11, 26), name="Feriado")
    CallingPolicy.objects.update_or_create(pk=1, defaults={"calls_an_hour": 10, "attempts_expected": 2})
    campaign = make_campaign()
    add_contacts(campaign, 80)
    open_lists(campaign=campaign, now=moment("2026-11-25 08:00"))
    found = plan_of(campaign=campaign, now=moment("2026-11-24 12:00"))
    assert (found.contacts, found.hours_left, found.days_left) == (80, 40, 5)
    assert found.verdict == "Alcanza con 2 agentes hasta el 25/11/2026."
    ListEntry.objects.filter(owner=ana).update(attempts=5)
    found = plan_of(campaign=campaign, now=moment("2026-11-30 13:00"))
    assert (found.by_agent[ana.pk].hours_needed, found.by_agent[ana.pk].missing) == (4, 0)
    assert found.by_agent[luis.pk].missing == 20


def needed(day: str, first: int, last: int, agents: int) -> None:
    """So many agents for all lines in each half hour from one hour to another."""
    StaffingNeed.objects.bulk_create(
        StaffingNeed(
            line="", began_at=moment(f"{day} {half // 2:02}:{half % 2 * 30:02}"), calls=9, handling=180, agents=agents,
            seats=agents, level=0.9,
        )
        for half in range(first * 2, last * 2)
    )  # fmt: skip


@pytest.mark.django_db
def test_the_lines_leave_a_part_of_the_hours(ana: Agent, luis: Agent) -> None:
    """Of eight hours of two agents four need one of them: three quarters are left; with a third on the lines all."""
    start, until = moment("2026-11-25 08:00"), moment("2026-11-26 00:00")
    asked = {"calendar": EIGHT_HOURS, "start": start, "until": until}
    both = {ana.pk, luis.pk}
    assert part_left(calling=both, **asked) is None, "nobody knows what they need"
    needed("2026-11-25", 8, 12, 1)
    needed("2026-11-25", 12, 14, 2)  # nobody works then
    needed("2026-11-25", 14, 18, 0)
    assert part_left(calling=both, **asked) == 0.75
    later = {**asked, "start": moment("2026-11-25 11:15")}
    assert part_left(calling=both, **later) == pytest.approx((0.75 * 0.5 + 4) / 4.75)
    assert part_left(calling={ana.pk}, **asked) == 1.0, "Luis is on the lines"
    StaffingNeed.objects.update(agents=9)
    assert part_left(calling=both, **asked) == 0
    assert part_left(calling=set(), **asked) is None


def test_hours_the_lines_need_are_no_hours_for_calls() -> None:
    """320 contacts fill 32 hours; of half of them only half can be called, and it takes twice as long."""
    facts = {
        "workers": [Worker(1, "A1", Decimal(1))], "calendar": EIGHT_HOURS, "start": moment("2026-11-25 08:00"),
        "until": moment("2026-12-01 00:00"), "calls_an_hour": 20, "attempts_expected": Decimal(2),
    }  # fmt: skip
    half = plan(loads=[Load(1, "TV", 320, Decimal(640))], free=0.5, **facts)
    assert (half.missing, half.hours_left, half.hours_for_calls) == (160, 32, 16)
    fits = plan(loads=[Load(1, "TV", 160, Decimal(320))], free=0.5, **facts)
    assert (fits.missing, fits.done_at) == (0, moment("2026-11-30 18:00"))
    none = plan(loads=[Load(1, "TV", 5, Decimal(10))], free=0.0, **facts)
    assert (none.missing, none.done_at) == (5, None)


@pytest.mark.django_db
def test_the_proposal_says_what_the_lines_leave(ana: Agent, elena: User, signed_in: Any) -> None:
    campaign = make_campaign()
    add_contacts(campaign, 10)
    page = reverse("campaigns:proposal", args=[f"{campaign.period:%Y-%m}"])
    assert "No se sabe cuántos agentes piden las líneas" in signed_in(elena).get(page).content.decode()
