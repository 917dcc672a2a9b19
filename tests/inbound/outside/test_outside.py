"""Looking up at another system: it answers, is slow, down or wrong, by hand or off; the agent always goes on."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, DataPolicy, Search, User
from agents.searching import TooMuch
from inbound.models import OutsideSystem, ReservedSearch
from inbound.outside.look_ups import found_by_hand, look_ups
from inbound.outside.reaching import NotConnected, clients, look_up, put_in_systems
from systems.guiatel.client import Guiatel, Listing
from systems.registry import asked_cells, cells, choices
from systems.smartflex.client import Smartflex
from tests.inbound.other_side import OtherSide, how_long

pytestmark = pytest.mark.django_db
FIFTEEN = {
    "smartflex": "Smartflex", "lbc": "LBC", "c_cli4g": "C_CLI4G", "ccvp": "CCVP", "gsi": "GSI", "pac": "PAC",
    "guiatel": "Guiatel", "guia_comercial": "Guía Comercial", "p_empleados": "P_EMPLEADOS", "boliviatel": "Boliviatel",
    "btel2": "Btel2 (Logistic One)", "mio": "MIO", "qbc": "QBC", "nocc": "NOCC",
    "sector_mail": "Correo de los sectores",
}  # fmt: skip
DAMAGE = {
    "number": "D-1", "service_number": "4251000", "component": "línea", "cause": "sin tono",
    "registered_at": "2026-11-20T10:00:00-04:00", "reiterations": 1, "state": "in_execution", "has_service": False,
    "order_number": "O-1",
}  # fmt: skip


def test_what_was_found_is_plain_json(side: OtherSide, now: datetime) -> None:
    side.answers["smartflex/damages"] = {"damages": [DAMAGE]}
    looked = look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert (looked.trouble, looked.by_hand) == ("", False)
    assert looked.found == [DAMAGE]
    assert json.loads(json.dumps(looked.found)) == looked.found
    assert side.asked == [("smartflex/damages", {"contract": "C-1"})]


def test_amounts_are_texts_with_two_decimals(side: OtherSide, now: datetime) -> None:
    invoice = {
        "number": "F-1", "period": "2026-10", "amount": "12.50", "due_on": "2026-11-30", "is_paid": False,
        "paid_on": None,
    }  # fmt: skip
    service = {"service": "TV", "service_number": "4251000", "invoices": [invoice]}
    side.answers["smartflex/account"] = {"account": {"services": [service], "places": ["Banco"]}}
    looked = look_up(name="smartflex.account", arguments={"contract": "C-1"}, now=now)
    owes = {"owed": "12.50", "due_on": "2026-11-30", "owed_tv": "12.50"}  # summed of what is not paid
    owes |= dict.fromkeys(("owed_fixed", "owed_internet", "owed_public", "owed_other"))
    assert looked.found == {"services": [service], "places": ["Banco"], **owes}


def test_a_contract_nobody_has_is_an_answer_without_trouble(side: OtherSide, now: datetime) -> None:
    """It is another thing than that nobody could be asked, which is found as nothing."""
    side.answers["smartflex/customer"] = {"customer": None}
    looked = look_up(name="smartflex.customer", arguments={"contract": "C-1"}, now=now)
    assert looked.found == {"contract": "C-1", "is_nobodys": True}
    assert (looked.trouble, looked.by_hand) == ("", False)


def test_a_system_that_is_down_lets_the_agent_go_on_by_hand(settings: Any, now: datetime) -> None:
    settings.SYSTEMS_URL = "http://127.0.0.1:9"
    looked = look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert (looked.found, looked.by_hand) == (None, True)
    assert "Smartflex" in looked.trouble


@pytest.mark.parametrize(
    "answer",
    [
        *((500, {}), (503, {"error": "cerrado"}), (200, b"<html>"), (200, {"damages": "x"}), (200, [])),
        *((404, b""), (302, {})),
    ],
)
def test_a_system_that_answers_wrongly_does_too(side: OtherSide, now: datetime, answer: tuple[int, Any]) -> None:
    side.says[""] = answer
    looked = look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert (looked.found, looked.by_hand) == (None, True)
    assert "Smartflex" in looked.trouble


def test_a_refusal_is_told_in_the_systems_words(side: OtherSide, now: datetime) -> None:
    side.says[""] = (422, {"error": "Contrato mal escrito. " + "x" * 400})
    looked = look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert looked.trouble.startswith("Smartflex: Contrato mal escrito.")
    assert (looked.by_hand, len(looked.trouble)) == (True, 200)


def test_an_error_nobody_foresaw_stops_no_caller(monkeypatch: Any, side: OtherSide, now: datetime) -> None:
    monkeypatch.setattr(Smartflex, "__init__", lambda _client: None)
    looked = look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert (looked.found, looked.by_hand) == (None, True)
    assert "Smartflex" in looked.trouble


def test_a_page_never_waits_longer_than_the_systems_time_out(
    side: OtherSide, now: datetime, set_mode: Callable[..., None]
) -> None:
    side.slow[""] = 60
    set_mode("smartflex", timeout_seconds="0.3")
    began = time.monotonic()
    looked = look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert 0.25 < how_long(began) < 30
    assert (looked.found, looked.by_hand) == (None, True)


def test_by_hand_nobody_is_asked_and_the_agent_writes(
    side: OtherSide, now: datetime, set_mode: Callable[..., None]
) -> None:
    set_mode("smartflex", "by_hand")
    looked = look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert (looked.found, looked.trouble, looked.by_hand) == (None, "", True)
    assert side.asked == []


def test_off_the_step_says_so_and_goes_on(side: OtherSide, now: datetime, set_mode: Callable[..., None]) -> None:
    set_mode("smartflex", "off")
    looked = look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert (looked.found, looked.by_hand) == (None, False)
    assert "apagado" in looked.trouble
    assert side.asked == []


def test_a_mode_changed_in_the_admin_counts_at_the_next_look(
    side: OtherSide, now: datetime, set_mode: Callable[..., None]
) -> None:
    side.answers["smartflex/damages"] = {"damages": []}
    for mode, found in (("connected", []), ("by_hand", None), ("connected", []), ("off", None)):
        set_mode("smartflex", mode)
        assert look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now).found == found


def test_a_system_without_an_address_is_used_by_hand(settings: Any, now: datetime) -> None:
    settings.SYSTEMS_URL = ""
    looked = look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert (looked.trouble, looked.by_hand) == ("", True)


def test_a_system_may_live_elsewhere(side: OtherSide, settings: Any, now: datetime) -> None:
    settings.SYSTEM_URLS = {"smartflex": f"{side.address}/elsewhere"}
    side.answers["elsewhere/smartflex/damages"] = {"damages": []}
    assert look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now).found == []


@pytest.mark.parametrize("contract", [None, "", "  "])
def test_without_what_it_needs_nobody_is_asked(side: OtherSide, now: datetime, contract: Any) -> None:
    looked = look_up(name="smartflex.damages", arguments={"contract": contract}, now=now)
    assert (looked.found, looked.by_hand, side.asked) == (None, True, [])
    assert "Falta" in looked.trouble


def test_a_look_up_costs_one_query(side: OtherSide, now: datetime) -> None:
    side.answers["smartflex/damages"] = {"damages": []}
    with CaptureQueriesContext(connection) as asked:
        look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now)
    assert len(asked) == 1


def test_who_asks_leaves_a_row_of_what_and_for_which_call_and_not_of_what_was_found(
    side: OtherSide, now: datetime, ana: Agent
) -> None:
    side.answers["smartflex/damages"] = {"damages": []}
    call = uuid.uuid4()
    look_up(name="smartflex.damages", arguments={"contract": "C-1"}, now=now, by=ana.user, call=call)
    kept = Search.objects.get()
    assert (kept.user, kept.where, kept.what, kept.asked) == (ana.user, "call", "smartflex.damages", "C-1")
    assert (kept.call, kept.at) == (call, now)


def test_who_asks_for_more_than_her_work_needs_is_not_answered(side: OtherSide, now: datetime, ana: Agent) -> None:
    DataPolicy.objects.create(searches_a_minute=2)
    side.answers["smartflex/damages"] = {"damages": []}
    for contract in ("C-1", "C-2", "C-2"):
        look_up(name="smartflex.damages", arguments={"contract": contract}, now=now, by=ana.user)
    asked = len(side.asked)
    with pytest.raises(TooMuch):
        look_up(name="smartflex.damages", arguments={"contract": "C-3"}, now=now, by=ana.user)
    assert len(side.asked) == asked
    assert Search.objects.filter(is_refused=True).count() == 1


def test_no_look_up_of_that_name(now: datetime) -> None:
    with pytest.raises(KeyError):
        look_up(name="smartflex.secrets", arguments={}, now=now)


# -- 104: numbers in reserve -------------------------------------------------------------------------------------------


@pytest.fixture
def guide(monkeypatch: Any) -> None:
    """The client, which keeps entries in reserve to itself, has met two of them for one name."""

    def search(_client: Guiatel, *, name: str, address: str = "") -> Listing:
        return Listing(entries=(), more=False, reserved=2 if name == "RESERVADA" else 0)

    monkeypatch.setattr(Guiatel, "search", search)


@pytest.mark.usefixtures("guide")
def test_numbers_in_reserve_are_counted_in_the_audit_and_nowhere_else(now: datetime, ana: Agent) -> None:
    looked = look_up(name="guiatel.search", arguments={"name": "RESERVADA"}, now=now, by=ana.user)
    assert looked.found == {"entries": [], "more": False}
    kept = ReservedSearch.objects.get()
    assert (kept.at, kept.by, kept.reserved) == (now, ana.user, 2)


@pytest.mark.usefixtures("guide")
def test_an_answer_with_reserve_looks_as_one_without(now: datetime, ana: Agent) -> None:
    with_reserve = look_up(name="guiatel.search", arguments={"name": "RESERVADA"}, now=now, by=ana.user)
    without = look_up(name="guiatel.search", arguments={"name": "NADIE"}, now=now, by=ana.user)
    assert with_reserve == without
    assert ReservedSearch.objects.count() == 1


def test_only_the_centre_sees_who_met_the_reserve(now: datetime, ana: Agent, elena: User, oscar: User) -> None:
    ReservedSearch.objects.create(at=now, by=ana.user, reserved=1)
    seen = {who: ReservedSearch.objects.visible_to(who).count() for who in (ana.user, elena, oscar)}
    assert seen == {ana.user: 0, elena: 1, oscar: 1}


# -- the registry ------------------------------------------------------------------------------------------------------


def test_every_look_up_has_its_system_and_fields_by_hand() -> None:
    for name, one in look_ups().items():
        assert one.system == name.split(".")[0], name
        if one.system == "house":
            continue
        assert one.system in asked_cells(), name
        assert one.by_hand, name
        assert not any(field.required for field in one.by_hand), name


def test_the_fifteen_systems_are_rows_and_known_by_the_same_names() -> None:
    names = {code: str(name) for code, name in choices()}
    assert FIFTEEN.items() <= names.items()
    assert {row.code: str(row) for row in OutsideSystem.objects.all()} == names
    assert set(asked_cells()) == set(cells()) - {"ccvp", "sector_mail"}


def test_what_moves_money_begins_with_limits_and_a_row_that_is_there_stays() -> None:
    limits = {row.code: (row.daily_limit, row.largest_amount, row.daily_writes) for row in OutsideSystem.objects.all()}
    topped_up, blocked = (Decimal(5000), Decimal(500), None), (None, None, 40)
    assert {code: found for code, found in limits.items() if found != (None, None, None)} == {
        **dict.fromkeys(("qbc", "c_cli4g", "btel2"), topped_up),
        **dict.fromkeys(("mio", "lbc"), blocked),
    }
    OutsideSystem.objects.filter(code="qbc").update(daily_limit=None)
    OutsideSystem.objects.filter(code="mio").delete()
    put_in_systems()
    assert OutsideSystem.objects.get(code="qbc").daily_limit is None
    assert OutsideSystem.objects.get(code="mio").daily_writes == 40
    assert OutsideSystem.objects.count() == len(cells())


@pytest.mark.parametrize(
    ("name", "answers", "found"),
    [
        ("smartflex.damages", {"0.number": "D-1", "0.state": "attended", "0.has_service": "false"},
         [{"number": "D-1", "state": "attended", "has_service": False}]),
        ("smartflex.damages", {"0.number": " ", "0.state": ""}, []),
        ("smartflex.damages", {}, []),
        ("smartflex.customer", {}, None),
        ("smartflex.customer", {"contract": "C-1", "sneaked": "x"}, {"contract": "C-1"}),
        ("guiatel.search", {"entries.0.number": "4251000"}, {"entries": [{"number": "4251000"}]}),
        ("guiatel.search", {}, None),
        ("smartflex.account", {"services.0.invoices.0.amount": "12.50", "places.0": "Banco"},
         {"services": [{"invoices": [{"amount": "12.50"}]}], "places": ["Banco"]}),
        ("boliviatel.search", {"0.error_62": "true"}, [{"error_62": True}]),
        ("gsi.code", {"code": "0"}, {"code": "0"}),
        ("pac.certificates", {"certificates.none": "none"}, {"certificates": []}),
        ("pac.certificates", {"certificates.none": "none", "certificates.0.number": "7"},
         {"certificates": [{"number": "7"}]}),
    ],
)  # fmt: skip
def test_what_is_written_by_hand_has_the_shape_of_an_answer(name: str, answers: dict[str, str], found: Any) -> None:
    assert found_by_hand(name=name, answers=answers) == found


# -- the clients -------------------------------------------------------------------------------------------------------


def test_a_client_of_a_system_used_by_hand_is_not_handed_out(now: datetime, set_mode: Callable[..., None]) -> None:
    set_mode("mio", "by_hand")
    set_mode("qbc", "off")
    reached = clients(now=now)
    for code, mode in (("mio", "by_hand"), ("qbc", "off")):
        with pytest.raises(NotConnected) as told:
            getattr(reached, code)
        assert told.value.mode == mode
    with pytest.raises(AttributeError):
        _nobody = reached.sap
