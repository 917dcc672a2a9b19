"""A call of a queue rings on the agent's page: who it is, Enter opens its flow, and it is there until it is over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import Agent
from agents.people import end_sessions
from agents.presence import sign_in
from campaigns.models import Attempt, Contact
from inbound.models import Walk
from telephony.models import Extension, HeardDevice, QueueCall, Switchboard
from telephony.seats import sit_down
from tests.browser.a_desk import campaign, customers
from tests.browser.looking import assert_accessible, open_desk, settle
from tests.inbound.a_walk import publish
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process
from tests.sandbox.switchboard.playing import SECRET, WITHOUT_END, Board, playing
from tests.telephony.a_listener import Running, is_linked, pick_up, until

__all__ = ["campaign", "customers", "sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db(transaction=True)
PATIENT = 11  # seconds that a caller waits: less than it rings at a telephone, and long for a page to hear of her
FLOW = Path(__file__).parents[2] / "inbound" / "flows" / "101.yaml"


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Board]:
    """A switchboard as slow as one: it rings twelve seconds at a telephone, which nobody lifts unasked."""
    with playing("13.0.0", tmp_path, "--members", "1001", "--picks-up", str(WITHOUT_END)) as board:
        board.turn(speed=1)
        yield board


@pytest.fixture
def running(played: Board) -> Iterator[Running]:
    row = Switchboard.objects.create(name="Central", host="127.0.0.1", port=played.port, user="callcenter", is_on=True)
    running = Running(row, secret=SECRET)
    try:
        running.listen()
        # linked is soon said; what happens before it has seen what there is may be over when it is told
        until(lambda: is_linked(row) and HeardDevice.objects.exists(), "linked")
        yield running
    finally:
        running.close()


@pytest.fixture
def seated(running: Running, ana: Agent) -> Agent:
    Extension.objects.create(switchboard=running.board, number="1001", place="Sala")
    extension = Extension.objects.select_related("switchboard").get(number="1001")
    sign_in(user=ana.user, now=timezone.now())
    sit_down(agent=ana, extension=extension, now=timezone.now())
    return ana


@pytest.fixture
def page(open_as: Callable[..., Page], live_server: Any, seated: Agent, settings: Any, sandbox: RunningSandbox) -> Page:
    connect(settings, sandbox)
    line = publish(FLOW.read_text(), timezone.now(), line="101")
    type(line).objects.filter(pk=line.pk).update(name="Reclamos")
    opened = open_as(seated)
    opened.goto(f"{live_server.url}/lines/")
    return opened


def call_in(played: Board, number: str) -> None:
    played.do("call-in", line="101", number=number, patience=WITHOUT_END, talk=WITHOUT_END)


def test_it_rings_enter_opens_the_flow_and_it_is_there_until_it_is_over(
    page: Page, played: Board, sandbox: RunningSandbox
) -> None:
    number, name = sandbox.rows(
        "SELECT service_number, name FROM sandbox_product JOIN sandbox_customer USING (contract)"
        " WHERE service = 'FIXED' AND service_number ~ '^4[0-9]{6}$' ORDER BY service_number LIMIT 1"
    )[0]
    strip = page.locator("#ringing")
    expect(strip).to_be_empty()
    call_in(played, f"4{number}")
    expect(strip).to_contain_text("Timbra su teléfono")
    expect(strip).to_contain_text("101 Reclamos")
    expect(strip.locator(".clock")).to_have_text(re.compile(r"\d+:\d\d"))
    expect(strip).to_contain_text(re.compile(f"El número es de {re.escape(name)}", re.IGNORECASE))
    assert_accessible(page, "ringing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/walks/**")
    expect(strip).to_contain_text("Es la llamada de esta página")
    walk, call = Walk.objects.get(), QueueCall.objects.get()
    assert (walk.call, walk.caller_number) == (call, f"+5914{number}")
    pick_up(played, "1001")
    expect(strip).to_contain_text("En llamada")
    settle(page)
    assert_accessible(page, "ringing-in-the-walk")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    played.do("hang-up", extension="1001")
    expect(strip).to_be_empty()
    assert QueueCall.objects.get().outcome == "done"


@pytest.mark.parametrize("elsewhere", ["/desk/list/", "/people/shift/", "/desk/agenda/"])
def test_it_rings_on_whatever_page_she_is(elsewhere: str, page: Page, played: Board, live_server: Any) -> None:
    page.goto(f"{live_server.url}{elsewhere}")
    call_in(played, "70712345")
    expect(page.locator("#ringing")).to_contain_text("Timbra su teléfono")
    expect(page.locator("#own-day")).to_contain_text("Le suena")
    assert_accessible(page, f"ringing{elsewhere.replace('/', '-')}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/walks/**")


def test_a_call_nobody_lifts_leaves_the_page_as_it_was(page: Page, played: Board) -> None:
    played.do("call-in", line="101", number="70712345", patience=PATIENT)
    expect(page.locator("#ringing")).to_contain_text("Timbra su teléfono")
    expect(page.locator("#ringing")).to_contain_text("no tiene ningún servicio con ese número")
    expect(page.locator("#ringing")).to_be_empty()
    assert QueueCall.objects.get().outcome == "not_answered"
    assert not Walk.objects.exists()


def test_while_one_rings_enter_is_its_and_no_other_verb_shows_the_key(page: Page, played: Board) -> None:
    page.keyboard.press("1")
    page.wait_for_url("**/walks/**")
    elsewhere = page.locator("[data-key=Enter]:not(#ringing *) .key")
    expect(elsewhere).to_be_visible()
    played.do("call-in", line="101", number="70712345", patience=PATIENT)
    expect(page.locator("#ringing [data-key=Enter] .key")).to_be_visible()
    expect(elsewhere).to_be_hidden()
    expect(page.locator("#ringing")).to_be_empty()
    expect(elsewhere).to_be_visible()


def test_enter_opens_it_where_the_desk_had_put_the_focus(
    page: Page, live_server: Any, played: Board, customers: list[Contact]
) -> None:
    open_desk(page, f"{live_server.url}/desk/")
    expect(page.locator("[data-main=dial]")).to_be_focused()
    call_in(played, "70712345")
    expect(page.locator("#ringing")).to_contain_text("Abrir 101")
    page.mouse.wheel(0, 2000)
    expect(page.locator("#ringing")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.wait_for_url("**/walks/**")
    assert not Attempt.objects.exists()


def test_a_page_of_who_signed_in_elsewhere_shows_no_call_any_more(
    page: Page, played: Board, ana: Agent, live_server: Any
) -> None:
    call_in(played, "70712345")
    expect(page.locator("#ringing")).to_contain_text("Timbra su teléfono")
    end_sessions(user=ana.user)  # as signing in at another desk does
    page.wait_for_url("**/accounts/login/**")
