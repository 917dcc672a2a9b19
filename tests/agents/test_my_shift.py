"""An agent's own shift: its stretches, its sums, and a word to the supervisors about what is not right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, AgentState, By, PauseReason, StretchQuestion, User
from agents.questions import question_stretch, see_question
from agents.states import Event, change_state

pytestmark = pytest.mark.django_db
SHIFT = "/people/shift/"


@pytest.fixture
def morning(ana: Agent, at: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch) -> AgentState:
    """Ana paused from 9:30 to 9:45 and was signed out at 11:00; it is noon. Her pause is returned."""
    for clock, event, reason in (
        *(("09:00", Event.SIGNED_IN, None), ("09:30", Event.PAUSED, PauseReason.objects.get(code="BANO"))),
        *(("09:45:30", Event.BACK, None), ("11:00", Event.SIGNED_OUT, None)),
    ):
        change_state(agent=ana, event=event, now=at(f"2026-11-26 {clock}"), by=By.DESK, reason=reason)
    noon = at("2026-11-26 12:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    return AgentState.objects.get(state="paused")


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_she_sees_her_stretches_and_their_sums(morning: AgentState, ana: Agent, signed_in: Any) -> None:
    page = words(signed_in(ana).get(SHIFT, headers={"HX-Request": "true"}))
    assert "2:00:00" in page  # in shift
    assert "15:30" in page  # rest
    assert "1:44:30" in page  # available
    assert 'En pausa · <span lang="es">Baño</span>' in page
    assert page.count("<tr>") == 1 + 3


def test_another_day_is_empty_and_a_day_that_is_none_is_refused(
    morning: AgentState, ana: Agent, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(ana)
    assert "Ninguna jornada en este día" in words(client.get(SHIFT, {"day": "2026-11-20"}))
    assert client.get(SHIFT, {"day": "ayer"}).status_code == 400


def test_she_questions_a_stretch_once_and_supervision_says_that_it_was_seen(
    morning: AgentState, ana: Agent, elena: User, oscar: User, signed_in: Callable[..., Client]
) -> None:
    client, ask = signed_in(ana), reverse("agents:question", args=[morning.pk])
    refused = client.post(ask, {"note": "  "})
    assert (refused.status_code, "Escriba qué no coincide." in words(refused)) == (422, True)
    answer = client.post(ask, {"note": "Atendía  a un cliente <b>"})
    assert answer["Location"] == f"{SHIFT}?day=2026-11-26"
    client.post(ask, {"note": "Otra cosa"})
    asked = StretchQuestion.objects.get()
    assert asked.note == "Atendía a un cliente <b>"
    assert "Supervisión lo verá" in words(client.get(SHIFT))
    people = words(signed_in(elena).get(reverse("agents:people")))
    assert "Atendía a un cliente &lt;b&gt;" in people
    seen = reverse("agents:question_seen", args=[asked.pk])
    assert seen in people
    assert seen not in words(signed_in(oscar).get(reverse("agents:people")))  # he reads, and changes nothing
    signed_in(elena).post(seen)
    assert "Lo vio Elena" in words(client.get(SHIFT))
    assert "Tramos que no coinciden" not in words(signed_in(elena).get(reverse("agents:people")))


def test_nobody_questions_a_stretch_of_somebody_else(
    morning: AgentState, luis: Agent, signed_in: Callable[..., Client]
) -> None:
    assert signed_in(luis).post(reverse("agents:question", args=[morning.pk]), {"note": "x"}).status_code == 404
    assert not StretchQuestion.objects.exists()


def test_who_saw_it_first_stays_named(
    morning: AgentState, elena: User, rosa: User, at: Callable[[str], datetime]
) -> None:
    asked = question_stretch(stretch=morning, note="No era pausa", now=at("2026-11-26 12:00"))
    see_question(question=asked, by=elena, now=at("2026-11-26 12:05"))
    see_question(question=asked, by=rosa, now=at("2026-11-26 12:06"))
    asked.refresh_from_db()
    assert (asked.seen_by, asked.seen_at) == (elena, at("2026-11-26 12:05"))


def test_a_long_day_asks_a_handful_of_questions(
    ana: Agent, at: Callable[[str], datetime], signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    begins = at("2026-11-26 08:00")
    change_state(agent=ana, event=Event.SIGNED_IN, now=begins, by=By.DESK)
    for minute in range(40):
        moment = at(f"2026-11-26 09:{minute:02}")
        change_state(agent=ana, event=Event.ANSWERED, now=moment, by=By.DESK)
        change_state(agent=ana, event=Event.HUNG_UP, now=moment, by=By.DESK)
    client = signed_in(ana)
    with django_assert_max_num_queries(9):
        page = client.get(SHIFT, {"day": "2026-11-26"}, headers={"HX-Request": "true"})
    assert page.content.decode().count("<tr>") == 1 + 81


def test_the_centre_sees_the_shift_of_anybody_with_what_was_asked_and_asks_nothing_itself(
    morning: AgentState, ana: Agent, luis: Agent, elena: User, signed_in: Callable[..., Client], at: Any
) -> None:
    question_stretch(stretch=morning, note="No era pausa", now=at("2026-11-26 12:00"))
    address = reverse("agents:shift", args=[ana.pk])
    page = words(signed_in(elena).get(address, {"day": "2026-11-26"}))
    assert "Jornada de Ana · 26/11/2026" in page
    assert "No era pausa" in page
    assert "Nadie lo vio" in page
    assert reverse("agents:question", args=[morning.pk]) not in page
    assert "Avisar" not in page
    assert signed_in(luis).get(address).status_code == 403
    assert signed_in(elena).get(reverse("agents:shift", args=[0])).status_code == 404
