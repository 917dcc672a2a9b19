"""After a call of a queue its agent is free by a key, and the head is as high as before."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agents.models import Agent, By
from agents.presence import sign_in
from agents.states import Event, change_state

pytestmark = pytest.mark.django_db(transaction=True)


def test_she_says_that_she_is_done(open_as: Any, live_server: Any, ana: Agent) -> None:
    now, call = timezone.now(), uuid.uuid4()
    sign_in(user=ana.user, now=now)
    page = open_as(ana)
    page.goto(f"{live_server.url}/desk/")
    free = page.locator(".masthead").evaluate("head => head.offsetHeight")
    for event in (Event.RANG, Event.ANSWERED, Event.HUNG_UP):
        change_state(agent=ana, event=event, now=timezone.now(), by=By.TELEPHONE, call=call, happened_at=now)
    page.reload()
    expect(page.locator(".own-state")).to_contain_text("Cerrando")
    assert page.locator(".masthead").evaluate("head => head.offsetHeight") == free
    page.keyboard.press("q")
    expect(page.locator(".own-state")).to_contain_text("Disponible")
    expect(page.locator(".own-ready")).to_have_count(0)
