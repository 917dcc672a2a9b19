"""A television of 1920 by 1080: all of it at once, read from five metres; it follows, and says when it is cut off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from agents.models import Agent, By
from agents.states import Event, change_state
from control_room.models import Wallboard
from control_room.wallboard.links import make_link
from telephony.models import Listening, QueueCall, Switchboard
from tests.browser.looking import axe_violations, picture
from tests.service_level.indicator.a_log import answered, hung_up, taken

pytestmark = pytest.mark.django_db(transaction=True)
LAYOUTS = ("all", "waiting", "indicator", "agents")
READ_FROM_AFAR = 0.027  # of the screen's width: 25 mm on a television of 93 cm
SMALLEST = """() => Math.min(...[...document.querySelectorAll('#shown *')]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .map((one) => parseFloat(getComputedStyle(one).fontSize))) / innerWidth"""
OVER = "() => [document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"
CUT = """() => [...document.querySelectorAll('#shown section')]
  .filter((one) => one.scrollHeight > one.clientHeight + 1).map((one) => one.className)"""


@pytest.fixture
def board(db: None) -> Switchboard:
    now = timezone.now()
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    Listening.objects.create(switchboard=board, lease_until=now + timedelta(hours=1), connected_at=now)
    return board


@pytest.fixture
def busy(board: Switchboard, ana: Agent, luis: Agent, marta: Agent) -> Switchboard:
    now = timezone.now()
    for agent, event in ((ana, Event.ANSWERED), (luis, None), (marta, None)):
        change_state(agent=agent, event=Event.SIGNED_IN, now=now - timedelta(minutes=30), by=By.DESK)
        if event:
            change_state(agent=agent, event=event, now=now - timedelta(minutes=1), by=By.DESK)
    for n, queue in enumerate(["800131313", "101", "101", "104", "4522222", "102", "103", "109"]):
        QueueCall.objects.create(switchboard=board, queue=queue, uid=str(n), joined_at=now - timedelta(seconds=150 - n))
    for n in range(30):
        taken(board, *answered(now - timedelta(seconds=60 - n), f"1.{n}", "101", 5))
    taken(board, *hung_up(now - timedelta(seconds=50), "2.1", "101", 30))
    return board


@pytest.fixture
def television(browser: Browser, browser_context_args: dict[str, Any]) -> Any:
    context = browser.new_context(**{**browser_context_args, "viewport": {"width": 1920, "height": 1080}})
    yield context.new_page()
    context.close()


def address(live_server: Any, layout: str = "all") -> str:
    token = make_link(Wallboard.objects.get_or_create(name="Sala")[0], now=timezone.now())
    return live_server.url + reverse("wallboard:layout", args=[token, layout])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_all_of_it_is_there_and_is_read_from_afar(
    television: Page, live_server: Any, busy: Switchboard, layout: str, theme: str
) -> None:
    television.goto(f"{address(live_server, layout)}?theme={theme}")
    expect(television.locator("#shown section").first).to_be_visible()
    picture(television, f"wallboard-{layout}-{theme}")
    assert television.evaluate(OVER) == [0, 0]
    assert television.evaluate(CUT) == []
    assert television.evaluate(SMALLEST) >= READ_FROM_AFAR - 0.0001
    assert axe_violations(television) == []


def test_it_follows_without_being_touched_and_says_when_it_is_cut_off(
    television: Page, live_server: Any, board: Switchboard
) -> None:
    television.goto(address(live_server))
    expect(television.locator(".waiting")).to_contain_text("nadie")
    QueueCall.objects.create(switchboard=board, queue="101", uid="1", joined_at=timezone.now() - timedelta(seconds=70))
    expect(television.locator(".waiting li")).to_contain_text("101", timeout=3_000)
    expect(television.locator(".waiting .clock")).to_contain_text("1:1")
    television.route("**/now/**", lambda route: route.abort())
    expect(television.locator("#cut-off")).to_contain_text("Sin conexión con el centro desde las", timeout=15_000)
    television.unroute("**/now/**")
    expect(television.locator("#cut-off")).to_be_hidden(timeout=15_000)


def test_a_link_that_is_switched_off_shows_nothing_any_more(
    television: Page, live_server: Any, board: Switchboard
) -> None:
    television.goto(address(live_server))
    expect(television.locator(".people")).to_be_visible()
    Wallboard.objects.update(is_on=False)
    expect(television.locator(".people")).to_be_hidden(timeout=10_000)
