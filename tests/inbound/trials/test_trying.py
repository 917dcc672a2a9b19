"""A draft is walked before it is published: as a call would be, and nothing of it stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, User
from escalations.models import Escalation, Unit, UnitAddress
from inbound.models import FlowDraft, FlowVersion, Footstep, OutsideWrite, ReservedSearch, ServiceLine, Walk
from inbound.outside.reaching import Looked
from inbound.trials import trying
from inbound.writes import limits
from inbound.writes.states import WriteRefused
from notices.models import Notice
from tests.inbound.flows_to_read import LINES, text_of
from tests.inbound.lines_on_file import a_day_to_visit, publish_every_flow
from tests.inbound.other_side import OtherSide
from tests.sandbox.running import RunningSandbox, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
KEPT = (Walk, Footstep, OutsideWrite, Escalation, Notice, FlowVersion, User, Agent, ReservedSearch)
POSITION = re.compile(r'name="position" value="([\w.]+)"')


class Tried:
    """The page of a trial, and its buttons."""

    def __init__(self, client: Client, draft: FlowDraft) -> None:
        self.client, self.address = client, f"/admin/inbound/flowdraft/{draft.pk}/try/"
        self.look()

    def look(self) -> str:
        self.page = self.client.get(self.address).content.decode()
        return self.page

    @property
    def step(self) -> str:
        return re.search(r'id="step-title"[^>]*>([^<]*)<', self.page)[1]  # type: ignore[index]

    @property
    def proposed(self) -> str:
        found = re.search(r'name="branch"\s+value="(\w+)"[^>]*data-proposed', self.page)
        return found[1] if found else ""

    def press(self, verb: str = "answer", *, at: str = "", **sent: str) -> int:
        position = at or POSITION.findall(self.page)[0]
        answer = self.client.post(self.address, {"verb": verb, "position": position, **sent})
        self.page = answer.content.decode() if answer.status_code != 302 else self.look()
        return answer.status_code


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    return at("2026-11-25 09:30")


@pytest.fixture
def draft_of_line(ines: User, now: datetime) -> Callable[[str], FlowDraft]:
    publish_every_flow(now=now)

    def make(number: str) -> FlowDraft:
        line = ServiceLine.objects.get(number=number)
        return FlowDraft.objects.create(line=line, source=text_of(number), saved_at=now, saved_by=ines)

    return make


@pytest.fixture
def nothing_stays() -> Iterator[None]:
    yield
    assert {model.__name__: model.objects.count() for model in (Walk, Escalation, OutsideWrite, Notice)} == {
        "Walk": 0, "Escalation": 0, "OutsideWrite": 0, "Notice": 0,
    }  # fmt: skip


def through_new_damage(tried: Tried, contract: str) -> None:
    tried.press()
    tried.press(customer=contract, customer_name="Nadie")
    for _look_up in range(2):
        assert "Aquí se busca en otro sistema" in tried.page
        tried.press("ask")
    while "Componente" not in tried.page:
        tried.press(branch="none" if "¿Hay un daño sin cerrar?" in tried.page else "0")


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("done", "quedó registrado con el número PRUEBA-1"),
        ("refused", "El registro no se hizo"),
        ("unknown", "todavía no está confirmado"),
    ],
)
def test_a_draft_of_101_is_tried_to_each_outcome_against_the_sandbox(
    outcome: str, says: str, draft_of_line: Any, ines: User, signed_in: SignedIn, sandbox: RunningSandbox,
    settings: Any, nothing_stays: None,
) -> None:  # fmt: skip
    settings.TRIAL_SYSTEMS_URL = sandbox.address
    contract = sandbox.value(
        "SELECT contract FROM sandbox_product WHERE state = 'active' AND contract NOT IN"
        " (SELECT contract FROM sandbox_damage) AND contract IN"
        " (SELECT contract FROM sandbox_product GROUP BY 1 HAVING count(*) = 1) LIMIT 1"
    )
    draft = draft_of_line("101")
    before = {model: model.objects.count() for model in KEPT}
    tried = Tried(signed_in(ines), draft)
    through_new_damage(tried, contract)
    assert tried.press() == 422, "what is missing is told as in a call"
    tried.press(service_number="4251234", component="Módem", cause="Sin señal", description="Desde ayer")
    tried.press()
    assert "¿En qué quedó en el otro sistema?" in tried.page
    tried.press("outcome", outcome=outcome)
    assert says in tried.page
    assert "Lo que una llamada así dejaría" in tried.page
    assert "Registrar" in tried.page
    tried.press("back")
    assert {model: model.objects.count() for model in KEPT} == before
    hers = [deed for deed in sandbox.book() if contract in str(deed)]  # a slow one of an earlier test may come late
    assert hers == [], "nothing was done in any system"


def test_no_transaction_waits_for_a_system(
    draft_of_line: Any, ines: User, signed_in: SignedIn, monkeypatch: Any, nothing_stays: None
) -> None:
    """While a system is asked nothing of the trial is there, so nobody who publishes its line waits for it."""
    calls = []

    def slow(**_asked: Any) -> Looked:
        calls.append(Walk.objects.count())
        return Looked(None, "", by_hand=True)

    monkeypatch.setattr(trying, "look_up", slow)
    tried = Tried(signed_in(ines), draft_of_line("101"))
    tried.press()
    tried.press(customer="1001", customer_name="Nadie")
    tried.press("ask")
    assert calls == [0]
    assert "Escriba lo que diría el otro sistema" in tried.page


def test_no_system_of_the_site_is_asked_and_what_is_looked_up_is_written_by_hand(
    draft_of_line: Any, ines: User, signed_in: SignedIn, side: OtherSide, settings: Any, nothing_stays: None
) -> None:
    settings.TRIAL_SYSTEMS_URL = ""
    tried = Tried(signed_in(ines), draft_of_line("101"))
    tried.press()
    assert "customer-search" not in tried.page, "nobody's customers are searched from here"
    tried.press(customer="1001", customer_name="Nadie")
    tried.press("ask")
    assert "Escriba lo que diría el otro sistema" in tried.page
    tried.press("by_hand")
    assert side.asked == []


def test_what_lets_the_site_in_is_not_shown_to_the_sandbox(
    draft_of_line: Any, ines: User, signed_in: SignedIn, side: OtherSide, settings: Any
) -> None:
    settings.SYSTEMS_TOKEN, settings.TRIAL_SYSTEMS_URL = "secret-of-the-site", side.address
    tried = Tried(signed_in(ines), draft_of_line("101"))
    tried.press()
    tried.press(customer="1001", customer_name="Nadie")
    tried.press("ask")
    assert side.asked
    assert not [one for one in side.authorised if "secret" in one]


def test_the_lane_of_the_card_is_tried_after_the_call_and_its_mail_goes_nowhere(
    draft_of_line: Any, ines: User, signed_in: SignedIn, sandbox: RunningSandbox, settings: Any, nothing_stays: None
) -> None:
    UnitAddress.objects.create(
        unit=Unit.objects.get(code="jefe_de_sector"), name="Jefa", email="j@comteco.test", valid_from="2000-01-01"
    )
    settings.TRIAL_SYSTEMS_URL = sandbox.address
    contract = sandbox.value(
        "SELECT contract FROM sandbox_workorder WHERE annulled_for = 'wrong_address' AND state = 'annulled'"
        " AND contract IN (SELECT contract FROM sandbox_workorder GROUP BY 1 HAVING count(*) = 1) LIMIT 1"
    )
    tried = Tried(signed_in(ines), draft_of_line("103"))
    tried.press()
    tried.press(customer=contract, customer_name="Nadie")
    for _step in range(12):
        if "visit_day" in tried.page:
            break
        tried.press("ask" if "Aquí se busca" in tried.page else "answer", branch=tried.proposed)
    tried.press(visit_day=f"{a_day_to_visit()}", visit_hour="09:30", visit_address="Av. América 123")
    tried.press(telephone="70712345")
    tried.press()
    assert "La prueba terminó" in tried.page
    assert "Boleta de nueva digitación" in tried.page
    tried.press("lane")
    assert tried.step == "Boleta recibida"
    tried.press()
    assert "Se enviará: Nueva digitación" in tried.page
    tried.press(sector="*")
    tried.press()
    assert "Nueva digitación enviada por correo" in tried.page


def test_a_form_pressed_twice_makes_one_move(draft_of_line: Any, ines: User, signed_in: SignedIn) -> None:
    tried = Tried(signed_in(ines), draft_of_line("101"))
    first = POSITION.findall(tried.page)[0]
    tried.press()
    step = tried.step
    tried.press(at=first)
    assert tried.step == step


def test_a_draft_that_changed_begins_again_and_a_wrong_one_is_mended_first(
    draft_of_line: Any, ines: User, signed_in: SignedIn
) -> None:
    draft = draft_of_line("101")
    tried = Tried(signed_in(ines), draft)
    tried.press()
    assert tried.step != "Saludo"
    FlowDraft.objects.update(source=draft.source.replace("title: Saludo", "title: Otro saludo"))
    tried.look()
    assert tried.step == "Otro saludo"
    assert "El borrador cambió" in tried.page
    FlowDraft.objects.update(source=draft.source.replace("next: customer", "next: nowhere"))
    answer = tried.client.get(tried.address, follow=True)
    assert "Corrija primero lo que falta" in answer.content.decode()


def test_it_plays_at_the_moment_that_is_asked_for(draft_of_line: Any, ines: User, signed_in: SignedIn) -> None:
    tried = Tried(signed_in(ines), draft_of_line("4639999"))
    tried.client.post(tried.address, {"verb": "begin", "at": "2026-11-28T22:30"})
    tried.look()
    assert 'value="2026-11-28T22:30"' in tried.page


@pytest.mark.parametrize("number", LINES)
def test_every_line_begins_a_trial(number: str, draft_of_line: Any, ines: User, signed_in: SignedIn) -> None:
    tried = Tried(signed_in(ines), draft_of_line(number))
    assert tried.step
    assert tried.press() in (302, 422)


def test_what_calls_asked_for_is_told_to_nobody_who_tries_a_draft(
    draft_of_line: Any, ana: Agent, now: datetime
) -> None:
    """An administrator sees no customer: not whose number was topped up either, nor when."""
    draft = draft_of_line("109")
    line = ServiceLine.objects.get(number="109")
    version = FlowVersion.objects.filter(line=line).latest("version")
    walk = Walk.objects.create(line=line, version=version, agent=ana, began_at=now)
    OutsideWrite.objects.create(
        key="hers", walk=walk, position=1, system="c_cli4g", action="c_cli4g.top_up", is_accountable=True,
        to_whom="4266559", amount=10, state="done", reference="RB-1", settled_at=now, not_before=now, owed_at=now,
        owed_by=ana.user,
    )  # fmt: skip
    asked = {"action": "c_cli4g.top_up", "to_whom": "4266559", "now": now}
    policy = limits.policy_of("c_cli4g")
    with pytest.raises(WriteRefused, match="RB-1"):
        limits.check_cool_down(policy=policy, **asked)
    with trying.tried(trying.begin(draft, at=now), draft=draft) as trier:
        limits.check_cool_down(policy=policy, **asked)
        for found in (limits.same_of_other_calls, limits.settled_by_people):
            assert not found(walk=trier.here.walk, **asked).exists()
    assert limits.same_of_other_calls(walk=Walk(pk=0), **asked).exists()


def test_only_who_edits_flows_tries_them(draft_of_line: Any, elena: User, ana: Agent, signed_in: SignedIn) -> None:
    draft = draft_of_line("101")
    for person in (elena, ana):
        answer = signed_in(person).get(f"/admin/inbound/flowdraft/{draft.pk}/try/")
        assert answer.status_code in (302, 403)


def test_a_form_of_another_trial_makes_no_move(draft_of_line: Any, ines: User, signed_in: SignedIn) -> None:
    tried = Tried(signed_in(ines), draft_of_line("101"))
    tried.press()
    tried.press(customer="1001", customer_name="Nadie")
    waits = POSITION.findall(tried.page)[0]  # in another tab, at a search
    tried.client.post(tried.address, {"verb": "begin", "at": "2026-11-28T22:30"})
    tried.look()
    tried.press()
    tried.press(customer="1001", customer_name="Nadie")
    tried.press("back")
    assert tried.press("ask", at=waits) == 200
    assert tried.step == "Datos del cliente"
    assert tried.press("ask") == 409, "there is nothing to look up here"


def test_a_trial_whose_ground_has_gone_begins_anew_and_says_why(
    draft_of_line: Any, ines: User, signed_in: SignedIn
) -> None:
    draft = draft_of_line("101")
    client = signed_in(ines)
    tried = Tried(client, draft)
    tried.press()
    session = client.session
    kept = session[f"trial:{draft.pk}"]
    kept["moves"].append({"verb": "answer", "sent": {}, "branch": "", "confirmed": False})
    kept["moves"].append({"verb": "outcome", "outcome": "done"})
    session[f"trial:{draft.pk}"] = kept
    session.save()
    tried.look()
    assert tried.step == "Saludo"
    assert "comienza otra vez" in tried.page
