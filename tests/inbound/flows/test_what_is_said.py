"""What the flows say, read with the paper beside them: what must be answered is asked for, what is told is so."""

from __future__ import annotations

from typing import Any

import pytest

from inbound.flows.conditions import filled, is_open, places, proposed_branch, script, unanswered
from inbound.flows.shapes import REFUSED, UNKNOWN, Step
from tests.inbound.flows_to_read import LINES, flow_of

THE_CALLERS = [  # the steps on which the caller is on the line
    (line, step.name) for line in LINES for step in flow_of(line).steps.values() if step.lane == "agent"
]
NAMES = {line: [name for of, name in THE_CALLERS if of == line] for line in LINES}
OF_THE_AGENT = ("seen", "on_the_screen")  # what she reads, and asks nobody for
# In which words a field is asked for; one of any other type by whatever question there is.
ASKED_AS = {
    "telephone": ("teléfono", "número"),
    "service_number": ("número", "servicio"),
    "kinship": ("parentesco",),
    "address": ("dirección", "dónde"),
    "amount": ("monto", "cuánto"),
    "identity_card": ("carnet", "cédula"),
    "contract": ("contrato",),
    "name": ("nombre", "quién", "ciudad"),
}
SILENT_ON = ("seller_known", "which_seller")  # she looks the number up herself


@pytest.mark.parametrize("line", LINES)
def test_what_must_be_answered_is_asked_for_in_words(line: str) -> None:
    for name in NAMES[line]:
        step = flow_of(line).steps[name]
        asked = [one for one in step.fields if one.required and one.name not in OF_THE_AGENT and one.type != "holder"]
        if not asked or name in SILENT_ON:
            continue
        assert "¿" in step.say, (name, step.say)
        said = step.say.lower()
        missing = [one.name for one in asked if not any(word in said for word in ASKED_AS.get(one.type, ("¿",)))]
        assert missing == [], (name, step.say)


@pytest.mark.parametrize("line", LINES)
def test_what_the_card_says_was_promised_is_what_the_caller_heard(line: str) -> None:
    for step in flow_of(line).steps.values():
        if step.kind != "hand_over" or step.lane != "agent":
            continue
        assert set(places(step.promised)) <= set(places(step.say)), step.name
        for deed in ("llam", "inform", "visita"):
            assert deed not in step.promised.lower() or deed in step.say.lower(), (step.name, step.say, step.promised)


@pytest.mark.parametrize("line", LINES)
def test_nobody_is_greeted_twice(line: str) -> None:
    flow = flow_of(line)
    for name in NAMES[line]:
        if name != flow.start:
            assert flow.start not in flow.steps[name].leads_to, name
            assert "saludo" not in places(flow.steps[name].say), name


def after(line: str, *outcomes: str) -> list[Step]:
    flow = flow_of(line)
    return [flow.steps[step.way(outcome)] for step in flow.steps.values() if step.waits for outcome in outcomes]


@pytest.mark.parametrize("line", LINES)
def test_of_what_was_not_done_or_is_not_known_no_system_is_said_to_have_answered(line: str) -> None:
    """It may be done by hand, or its system be off: then nobody asked any."""
    for step in after(line, REFUSED, UNKNOWN):
        told = f"{step.title} {step.say}"
        for claim in ("Pedí", "el sistema", "El sistema", "Smartflex", "MIO no"):
            assert claim not in told, told


def test_what_is_done_next_is_not_told_as_done() -> None:
    """Whoever hangs up on one of these pages has heard nothing that does not come about."""
    steps = flow_of("101").steps
    assert "Lo reitero" not in steps["reiterate"].say
    assert "¿Desea" not in steps["reiterate"].say, "there would have to be a way for no"
    assert "Pido" not in steps["last_damage"].say
    for line, name in (("101", "gsi"), ("103", "derive_in_gsi")):  # nobody waits for GSI, and nobody says how it went
        assert "Aviso" not in flow_of(line).steps[name].say
    for line, name in THE_CALLERS:
        step = flow_of(line).steps[name]
        assert not step.waits or "¿" in step.say, (line, name, step.say)


def ways(line: str, decision: str, known: dict[str, Any]) -> tuple[str, set[str]]:
    """What is proposed, and what is open."""
    flow = flow_of(line)
    step = flow.steps[decision]
    proposed = proposed_branch(step, known, unanswered(flow, known))
    return proposed.name if proposed else "", {way.name for way in step.ways if is_open(way, known)}


@pytest.mark.parametrize(
    ("is_weekend", "way", "other"), [(True, "weekend", "weekdays"), (False, "weekdays", "weekend")]
)
def test_a_public_telephones_fault_goes_the_way_of_its_hour(is_weekend: bool, way: str, other: str) -> None:
    proposed, open_ways = ways("4639999", "when", {"window": {"is_weekend": is_weekend}})
    assert (proposed, way in open_ways, other in open_ways) == (way, True, False)


def test_the_fault_of_the_weekend_goes_out_without_the_callers_own_address() -> None:
    """The telephone may be of another contract than hers."""
    given = flow_of("4639999").steps["weekend_fault"].with_
    assert given["address"] == "phone_address"


@pytest.mark.parametrize("code", [None, [], {}])
@pytest.mark.parametrize("reach", ["national", "abroad"])
def test_without_gsi_nobody_is_told_how_to_dial(code: Any, reach: str) -> None:
    known = {"code": code, "origin": "fixed", "destination": "fixed", "reach": reach}
    assert ways("800131313", "code_known", known)[1] == {"not_known"}


@pytest.mark.parametrize(
    ("entry", "proposed", "is_open_to"),
    [
        ({"name": "Boston", "address": "Sucre 1"}, "address_only", {"address_only", "not_asked"}),
        ({"name": "Boston", "address": "Sucre 1", "number": "1"}, "registered", {"registered", "not_asked"}),
        ({"name": "Boston"}, "", {"not_asked"}),
        (None, "not_registered", {"not_registered", "not_asked"}),
    ],
)
def test_who_stands_in_the_guide_is_not_said_to_be_missing(entry: Any, proposed: str, is_open_to: set[str]) -> None:
    known = {"listing": {"entries": [entry] if entry else []}, "entry": entry}
    assert ways("4200224", "registered", known) == (proposed, is_open_to)


def test_an_address_alone_is_told() -> None:
    known = {"entry": {"name": "Boston", "address": "Sucre 1"}}
    assert script(flow_of("4200224").steps["tell_address"].say, known) == "Boston. La dirección es Sucre 1."


@pytest.mark.parametrize(
    ("extension", "proposed", "is_open_to"),
    [
        ({"name": "Rosa", "unit": "Cobros"}, "no_number", {"no_number", "again", "not_asked"}),
        ({"unit": "Cobros", "extension": "1020"}, "found", {"found", "again", "not_asked"}),
        (None, "not_found", {"not_found", "again", "not_asked"}),
    ],
)
def test_who_works_here_is_not_said_to_be_missing(extension: Any, proposed: str, is_open_to: set[str]) -> None:
    known = {"extensions": [extension] if extension else [], "extension": extension}
    assert ways("4251000", "found", known) == (proposed, is_open_to)


def test_where_p_empleados_did_not_answer_it_can_be_handed_over() -> None:
    assert ways("4251000", "found", {"extensions": None, "extension": None}) == (
        "", {"seen_not_found", "again", "not_asked"},
    )  # fmt: skip


def test_a_unit_without_a_person_is_told_in_whole_sentences() -> None:
    say = flow_of("4251000").steps["transfer"].say
    told = script(say, {"extension": {"unit": "Facturación", "extension": "1020"}})
    assert told == "El interno es el 1020. La unidad es Facturación. Le comunico."


@pytest.mark.parametrize(
    ("line", "step"), [("104", "registered"), ("4200224", "registered"), ("4251000", "found"), ("103", "order_state"),
                       ("800131313", "is_known"), ("101", "exists")],
)  # fmt: skip
def test_what_was_seen_on_another_screen_is_written_down_before_it_is_told(line: str, step: str) -> None:
    steps = flow_of(line).steps
    (seen,) = [steps[way.next] for way in steps[step].branches if way.name.startswith("seen_")]
    assert (seen.kind, [field.required for field in seen.fields]) == ("ask", [True])


@pytest.mark.parametrize(("seller", "closed"), [(None, "named"), ({"telephone": "+59170712345"}, "known")])
def test_a_seller_nobody_entered_is_told_by_a_number_that_was_written(seller: Any, closed: str) -> None:
    open_ways = ways("800130001", "has_seller", {"seller": seller})[1]
    assert {"named", "known"} - open_ways == {closed}
    steps = flow_of("800130001").steps
    (field,) = steps["which_seller"].fields
    assert (field.name, field.required) == ("seller_number", True)
    assert steps["which_seller"].next == "seller_known"
    assert filled(steps["seller_known"].say, {"seller_number": "707"}).endswith("Es el 707.")
    assert [one.required for one in steps["seller"].fields] == [False]


def test_without_a_guide_no_decoder_is_recorded_as_configured() -> None:
    assert ways("4522222", "has_guide", {"guides": [], "guide": None}) == ("not_found", {"not_found"})
    steps = flow_of("4522222").steps
    assert steps["has_guide"].way("not_found") == "decoder_to_101"
    assert [name for name, step in steps.items() if "decoder" in step.leads_to] == ["has_guide"]


def test_who_wants_none_of_the_plans_need_not_be_handed_over() -> None:
    known = {"plans": [{"name": "Hogar", "text": "Bs 149."}], "plan": None}
    assert ways("4522222", "has_plan", known) == ("not_found", {"not_found", "again", "nothing"})
    steps = flow_of("4522222").steps
    assert steps[steps["has_plan"].way("nothing")].label == "No desea ninguno de los planes"
    told = script(steps["tell_commercial"].say, {"plan": {"name": "Hogar", "text": "Bs 149 al mes."}})
    assert told == "Le informo de Hogar. Bs 149 al mes."


def test_of_a_sim_that_was_blocked_before_no_write_is_said_to_be_missing() -> None:
    steps = flow_of("800130001").steps
    assert steps["blocked_before"].escalation == "sim_block"
    end = steps[steps["blocked_before"].next]
    assert (end.result, end.label) == ("block_to_verify", "SIM ya bloqueado y por verificar")


def test_after_a_plan_another_may_be_told() -> None:
    steps = flow_of("4522222").steps
    assert steps[steps["tell_commercial"].next].way("again") == "which_plan"


def test_a_number_mio_does_not_show_is_corrected_or_handed_over_and_not_raised() -> None:
    for mio in (None, {"holder": "Rosa"}):
        open_ways = ways("800130001", "request", {"mio": mio})[1]
        assert ("balance" in open_ways, "not_in_mio" in open_ways, "theft" in open_ways) == (False, True, True)
    shown = {"mio": {"number": "70712345", "state": "active"}}
    assert "not_in_mio" not in ways("800130001", "request", shown)[1]
    assert ways("800130001", "shown_in_mio", shown)[1] == {"shown"}
    steps = flow_of("800130001").steps
    assert steps["not_in_mio"].say.startswith("No tengo ese número a la vista.")
    assert steps[steps["not_topped_up"].way("correct_number")].fields[0].name == "number"


@pytest.mark.parametrize("decision", ["may_be_told", "calls_from"])
@pytest.mark.parametrize(
    ("calls_from", "is_hers"), [("", True), ("+59144251234", True), ("+59144259999", False), ("+59170712345", False)]
)
def test_who_calls_from_another_number_does_not_call_from_hers(decision: str, calls_from: str, is_hers: bool) -> None:
    known = {"caller_number": calls_from, "balance_number": "4251234"}
    assert ("own_line" in ways("800131313", decision, known)[1]) is is_hers


def test_who_needs_no_office_hears_a_whole_sentence() -> None:
    say = flow_of("800130001").steps["tell_office"].say
    assert script(say, {"office": None}) == "Recuerde pedir el bloqueo definitivo dentro de los 5 días."


def test_a_transfer_is_told_as_one() -> None:
    steps = flow_of("103").steps
    assert "traslado" in steps["not_feasible"].say
    assert "instalación" not in steps["does_not_work"].say
    assert "figura" not in steps["does_not_work"].say, "the question before said it"


def test_the_nocc_gets_a_name_and_a_number_that_stand_there_already() -> None:
    steps = flow_of("800131313").steps
    assert "NOCC" in steps["tell_nocc"].say
    for name in ("nocc_follow_up", "nocc_by_mail", "nocc_to_confirm"):
        held = {field.name: field.prefill for field in steps[name].fields}
        assert held == {"caller_name": "subscriber.name | name", "telephone": "fault_number"}


@pytest.mark.parametrize("state", ["Ejecutado", "Atendido"])
def test_a_damage_is_called_by_the_state_it_is_in(state: str) -> None:
    steps = flow_of("101").steps
    told = script(steps["works"].say, {"damage": {"number": "D-1", "state": state}})
    assert told == f"Su reclamo D-1 figura así: {state}. ¿Ya tiene servicio?"
    assert "atend" not in steps["last_damage"].say


def test_what_happens_now_goes_to_the_operations_centre() -> None:
    steps = flow_of("101").steps
    assert steps["last_damage"].note
    assert steps["priority"].with_["note"] == "note"


def test_an_invoice_that_is_not_among_those_shown_is_not_said_to_be_unpaid() -> None:
    assert flow_of("102").steps["tell_not_paid"].say == "Esa factura no está entre las pagadas que veo."


def test_the_end_of_a_slip_says_that_its_mail_went_only_once_it_did() -> None:
    end = flow_of("103").steps["reentry_sent"]
    assert (end.title, end.label) == ("¿Se entregó el correo?", "Nueva digitación enviada por correo")
