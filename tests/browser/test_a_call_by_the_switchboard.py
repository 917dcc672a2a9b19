"""The desk calls by the played switchboard: each phase is seen, its end proposes a result, a key hangs up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import Agent, AgentState, By
from agents.states import Event, change_state
from campaigns.models import Attempt, AttemptCall, Campaign
from telephony.models import Extension, OutgoingCall, QueueCall, Switchboard
from telephony.seats import sit_down
from tests.browser.a_desk import campaign, customer
from tests.browser.looking import assert_accessible, open_desk, picture, settle, wait_by_its_own_clock
from tests.campaigns.customers import make_customer
from tests.sandbox.switchboard.playing import SECRET, WITHOUT_END, Board, playing
from tests.telephony.a_listener import Running, is_linked, until

__all__ = ["campaign"]
pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS, GIVES_UP, BUSY = "+59170712301", "+59170712392", "+59170712390"


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Board]:
    """A switchboard two hundred times as quick as one, where nobody hangs up by himself."""
    with playing("13.0.0", tmp_path) as board:
        board.turn(talks=[WITHOUT_END, WITHOUT_END], rings=WITHOUT_END)
        yield board


@pytest.fixture
def running(played: Board) -> Iterator[Running]:
    row = Switchboard.objects.create(
        name="Central", host="127.0.0.1", port=played.port, user="callcenter", is_on=True, ring_seconds=120
    )
    running = Running(row, secret=SECRET)
    try:
        running.listen()
        until(lambda: is_linked(row), "linked")
        yield running
    finally:
        running.close()


@pytest.fixture
def seated(running: Running, ana: Agent) -> Agent:
    now = timezone.now()
    for number in ("1001", "1002"):
        Extension.objects.create(switchboard=running.board, number=number, place="Sala")
    sit_down(agent=ana, extension=Extension.objects.select_related("switchboard").get(number="1001"), now=now)
    return ana


@pytest.fixture
def desk(open_as: Callable[..., Page], live_server: Any, seated: Agent, campaign: Campaign) -> Page:
    yesterday, due = timezone.now() - timedelta(days=1), timezone.localdate() + timedelta(days=5)
    for name, telephone in (("Rosa Flores", ANSWERS), ("Juan Rojas", GIVES_UP), ("Lidia Vargas", "+59170712391")):
        make_customer(seated, name, campaign=campaign, ready_at=yesterday, due_on=due, telephones=[telephone])
    page = open_as(seated)
    open_desk(page, f"{live_server.url}/desk/")
    return page


def phase(page: Page) -> Any:
    return page.locator("#placed-call .phase")


def chosen(page: Page) -> Any:
    return page.locator("input[name=disposition]:checked")


def test_three_calls_one_answered_one_not_and_one_hung_up_while_it_rings(desk: Page, played: Board) -> None:
    keys = desk.keyboard
    expect(desk.locator("#seat summary")).to_contain_text("Interno 1001")
    keys.press("Enter")
    expect(phase(desk)).to_contain_text("En llamada")
    expect(phase(desk).get_by_role("timer")).to_have_text(re.compile(r"\d:\d\d"))
    assert_accessible(desk, "desk-in-a-call")
    assert AgentState.objects.open().get().state == "on_a_call"
    played.do("hang-up", extension="1001")
    expect(phase(desk)).to_contain_text("Contestó")
    expect(chosen(desk)).to_have_count(0)  # how it went only she can say
    keys.press("2")
    keys.press("Enter")
    expect(customer(desk)).to_have_text("Juan Rojas")
    assert Attempt.objects.get().disposition.code == "already_paid"

    keys.press("Enter")
    expect(phase(desk)).to_contain_text("No contestó")
    expect(phase(desk)).to_contain_text("Se propone «No contesta»")
    expect(chosen(desk)).to_have_attribute("value", "no_answer")
    assert not Attempt.objects.filter(disposition__code="no_answer").exists()  # proposed, recorded by nobody
    assert_accessible(desk, "desk-call-over")
    keys.press("Enter")
    expect(customer(desk)).to_have_text("Lidia Vargas")
    assert Attempt.objects.filter(disposition__code="no_answer").exists()

    keys.press("Enter")
    expect(phase(desk)).to_contain_text("Timbra el cliente")
    keys.press("h")
    expect(phase(desk)).to_contain_text("Cancelada antes de que conteste")
    expect(desk.locator("#hang-up")).to_have_count(0)
    expect(chosen(desk)).to_have_count(0)
    assert [call.outcome for call in OutgoingCall.objects.order_by("asked_at")] == [
        "answered",
        "no_answer",
        "cancelled",
    ]
    assert AttemptCall.objects.count() == Attempt.objects.count() == 3


def test_a_progressive_run_calls_ten_customers_one_after_the_other(
    open_as: Callable[..., Page], live_server: Any, seated: Agent, campaign: Campaign, played: Board
) -> None:
    Campaign.objects.update(dialling="progressive")
    yesterday, due = timezone.now() - timedelta(days=1), timezone.localdate() + timedelta(days=5)
    for number in range(10):
        values = {"ready_at": yesterday, "due_on": due, "telephones": [f"+591707120{number}0"], "position": number}
        make_customer(seated, f"Cliente {number}", campaign=campaign, **values)
    played.turn(customers="busy")
    page = open_as(seated)
    open_desk(page, f"{live_server.url}/desk/")
    for number in range(10):
        expect(customer(page)).to_have_text(f"Cliente {number}")
        expect(phase(page)).to_contain_text("Se propone «Ocupado»")  # nobody pressed anything to call
        page.keyboard.press("Enter")
    expect(page.locator("#desk")).to_contain_text("10 de 10 gestionados")
    calls = OutgoingCall.objects.order_by("asked_at")
    assert [call.outcome for call in calls] == ["busy"] * 10
    ends = [(one.ended_at, two.asked_at) for one, two in zip(calls, calls[1:], strict=False)]
    assert all(ended is not None and ended <= asked for ended, asked in ends)  # one line an agent
    assert set(Attempt.objects.values_list("mode", flat=True)) == {"progressive"}


def test_a_progressive_call_her_telephone_refuses_is_not_repeated_by_itself(
    open_as: Callable[..., Page], live_server: Any, seated: Agent, campaign: Campaign, played: Board
) -> None:
    Campaign.objects.update(dialling="progressive")
    make_customer(
        seated, "Rosa Flores", campaign=campaign, ready_at=timezone.now() - timedelta(days=1), telephones=[BUSY]
    )
    played.turn(extensions={"1001": {"picks_up": "busy"}})
    page = open_as(seated)
    open_desk(page, f"{live_server.url}/desk/")
    expect(page.locator("#telephones")).to_contain_text("Su teléfono estaba ocupado. No se llamó al cliente")
    wait_by_its_own_clock(page, 5_000)  # longer than it counts down
    assert OutgoingCall.objects.count() == 1
    assert not Attempt.objects.exists()


def test_who_talks_with_a_queues_caller_is_called_a_customer_for_once_she_is_free(
    open_as: Callable[..., Page], live_server: Any, seated: Agent, campaign: Campaign, played: Board
) -> None:
    Campaign.objects.update(dialling="progressive")
    make_customer(
        seated, "Rosa Flores", campaign=campaign, ready_at=timezone.now() - timedelta(days=1), telephones=[BUSY]
    )
    played.turn(customers="busy")
    now = timezone.now()
    call = QueueCall.objects.create(
        switchboard=Switchboard.objects.get(), queue="101", uid="1.1", state="talking", agent=seated, joined_at=now,
        answered_at=now,
    )  # fmt: skip
    page = open_as(seated)
    change_state(agent=seated, event=Event.SIGNED_IN, now=now, by=By.DESK)
    change_state(agent=seated, event=Event.ANSWERED, now=now, by=By.TELEPHONE, call=call.key)
    open_desk(page, f"{live_server.url}/desk/")
    expect(page.locator("#telephones")).to_contain_text("Está en una llamada de la cola 101")
    wait_by_its_own_clock(page, 5_000)  # longer than it counts down
    assert not OutgoingCall.objects.exists()
    QueueCall.objects.update(state="over", outcome="done", ended_at=timezone.now())
    change_state(agent=seated, event=Event.HUNG_UP, now=timezone.now(), by=By.TELEPHONE, call=call.key)
    change_state(agent=seated, event=Event.WRAPPED_UP, now=timezone.now(), by=By.DESK)
    expect(phase(page)).to_contain_text("Se propone «Ocupado»")
    assert OutgoingCall.objects.count() == 1


def test_her_own_telephone_that_is_busy_is_said_and_enter_dials_again(desk: Page, played: Board) -> None:
    played.turn(extensions={"1001": {"picks_up": "busy"}})
    desk.keyboard.press("Enter")
    expect(desk.locator("#telephones")).to_contain_text("Su teléfono estaba ocupado. No se llamó al cliente")
    assert not Attempt.objects.exists()
    settle(desk)
    picture(desk, "desk-own-telephone-busy")
    played.turn(extensions={"1001": {"picks_up": 3}})
    desk.keyboard.press("Enter")
    expect(phase(desk)).to_contain_text("En llamada")
    assert Attempt.objects.count() == 1


def test_she_says_where_she_sits_and_who_sits_there_is_asked_about(
    desk: Page, open_as: Callable[..., Page], live_server: Any, luis: Agent
) -> None:
    his = open_as(luis)
    open_desk(his, f"{live_server.url}/desk/")
    his.locator("#seat summary").click()
    his.get_by_label("Mi interno").select_option(label="1001 · Sala")
    his.get_by_role("button", name="Guardar").click()
    expect(his.get_by_role("alert")).to_have_text("En el interno 1001 está Ana.")
    assert_accessible(his, "seat-taken")
    his.get_by_role("button", name="Tomarlo").click()
    expect(his.locator("#seat summary")).to_contain_text("Interno 1001")
    desk.reload()
    expect(desk.locator("#seat summary")).to_contain_text("Le tomaron el 1001")
    desk.locator("#seat summary").click()
    settle(desk)
    picture(desk, "seat-lost")


def test_in_a_narrow_window_the_call_and_the_seat_have_their_place(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.keyboard.press("Enter")
    expect(phase(desk)).to_contain_text("En llamada")
    settle(desk)
    picture(desk, "desk-in-a-call-narrow")
    assert desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    desk.locator("#seat summary").click()
    picture(desk, "seat-narrow")
    seen = desk.locator("#seat form").bounding_box()
    assert seen is not None
    assert seen["x"] >= 0
    assert seen["x"] + seen["width"] <= 390


def test_the_lines_have_the_seat_too_and_an_unregistered_telephone_is_said(
    desk: Page, played: Board, live_server: Any
) -> None:
    played.turn(extensions={"1001": {"registered": False}})
    desk.keyboard.press("Enter")
    expect(desk.locator("#telephones")).to_contain_text("Su teléfono no está registrado. No se llamó al cliente")
    desk.goto(f"{live_server.url}/lines/")
    expect(desk.locator("#seat summary")).to_contain_text("sin registrar")
    desk.locator("#seat summary").click()
    expect(desk.locator("#seat form")).to_contain_text("La central no encontró el teléfono 1001")
    assert_accessible(desk, "seat-unregistered")


def test_an_end_nobody_knows_is_said_and_nothing_is_proposed(desk: Page, played: Board) -> None:
    played.turn(customers="no_answer")
    desk.keyboard.press("Enter")
    expect(phase(desk)).to_contain_text("Timbra el cliente")
    OutgoingCall.objects.update(state="over", outcome="unknown", ended_at=timezone.now())  # as after a loss
    expect(phase(desk)).to_contain_text("No se sabe")
    expect(phase(desk)).to_contain_text("Diga usted el resultado")
    expect(chosen(desk)).to_have_count(0)
    desk.set_viewport_size({"width": 390, "height": 844})
    settle(desk)
    picture(desk, "desk-unknown-narrow")
    assert desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
