"""A day on the inbound lines, told from the first call to the supervisor's evening (procedure A, B, C, L).

Ana attends by the pages of her screen, fragment by fragment as the browser asks for them; the other systems are the
sandbox, over real HTTP; what the clock rings is rung by its verb.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from agents.models import Agent, User
from escalations.models import Escalation
from inbound.models import FlowVersion, OutsideSystem, OutsideWrite, ServiceLine
from inbound.walks import let_down
from inbound.writes import delivering
from systems.wire import forget_wires
from tests.inbound.a_call import Call
from tests.inbound.lines_on_file import a_day_to_visit
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db(transaction=True)
State = OutsideWrite.State


def customer_with(sandbox: RunningSandbox, sql: str) -> tuple[str, str]:
    """Contract and name of the first customer of the sandbox a condition holds for."""
    return sandbox.rows(f"SELECT contract, name FROM sandbox_customer c WHERE {sql} ORDER BY contract LIMIT 1")[0]


NEWEST_DAMAGE = "(SELECT state FROM sandbox_damage d WHERE d.contract = c.contract ORDER BY registered_at DESC LIMIT 1)"
NEWEST_ORDER = (
    "(SELECT annulled_for FROM sandbox_workorder o WHERE o.contract = c.contract ORDER BY sold_on DESC LIMIT 1)"
)


def test_a_day_on_the_lines(
    sandbox: RunningSandbox,
    ana: Agent,
    elena: User,
    signed_in: Callable[[User | Agent], Client],
    settings: Any,
) -> None:
    connect(settings, sandbox)

    # -- The eleven lines are published from their files, once ------------------------------------------------------
    call_command("publish_flows")
    call_command("publish_flows")
    assert FlowVersion.objects.count() == ServiceLine.objects.count() >= 11
    screen, office = signed_in(ana), signed_in(elena)
    home = screen.get("/lines/").content.decode()
    assert all(number in home for number in ("101", "109", "4639999", "800130001", "800131313"))

    # -- 102: «I paid and I am without service». The same call goes on as 101, with the customer it knows -----------
    contract, name = customer_with(sandbox, f"{NEWEST_DAMAGE} = 'in_execution'")
    bill = Call(screen, "102")
    assert bill.begin("102") == bill.address, "the button pressed twice is one call"
    bill.identify(contract, name)
    assert name.title() in bill.page
    bill.press(branch="paid_without_service")
    assert "Marque" in bill.page or "101" in bill.page
    bill.press("continue")
    assert (bill.title, bill.proposed) == ("¿Hay un daño sin cerrar?", "registered")
    bill.press(branch="registered")
    assert bill.proposed == "open"
    bill.press(branch="open")
    reiterated = sandbox.value("SELECT sum(reiterations) FROM sandbox_damage WHERE contract = %s", contract)
    step = bill.position
    bill.press()
    assert bill.press(at=step) == 409, "the same form from another tab comes too late, and is told"
    bill.press(note="Sin señal desde ayer")
    bill.finish()
    delivering.deliver_due(now=timezone.now())
    assert sandbox.value("SELECT sum(reiterations) FROM sandbox_damage WHERE contract = %s", contract) == reiterated + 1
    assert bill.walk.result == "reiterated"
    (interaction,) = OutsideWrite.objects.filter(walk=bill.walk, action="smartflex.write_interaction")
    assert interaction.state == State.DONE
    assert "Continúa como 101" in interaction.payload["text"]

    # -- 103: annulled for a wrong address; PAC and GSI may sleep, Smartflex answers; the slip becomes a row ---------
    contract, name = customer_with(sandbox, f"{NEWEST_ORDER} = 'wrong_address'")
    visit = Call(screen, "103")
    visit.identify(contract, name)
    while visit.proposed:
        visit.press(branch=visit.proposed)
    while "visit_day" not in visit.page:
        visit.press()
    day_of_visit = a_day_to_visit()
    assert visit.press(visit_day=str(day_of_visit), visit_hour="25:99") == 422
    assert "Escriba la hora como 15:30." in visit.page
    assert str(day_of_visit) in visit.page, "what was right is still there"
    visit.press(visit_day=str(day_of_visit), visit_hour="9:30", visit_address="Av. América 123")
    visit.finish()
    ticket = Escalation.objects.get()
    assert (ticket.kind_id, ticket.contract) == ("reentry_ticket", contract)
    assert ticket.promised == f"Visita el {day_of_visit:%d/%m/%Y} a horas 09:30, aproximadamente."

    # -- 101 while Smartflex is down: nobody stands still, and what is owed is kept ----------------------------------
    sandbox.turn("smartflex", mode="down")
    dark = Call(screen, "101")
    dark.identify("1011018", "Zulma Quispe")
    for _look_up in range(2):
        assert 'class="trouble"' in dark.page
        dark.press("by-hand")
    dark.press(branch="other")
    dark.press(seen="La pantalla no abre", telephone="70712345")
    dark.finish()
    delivering.deliver_due(now=timezone.now())
    owed = OutsideWrite.objects.get(walk=dark.walk)
    assert owed.state == State.WAITING
    sandbox.turn("smartflex", mode="up")
    forget_wires()  # the breaker measures seconds of the machine, and an hour is to have passed
    delivering.deliver_due(now=timezone.now() + timedelta(hours=1))
    owed.refresh_from_db()
    assert owed.state == State.DONE

    # -- 109: a top-up that is done and never answers. It is done once, and a person finds out -----------------------
    number, before = sandbox.rows("SELECT number, balance FROM sandbox_fijacomline ORDER BY number LIMIT 1")[0]
    top_up = Call(screen, "109")
    top_up.press(number=number, requester_name="Rosa Flores", requester_card="3456789 CB")
    top_up.press(branch="shown")
    assert top_up.press(amount="20", requester_is="other") == 422, "who is not the owner says what she is of the owner"
    top_up.press(amount="20", requester_is="other", requester_kinship="child")
    assert top_up.press() == 422
    assert "¿Es correcto?" in top_up.page
    sandbox.turn("c_cli4g", mode="timed_out_after_doing")
    OutsideSystem.objects.filter(code="c_cli4g").update(timeout_seconds=1)
    step = top_up.position
    top_up.press(confirmed="yes")
    assert top_up.press(at=step, confirmed="yes") == 409
    delivering.deliver_due(now=timezone.now())
    sandbox.turn("c_cli4g", mode="up")
    for hours in (1, 2):
        delivering.deliver_due(now=timezone.now() + timedelta(hours=hours))
    money = OutsideWrite.objects.get(walk=top_up.walk, action="c_cli4g.top_up")
    assert money.state == State.UNCERTAIN
    (deed,) = sandbox.book(system="c_cli4g")
    assert sandbox.value("SELECT balance FROM sandbox_fijacomline WHERE number = %s", number) == before + 20
    assert "No la pida otra vez" in top_up.page, "what nobody knows is not told as done"
    top_up.press("back")
    top_up.press()
    assert "No la pida otra vez" in top_up.page
    top_up.press(telephone="70712345")
    assert top_up.walk.result == "top_up_pending"
    assert let_down.see_to_the_let_down(now=timezone.now() + timedelta(minutes=3)) == 1
    card = Escalation.objects.get(kind__code="write_not_done")
    assert (card.customer_name, card.telephone, money.payload["number"]) == ("Rosa Flores", "+59170712345", number)
    assert len(sandbox.book(system="c_cli4g")) == 1, "passed again after going back, it is not done again"

    # -- Elena's evening: she settles what nobody knew, sees what was handed over, and where the time went -----------
    assert "Incierto" in office.get("/lines/writes/?show=uncertain").content.decode()
    found = {"outcome": "done", "reference": deed["reference"], "reason": "Está en C_CLI4G"}
    office.post(f"/lines/writes/{money.pk}/settle/", found)
    money.refresh_from_db()
    assert (money.state, money.settled_by) == (State.DONE, elena)
    handed = office.get("/escalations/").content.decode()
    assert "Boleta" in handed or str(ticket.kind) in handed
    assert contract in handed
    calls = office.get("/lines/attended/").content.decode()
    assert all(call.walk.result_label in calls for call in (bill, visit, dark, top_up))
    figures = office.get("/lines/times/").content.decode()
    assert "Llamadas que causa el procedimiento" in figures
    call_command("check_invariants")
