"""The head of an agent's pages: her state with its clock, and her pace where she has a goal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, AgentState, By, PauseReason, Shift, User
from agents.own_state import see_state
from agents.states import Event, change_state
from campaigns.models import Campaign, FigureCell, Goal

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User | Agent], Client]
PIECE = "/people/own/"
COUNTED = ("PositiveIntegerField", "DecimalField")


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def noon(at: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch) -> datetime:
    now = at("2026-11-26 12:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now


def test_each_page_of_an_agent_says_her_state_and_since_when(noon: datetime, ana: Agent, signed_in: SignedIn) -> None:
    change_state(agent=ana, event=Event.SIGNED_IN, now=noon - timedelta(minutes=5), by=By.DESK)
    client = signed_in(ana)
    for page in ("/people/shift/", "/lines/", PIECE):
        found = words(client.get(page))
        assert 'id="own-day"' in found
        assert 'data-counts="300">5:00<' in found
        assert "Meta" not in found


def test_nobody_else_has_one(noon: datetime, elena: User, signed_in: SignedIn) -> None:
    assert 'id="own-day"' not in words(signed_in(elena).get("/people/"))
    assert signed_in(elena).get(PIECE).status_code == 403


def test_a_pause_says_why_and_is_marked_past_its_limit(noon: datetime, ana: Agent) -> None:
    reason = PauseReason.objects.get(code="BANO")
    change_state(agent=ana, event=Event.SIGNED_IN, now=noon, by=By.DESK)
    change_state(agent=ana, event=Event.PAUSED, now=noon, by=By.DESK, reason=reason)
    limit = timedelta(minutes=reason.limit_minutes or 0)
    kinds = [see_state(user=ana.user, now=noon + limit - left).kind for left in (timedelta(seconds=1), timedelta(0))]
    assert kinds == ["calm", "warn"]
    assert see_state(user=ana.user, now=noon).reason == reason


def test_a_pause_the_room_put_says_who_did(noon: datetime, ana: Agent, elena: User, signed_in: SignedIn) -> None:
    reason = PauseReason.objects.get(code="BANO")
    change_state(agent=ana, event=Event.SIGNED_IN, now=noon, by=By.DESK)
    change_state(agent=ana, event=Event.PAUSED, now=noon, by=By.DESK, person=ana.user, reason=reason)
    assert "la puso" not in words(signed_in(ana).get(PIECE))
    change_state(agent=ana, event=Event.BACK, now=noon, by=By.DESK, person=ana.user)
    change_state(agent=ana, event=Event.PAUSED, now=noon, by=By.SUPERVISOR, person=elena, reason=reason)
    assert "la puso Elena" in words(signed_in(ana).get(PIECE))


def test_who_is_signed_out_or_no_agent_is_in_no_state(noon: datetime, ana: Agent, elena: User) -> None:
    assert see_state(user=ana.user, now=noon) is None
    assert see_state(user=elena, now=noon) is None


def test_the_piece_that_renews_itself_is_no_sign_that_somebody_is_there(
    noon: datetime, ana: Agent, signed_in: SignedIn
) -> None:
    change_state(agent=ana, event=Event.SIGNED_IN, now=noon - timedelta(minutes=5), by=By.DESK)
    change_state(agent=ana, event=Event.WENT_AWAY, now=noon, by=By.CLOCK)
    assert "Ausente" in words(signed_in(ana).get(PIECE))
    assert AgentState.objects.open().get(agent=ana).state == "away"
    assert Shift.objects.get().last_sign_at == noon - timedelta(minutes=5)


def test_a_goal_of_paid_services_shows_how_far_the_month_is(
    noon: datetime, december: Campaign, ana: Agent, luis: Agent, signed_in: SignedIn
) -> None:
    address = reverse("campaigns:my_day")
    assert "Meta de servicios pagados" not in words(signed_in(ana).get(address))
    Goal.objects.create(campaign=december, agent=ana, services_paid=20)
    zeros = {field.name: 0 for field in FigureCell._meta.concrete_fields if field.get_internal_type() in COUNTED}
    for agent, paid in ((ana, 7), (luis, 5)):
        for cut in ("agent", "both"):
            FigureCell.objects.create(
                **{**zeros, "items": paid, "paid": paid, "paid_after_contact": paid}, campaign=december, agent=agent,
                cut=cut, unit="service", part="TV", zone="", held_out=False,
            )  # fmt: skip
    shown = re.sub(r"<[^>]+>", " ", words(signed_in(ana).get(address)))
    assert "Meta de servicios pagados 7 de 20" in " ".join(shown.split())
    assert "Meta de servicios pagados" not in words(signed_in(luis).get(address))


def test_a_goal_shows_how_far_today_is(noon: datetime, december: Campaign, ana: Agent, signed_in: SignedIn) -> None:
    Goal.objects.create(campaign=december, agent=ana, contacted=20)
    client = signed_in(ana)
    assert "Meta de hoy:" in words(client.get(PIECE))
    assert "contactados; del mes, 0 de 20" in words(client.get(reverse("campaigns:my_day")))
