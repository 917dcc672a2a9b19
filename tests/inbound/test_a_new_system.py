"""A new outside system is one folder in `systems/` and one player in the sandbox: nothing else knows its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from agents.models import User
from inbound.apps import put_in_systems_there_are
from inbound.flows.publishing import check_flow
from inbound.flows.shapes import FlowErrors
from inbound.models import OutsideSystem, OutsideWrite
from inbound.outside.found_words import in_words
from inbound.outside.look_ups import found_by_hand
from inbound.outside.reaching import look_up
from inbound.writes.delivering import deliver_due
from inbound.writes.states import WriteRefused
from systems.contract_page import contract
from systems.registry import cells, choices
from systems.wire import forget_wires
from tests.inbound.conftest import REQUESTER
from tests.processes.house import ROOT
from tests.sandbox.running import RunningSandbox, connect
from tests.systems.plugging import one_system_more, sandbox_that_plays_it

pytestmark = pytest.mark.django_db
FLOW = """
line: "900"
name: Televisión por satélite
procedure: Invented
start: look
steps:
  look: {kind: look_up, ref: 900.1, title: Ver, look_up: satel.decoder, as: decoder, with: {number: caller_number}, next: send}
  send: {kind: do, ref: 900.2, title: Enviar, action: satel.send_signal, with: {number: decoder.number},
    outcomes: {done: bye, refused: hand, unknown: wait}}
  hand: {kind: hand_over, ref: 900.2, title: Derivar, say: Le llamamos., escalation: unforeseen_state, next: handed}
  bye: {kind: end, ref: 900.3, result: sent, label: Enviada, say: Enviada.}
  handed: {kind: end, ref: 900.3, result: handed_over, label: Derivada, say: Gracias.}
  wait: {kind: end, ref: 900.3, result: pending, label: Por confirmar, say: Se confirmará.}
"""  # noqa: E501


@pytest.fixture
def satel(db: None) -> Iterator[None]:
    """Its folder is there, and the database was migrated since."""
    with one_system_more():
        put_in_systems_there_are(apps=apps)
        yield


@pytest.fixture
def played(satel: None, settings: Any, tmp_path: Path) -> Iterator[RunningSandbox]:
    """A sandbox that plays it; all systems are connected there."""
    with sandbox_that_plays_it(tmp_path) as sandbox:
        connect(settings, sandbox)
        yield sandbox
        forget_wires()


@pytest.mark.usefixtures("satel")
def test_its_name_is_a_choice_without_a_migration(ines: User, signed_in: Callable[[User], Client]) -> None:
    assert choices()[-1] == ("satel", "Satel")
    assert OutsideWrite(system="satel").get_system_display() == "Satel"
    row = OutsideSystem.objects.get(code="satel")
    row.full_clean()
    assert (str(row), row.daily_limit, row.largest_amount) == ("Satel", 60, 50)
    with pytest.raises(ValidationError, match="nobody"):
        OutsideSystem(code="nobody").full_clean()
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
    page = signed_in(ines).get(reverse("admin:inbound_outsidesystem_changelist")).content.decode()
    assert "Satel" in page


def test_without_its_folder_nothing_of_it_is_left() -> None:
    with one_system_more():
        assert "satel" in cells()
        assert check_flow(source=FLOW, name="900.yaml").line == "900"
    assert "satel" not in dict(choices())
    with pytest.raises(FlowErrors, match="consulta desconocida «satel.decoder»"):
        check_flow(source=FLOW, name="900.yaml")


@pytest.mark.usefixtures("satel")
def test_its_part_of_the_contract_is_made_and_the_others_stay_as_they_are() -> None:
    made, kept = contract(cells().values()), yaml.safe_load((ROOT / "docs" / "systems.yaml").read_text())
    added = {path: made["paths"].pop(path) for path in [*made["paths"]] if path.startswith("/satel/")}
    added = {path: methods["post"] for path, methods in added.items() if "post" in methods}
    assert list(added) == ["/satel/decoder", "/satel/send_signal", "/satel/lend"]
    assert added["/satel/lend"]["x-reference"] == "CR"
    assert added["/satel/lend"]["description"] == "Procedure: 900.3."
    shapes = made["components"]["schemas"]
    assert {name for name in [*shapes] if name not in kept["components"]["schemas"]} == {"Decoder", "MaybeDecoder"}
    assert shapes.pop("Decoder")["properties"]["credit"] == {"$ref": "#/components/schemas/Money"}
    assert shapes.pop("MaybeDecoder")["required"] == ["decoder"]
    assert made["tags"].pop() == {"name": "satel", "description": "decoders of television by satellite"}
    assert made == kept


@pytest.mark.sandbox
def test_it_is_looked_up_written_to_and_played(
    played: RunningSandbox, owe: Callable[..., OutsideWrite], now: datetime, set_mode: Callable[..., None]
) -> None:
    looked = look_up(name="satel.decoder", arguments={"number": "77001"}, now=now)
    assert (looked.found, looked.trouble) == ({"number": "77001", "state": "dark", "credit": "0.00"}, "")
    assert in_words(looked.found).facts == [("Número", "77001"), ("Estado", "Sin señal"), ("Crédito", "Bs\u00a00,00")]
    assert look_up(name="satel.decoder", arguments={"number": "1"}, now=now).found is None

    ordinary = owe("satel.send_signal", key="a", number="77001")
    money = owe("satel.lend", key="b", number="77001", amount="20.00", **REQUESTER)
    refused = owe("satel.send_signal", key="c", number="1")
    assert deliver_due(now=now) == 2
    for write in (ordinary, money, refused):
        write.refresh_from_db()
    assert [write.state for write in (ordinary, money, refused)] == ["done", "done", "refused"]
    assert [write.reference[:3] for write in (ordinary, money)] == ["SE-", "CR-"]
    assert (money.is_accountable, money.amount, money.to_whom) == (True, Decimal(20), "77001")
    assert refused.last_error == "No existe ese decodificador."
    with pytest.raises(WriteRefused, match="Es más de lo permitido"):
        owe("satel.lend", key="d", number="77002", amount="50.01", **REQUESTER)
    assert look_up(name="satel.decoder", arguments={"number": "77001"}, now=now).found["credit"] == "20.00"
    assert {deed["verb"] for deed in played.book(system="satel")} == {"lend", "send_signal"}

    set_mode("satel", "by_hand")
    assert look_up(name="satel.decoder", arguments={"number": "77001"}, now=now).by_hand
    assert found_by_hand(name="satel.decoder", answers={"state": "dark"}) == {"state": "dark"}


@pytest.mark.sandbox
def test_the_sandbox_holds_its_requests_to_the_contract(played: RunningSandbox) -> None:
    knobs = httpx.get(f"{played.address}/_knobs", trust_env=False).json()["knobs"]
    assert [knob["system"] for knob in knobs][-2:] == ["nocc", "satel"]
    played.turn("satel", mode="down")
    assert played.post("satel/decoder", {"number": "77001"}).status_code == 503
    played.turn("satel")
    for body in ({}, {"number": ""}, {"number": "7" * 25}, {"number": 7}, {"number": "7", "more": ""}):
        assert played.post("satel/decoder", body).status_code == 400, body
    told = played.post("satel/lend", {"number": "77001", "amount": "20"}, key="k")
    assert (told.status_code, told.json()) == (400, {"error": "El campo «amount» debe ser como 12.50."})
    assert played.post("satel/lend", {"number": "77001", "amount": "20.00"}).status_code == 400, "without a key"
    assert played.post("satel/nothing", {}).status_code == 404
