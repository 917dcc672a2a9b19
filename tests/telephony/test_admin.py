"""Switchboards and their telephones are rows an administrator writes; links and calls she looks at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from telephony.listening import secret_of
from telephony.models import Extension, Listening, OutgoingCall, Switchboard

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]


@pytest.fixture
def board() -> Switchboard:
    return Switchboard.objects.create(name="Central", host="pbx.example", user="callcenter", is_on=True)


def test_a_switchboard_and_its_extensions_are_written_down_and_switched_off(
    ines: User, signed_in: SignedIn, settings: Any
) -> None:
    settings.REPORT_SOURCE_HOSTS = ["pbx.example"]
    client = signed_in(ines)
    row = {"name": "Central", "host": "pbx.example", "port": "5038", "user": "callcenter", "technology": "PJSIP"}
    row |= {"secret_variable": "SWITCHBOARD_SECRET", "context": "callcenter-out", "ring_seconds": "20", "is_on": "on"}
    row |= {"transfer_context": "from-internal", "transfer_digits": "6"}
    client.post(reverse("admin:telephony_switchboard_add"), row)
    board = Switchboard.objects.get()
    client.post(
        reverse("admin:telephony_extension_add"), {"switchboard": board.pk, "number": "1001", "is_active": "on"}
    )
    assert Extension.objects.get().telephone == "PJSIP/1001"
    off = {name: value for name, value in row.items() if name != "is_on"}
    client.post(reverse("admin:telephony_switchboard_change", args=[board.pk]), off)
    assert not Switchboard.objects.in_use().exists()


@pytest.mark.parametrize(
    ("host", "port", "is_known"),
    [
        *(("pbx.example", 5038, True), ("PBX.example", 5039, True), ("10.0.0.9", 5038, False)),
        *(("pbx.example", 22, False), ("2001:db8::9", 5038, False), ("2001:db8::5", 5038, True)),
    ],
)
def test_a_switchboard_is_written_down_at_a_server_and_a_port_that_are_known(
    host: str, port: int, is_known: bool, board: Switchboard, ines: User, signed_in: SignedIn, settings: Any
) -> None:
    settings.REPORT_SOURCE_HOSTS = ["pbx.example", "pbx.example:5039", "2001:db8::5"]
    Switchboard.objects.update(host="before.example")
    row = {"name": "Central", "host": host, "port": port, "user": "callcenter", "technology": "PJSIP", "is_on": "on"}
    row |= {"secret_variable": "SWITCHBOARD_SECRET", "context": "callcenter-out", "ring_seconds": "20"}
    row |= {"transfer_context": "from-internal", "transfer_digits": "6"}
    page = reverse("admin:telephony_switchboard_change", args=[board.pk])
    answer = signed_in(ines).post(page, row)
    board.refresh_from_db()
    assert board.host == (host if is_known else "before.example")
    assert is_known or "esta instalación" in answer.content.decode()
    settings.REPORT_SOURCE_HOSTS = []
    assert signed_in(ines).post(page, {**row, "host": board.host, "port": board.port}).status_code == 302


def test_a_secret_is_named_and_never_shown(board: Switchboard, ines: User, signed_in: SignedIn) -> None:
    refused = signed_in(ines).post(
        reverse("admin:telephony_switchboard_change", args=[board.pk]),
        {"name": "Central", "host": "pbx.example", "secret_variable": "una clave larga"},
    )
    assert "comienza con SWITCHBOARD_" in refused.content.decode()


def test_no_other_secret_of_the_server_is_handed_to_a_switchboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a row says that was written before, or by SQL."""
    monkeypatch.setenv("SWITCHBOARD_SOUTH", "su clave")
    monkeypatch.setenv("ANOTHER_SECRET", "la de otro")
    assert (secret_of("SWITCHBOARD_SOUTH"), secret_of("ANOTHER_SECRET")) == ("su clave", "")


def test_a_call_is_looked_at_without_its_number(
    board: Switchboard, ana: Agent, ines: User, signed_in: SignedIn, at: Callable[[str], datetime]
) -> None:
    Listening.objects.create(switchboard=board, last_error="LinkLost: it hung up")
    call = OutgoingCall.objects.create(
        switchboard=board, agent=ana, telephone="PJSIP/1001", number="+59170712345", dialled="70712345",
        asked_at=at("2026-11-26 09:00"),
    )  # fmt: skip
    client = signed_in(ines)
    for address in (
        reverse("admin:telephony_outgoingcall_changelist"),
        reverse("admin:telephony_outgoingcall_change", args=[call.pk]),
    ):
        page = client.get(address).content.decode()
        assert "Ana" in page
        assert "70712345" not in page
        assert "•" not in page, "nor masked"
    assert "LinkLost" in client.get(reverse("admin:telephony_listening_changelist")).content.decode()
