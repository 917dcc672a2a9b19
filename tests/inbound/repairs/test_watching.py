"""A caller is told until when her damage is repaired; when it is not, somebody calls her before she calls again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Disclosure, User
from escalations.models import Escalation, Unit, UnitAddress
from inbound.models import OutsideWrite, RepairLimit, ServiceLine, WatchedRepair
from inbound.repairs.watching import begin_to_watch, is_attended, watch_repairs
from inbound.walks.page import lay_walk
from tests.inbound.a_walk import Caller
from tests.inbound.lines_on_file import publish_every_flow
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db
MAIL = "operaciones@comteco.test"
SignedIn = Callable[[Any], Client]
NO_DAMAGE = (
    "SELECT contract FROM sandbox_product WHERE state = 'active' AND contract NOT IN"
    " (SELECT contract FROM sandbox_damage) AND contract IN"
    " (SELECT contract FROM sandbox_product GROUP BY 1 HAVING count(*) = 1) ORDER BY contract LIMIT 1"
)


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    return at("2026-11-25 09:30")


@pytest.fixture
def told(ana: Agent, now: datetime, sandbox: RunningSandbox, settings: Any) -> Caller:
    """A call of 101 in which a damage was registered, and its caller told until when; eight working hours."""
    connect(settings, sandbox)
    publish_every_flow(now=now)
    RepairLimit.objects.create(of="repair", component="Módem", working_hours=8)
    operations = Unit.objects.get(code="operaciones")
    UnitAddress.objects.create(unit=operations, name="Turno", email=MAIL, valid_from=now.date())
    contract = sandbox.value(NO_DAMAGE)
    caller = Caller(ana, ServiceLine.objects.get(number="101"), now)
    caller.answer()
    caller.answer(customer=contract, customer_name="Quien llama")
    caller.look()
    caller.look()
    while caller.step != "new_damage":
        step = caller.here.step
        caller.answer("none" if step.kind == "decide" else "0")
    number = str(caller.here.known["customer"]["products"][0]["service_number"])
    caller.answer(service_number=number, component="Módem", cause="Sin señal", description="Desde ayer")
    caller.answer()
    caller.outcome()
    while caller.here.step.kind == "look_up":
        caller.look()
    assert caller.step == "attention"
    said = lay_walk(here=caller.here, by=ana.user).say
    caller.answer()
    caller.answer()
    until = WatchedRepair.objects.filter(write__walk=caller.walk)
    assert begin_to_watch(now=now) == 1
    assert f"{until.get().due_at:%d/%m/%Y}" in said
    return caller


def damage(state: str, sandbox: RunningSandbox, *, has_service: bool = False) -> None:
    number = OutsideWrite.objects.get(action="smartflex.register_damage").reference
    changed = sandbox.rows(
        "UPDATE sandbox_damage SET state = %s, has_service = %s WHERE number = %s RETURNING 1",
        *(state, has_service, number),
    )
    assert len(changed) == 1, "the damage stands in Smartflex under the number she was told"


def test_before_its_end_nobody_asks(told: Caller, now: datetime) -> None:
    repair = WatchedRepair.objects.get()
    assert (repair.state, repair.component) == ("watched", "Módem")
    assert repair.due_at
    assert repair.due_at > now + timedelta(hours=7)
    assert watch_repairs(now=repair.due_at - timedelta(minutes=1)) == 0
    assert begin_to_watch(now=now) == 0, "once"
    assert WatchedRepair.objects.get().state == "watched"


def test_a_damage_that_is_not_attended_becomes_a_card_with_the_words_she_heard(
    told: Caller, sandbox: RunningSandbox, elena: User, signed_in: SignedIn, now: datetime
) -> None:
    damage("in_execution", sandbox)
    late = WatchedRepair.objects.get().due_at
    assert late
    assert watch_repairs(now=late) == 1
    assert watch_repairs(now=late + timedelta(minutes=1)) == 0, "once"
    repair, card = WatchedRepair.objects.get(), Escalation.objects.get()
    assert (repair.state, repair.found, repair.card) == ("late", "in_execution", card)
    assert card.kind.code == "overdue_repair"
    assert card.customer_name
    assert card.telephone
    assert "El plazo vence el" in card.promised
    assert "En ejecución" in card.reason
    letter = card.letters.get()
    assert letter.notice.to == [MAIL]
    assert repair.write.reference in letter.notice.subject
    page = signed_in(elena).get("/lines/repairs/?first=2026-11-20&last=2026-12-05").content.decode()
    assert repair.write.reference in page
    assert f"/escalations/{card.pk}/" in page


@pytest.mark.parametrize(("state", "has_service"), [("closed", True), ("attended", True), ("executed", True)])
def test_a_damage_that_was_attended_is_kept(
    state: str, has_service: bool, told: Caller, sandbox: RunningSandbox
) -> None:
    damage(state, sandbox, has_service=has_service)
    due_at = WatchedRepair.objects.get().due_at
    assert due_at
    assert watch_repairs(now=due_at) == 0
    assert WatchedRepair.objects.get().state == "kept"
    assert not Escalation.objects.exists()


def test_one_that_was_annulled_or_still_has_no_service_is_not(told: Caller, sandbox: RunningSandbox) -> None:
    assert not is_attended({"state": "annulled", "has_service": True})
    assert not is_attended({"state": "attended", "has_service": False})
    assert not is_attended({"state": "closed", "has_service": False})
    assert not is_attended({})
    damage("annulled", sandbox)
    due_at = WatchedRepair.objects.get().due_at
    assert due_at
    assert watch_repairs(now=due_at) == 1
    assert "Anulad" in Escalation.objects.get().reason


def test_a_system_that_does_not_answer_is_asked_again_and_then_a_person_looks(
    told: Caller, sandbox: RunningSandbox
) -> None:
    damage("closed", sandbox, has_service=True)
    sandbox.turn("smartflex", mode="down")
    due_at = WatchedRepair.objects.get().due_at
    assert due_at
    assert watch_repairs(now=due_at) == 0
    assert WatchedRepair.objects.get().state == "watched"
    assert watch_repairs(now=due_at + timedelta(minutes=61)) == 1
    repair, card = WatchedRepair.objects.get(), Escalation.objects.get()
    assert repair.state == "not_seen"
    assert "no se pudo comprobar" in card.reason


def test_without_a_limit_it_stands_in_the_list_and_nobody_is_called(
    owe: Callable[..., OutsideWrite], now: datetime, elena: User, signed_in: SignedIn
) -> None:
    write = owe("smartflex.register_damage", contract="C-100", service_number="44251234", cause="x", description="x")
    OutsideWrite.objects.filter(pk=write.pk).update(state="done", settled_at=now - timedelta(hours=1), reference="D-55")
    assert begin_to_watch(now=now) == 1
    assert WatchedRepair.objects.get().state == "unlimited"
    page = signed_in(elena).get("/lines/repairs/?show=unlimited&first=2026-11-20&last=2026-11-30").content.decode()
    assert "D-55" in page
    assert "no hay ningún plazo de reparación escrito" in page


def test_one_confirmed_later_has_the_limit_of_its_segment_from_then_on(
    owe: Callable[..., OutsideWrite], now: datetime
) -> None:
    RepairLimit.objects.create(of="repair", working_hours=4)
    write = owe("smartflex.register_damage", contract="C-100", service_number="44251234", cause="x", description="x")
    OutsideWrite.objects.filter(pk=write.pk).update(state="done", settled_at=now, reference="D-55")
    assert begin_to_watch(now=now) == 0, "the call goes on: she may still be told"
    assert begin_to_watch(now=now + timedelta(minutes=11)) == 1
    due_at = WatchedRepair.objects.get().due_at
    assert due_at
    assert due_at >= now + timedelta(hours=4)


def test_the_export_has_what_is_filtered_and_stands_in_the_book(told: Caller, elena: User, signed_in: SignedIn) -> None:
    answer = signed_in(elena).post("/lines/repairs/export/?show=watched")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/vnd.openxml")
    assert Disclosure.objects.get(user=elena).rows == 1
