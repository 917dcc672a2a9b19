"""Whom a card is about is called from desk and board: seen as it goes, hung up by a key, and its end proposes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import Agent, User
from escalations import working
from escalations.models import Change, Escalation, EscalationCall
from escalations.raising import raise_escalation
from telephony.models import Extension, OutgoingCall, Switchboard
from telephony.seats import sit_down
from tests.browser.a_desk import campaign
from tests.browser.looking import assert_accessible, open_desk, picture, settle
from tests.campaigns.customers import make_customer
from tests.sandbox.switchboard.playing import SECRET, WITHOUT_END, Board, playing
from tests.telephony.a_listener import Running, is_linked, until

__all__ = ["campaign"]
pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS, ALSO_ANSWERS, BUSY = "+59170712301", "+59170712302", "+59170712390"


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Board]:
    with playing("13.0.0", tmp_path) as board:
        board.turn(talks=[WITHOUT_END, WITHOUT_END], rings=WITHOUT_END)
        yield board


@pytest.fixture
def sits(played: Board) -> Iterator[Callable[[Agent, str], None]]:
    """`sits(ana, "1001")`, at a telephone of a switchboard that is listened to."""
    row = Switchboard.objects.create(
        name="Central", host="127.0.0.1", port=played.port, user="callcenter", is_on=True, ring_seconds=120
    )

    def sit(agent: Agent, number: str) -> None:
        Extension.objects.create(switchboard=row, number=number, place="Sala")
        extension = Extension.objects.select_related("switchboard").get(number=number)
        sit_down(agent=agent, extension=extension, now=timezone.now())

    running = Running(row, secret=SECRET)
    try:
        running.listen()
        until(lambda: is_linked(row), "linked")
        yield sit
    finally:
        running.close()


def promise(agent: Agent, name: str, telephone: str) -> Escalation:
    now = timezone.now()
    return raise_escalation(
        key=f"walk:x:{name}", kind="callback_promise", line="103", contract=f"1000{name[:1]}", details={},
        reason="Pidió que se le llame por el traslado de su línea", customer_name=name, telephone=telephone,
        promised="Le llamamos hoy antes del mediodía.", due_at=now, by=agent.user,  # it came due: whatever the hour
        now=now - timedelta(hours=1),
    )  # fmt: skip


def looked_at(page: Page, name: str) -> None:
    """From the top: what was brought into sight may lie half under the page's head."""
    page.evaluate("scrollTo(0, 0)")
    assert_accessible(page, name)


def phase(page: Any) -> Any:
    return page.locator(".calling .phase")


def test_the_promised_calls_of_a_desk_are_called_by_their_key(
    open_as: Callable[..., Page], live_server: Any, sits: Callable[..., None], ana: Agent, campaign: Any, played: Board
) -> None:
    sits(ana, "1001")
    make_customer(ana, "Rosa Flores", campaign=campaign, ready_at=timezone.now() - timedelta(days=1))
    busy, answers = promise(ana, "Marta Rojas", BUSY), promise(ana, "Julio Paz", ANSWERS)
    page = open_as(ana)
    open_desk(page, f"{live_server.url}/desk/")
    calls = page.locator("#calls-to-make")
    expect(calls.get_by_role("button", name="Llamar")).to_have_count(2)
    settle(page)
    looked_at(page, "promised-calls-to-dial")
    page.keyboard.press("l")
    expect(phase(page)).to_contain_text("Ocupado")
    expect(phase(page)).to_contain_text("Se propone «No contesta»")
    busy.refresh_from_db()
    assert (busy.state, busy.owner) == ("taken", ana.user)
    assert not Change.objects.filter(escalation=busy, verb="note").exists()
    looked_at(page, "promised-call-busy")
    page.keyboard.press("k")
    expect(calls).to_contain_text(re.compile(r"Llamó .*: Ocupado"))
    assert Change.objects.filter(escalation=busy, verb="note").get().note == "No contesta"

    calls.get_by_role("article", name="Julio Paz").get_by_role("button", name="Llamar").click()
    expect(phase(page)).to_contain_text("En llamada")
    expect(page.locator("#own-day")).to_contain_text("En llamada", timeout=30_000)
    expect(phase(page).get_by_role("timer")).to_have_text(re.compile(r"\d:\d\d"))
    looked_at(page, "promised-call-under-way")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "promised-call-under-way-narrow")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.set_viewport_size({"width": 1366, "height": 768})
    page.keyboard.press("h")
    expect(phase(page)).to_contain_text("Contestó")
    expect(phase(page)).to_contain_text("Se propone «Informar al cliente»")
    picture(page, "promised-call-answered")
    page.keyboard.press("i")
    told = calls.get_by_role("article", name="Julio Paz")
    expect(told.get_by_label("por teléfono")).to_be_checked()
    told.get_by_role("button", name="Guardar y cerrar").click()
    expect(calls.get_by_role("article", name="Julio Paz")).to_have_count(0)
    answers.refresh_from_db()
    assert (answers.state, answers.informed_how) == ("informed", "telephone")
    ends = EscalationCall.objects.order_by("asked_at").values_list("escalation", "call__outcome")
    assert list(ends) == [(busy.pk, "busy"), (answers.pk, "answered")]


def test_a_card_over_the_board_is_called_and_its_history_tells_how_it_went(
    open_as: Callable[..., Page], live_server: Any, sits: Callable[..., None], ana: Agent, elena: User, played: Board
) -> None:
    sits(Agent.objects.create(user=elena, is_on_duty=False), "1003")
    now = timezone.now()
    card = raise_escalation(
        key="walk:x:1", kind="billing_claim", line="102", contract="10001", details={"claim": "F-2616"},
        reason="Cobro excesivo en la factura de octubre", customer_name="María Quispe", telephone=ALSO_ANSWERS,
        promised="Le llamamos hoy.", by=ana.user, now=now - timedelta(hours=1),
    )  # fmt: skip
    working.take(escalation_id=card.pk, by=elena, now=now - timedelta(minutes=5))
    working.resolve(escalation_id=card.pk, outcome="Se corrige la factura", by=elena, now=now - timedelta(minutes=2))
    page = open_as(elena)
    page.goto(f"{live_server.url}/escalations/")
    expect(page.locator("#seat summary")).to_contain_text("Interno 1003")
    page.locator(f"#card-{card.pk} .card-link").click()
    dialog = page.locator("#card-dialog")
    expect(dialog.get_by_role("button", name="Llamar")).to_be_visible()
    page.keyboard.press("l")
    expect(phase(dialog)).to_contain_text("En llamada")
    expect(phase(dialog).get_by_role("timer")).to_have_text(re.compile(r"\d:\d\d"))
    expect(dialog.locator(".history")).to_contain_text("Llamada: en curso")
    assert_accessible(page, "card-in-a-call")
    page.keyboard.press("f")
    expect(phase(dialog)).to_contain_text("Se propone «Informar al cliente»")
    expect(dialog.locator(".history")).to_contain_text("Llamada: contestó")
    assert_accessible(page, "card-call-over")
    page.keyboard.press("i")
    expect(dialog.get_by_label("por teléfono")).to_be_checked()
    assert OutgoingCall.objects.get().outcome == "answered"
    card.refresh_from_db()
    assert card.state == "resolved"
