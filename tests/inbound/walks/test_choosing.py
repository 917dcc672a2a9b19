"""Which one is meant: of several damages, orders, entries or services the agent chooses, and the script reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent
from inbound.flows.choosing import offered
from inbound.models import OutsideWrite, ServiceLine
from inbound.outside.reaching import Looked
from inbound.walks import walking
from inbound.walks.answering import StepRefused
from inbound.walks.page import lay_walk
from inbound.walks.views.walks import service_asked
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import flow_of
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = pytest.mark.django_db
TV = {"service": "TV", "service_number": "800200", "plan": "TV Total", "state": "active", "suspended_for": ""}
INTERNET = {**TV, "service": "INTERNET", "service_number": "800100", "plan": "Fibra"}
CUSTOMER = {"contract": "1001575", "name": "ROSA FLORES", "telephones": ["70712345"], "products": [INTERNET, TV]}
DAMAGES = [
    {"number": "D-3", "service_number": "800100", "state": "closed", "cause": "x", "has_service": True},
    {"number": "D-2", "service_number": "800100", "state": "in_execution", "cause": "lenta", "has_service": False},
    {"number": "D-1", "service_number": "800200", "state": "registered", "cause": "sin señal", "has_service": False},
]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What each look-up finds, by its name."""
    answers: dict[str, Any] = {"smartflex.customer": CUSTOMER, "smartflex.damages": DAMAGES}
    monkeypatch.setattr(walking, "look_up", lambda *, name, **_more: Looked(answers[name]))
    return answers


@pytest.fixture
def call(ana: Agent, now: datetime, found: dict[str, Any]) -> Any:
    publish_every_flow(now=now)

    def begin(line: str, **customer: str) -> Caller:
        caller = Caller(ana, ServiceLine.objects.get(number=line), now)
        if caller.here.step.kind == "say":
            caller.answer()
        caller.answer(**{"customer": "1001575", "customer_name": "Rosa Flores", **customer})
        while caller.here.step.kind == "look_up":
            caller.look()
        return caller

    return begin


def test_the_damage_of_the_service_she_speaks_of_is_reiterated(call: Any) -> None:
    """She spoke of television; Internet has a damage too."""
    caller = call("101")
    page = lay_walk(here=caller.here, by=caller.by)
    assert [choice.words for choice in page.choices] == ["Internet", "Televisión"]
    caller.answer("1")
    assert caller.here.known["damage"]["number"] == "D-1"
    caller.answer("registered")
    caller.answer("open")
    caller.answer()
    assert OutsideWrite.objects.get(action="smartflex.reiterate_damage").payload == {
        "damage": "D-1",
        "cause": "sin señal",
    }


@pytest.mark.parametrize("others", [[TV], [TV, {**TV, "service_number": "800300"}]])
def test_a_number_that_was_retired_is_not_taken_for_another_of_her_services(
    others: list[dict[str, str]], call: Any, found: dict[str, Any]
) -> None:
    retired = {**INTERNET, "state": "retired"}
    found["smartflex.customer"] = {**CUSTOMER, "products": [retired, *others]}
    caller = call("101", customer_service="800100")
    assert caller.step == "which_service"
    assert len(lay_walk(here=caller.here, by=caller.by).choices) == len(others)
    caller.answer("0")
    assert caller.here.known["product"]["service_number"] == "800200"
    assert caller.here.known["damage"]["number"] == "D-1"


def test_a_customer_who_has_nothing_but_a_retired_number_is_asked_for_none(call: Any, found: dict[str, Any]) -> None:
    found["smartflex.customer"] = {**CUSTOMER, "products": [{**INTERNET, "state": "retired"}]}
    assert call("101", customer_service="800100").step == "exists"


def test_the_service_whose_number_found_the_customer_is_not_asked_for_again(call: Any) -> None:
    caller = call("101", customer_service="800100")
    assert caller.step == "exists"
    assert caller.here.known["product"] == INTERNET
    assert caller.here.known["damage"]["number"] == "D-2"  # the newest was closed: it is past


def test_of_several_open_ones_of_one_service_she_says_which_or_none(call: Any, found: dict[str, Any]) -> None:
    found["smartflex.damages"] = [*DAMAGES, {**DAMAGES[1], "number": "D-0", "state": "attended"}]
    caller = call("101", customer_service="800100")
    assert caller.step == "which_damage"
    assert [row["number"] for row in offered(caller.here.step, caller.here.known)] == ["D-2", "D-0"]
    with pytest.raises(StepRefused, match="Elija de cuál se habla"):
        caller.answer("7")
    with pytest.raises(StepRefused, match="Elija de cuál se habla"):
        caller.answer("")
    caller.answer("none")
    assert caller.here.known["damage"] is None
    assert caller.here.footstep.proposed == "none"
    caller.back()
    caller.answer("1")
    assert caller.here.known["damage"]["number"] == "D-0"


def test_going_back_passes_over_what_chose_itself(call: Any) -> None:
    caller = call("101", customer_service="800100")
    assert caller.step == "exists"
    caller.back()
    assert caller.step == "customer"


def test_a_suspended_service_is_told_so_with_or_without_a_damage(call: Any, found: dict[str, Any]) -> None:
    for damages in ([], [{**DAMAGES[1], "state": "suspended"}]):
        found["smartflex.damages"] = damages
        found["smartflex.customer"] = {
            **CUSTOMER, "products": [{**INTERNET, "state": "suspended", "suspended_for": "debt"}],
        }  # fmt: skip
        caller = call("101")
        assert caller.here.footstep.proposed == "suspended"
        caller.answer("suspended")
        said = lay_walk(here=caller.here, by=caller.by).say
        assert "el corte de su servicio es por falta de pago o a solicitud del cliente" in said
        assert "Es el servicio 800100." in said
        assert "En el sistema figura: Falta de pago." in said


def test_the_order_that_is_meant_decides(call: Any, found: dict[str, Any]) -> None:
    """The newest is inside its term; she calls for the one that is not."""
    order = {"kind": "installation", "has_service": False, "annulled_for": "", "zone": "Sarco", "sector": "Norte"}
    found["smartflex.orders"] = [
        {**order, "number": "OT-2", "service": "TV", "state": "registered", "sold_on": "2026-11-24"},
        {**order, "number": "OT-1", "service": "INTERNET", "state": "registered", "sold_on": "2026-11-10"},
    ]
    caller = call("103")
    caller.answer("1")
    caller.answer("registered")
    assert (caller.step, caller.here.footstep.proposed) == ("inside_term", "overdue")


def test_a_row_that_says_nothing_of_the_service_stays() -> None:
    """As an agent may write it by hand."""
    step = flow_of("101").steps["which_damage"]
    rows = offered(step, {"product": INTERNET, "damages": [{"number": "D-9", "state": "registered"}]})
    assert [row["number"] for row in rows] == ["D-9"]


@pytest.mark.parametrize("written", ["70712345", "+59170712345", "707-12345"])
def test_telephones_are_one_however_they_are_written(written: str) -> None:
    step = flow_of("800130001").steps["which_line"]
    products = [{"service_number": "70712345", "service": "MIO"}]
    rows = offered(step, {"number": written, "owner": {"products": products}})
    assert len(rows) == 1


def test_directory_entries_extensions_and_lines_are_chosen(
    call: Any, ana: Agent, now: datetime, found: dict[str, Any]
) -> None:
    entry = {"name": "Vargas Rosa", "address": "Sucre 1", "number": "4251111"}
    found["guiatel.search"] = {"entries": [entry, {**entry, "name": "Vargas Luis", "number": "4252222"}], "more": False}
    publish_every_flow(now=now)
    caller = Caller(ana, ServiceLine.objects.get(number="104"), now)
    caller.answer(sought="Vargas")
    caller.look()
    assert caller.step == "which"
    caller.answer("1")
    caller.answer("registered")
    assert lay_walk(here=caller.here, by=caller.by).say == "El número registrado es el 4252222. Es de Vargas Luis."


def test_who_goes_back_and_means_another_is_not_told_that_hers_was_done(call: Any, set_mode: Any) -> None:
    """Internet's damage was reiterated; then she means the television."""
    set_mode("smartflex", "by_hand")
    caller = call("101")
    caller.answer("0")
    caller.answer("registered")
    caller.answer("open")
    caller.answer()
    first = caller.here.footstep.write
    assert first.payload["damage"] == "D-2"

    def to_the_choice() -> None:
        caller.back(next(one.position for one in caller.here.path if one.step == "which_service"))

    to_the_choice()
    caller.answer("1")
    caller.answer("registered")
    caller.answer("open")
    assert lay_walk(here=caller.here, by=caller.by).done_already is None
    caller.answer()
    second = caller.here.footstep.write
    assert (second.pk != first.pk, second.payload["damage"]) == (True, "D-1")
    to_the_choice()
    caller.answer("0")
    caller.answer("registered")
    caller.answer("open")
    assert lay_walk(here=caller.here, by=caller.by).done_already == first
    caller.answer()
    assert OutsideWrite.objects.filter(action="smartflex.reiterate_damage").count() == 2


def test_of_three_fields_of_which_one_will_do_the_page_says_so(ana, now):
    publish_every_flow(now=now)
    caller = Caller(ana, ServiceLine.objects.get(number="800131313"), now)
    while not caller.here.step.fields:
        caller.answer()
    page = lay_walk(here=caller.here, by=ana.user)
    assert page.enough == ["Número de teléfono", "Carnet de identidad", "Nombre completo"]
    damage = Caller(ana, ServiceLine.objects.get(number="101"), now)
    damage.answer()
    assert lay_walk(here=damage.here, by=ana.user).enough == []


def test_what_was_read_of_one_is_not_known_of_another(ana: Agent, now: datetime, set_mode: Any) -> None:
    """The second name stands on no screen: the extension of the first one is not hers."""
    set_mode("p_empleados", "by_hand")
    publish_every_flow(now=now)
    caller = Caller(ana, ServiceLine.objects.get(number="4251000"), now)
    caller.answer(words="Sistemas")
    caller.look()
    caller.by_hand(**{"0.name": "Mesa de ayuda", "0.extension": "1203"})
    caller.answer("0")
    assert caller.here.footstep.proposed == "found"
    caller.answer("again")
    caller.answer(words="Gerencia")
    caller.look()
    assert lay_walk(here=caller.here, by=caller.by).fields[0].value == ""
    caller.by_hand()
    assert (caller.here.known["extensions"], caller.here.footstep.proposed) == (None, "")
    with pytest.raises(StepRefused, match="no va con lo que muestra"):
        caller.answer("found")
    caller.answer("again")
    caller.answer(words="Gerencia")
    caller.look()
    caller.by_hand(**{"0.name": "Gerencia", "0.extension": "1100"})
    caller.answer("0")
    assert caller.here.known["extension"]["extension"] == "1100"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("+59144519922", "4519922"), ("4519922", "4519922"), ("451-9922", "4519922"), ("1001575", ""), ("Rosa", "")],
)
def test_the_service_she_calls_about_is_kept_however_its_number_is_typed(typed: str, kept: str) -> None:
    customer = {"products": [{"service_number": "4519922"}, {"service_number": ""}, {"service_number": "800100"}]}
    assert service_asked(customer, typed) == kept


@pytest.mark.parametrize(
    ("number", "shown"),
    [("800200", ["D-1 · sin señal · Registrado"]), ("800100", ["D-2 · lenta · En ejecución"]), ("800777", [])],
)
def test_before_a_damage_is_registered_the_open_one_of_its_number_is_shown(
    number: str, shown: list[str], call: Any
) -> None:
    """Typed by hand, it may be one of which a damage is open: a closed one is past, another number's is not it."""
    caller = call("101", customer_service="800100")
    caller.answer("another_fault")
    caller.answer(service_number=number, cause="x", description="y")
    assert caller.step == "register"
    page = lay_walk(here=caller.here, by=caller.by)
    assert page.there_already == shown
    caller.answer()
    assert lay_walk(here=caller.here, by=caller.by).there_already == []


@pytest.mark.parametrize("rows", [4, 5])
def test_in_a_list_of_some_length_one_looks_for_hers(rows: int, call: Any, found: dict[str, Any]) -> None:
    products = [{**TV, "service_number": f"80020{n}", "plan": f"Plan {n}"} for n in range(rows)]
    found["smartflex.customer"] = {**CUSTOMER, "products": products}
    page = lay_walk(here=call("101").here, by=None)
    assert page.is_narrowed is (rows == 5)
    assert "Plan 3" in page.choices[3].searched
