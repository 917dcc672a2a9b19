"""All of a customer on one page: shown at once, what is late first, and only to whose work it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Agent, User
from callcenter.customers.standing import SHOWN, Standing
from escalations.models import Escalation
from escalations.raising import raise_escalation
from inbound.models import OutsideSystem, Walk
from inbound.writes.writing import owe_write
from tests.campaigns.a_campaign import make_campaign
from tests.campaigns.some_receipts import owing
from tests.inbound.a_walk import FLOW, Caller, publish
from tests.inbound.other_side import OtherSide, other_side
from tests.inbound.walks.a_stolen_line import CONTRACT, JUAN, Robbed, seen

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User | Agent], Client]
PAGE = "/customers/C1/"


@pytest.fixture
def side(settings: Any) -> Any:
    OutsideSystem.objects.update(timeout_seconds=10)
    with other_side() as found:
        settings.SYSTEMS_URL = found.address
        yield found


@pytest.fixture
def call(ana: Agent) -> Caller:
    """A call of Ana's about the contract, of today."""
    now = timezone.now()
    made = Caller(ana, publish(FLOW, now, line="101"), now)
    made.answer()
    made.answer(customer="C1", customer_name="ROSA FLORES")
    return made


def card(by: User, key: str, **due: Any) -> Escalation:
    now = timezone.now()
    return raise_escalation(
        key=key, kind="complaint", line="101", contract="C1", customer_name="ROSA FLORES", telephone="+59170712345",
        reason="x", details={}, promised="Le llamamos hoy.", by=by, now=now, due_at=now + timedelta(**due),
    )  # fmt: skip


def test_what_is_open_and_late_stands_first(call: Caller, ana: Agent, elena: User, signed_in: SignedIn) -> None:
    contact = owing(make_campaign(state="running"), "C1", "TV")
    later, late = card(ana.user, "a", hours=8), card(ana.user, "b", hours=-1)
    closed = card(ana.user, "c", hours=-9)
    told = dict.fromkeys(("settled_at", "informed_at", "closed_at"), timezone.now())
    Escalation.objects.filter(pk=closed.pk).update(state="informed", owner=elena, **told)
    write = owe_write(
        key="w", walk=call.walk, position=1, action="smartflex.reiterate_damage", by=ana.user,
        payload={"damage": "D-1", "cause": "x"}, now=timezone.now(),
    )  # fmt: skip
    standing = Standing(contract="C1", user=elena, now=timezone.now())
    assert [one.pk for one in standing.cards] == [late.pk, later.pk, closed.pk]
    assert [(one.pk, waits) for one, _words, waits in standing.writes] == [(write.pk, True)]
    assert [one.pk for one in standing.contacts] == [contact.pk]
    assert [one.is_late for one in standing.pending] == [True, False, False]
    assert [one.words for one in standing.pending][-1] == "Reiterar el daño con la misma causal", (
        "what has no hour stands last"
    )
    assert [one.words for one in standing.past][:2] == ["Queja del cliente", "101 Línea 101"], "the newest first"
    page = signed_in(elena).get(PAGE).content.decode()
    assert page.index("Pendiente") < page.index("vencida") < page.index("Lo que pasó")
    assert "Le llamamos hoy." in page
    assert "101 Línea 101" in page
    assert page.count('hx-trigger="load"') == 4


def test_an_open_card_stands_before_all_that_was_closed_since(call: Caller, ana: Agent, elena: User) -> None:
    still_open = card(ana.user, "open", hours=-1)
    closed = [card(ana.user, f"closed-{n}", hours=n) for n in range(2 * SHOWN)]
    told = dict.fromkeys(("settled_at", "informed_at", "closed_at"), timezone.now())
    Escalation.objects.filter(pk__in=[one.pk for one in closed]).update(state="informed", owner=elena, **told)
    cards = Standing(contract="C1", user=elena, now=timezone.now()).cards
    assert (len(cards), cards[0]) == (SHOWN, still_open)


def test_many_cards_take_no_more_queries_than_one(call: Caller, ana: Agent, elena: User, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    card(ana.user, "first", hours=1)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(12):
        card(ana.user, f"k{number}", hours=number)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) <= len(few) <= 20


def test_the_contacts_of_a_contract_are_asked_for_once(
    call: Caller, ana: Agent, elena: User, signed_in: SignedIn
) -> None:
    client = signed_in(elena)
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)
    assert ['FROM "campaigns_contact"' in query["sql"] for query in asked].count(True) == 1


def test_only_whose_work_it_is_sees_it(
    call: Caller, ana: Agent, marta: Agent, oscar: User, signed_in: SignedIn
) -> None:
    assert signed_in(ana).get(PAGE).status_code == 200
    assert signed_in(marta).get(PAGE).status_code == 404
    assert signed_in(marta).get(f"{PAGE}?part=damages").status_code == 404
    reads = signed_in(oscar)
    assert reads.get(PAGE).content.decode().count('hx-trigger="load"') == 0, "who only reads asks no other system"
    assert reads.get(f"{PAGE}?part=damages").status_code == 404
    call.walk.began_at = timezone.now() - timedelta(hours=13)
    call.walk.save(update_fields=["began_at"])
    assert signed_in(ana).get(PAGE).status_code == 404, "a shift later it is no longer her work"


def test_an_agent_is_not_told_that_there_is_nothing_where_it_is_somebody_elses(
    call: Caller, ana: Agent, marta: Agent, elena: User, signed_in: SignedIn
) -> None:
    card(marta.user, "hers", hours=1)
    page = signed_in(ana).get(PAGE).content.decode()
    assert "Nada suyo espera a nadie" not in page
    assert "lo que hicieron otros lo ve supervisión" in page
    assert "lo ve supervisión" not in signed_in(elena).get(PAGE).content.decode()


def test_each_system_answers_by_itself_and_open_damages_stand_before_past_ones(
    call: Caller, ana: Agent, side: OtherSide, signed_in: SignedIn
) -> None:
    damage = {
        "service_number": "4251234", "component": "ONT", "cause": "x", "reiterations": 0, "has_service": False,
        "order_number": "", "registered_at": "2026-11-20T10:00:00-04:00",
    }  # fmt: skip
    side.answers["smartflex/damages"] = {
        "damages": [{**damage, "number": "D-9", "state": "closed"}, {**damage, "number": "D-1", "state": "registered"}]
    }
    side.says["smartflex/orders"] = (503, {"error": "Caído."})
    client = signed_in(ana)
    damages = client.get(f"{PAGE}?part=damages").content.decode()
    assert damages.index("D-1") < damages.index("D-9")
    assert "Caído" in client.get(f"{PAGE}?part=orders").content.decode()
    assert client.get(f"{PAGE}?part=nothing").status_code == 404


def test_an_order_past_its_term_is_told_before_all(
    call: Caller, ana: Agent, side: OtherSide, signed_in: SignedIn
) -> None:
    def order(number: str, days: int, state: str = "registered") -> dict[str, Any]:
        sold = timezone.localdate() - timedelta(days=days)
        return {
            "number": number, "kind": "installation", "service": "TV", "sold_on": sold.isoformat(), "state": state,
            "has_service": False, "annulled_for": "", "zone": "", "sector": "",
        }  # fmt: skip

    orders = [order("OT-1", 10), order("OT-2", 11), order("OT-3", 40, "closed")]
    side.answers["smartflex/orders"] = {"orders": orders}
    part = signed_in(ana).get(f"{PAGE}?part=orders").content.decode()
    late = part.partition("Fuera de plazo")[2].partition("</section>")[0]
    assert "OT-2" in late
    assert "OT-1" not in late
    assert "OT-3" not in late


def test_the_menu_counts_what_waits_for_a_person(call: Caller, ana: Agent, elena: User, signed_in: SignedIn) -> None:
    client, words = signed_in(elena), "Operaciones que esperan a una persona"
    assert words not in client.get("/escalations/").content.decode()
    write = owe_write(
        key="w", walk=call.walk, position=1, action="smartflex.reiterate_damage", by=ana.user,
        payload={"damage": "D-1", "cause": "x"}, now=timezone.now(),
    )  # fmt: skip
    write.state = "refused"
    write.save(update_fields=["state"])
    assert words in client.get("/escalations/").content.decode()
    assert words not in signed_in(ana).get("/lines/").content.decode()


def test_who_was_let_down_by_the_number_of_a_line_stands_on_the_page_of_its_contract(
    ana: Agent, elena: User, signed_in: SignedIn, side: OtherSide
) -> None:
    """A top-up of 109 knows a number and no contract: Smartflex says whose it is."""
    now = timezone.now()
    told = {"by": ana.user, "now": now, "details": {"number": "+59144996668"}, "line": "109", "reason": "x"}
    raise_escalation(key="hers", kind="complaint", telephone="+59170700001", promised="Le llamamos.", **told)
    raise_escalation(key="other", kind="complaint", telephone="+59170700001", **{**told, "details": {"number": "1"}})
    product = {
        "service": "FIJACOM", "service_number": "4996668", "plan": "x", "state": "active", "suspended_for": ""
    }  # fmt: skip
    customer = {
        "contract": "C1", "name": "ROSA", "identity_card": "", "segment": "B", "address": "", "zone": "",
        "telephones": [], "products": [product],
    }  # fmt: skip
    side.says["smartflex/customer"] = (200, {"customer": customer})
    page = " ".join(signed_in(elena).get(PAGE + "?part=customer").content.decode().split())
    assert "Pendiente de sus números" in page
    assert page.count("Le llamamos.") == 1
    customer["products"] = []
    assert "Pendiente de sus números" not in signed_in(elena).get(PAGE + "?part=customer").content.decode()


def test_what_somebody_else_asked_for_her_line_stands_on_her_page(
    side: OtherSide, ana: Agent, elena: User, signed_in: SignedIn
) -> None:
    """He calls under his own contract, and has her line suspended and its SIM blocked."""
    seen(side)
    juan = Robbed(ana, timezone.now(), JUAN, knows_contract=False)
    Walk.objects.update(contract="1000315", customer_name="Hernán Peñaloza")
    juan.to_the_suspension()
    juan.does(side)
    juan.does(side)
    juan.answer(telephone=JUAN[2])
    page = signed_in(elena).get(f"/customers/{CONTRACT}/").content.decode()
    assert "En el centro nada espera por este contrato" not in page
    for words in ("Suspensión administrativa (LBC)", "Bloqueo temporal del SIM", "Tiene 5 días"):
        assert words in page
    assert "Hernán" not in page


def test_of_a_contract_nobody_has_smartflex_tells_nothing(
    ana: Agent, elena: User, signed_in: SignedIn, side: OtherSide
) -> None:
    told = {"by": ana.user, "now": timezone.now(), "details": {}, "line": "109", "reason": "x"}
    raise_escalation(key="x", kind="complaint", contract="C1", **told)
    side.says["smartflex/customer"] = (200, {"customer": None})
    page = signed_in(elena).get(PAGE + "?part=customer").content.decode()
    assert "Datos del cliente" in page
    assert "¿No lo tiene nadie?" not in page
