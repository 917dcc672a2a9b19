"""The supervisor sees her people: a state that changes is seen, a message arrives and is seen, a pause is set."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import Agent, By, PauseReason, User
from agents.states import Event, change_state
from telephony.models import QueueCall, Switchboard
from tests.browser.looking import assert_accessible, settle

CUT_CELLS = """[...document.querySelectorAll('.people td, .people th')]
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent)"""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(open_as: Callable[..., Page], live_server: Any, elena: User, ana: Agent, luis: Agent, marta: Agent) -> Page:
    now = timezone.now()
    for agent, minutes in ((ana, 30), (luis, 20)):
        change_state(agent=agent, event=Event.SIGNED_IN, now=now - timedelta(minutes=minutes), by=By.DESK)
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    for uid in ("1", "2"):
        QueueCall.objects.create(switchboard=board, queue="101", uid=uid, joined_at=now - timedelta(seconds=70))
    page = open_as(elena)
    page.goto(f"{live_server.url}/room/")
    return page


def test_a_state_that_changes_is_seen_with_its_clock(room: Page, ana: Agent) -> None:
    row = room.get_by_role("row", name=re.compile("Ana"))
    expect(row).to_contain_text("Disponible")
    expect(row.locator(".clock")).to_have_text(re.compile(r"30:\d\d"))
    expect(room.locator("#room-now")).to_contain_text("lleva 30 min disponible y sin llamada")
    settle(room)
    assert_accessible(room, "room")
    change_state(agent=ana, event=Event.ANSWERED, now=timezone.now(), by=By.DESK)
    expect(row).to_contain_text("En llamada")
    expect(row.locator(".clock")).to_have_text(re.compile(r"0:\d\d"))


def test_a_message_is_on_her_page_at_once_and_a_key_says_it_was_seen(
    room: Page, open_as: Callable[..., Page], live_server: Any, ana: Agent
) -> None:
    hers = open_as(ana)
    hers.goto(f"{live_server.url}/people/shift/")
    room.get_by_role("row", name=re.compile("Ana")).get_by_role("link", name="Ana").click()
    expect(room.get_by_label("Mensaje a su pantalla")).to_be_focused()
    assert_accessible(room, "room-agent")
    room.keyboard.type("Venga a mi mesa")
    room.keyboard.press("Enter")
    expect(room.locator("#toasts")).to_contain_text("Enviado a Ana")
    expect(hers.locator("#ringing")).to_contain_text("Venga a mi mesa")
    settle(hers)
    assert_accessible(hers, "message")
    hers.keyboard.press("v")
    expect(hers.locator("#ringing")).to_be_empty()
    room.get_by_role("row", name=re.compile("Ana")).get_by_role("link", name="Ana").click()
    expect(room.locator("#agent-panel")).to_contain_text(re.compile(r"visto \d\d:\d\d"))
    room.get_by_role("button", name="Poner en pausa").click()
    expect(room.get_by_role("row", name=re.compile("Ana"))).to_contain_text("Pausa:")
    expect(hers.locator("#own-day")).to_contain_text("En pausa", timeout=15_000)


def test_a_pause_is_read_whole_with_its_clock_and_its_limit(room: Page, ana: Agent, luis: Agent) -> None:
    now = timezone.now()
    Switchboard.objects.update(is_on=True)  # then there is a column more
    for agent, code in ((ana, "REFRIGERIO"), (luis, "COORDINACION")):
        reason = PauseReason.objects.get(code=code)
        change_state(agent=agent, event=Event.PAUSED, now=now, by=By.DESK, reason=reason)
    expect(room.get_by_role("row", name=re.compile("Ana"))).to_contain_text("de 15:00")
    expect(room.get_by_role("columnheader", name="Su llamada").first).to_be_visible()
    assert room.evaluate(CUT_CELLS) == []


def test_it_fits_a_narrow_window(room: Page) -> None:
    room.set_viewport_size({"width": 390, "height": 844})
    settle(room)
    assert room.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
