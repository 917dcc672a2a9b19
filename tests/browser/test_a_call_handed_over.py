"""From the strip of her call an agent hands it over and hangs up; what she types there is hers until she is done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from agents.models import Agent
from agents.presence import sign_in
from inbound.models import Walk
from telephony.channels import number_of
from telephony.models import Extension, QueueCall, Switchboard
from telephony.seats import sit_down
from tests.browser.looking import assert_accessible, wait_by_its_own_clock
from tests.inbound.a_walk import publish
from tests.sandbox.switchboard.playing import SECRET, WITHOUT_END, Board, playing
from tests.telephony.a_listener import Running, is_linked, pick_up, until

pytestmark = pytest.mark.django_db(transaction=True)
FLOW = Path(__file__).parents[2] / "inbound" / "flows" / "101.yaml"


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Board]:
    with playing("13.0.0", tmp_path, "--members", "1001", "1002", "--picks-up", str(WITHOUT_END)) as board:
        board.turn(speed=1, talks=[WITHOUT_END, WITHOUT_END])
        yield board


@pytest.fixture
def row(played: Board, ana: Agent, luis: Agent) -> Iterator[Switchboard]:
    row = Switchboard.objects.create(name="Central", host="127.0.0.1", port=played.port, user="callcenter", is_on=True)
    for agent, number in ((ana, "1001"), (luis, "1002")):
        Extension.objects.create(switchboard=row, number=number)
        extension = Extension.objects.select_related("switchboard").get(number=number)
        sign_in(user=agent.user, now=timezone.now())
        sit_down(agent=agent, extension=extension, now=timezone.now())
    running = Running(row, secret=SECRET)
    try:
        running.listen()
        until(lambda: is_linked(row), "linked")
        yield row
    finally:
        running.close()


@pytest.fixture
def page(open_as: Callable[..., Page], live_server: Any, row: Switchboard, ana: Agent) -> Page:
    publish(FLOW.read_text(), timezone.now(), line="101")
    opened = open_as(ana)
    opened.goto(f"{live_server.url}/lines/")
    return opened


def call_in(played: Board, line: str = "101") -> None:
    played.do("call-in", line=line, number="70712345", patience=WITHOUT_END, talk=WITHOUT_END)


def test_a_call_is_handed_over_and_what_is_typed_meanwhile_stays(
    page: Page, played: Board, row: Switchboard, ana: Agent, luis: Agent
) -> None:
    strip = page.locator("#ringing")
    call_in(played)
    expect(strip).to_contain_text("Timbra su teléfono")
    expect(strip.get_by_role("button", name="Colgar")).to_have_count(0)
    pick_up(played, "1001")
    expect(strip).to_contain_text("En llamada")
    page.keyboard.press("e")
    number = strip.get_by_label("A qué interno, línea o número")
    expect(number).to_be_focused()
    assert str(luis) in strip.locator('datalist option[value="1002"]').inner_text()
    assert_accessible(page, "ringing-handing-over")
    number.fill("10")
    second = QueueCall.objects.create(
        switchboard=row, queue="104", uid="9.9", state="ringing", joined_at=timezone.now()
    )
    ring = second.rings.create(telephone="PJSIP/1001", agent=ana, began_at=timezone.now())
    expect(strip).to_contain_text("Timbra su teléfono")
    expect(number).to_have_value("10")
    expect(number).to_be_focused()
    ring.delete()
    expect(strip).not_to_contain_text("Timbra su teléfono")
    expect(number).to_have_value("10")
    number.fill("77")
    strip.get_by_role("button", name="Transferir", exact=True).click()
    expect(strip).to_contain_text("No se transfirió a 77. La central no quiso hacerlo.")
    expect(number).to_have_count(0)
    page.keyboard.press("e")
    number.fill("103")
    strip.get_by_role("button", name="Transferir", exact=True).click()
    expect(strip).to_contain_text("Transferida a 103.")
    until(lambda: QueueCall.objects.filter(queue="103").exists(), "it came into the other queue")
    assert QueueCall.objects.get(queue="101").outcome == "transferred"


def test_a_form_she_asked_for_comes_though_the_strip_changes_meanwhile(
    page: Page, played: Board, row: Switchboard, ana: Agent
) -> None:
    strip, held = page.locator("#ringing"), list[Route]()
    call_in(played)
    expect(strip).to_contain_text("Timbra su teléfono")
    pick_up(played, "1001")
    expect(strip).to_contain_text("En llamada")
    page.route("**/transfer/", lambda route: held.append(route))  # Playwright marks what it is given
    with page.expect_request("**/transfer/"):
        page.keyboard.press("e")
    second = QueueCall.objects.create(
        switchboard=row, queue="104", uid="9.9", state="ringing", joined_at=timezone.now()
    )
    second.rings.create(telephone="PJSIP/1001", agent=ana, began_at=timezone.now())
    wait_by_its_own_clock(page, 4_000)  # the strip asks every three seconds
    held[0].continue_()
    expect(strip.get_by_label("A qué interno, línea o número")).to_be_focused()
    expect(strip).to_contain_text("Timbra su teléfono")


def test_she_asks_first_and_h_hands_it_over(page: Page, played: Board) -> None:
    strip = page.locator("#ringing")
    call_in(played)
    expect(strip).to_contain_text("Timbra su teléfono")
    page.keyboard.press("Enter")
    page.wait_for_url("**/walks/**")
    pick_up(played, "1001")
    expect(strip).to_contain_text("En llamada")
    page.keyboard.press("e")
    strip.get_by_label("A qué interno, línea o número").fill("1002")
    strip.get_by_role("button", name="Consultar primero").click()
    expect(strip).to_contain_text("Consulta con 1002")
    expect(strip).to_contain_text("En espera")
    until(lambda: played.state()["extensions"]["1002"]["state"] == "ringing", "it rings at hers")
    pick_up(played, "1002")
    until(lambda: played.state()["extensions"]["1002"]["state"] == "in_use", "they speak")
    page.keyboard.press("h")
    expect(strip).to_contain_text(re.compile(r"Transferida a 1002\.\s+Su atención de 101 sigue abierta"))
    ways = page.locator("#leave-ways")
    expect(ways).to_contain_text("Transferida por teléfono")
    page.keyboard.press("x")
    expect(ways.get_by_label("Transferida por teléfono")).to_be_checked()
    assert_accessible(page, "walk-transferred")
    page.get_by_role("button", name="Terminar la atención").click()
    expect(page.get_by_role("heading", name="Atención terminada")).to_be_visible()
    assert Walk.objects.get().result == "transferred"
    expect(strip).to_be_empty()
    assert QueueCall.objects.get(is_handed_on=False).outcome == "transferred"
    hers = QueueCall.objects.get(is_handed_on=True)  # who sits at 1002 speaks with the caller
    assert (hers.state, number_of(hers.telephone)) == ("talking", "1002")
