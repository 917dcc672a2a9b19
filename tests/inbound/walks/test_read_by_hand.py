"""Where a system does not answer: what stands on the screen was read by somebody; what was asked for is no answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent
from escalations.models import Escalation
from inbound.models import OutsideSystem, OutsideWrite, ServiceLine
from inbound.outside.reaching import Looked
from inbound.walks import walking
from inbound.walks.answering import StepRefused
from inbound.walks.page import WalkPage, lay_walk
from service_level.models import Holiday
from tests.inbound.a_walk import Caller
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = pytest.mark.django_db
DOWN = Looked(None, "No responde.", by_hand=True)
ASKS = {"requester_name": "Rosa Flores", "requester_card": "3456789 CB"}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What look-ups bring, by name; a system that is not here is down."""
    found: dict[str, Any] = {}

    def look_up(*, name: str, **_more: Any) -> Looked:
        return Looked(found[name]) if name in found else DOWN

    monkeypatch.setattr(walking, "look_up", look_up)
    return found


@pytest.fixture
def begin(ana: Agent, now: datetime, answers: dict[str, Any]) -> Callable[[str], Caller]:
    publish_every_flow(now=now)
    return lambda line: Caller(ana, ServiceLine.objects.get(number=line), now)


def page_of(caller: Caller) -> WalkPage:
    return lay_walk(here=caller.here, by=caller.by)


def open_ways(caller: Caller) -> set[str]:
    return {way.name for way in page_of(caller).ways if not way.is_closed}


def press_on(caller: Caller) -> None:
    """*Seguir*, with the form as it stands on the screen; through every look-up there is."""
    while caller.here.step.kind == "look_up":
        asked = caller.step
        caller.look()
        if caller.step == asked:
            caller.by_hand(**{field.name: field.value for field in page_of(caller).fields if field.value})


def asked_for_a_top_up(caller: Caller) -> Caller:
    caller.answer(number="4111111", **ASKS)
    return caller


def asked_for_a_balance_of_mio(caller: Caller) -> Caller:
    caller.answer()
    caller.answer()
    press_on(caller)
    caller.answer("mio")
    caller.answer(number="70712345")
    return caller


@pytest.mark.parametrize(
    ("line", "asked", "as_", "closed"),
    [("109", asked_for_a_top_up, "fijacom", "shown"), ("800130001", asked_for_a_balance_of_mio, "mio", "balance")],
)
def test_a_line_nobody_saw_is_not_there_because_it_was_asked_for(
    line: str, asked: Callable[[Caller], Caller], as_: str, closed: str, begin: Callable[[str], Caller]
) -> None:
    caller = asked(begin(line))
    caller.look()
    assert {field.value for field in page_of(caller).fields} == {""}
    press_on(caller)
    assert caller.here.known[as_] is None
    assert (page_of(caller).seen, caller.here.footstep.proposed) == ("", "")
    assert closed not in open_ways(caller)
    with pytest.raises(StepRefused, match="no va con lo que muestra"):
        caller.answer(closed)


@pytest.mark.parametrize("mode", ["off", "by_hand"])
@pytest.mark.parametrize(
    ("line", "decision"), [("101", "exists"), ("102", "topic"), ("103", "order_state"), ("4522222", "topic")]
)
def test_a_way_is_not_said_to_contradict_a_system_that_shows_nothing(
    line: str, decision: str, mode: str, ana: Agent, now: datetime
) -> None:
    """Neither of what was looked up, nor of what would have been chosen among it."""
    publish_every_flow(now=now)
    OutsideSystem.objects.update(mode=mode)
    caller = Caller(ana, ServiceLine.objects.get(number=line), now)
    caller.answer()
    caller.answer(customer="1001", customer_name="Rosa")
    while caller.here.step.kind == "look_up":
        caller.look()
        caller.by_hand()
    assert caller.step == decision
    closed = {way.name: way.is_unknown for way in page_of(caller).ways if way.is_closed}
    assert closed
    assert all(closed.values()), closed


def test_a_way_that_contradicts_what_a_system_shows_is_said_to(
    begin: Callable[[str], Caller], answers: dict[str, Any]
) -> None:
    """Though another system is down."""
    product = {"service_number": "4251234", "state": "active"}
    answers["smartflex.customer"] = {"contract": "1001", "name": "ROSA", "products": [product], "telephones": []}
    caller = begin("101")
    caller.answer()
    caller.answer(customer="1001", customer_name="Rosa")
    press_on(caller)
    assert caller.step == "exists"
    told = {way.name: way.is_unknown for way in page_of(caller).ways if way.is_closed}
    assert (told["suspended"], told["registered"], told["correct_contract"]) == (False, True, False)


def test_what_the_agent_read_is_not_said_to_be_the_systems(
    begin: Callable[[str], Caller], answers: dict[str, Any], ana: Agent, signed_in: Callable[..., Client]
) -> None:
    told = {}
    for answer in (None, {"number": "4111111", "holder": "ROSA", "amounts": []}):
        caller = asked_for_a_top_up(begin("109"))
        if answer:
            answers["c_cli4g.line"] = answer
        caller.look()
        if answer is None:
            caller.by_hand(number="4111111", holder="ROSA")
        assert caller.here.footstep.proposed == "shown"
        page = signed_in(ana).get(f"/lines/walks/{caller.walk.key}/").content.decode()
        told[answer is None] = ("Usted leyó: <strong>" in page, "El sistema dice: <strong>" in page)
    assert told == {True: (True, False), False: (False, True)}


@pytest.mark.parametrize(
    ("damages", "told"),
    [(None, "No se escribió nada de la otra pantalla."), ([], "No hay ningún registro.")],
)
def test_that_nothing_was_written_is_not_that_there_is_nothing(
    damages: Any,
    told: str,
    begin: Callable[[str], Caller],
    monkeypatch: pytest.MonkeyPatch,
    ana: Agent,
    signed_in: Callable[..., Client],
) -> None:
    def look_up(*, name: str, **_more: Any) -> Looked:
        answered = damages is not None and name == "smartflex.damages"
        return Looked(damages) if answered else Looked(None, "", by_hand=True)

    monkeypatch.setattr(walking, "look_up", look_up)
    caller = begin("101")
    caller.answer()
    caller.answer(customer="1001", customer_name="Rosa")
    press_on(caller)
    assert caller.step == "exists"
    page = signed_in(ana).get(f"/lines/walks/{caller.walk.key}/").content.decode()
    both = ("No se escribió nada de la otra pantalla.", "No hay ningún registro.")
    assert [one for one in both if one in page] == [told]


def test_of_what_was_chosen_it_is_told_who_read_it(begin: Callable[[str], Caller], answers: dict[str, Any]) -> None:
    """A damage is one of those that were read; the customer came from the system."""
    answers["smartflex.customer"] = {"contract": "1001", "name": "ROSA", "products": [], "telephones": []}
    caller = begin("101")
    caller.answer()
    caller.answer(customer="1001", customer_name="Rosa")
    caller.look()
    caller.look()
    caller.by_hand(**{"0.number": "D-9", "0.state": "attended"})
    caller.answer("registered")
    page = page_of(caller)
    assert (page.seen, page.seen_by_hand) == ("Atendido", True)


def test_with_gsi_down_and_nothing_read_the_call_goes_to_supervision(begin: Callable[[str], Caller]) -> None:
    caller = begin("800131313")
    caller.answer()
    caller.answer(number="4251234")
    press_on(caller)
    caller.answer("codes")
    caller.answer(origin="fixed", destination="fixed", reach="abroad")
    press_on(caller)
    assert open_ways(caller) == {"not_known"}
    caller.back()
    caller.look()
    caller.by_hand(words="Marque 00 y el código del país.")
    assert open_ways(caller) == {"country", "not_known"}


def test_who_calls_from_another_number_is_asked_for_her_card(
    begin: Callable[[str], Caller], ana: Agent, now: datetime
) -> None:
    caller = begin("800131313")
    caller.walk.caller_number = "+59144259999"
    caller.walk.save(update_fields=["caller_number"])
    caller.answer()
    caller.answer(number="4251234")
    press_on(caller)
    caller.answer("balance")
    caller.answer(balance_number="4251234")
    caller.look()
    caller.by_hand(**{"0.number": "4251234", "0.identity_card": "3456789"})
    caller.answer("known")
    caller.answer(balance_card="1111111", asker_is="other")
    assert open_ways(caller) == {"not_holder", "not_asked"}
    with pytest.raises(StepRefused, match="no va con lo que muestra"):
        caller.answer("own_line")


def test_the_holder_is_nobodys_relative(begin: Callable[[str], Caller], answers: dict[str, Any]) -> None:
    """*Es el titular*, with the kinship of another try still in its field."""
    answers["c_cli4g.line"] = {"number": "4111111", "holder": "ROSA", "identity_card": "3456789", "amounts": []}
    caller = asked_for_a_top_up(begin("109"))
    press_on(caller)
    caller.answer("shown")
    caller.answer(amount="10", requester_is="owner", requester_kinship="child")
    caller.answer(confirmed=True)
    assert OutsideWrite.objects.get().requester_kinship == ""
    caller.back()
    caller.answer(amount="10", requester_is="other", requester_kinship="child")
    assert caller.here.known["requester_kinship"] == "child"


def test_a_field_that_will_be_asked_for_is_not_called_optional(begin: Callable[[str], Caller]) -> None:
    caller = asked_for_a_top_up(begin("109"))
    caller.look()
    caller.by_hand(number="4111111", holder="ROSA")
    caller.answer("shown")
    required = {field.name: field.is_required for field in page_of(caller).fields}
    assert required == {"amount": True, "requester_is": True, "requester_kinship": True}


def test_a_name_and_a_number_the_card_needs_are_asked_for_in_words(
    begin: Callable[[str], Caller], answers: dict[str, Any], now: datetime
) -> None:
    answers["smartflex.customer"] = {"contract": "1001", "name": "ROSA", "products": [], "telephones": []}
    answers["smartflex.orders"] = [{"number": "OT-1", "state": "closed", "has_service": False}]
    asked = {}
    for name in ("Rosa", ""):
        caller = begin("103")
        caller.answer()
        caller.answer(customer="1001", customer_name=name)
        answers["smartflex.customer"] = {**answers["smartflex.customer"], "name": name}
        press_on(caller)
        caller.answer("closed_without_service")
        assert caller.step == "report_order"
        asked[name] = page_of(caller).say.partition("prioridad. ")[2]
    assert asked == {
        "Rosa": "¿A qué teléfono le llamamos?",
        "": "¿Me indica su nombre y a qué teléfono le llamamos?",
    }


@pytest.mark.parametrize(
    ("day", "hour", "next_one"),
    [
        ("2026-11-29", "03:00", "30/11/2026 08:30"),  # a Sunday
        ("2026-11-27", "20:00", "28/11/2026 09:00"),  # the moment it closes, and Saturday's hours
        ("2026-11-28", "13:30", "30/11/2026 08:30"),
        ("2026-12-04", "10:00", "05/12/2026 09:00"),  # a day off, by its row
        ("2026-12-07", "10:00", "25/11/2026 10:30"),  # past the term of an installation: the first there is
        ("2027-11-25", "10:00", "25/11/2026 10:30"),
    ],
)
def test_a_visit_is_in_working_hours_and_within_the_term_of_an_installation(
    day: str, hour: str, next_one: str, begin: Callable[[str], Caller], answers: dict[str, Any]
) -> None:
    """It is Wednesday, half past nine; whoever asks for another time is told the next one there is."""
    Holiday.objects.create(day=date(2026, 12, 4), name="Feriado departamental")
    answers["smartflex.customer"] = {"contract": "1001", "name": "ROSA", "products": [], "telephones": ["70712345"]}
    answers["smartflex.orders"] = [{"number": "OT-1", "state": "annulled", "annulled_for": "subscriber_absent"}]
    caller = begin("103")
    caller.answer()
    caller.answer(customer="1001", customer_name="Rosa")
    press_on(caller)
    caller.answer("annulled")
    caller.answer("subscriber_absent")
    caller.answer()
    with pytest.raises(StepRefused) as refused:
        caller.answer(visit_day=day, visit_hour=hour, visit_address="Sucre 1")
    said = f"La visita va en horario de trabajo, hasta el 05/12/2026: la próxima posible es el {next_one}."
    assert refused.value.errors == {"visit_hour": said}
    offered = datetime.strptime(next_one, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
    caller.answer(visit_day=f"{offered:%Y-%m-%d}", visit_hour=f"{offered:%H:%M}", visit_address="Sucre 1")
    assert caller.step == "ticket"


@pytest.mark.parametrize(
    ("hour", "due"), [("11:30", "2026-11-25 10:30"), ("10:30", "2026-11-25 09:30"), ("18:00", None)]
)
def test_a_visit_is_arranged_an_hour_before_it(
    hour: str, due: str | None, begin: Callable[[str], Caller], answers: dict[str, Any], at: Callable[..., datetime]
) -> None:
    """It is half past nine: of a visit in an hour the card is due at once, of a late one within a working day."""
    answers["smartflex.customer"] = {"contract": "1001", "name": "ROSA", "products": [], "telephones": ["70712345"]}
    answers["smartflex.orders"] = [{"number": "OT-1", "state": "annulled", "annulled_for": "subscriber_absent"}]
    caller = begin("103")
    caller.answer()
    caller.answer(customer="1001", customer_name="Rosa")
    press_on(caller)
    caller.answer("annulled")
    caller.answer("subscriber_absent")
    caller.answer()
    for too_soon in ("09:40", "10:29"):  # nobody could be told of it in time
        with pytest.raises(StepRefused, match="desde el 25/11/2026 10:30"):
            caller.answer(visit_day="2026-11-25", visit_hour=too_soon, visit_address="Sucre 1")
    caller.answer(visit_day="2026-11-25", visit_hour=hour, visit_address="Sucre 1")
    assert f"Visita el 25/11/2026 a horas {hour}, aproximadamente." in page_of(caller).say
    caller.answer()
    card = Escalation.objects.get()
    if due:
        assert card.due_at == at(due)
    else:
        assert card.due_at < at("2026-11-25 18:00")
