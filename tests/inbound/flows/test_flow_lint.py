"""What can be read and still not be walked, or names what does not exist: refused, all of it at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.flows.diagram import mermaid, svg
from inbound.flows.lint import lint
from inbound.flows.paths import every_path
from inbound.flows.schema import FlowErrors, parse_flow
from inbound.outside.actions import actions
from inbound.outside.look_ups import look_ups
from tests.inbound.flows_to_read import LINES, SMALL, flow_of, small, text_of
from tests.inbound.of_the_procedure import KINDS


def errors_of(text: str) -> list[str]:
    flow = parse_flow(text, name="101.yaml")
    found = lint(flow, look_ups=look_ups(), actions=actions(), escalations=KINDS, lines=("101", "102"))
    return [str(error) for error in found]


def test_a_flow_that_can_be_walked_has_nothing_wrong() -> None:
    assert errors_of(SMALL) == []


@pytest.mark.parametrize("line", LINES)
def test_the_flows_of_the_centre_have_nothing_wrong(line: str) -> None:
    found = lint(flow_of(line), look_ups=look_ups(), actions=actions(), escalations=KINDS, lines=LINES)
    assert found == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Listo, su reclamo ya está registrado.", "ya está registrado"),
        ("Su daño quedó registrado.", "quedó registrado"),
        ("Su daño no quedó registrado.", ""),
        ("Todavía no sabemos si quedó registrado.", ""),
        ("Su línea quedó suspendida.", ""),  # which is another step's
        ("Registramos su daño.", "Registramos"),
        ("He registrado su daño.", "He registrado"),
        ("Listo, lo registré.", "registré"),
        ("Su reclamo está registrado.", "está registrado"),
        ("No lo registramos.", ""),
    ],
)
def test_what_was_refused_is_not_said_to_be_done(words: str, said: str) -> None:
    text = text_of("101").replace("El registro no se hizo. Permítame verificar los datos.", words)
    assert words in text
    found = lint(
        parse_flow(text, name="101.yaml"), look_ups=look_ups(), actions=actions(), escalations=KINDS, lines=LINES
    )
    wrong = [f"101.yaml: not_registered: «refused» dice «{said}», y eso solo se sabe cuando se hizo"] if said else []
    assert [str(error) for error in found] == wrong


@pytest.mark.parametrize(
    ("line", "before", "after", "wrong"),
    [
        # asked for, and said as if it were done
        (
            "101",
            "¿Es correcto?",
            "Su daño quedó registrado. ¿Es correcto?",
            ["register: dice «quedó registrado» antes de pedirlo"],
        ),
        # on the way that leads on from a refusal
        (
            "101",
            "No pude registrar su reclamo en este momento.",
            "Su daño quedó registrado.",
            ["register_for_her: «refused» dice «quedó registrado», y eso solo se sabe cuando se hizo"],
        ),
        # of what nobody waits for
        (
            "103",
            "Su orden quedó reportada a supervisión.",
            "Su orden ya quedó enviada.",
            ["derive_in_gsi: dice «ya quedó enviada», y nadie espera a saberlo"],
        ),
    ],
)
def test_nor_on_any_way_that_leads_on_from_it(line: str, before: str, after: str, wrong: list[str]) -> None:
    text = text_of(line)
    assert before in text
    flow = parse_flow(text.replace(before, after), name=f"{line}.yaml")
    found = lint(flow, look_ups=look_ups(), actions=actions(), escalations=KINDS, lines=LINES)
    assert [str(error) for error in found] == [f"{line}.yaml: {one}" for one in wrong]


def test_a_result_is_not_named_as_done_where_it_is_not() -> None:
    text, label = text_of("101"), "No se hizo y se derivó"
    assert label in text
    flow = parse_flow(text.replace(label, "Daño registrado"), name="101.yaml")
    found = lint(flow, look_ups=look_ups(), actions=actions(), escalations=KINDS, lines=LINES)
    wrong = "101.yaml: not_done: «refused» dice «registrado», y eso solo se sabe cuando se hizo"
    assert wrong in [str(error) for error in found]


OUTCOMES = "outcomes: {done: done, refused: unforeseen, unknown: pending}"
LONELY = "  lonely: {kind: say, ref: 101.1, title: Nadie, say: Hola, next: done}\n  done:"
LOOPING = "kind: refer, ref: 101.7, title: Daños Técnicos, procedure: OPE-PAS-P04, next: refer}"
MONEY = """action: qbc.top_up
    accountable: true
    with: {number: customer.contract, amount: customer.contract}"""
REFERRED = (
    "kind: refer, ref: 101.7, title: Daños Técnicos, procedure: OPE-PAS-P04, say: Lo ven los técnicos., next: done}"
)
REITERATE = """action: smartflex.reiterate_damage
    with: {damage: damage.number, cause: damage.cause}"""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        # a branch to nowhere, a start nowhere
        ("next: refer}", "next: away}", "101.yaml: state: lleva a «away», que no existe"),
        ("start: greet", "start: away", "101.yaml: comienza en «away», que no existe"),
        # unreachable
        ("  done:", LONELY, "101.yaml: lonely: no se llega nunca a este paso"),
        # a loop that cannot be left, a referral without an end, a dead end
        (OUTCOMES, "outcomes: {done: reiterate, refused: reiterate, unknown: reiterate}",
         "101.yaml: reiterate: desde aquí no se llega a ningún final"),
        (REFERRED,
         LOOPING, "101.yaml: refer: remite y no termina"),
        # decisions
        ("    other: {label: Otro estado, next: unforeseen}\n", "",
         "101.yaml: state: decide por un estado de otro sistema y no tiene «other» (otro estado)"),
        ("    on: damage.state\n", "", "101.yaml: state: decide por «damage.state», de otro sistema: falta «on:"),
        ("on: damage.state", "on: damage.cause", "101.yaml: state: decide por «damage.state», de"),
        ("name: attended", "name: open", "101.yaml: state: hay dos ramas con el nombre «open»"),
        ("name: attended", "name: other", "101.yaml: state: «other» se escribe aparte, no entre las ramas"),
        ("needs: {damage.state: attended}", "needs: {damage.number: present}",
         "101.yaml: state: «attended» se puede elegir aunque se vea otro estado: falta «needs: damage.state»"),
        ("needs: {damage.state: attended}", "needs: {damage.state: [attended, closed]}",
         "101.yaml: state: «attended» se puede elegir aunque se vea otro estado: falta «needs: damage.state»"),
        # names
        ("with: {contract: customer.contract}", "with: {}", "101.yaml: damages: la consulta necesita «contract» en"),
        ("look_up: smartflex.damages", "look_up: smartflex.xyz", "101.yaml: damages: consulta desconocida «smart"),
        ("smartflex.reiterate_damage", "gsi.xyz", "101.yaml: reiterate: acción desconocida «gsi.xyz»"),
        ("escalation: unforeseen_state", "escalation: x", "101.yaml: unforeseen: tipo de derivación desconocido «x»"),
        ("ref: 101.7", "ref: 102.7", "101.yaml: refer: la referencia «102.7» no es de esta línea"),
        ("result: done", "continue_as: '999', result: done", "101.yaml: done: no se puede continuar como «999»"),
        ("result: done", "continue_as: '101', result: done", "101.yaml: done: no se puede continuar como «101»"),
        ("{contract: customer.contract}", "{contract: caller.contract}",
         "101.yaml: damages: «caller.contract»: ningún paso trae «caller»"),
        ("{saludo}", "{saluda}", "101.yaml: greet: «saluda»: ningún paso trae «saluda»"),
        ("damage.has_service: false", "damage.has_service: unlike caller.number",
         "101.yaml: state: «caller.number»: ningún paso trae «caller»"),
        ("name: seen", "name: cliente", "101.yaml: unforeseen: un campo no se puede llamar «cliente»"),
        ("look_up: smartflex.damages", "look_up: house.offices",
         "101.yaml: state: «damage.state»: lo que se busca como «damage» no trae «state»"),
        ("look_up: smartflex.damages", "look_up: house.offices",
         "101.yaml: which: «damages.number»: lo que se busca como «damages» no trae «number»"),
        # writes
        ("cause: damage.cause", "other: damage.cause", "101.yaml: reiterate: la acción necesita «cause» en"),
        ("cause: damage.cause", "cause: damage.cause, sim: note",
         "101.yaml: reiterate: la acción no recibe «sim»"),
        (REITERATE, MONEY, "101.yaml: reiterate: la acción necesita «requester_card» en «with»"),
        (REITERATE, MONEY.replace("    accountable: true\n", ""),
         "101.yaml: reiterate: toca dinero o un SIM: falta «accountable: true»"),
        # what is told of a write
        (OUTCOMES, "next: done", "101.yaml: reiterate: al cliente se le dice cómo salió: falta «outcomes»"),
        (OUTCOMES, "outcomes: {done: done, refused: unforeseen, unknown: done}",
         "101.yaml: reiterate: «unknown» lleva a «done», que se dice cuando se hizo"),
        (OUTCOMES, "outcomes: {done: refer, refused: unforeseen, unknown: done}",
         "101.yaml: reiterate: «unknown» termina como «done», en «done»"),
        (OUTCOMES, "outcomes: {done: done, refused: handed, unknown: pending}",
         "101.yaml: reiterate: «refused» llega a un final sin derivar el caso a nadie"),
        # what is said
        ("    say: ¿Quién habla?\n", "", "101.yaml: customer: no tiene qué decirle al cliente: falta «say»"),
        (", say: Gracias.}", "}", "101.yaml: handed: no tiene qué decirle al cliente: falta «say»"),
        ("say: ¿Quién habla?", "say: \"¿{customer.name}?\"",
         "101.yaml: customer: si no se sabe lo que va entre llaves no queda nada que decir"),
        # lanes
        ("kind: hand_over\n", "kind: hand_over\n    noted: Algo\n",
         "101.yaml: unforeseen: «noted» va solo en otro carril que el del agente"),
        ("title: Saludo,", "title: Saludo, noted: 'Dice {nothing.said}',",
         "101.yaml: greet: «nothing.said»: ningún paso trae «nothing»"),
        ("result: done", "lane: supervisor, result: done", "101.yaml: refer: lleva a «done», que es de otro carril"),
        ("start: greet", "start: greet\nlanes: {supervisor: done}",
         "101.yaml: done: comienza el carril «supervisor» y no es de él"),
        ("start: greet", "start: greet\nlanes: {supervisor: done}", "101.yaml: nadie deriva al carril «supervisor»"),
        ("escalation: unforeseen_state", "escalation: unforeseen_state\n    hands_to: supervisor",
         "101.yaml: unforeseen: deriva al carril «supervisor», que no está en «lanes»"),
        ("result: done", "lane: supervisor, result: done", "101.yaml: done: termina un carril y no dice qué pasa"),
        ("result: done", "settles: resolved, result: done", "101.yaml: done: «settles» va solo en los finales de otro"),
    ],
)  # fmt: skip
def test_what_cannot_be_walked_is_refused(before: str, after: str, said: str) -> None:
    found = errors_of(small((before, after)))
    assert any(error.startswith(said) for error in found), found


def test_everything_is_said_at_once() -> None:
    found = errors_of(small(("ref: 101.7", "ref: 102.7"), ("next: refer}", "next: away}")))
    assert {error.split(": ")[1] for error in found} == {"refer", "state"}
    assert len(found) == 3  # the reference, the branch to nowhere, and nobody comes to the step any more


@given(
    line=st.sampled_from(LINES),
    moves=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=5),
)
def test_whatever_can_be_read_can_be_checked_and_drawn(line: str, moves: list[tuple[int, int]]) -> None:
    """Lines of the text change places: much of it is still a flow, of a kind nobody would write."""
    rows = text_of(line).split("\n")
    for here, there in moves:
        here, there = here % len(rows), there % len(rows)
        rows[here], rows[there] = rows[there], rows[here]
    try:
        flow = parse_flow("\n".join(rows), name=f"{line}.yaml")
    except FlowErrors:
        return
    found = lint(flow, look_ups=look_ups(), actions=actions(), escalations=KINDS, lines=LINES)
    assert all(str(error).startswith(f"{line}.yaml: ") for error in found) or flow.line != line
    assert svg(flow).endswith("</svg>")
    assert mermaid(flow)
    if not found:
        assert all(list(every_path(flow, start=start)) for start in flow.starts)


@pytest.mark.parametrize("say", ["Vence el {term.last_day", "Vence el term.last_day}", "Vence {}"])
def test_a_brace_without_its_pair_is_no_place(say: str) -> None:
    text = text_of("103").replace(
        "say: Su solicitud pasó el plazo de 10 días. Supervisión la gestiona y le informa.", f'say: "{say}"'
    )
    assert text != text_of("103")
    found = lint(parse_flow(text, name="103"), look_ups=look_ups(), actions=actions(), escalations=KINDS, lines=LINES)
    assert [error.step for error in found] == ["overdue"]
