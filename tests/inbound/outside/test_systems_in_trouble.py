"""Slow, down, wrong or hanging: whatever another system does, the agent has a next step and waits for it once."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import Agent
from inbound.models import OutsideSystem, OutsideWrite
from inbound.outside.actions import actions
from inbound.writes.delivering import deliver_due
from systems import wire
from systems.breaker import Breaker
from systems.wire import forget_wires
from tests.inbound.a_call import Call
from tests.inbound.lines_on_file import publish_every_flow
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process
from tests.systems.misbehaving import HELD, misbehaving, says_nothing

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db
Presses = list[dict[str, str]]
SLOW = 20  # seconds until a slow system answers
PATIENCE = 0.5  # seconds it is waited for
TROUBLES = {"down": {"mode": "down"}, "wrong": {"mode": "wrong"}, "slow": {"latency_ms": SLOW * 1000}}
CUSTOMER = {"customer": "CONTRACT", "customer_name": "NAME"}
ASKS = {"requester_name": "Rosa Flores", "requester_card": "3456789 CB"}
REQUESTER = {**ASKS, "requester_is": "other", "requester_kinship": "child"}
CODE = {"origin": "fixed", "destination": "fixed", "reach": "national"}
LONG_DISTANCE: Presses = [{}, {"number": "LONG_DISTANCE"}]
MIO: Presses = [{}, CUSTOMER, {"branch": "mio"}, {"number": "MIO"}]
THEFT: Presses = [*MIO, {"branch": "theft"}, {"contract": "CONTRACT"}]
HER_SERVICE = {**CUSTOMER, "customer_service": "SERVICE"}
REITERATE: Presses = [{}, HER_SERVICE, {"branch": "registered"}, {"branch": "open"}]
# For each system: a line that asks it, and what is pressed until it is asked. Words in capitals are of the seed.
LOOKS: dict[str, tuple[str, Presses]] = {
    "smartflex": ("101", [{}, CUSTOMER]),
    "pac": ("102", [{}, CUSTOMER]),
    "guiatel": ("104", [{"sought": "Quispe"}]),
    "guia_comercial": ("4200224", [{"words": "Farmacia"}]),
    "p_empleados": ("4251000", [{"words": "Sistemas"}]),
    "c_cli4g": ("109", [{"number": "FIJACOM", **ASKS}]),
    "boliviatel": ("800131313", LONG_DISTANCE),
    "btel2": (
        "800131313",
        [
            *LONG_DISTANCE,
            {"branch": "balance"},
            {"balance_number": "LONG_DISTANCE"},
            {"branch": "known"},
            {"balance_card": "CARD", "asker_is": "owner"},
            {"branch": "holder"},
        ],
    ),
    "gsi": ("800131313", [*LONG_DISTANCE, {"branch": "codes"}, CODE]),
    "mio": ("800130001", MIO),
}
# And one that writes to it; the last press is the one that does.
WRITES: dict[str, tuple[str, Presses]] = {
    "smartflex": ("101", [*REITERATE, {}]),
    "gsi": ("101", [*REITERATE, {}, {}]),
    "lbc": (
        "800130001",
        [
            *THEFT,
            {"branch": "theirs"},
            {**REQUESTER, "reason": "Robo"},
            {"confirmed": "yes"},
        ],
    ),
    "qbc": ("800130001", [*MIO, {"branch": "balance"}, {**REQUESTER, "amount": "AMOUNT"}, {"confirmed": "yes"}]),
    "nocc": ("800131313", [*LONG_DISTANCE, {"branch": "technical"}, {"fault_number": "4251234", "fault": "Cae"}, {}]),
}


@pytest.fixture
def known(sandbox: RunningSandbox) -> dict[str, str]:
    """What the words in capitals stand for: a customer with an open damage and a MIO line."""
    contract, name, mio, amount = sandbox.rows(
        "SELECT contract, name, service_number, amounts[1] FROM sandbox_product JOIN sandbox_customer USING (contract)"
        " JOIN sandbox_mioline line ON line.number = service_number"
        " WHERE sandbox_product.state = 'active' AND line.state = 'active' AND contract IN"
        " (SELECT contract FROM sandbox_damage WHERE state = 'registered') ORDER BY contract LIMIT 1"
    )[0]
    service = sandbox.value(
        "SELECT service_number FROM sandbox_damage WHERE contract = %s AND state = 'registered'", contract
    )
    fijacom = sandbox.value("SELECT number FROM sandbox_fijacomline ORDER BY number LIMIT 1")
    distance, card = sandbox.rows(
        "SELECT number, identity_card FROM sandbox_longdistancecustomer WHERE NOT error_62 ORDER BY number LIMIT 1"
    )[0]
    return {
        "CONTRACT": contract, "NAME": name, "MIO": mio, "AMOUNT": str(amount), "FIJACOM": fijacom,
        "LONG_DISTANCE": distance, "CARD": card, "SERVICE": service,
    }  # fmt: skip


@pytest.fixture
def attend(
    settings: Any, sandbox: RunningSandbox, known: dict[str, str], ana: Agent, signed_in: Callable[..., Client]
) -> Callable[[str, Presses], Call]:
    """`attend("104", presses)`: Ana's call, after those presses."""
    connect(settings, sandbox)
    publish_every_flow(now=timezone.now())

    def call(line: str, presses: Presses) -> Call:
        made = Call(signed_in(ana), line)
        for sent in presses:
            press(made, sent, known)
        return made

    return call


@pytest.fixture
def trouble_with(sandbox: RunningSandbox) -> Callable[[str, str], None]:
    """`trouble_with("pac", "slow")`: from now on, and of a slow system nobody expects much."""

    def turn(system: str, trouble: str) -> None:
        sandbox.turn(system, **TROUBLES[trouble])
        if trouble == "slow":
            OutsideSystem.objects.filter(code=system).update(timeout_seconds=PATIENCE)

    return turn


def press(call: Call, sent: dict[str, str], known: dict[str, str]) -> float:
    """One press, and how long it took."""
    began = time.monotonic()
    assert call.press(**{name: known.get(text, text) for name, text in sent.items()}) == 200, call.page
    return time.monotonic() - began


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("system", LOOKS)
def test_a_system_that_is_asked_in_vain_leaves_a_next_step(system, trouble, attend, known, trouble_with):
    line, presses = LOOKS[system]
    call = attend(line, presses[:-1])
    trouble_with(system, trouble)
    assert press(call, presses[-1], known) < SLOW, "back before the system answers"
    assert 'class="trouble"' in call.page
    asked = call.title
    assert call.press("by-hand") == 200
    assert call.title != asked
    while f'"{call.address}by-hand/"' in call.page:  # the next question to the same system
        assert call.press("by-hand") == 200
    assert call.press("by-hand") == 409  # there is nothing to write by hand on this step
    assert 'id="step-form"' in call.page


@pytest.mark.parametrize("system", LOOKS)
def test_a_system_that_is_back_is_asked_again_by_one_key(system, attend, known, sandbox):
    line, presses = LOOKS[system]
    call = attend(line, presses[:-1])
    sandbox.turn(system, mode="down")
    press(call, presses[-1], known)
    asked = call.title
    sandbox.turn(system)
    assert call.press("look", again="yes") == 200
    assert 'class="trouble"' not in call.page
    assert call.title != asked


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("system", WRITES)
def test_what_cannot_be_written_stops_no_call(system, trouble, attend, known, trouble_with):
    line, presses = WRITES[system]
    call = attend(line, presses[:-1])
    deliver_due(now=timezone.now())
    trouble_with(system, trouble)
    asked = call.title
    press(call, presses[-1], known)
    assert call.title != asked
    write = OutsideWrite.objects.get(walk=call.walk, system=system)
    is_silent = actions()[write.action].silent
    is_in_doubt = write.is_accountable and trouble != "down"
    if is_silent:
        assert (write.state, write.attempts) == ("waiting", 0), "nobody waits for what no caller is told of"
    else:
        assert (write.state, write.attempts) == ("uncertain" if is_in_doubt else "waiting", 1)
        assert "Sin confirmar" in call.page
    deliver_due(now=timezone.now())
    write.refresh_from_db()
    assert write.state == ("uncertain" if is_in_doubt else "waiting")
    left = call.screen.get(f"{call.address}left-behind/").content.decode()
    assert str(write.get_state_display()) in left
    assert ("No la dé por hecha" in left) is is_in_doubt


def test_a_system_that_hangs_holds_one_page_for_its_time_and_no_second_one(
    attend, known, settings, ana, signed_in, monkeypatch
):
    """On real sockets, with the two seconds a centre begins with; whoever is left alone is so until the end."""
    monkeypatch.setattr(wire, "Breaker", partial(Breaker, rest=3600.0))
    call = attend("101", [{}])
    OutsideSystem.objects.update(timeout_seconds="2.0")
    second = Call(signed_in(ana), "102")
    with misbehaving(says_nothing) as server:
        settings.SYSTEMS_URL = server.address
        forget_wires()
        assert 1.9 < press(call, CUSTOMER, known) < HELD / 2
        assert 'class="trouble"' in call.page
        assert call.press("by-hand") == 200  # its next question goes to the same system
        assert 'class="trouble"' in call.page
        press(second, {}, known)
        found = second.screen.post(f"{second.address}customers/", {"text": "Quispe"}).content.decode()
        assert "Smartflex" in found
        press(second, CUSTOMER, known)
        assert 'class="trouble"' in second.page
        assert call.screen.get("/lines/").status_code == 200
        assert (len(server.requests), server.connections) == (1, 1), "five pages, none held"
