"""A supervisor whispers to an agent in a call: the room says it, the agent's page says it, and either end ends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import Agent, User
from agents.presence import sign_in
from telephony.models import Extension, Monitoring, Switchboard
from telephony.seats import sit_down
from tests.browser.looking import assert_accessible, settle
from tests.sandbox.switchboard.playing import SECRET, WITHOUT_END, Board, playing
from tests.telephony.a_listener import Running, is_linked, pick_up, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Board]:
    with playing("13.0.0", tmp_path, "--members", "1001", "--picks-up", str(WITHOUT_END)) as board:
        board.turn(speed=1, talks=[WITHOUT_END, WITHOUT_END], extensions={"1090": {"picks_up": "never"}})
        yield board


@pytest.fixture
def row(played: Board, ana: Agent, luis: Agent) -> Iterator[Switchboard]:
    row = Switchboard.objects.create(name="Central", host="127.0.0.1", port=played.port, user="callcenter", is_on=True)
    for number, place in (("1001", ""), ("1002", ""), ("1090", "Supervisión")):
        Extension.objects.create(switchboard=row, number=number, place=place)
    for agent, number in ((ana, "1001"), (luis, "1002")):
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


def lift(played: Board) -> None:
    until(lambda: played.state()["extensions"]["1090"]["state"] == "ringing", "the supervisor's telephone rings")
    pick_up(played, "1090")


def test_a_whisper_is_seen_in_the_room_and_on_her_desk(
    open_as: Callable[..., Page], live_server: Any, row: Switchboard, played: Board, ana: Agent, elena: User
) -> None:
    hers, room = open_as(ana), open_as(elena)
    hers.goto(f"{live_server.url}/lines/")
    room.goto(f"{live_server.url}/room/")
    played.do("call-in", line="101", number="70712345", patience=WITHOUT_END, talk=WITHOUT_END)
    expect(hers.locator("#ringing")).to_contain_text("Timbra su teléfono")
    pick_up(played, "1001")
    line = room.get_by_role("row", name=re.compile("Ana"))
    whisper = line.get_by_role("button", name="Susurrar")
    whisper.click()
    expect(room.locator("#toasts")).to_contain_text("Diga primero en qué interno está usted")
    room.locator("#seat summary").click()
    room.get_by_label("Mi interno").select_option(label="1001")
    room.locator("#seat").get_by_role("button", name="Guardar").click()
    expect(room.locator("#seat")).to_contain_text("está Ana, que atiende ahí: elija otro")
    room.get_by_label("Mi interno").select_option(label="1090 · Supervisión")
    room.locator("#seat").get_by_role("button", name="Guardar").click()
    expect(room.locator("#seat summary")).to_contain_text("Interno 1090")
    settle(room)
    assert_accessible(room, "room-before-a-whisper")
    line.get_by_role("link", name="Ana").click()
    expect(room.locator("#agent-panel").get_by_role("button", name="Susurrar")).to_be_visible()
    assert_accessible(room, "room-agent-in-a-call")
    room.keyboard.press("Escape")
    whisper.click()
    now = room.locator("#room-now")
    expect(now).to_contain_text("Timbra su teléfono 1090: levántelo para oír a Ana.")
    expect(line).to_contain_text("Llama a Elena")
    lift(played)
    expect(line).to_contain_text("Elena susurra")
    expect(now).to_contain_text("Usted le susurra a Ana")
    expect(hers.locator("#ringing")).to_contain_text(
        "Elena está en su llamada y le habla a usted; el cliente no lo oye."
    )
    settle(room)
    assert_accessible(room, "room-whisper")
    settle(hers)
    assert_accessible(hers, "whispered-to")
    now.get_by_role("button", name="Intervenir").click()
    expect(now).to_contain_text("Timbra su teléfono")
    assert Monitoring.objects.get(kind="whisper").outcome == "done"
    lift(played)
    expect(hers.locator("#ringing")).to_contain_text("le oyen usted y el cliente")
    now.get_by_role("button", name="Terminar").click()
    expect(now).not_to_contain_text("Usted interviene")
    expect(hers.locator("#ringing")).not_to_contain_text("Elena")
    expect(hers.locator("#ringing")).to_contain_text("En llamada")
    line.get_by_role("button", name="Escuchar").click()
    expect(now).to_contain_text("Timbra su teléfono")
    lift(played)
    expect(now).to_contain_text("Usted escucha a Ana")
    played.do("hang-up", extension="1001")
    until(lambda: not Monitoring.objects.under_way().exists(), "it ended with the call")
    expect(now).not_to_contain_text("Usted escucha")
    room.get_by_role("link", name="Escuchas").click()
    expect(room.get_by_role("table")).to_contain_text("Intervenir")
    assert_accessible(room, "monitorings")
