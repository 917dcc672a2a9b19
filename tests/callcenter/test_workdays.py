"""Agents' days on one page: every column of the history, the sums of which are the shift."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from agents.models import Agent, By, Disclosure, PauseReason, Team, User
from agents.states import STEPS, Event, StateRefused, change_state
from callcenter.workdays.asking import asked_for
from callcenter.workdays.columns import SPENT, figures_of
from callcenter.workdays.finding import by_agent, find_workdays
from inbound.models import Walk
from tests.inbound.a_walk import FLOW, publish

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User | Agent], Client]
PAGE, HANDLING, EXPORT = "/people/days/", "/people/days/handling/", "/people/days/export/"
DAY = date(2026, 11, 26)


@pytest.fixture
def evening(at: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch) -> datetime:
    now = at("2026-11-27 18:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now


@pytest.fixture
def days(ana: Agent, luis: Agent, marta: Agent, evening: datetime, at: Callable[[str], datetime]) -> None:
    """On the 26th Ana talked half of two hours, Luis paused all of one, Marta waited; on the 27th Ana an hour."""
    for agent, clock, event in (
        *((ana, "26 08:00", Event.SIGNED_IN), (ana, "26 09:00", Event.ANSWERED), (ana, "26 10:00", Event.SIGNED_OUT)),
        *((luis, "26 08:00", Event.SIGNED_IN), (luis, "26 08:00", Event.PAUSED), (luis, "26 09:00", Event.SIGNED_OUT)),
        *((marta, "26 08:00", Event.SIGNED_IN), (marta, "26 12:00", Event.SIGNED_OUT)),
        *((ana, "27 08:00", Event.SIGNED_IN), (ana, "27 09:00", Event.SIGNED_OUT)),
    ):
        reason = PauseReason.objects.get(code="REUNION") if event == Event.PAUSED else None
        change_state(agent=agent, event=event, now=at(f"2026-11-{clock}"), by=By.DESK, reason=reason)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def rows(page: str) -> list[str]:
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    return [row for row in body.split("<tr")[1:] if row]


def agents_in(page: str) -> list[str]:
    return [row.split("</a>")[0].split(">")[-1] for row in rows(page)]


def test_a_row_is_an_agents_day_and_opens_it(days: None, ana: Agent, elena: User, signed_in: SignedIn) -> None:
    page = words(signed_in(elena).get(PAGE))
    assert agents_in(page) == ["Ana", "Ana", "Luis", "Marta"]
    assert f'href="/people/{ana.pk}/shift/?day=2026-11-26"' in rows(page)[1]
    assert "2:00:00" in rows(page)[1]  # in shift
    assert "50 %" in rows(page)[1]  # of it on calls
    assert "—" in rows(page)[2]  # no time for calls: no occupancy
    foot = page[page.index("<tfoot>") :]
    assert "8:00:00" in foot
    assert "14 %" in foot  # one of the seven hours for calls


def test_it_is_filtered_by_day_team_and_agent_and_sorted_by_the_address(
    days: None, luis: Agent, elena: User, signed_in: SignedIn
) -> None:
    client = signed_in(elena)

    def names(**asked: Any) -> list[str]:
        return agents_in(words(client.get(PAGE, asked)))

    assert names(first="2026-11-27", last="2026-11-27") == ["Ana"]
    assert names(first="2026-11-27", last="2026-11-26") == ["Ana", "Ana", "Luis", "Marta"]
    assert names(team=Team.objects.get(name="Sur").pk) == ["Marta"]
    assert names(agent=luis.pk) == ["Luis"]
    assert names(sort="-logged_in", first="2026-11-26", last="2026-11-26") == ["Marta", "Ana", "Luis"]
    assert names(sort="occupancy", first="2026-11-26", last="2026-11-26") == ["Luis", "Marta", "Ana"]


def test_days_on_which_nobody_signed_in_say_what_to_do(evening: datetime, elena: User, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    page = words(client.get(PAGE, {"agent": "no", "team": "9" * 12, "first": "ayer"}))
    assert "Nadie ingresó en estos días" in page
    assert "Elija otros días" in page
    assert "Ninguna llamada en estos días" in words(client.get(HANDLING))


def test_the_pages_ask_as_much_of_many_agents_as_of_one(
    days: None,
    make_agent: Callable[..., Agent],
    at: Any,
    elena: User,
    signed_in: SignedIn,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(20):
        agent = make_agent(f"Agente {number}")
        for clock, event in (("26 08:00", Event.SIGNED_IN), ("26 09:00", Event.SIGNED_OUT)):
            change_state(agent=agent, event=event, now=at(f"2026-11-{clock}"), by=By.DESK)
    client = signed_in(elena)
    for page in (PAGE, HANDLING):
        with django_assert_max_num_queries(16):
            client.get(page)


def test_a_line_opens_the_calls_it_counts(
    days: None, ana: Agent, elena: User, at: Callable[[str], datetime], signed_in: SignedIn
) -> None:
    line = publish(FLOW, at("2026-11-26 08:00"), line="101")
    Walk.objects.create(
        line=line, version=line.versions.latest("pk"), agent=ana, began_at=at("2026-11-26 09:00"),
        ended_at=at("2026-11-26 09:04"), result="told", result_label="Daño reiterado",
    )  # fmt: skip
    client = signed_in(elena)
    page = words(client.get(HANDLING, {"first": "2026-11-26", "last": "2026-11-26", "agent": ana.pk}))
    assert "4:00" in page
    assert f"/lines/attended/?first=2026-11-26&amp;last=2026-11-26&amp;agent={ana.pk}&amp;line=101" in page
    assert "/lines/attended/?" not in words(client.get(HANDLING, {"team": ana.team_id}))


def test_the_workbook_has_exactly_what_is_filtered_and_is_written_down(
    days: None, ana: Agent, elena: User, signed_in: SignedIn
) -> None:
    answer = signed_in(elena).post(f"{EXPORT}?agent={ana.pk}&first=2026-11-26")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheet_names == [
        "Jornadas",
        "Por agente",
        "Por línea",
        "Cómo terminan",
        "Sin abrir su flujo",
        "Por resultado",
    ]
    head, *days_of, foot = book.get_sheet_by_name("Jornadas").to_python()
    assert head[:5] == ["Día", "Agente", "Equipo", "Jornada (s)", "Disponible (s)"]
    assert [row[3] for row in days_of] == [3600, 7200]
    assert foot[3] == sum(foot[4:12]) == 10_800
    assert [row[:3] for row in book.get_sheet_by_name("Por agente").to_python()[1:]] == [
        ["Ana", "Norte", 10_800], ["Total", "", 10_800],
    ]  # fmt: skip
    written = Disclosure.objects.get()
    assert (written.user, written.rows) == (elena, 2)
    assert written.subject == f"Jornadas y tiempos de atención: 26/11/2026 – 27/11/2026, agente n.º {ana.pk}"


@pytest.mark.sweep
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Event)),
            st.integers(0, 40_000_000_000),  # microseconds since the one before
            st.sampled_from(["REFRIGERIO", "REUNION", "CAPACITACION"]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_happened_the_columns_of_each_row_add_up_to_its_shift(
    ana: Agent, elena: User, happened: list[tuple[Event, int, str]]
) -> None:
    with transaction.atomic():
        moment = datetime.fromisoformat("2026-11-26T20:00:00-04:00")
        reasons = {reason.code: reason for reason in PauseReason.objects.all()}
        change_state(agent=ana, event=Event.SIGNED_IN, now=moment, by=By.DESK)
        for event, after, reason in happened:
            moment += timedelta(microseconds=after)
            by = sorted(next(step for step in STEPS if step.event == event).who)[0]
            try:
                change_state(
                    agent=ana, event=event, now=moment, by=by, reason=reasons[reason] if event == Event.PAUSED else None
                )
            except StateRefused:
                continue
        now = moment + timedelta(seconds=1, microseconds=700_000)
        sent = {"first": "2026-11-26", "last": "2026-12-20"}
        found = find_workdays(asked=asked_for(sent=sent, user=elena, now=now), now=now)
        for one in (*found, *by_agent(found)):
            logged_in, *spent, occupancy = figures_of(one.times)
            assert logged_in == sum(spent)
            assert len(spent) == len(SPENT)
            assert occupancy is None or 0 <= occupancy <= 100
        assert [one.times.logged_in for one in by_agent(found)] == (
            [sum(one.times.logged_in for one in found)] if found else []
        )
        transaction.set_rollback(True)
