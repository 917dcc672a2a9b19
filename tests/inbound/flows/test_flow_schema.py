"""A flow's text: read as written, or refused with everything that is wrong, by file and step."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.flows.schema import Due, FlowErrors, parse_flow
from tests.inbound.flows_to_read import LINES, SMALL, small, text_of


def errors_of(text: str) -> list[str]:
    with pytest.raises(FlowErrors) as refused:
        parse_flow(text, name="101.yaml")
    return [str(error) for error in refused.value.errors]


def test_a_flow_is_read_as_it_is_written() -> None:
    flow = parse_flow(SMALL, name="101.yaml")
    assert (flow.line, flow.start, list(flow.steps)[:3]) == ("101", "greet", ["greet", "customer", "damages"])
    state = flow.steps["state"]
    assert state.on == "damage.state"
    assert state.title == "¿En qué estado está?"
    assert state.branches[0].when == {"damage.state": ("registered", "in_execution")}
    assert state.branches[1].when == {"damage.state": "attended", "damage.has_service": False}
    assert [way.name for way in state.ways] == ["open", "attended", "other"]
    assert state.leads_to == ("reiterate", "refer", "unforeseen")
    assert flow.steps["unforeseen"].due == Due(working_hours=4)
    assert flow.steps["customer"].fields[0].required


def test_words_stay_words() -> None:
    """`101.10` is no number (it would be 101.1), `No` and `on` are no booleans."""
    flow = parse_flow(small(("ref: 101.12", "ref: 101.10"), ("label: Hecho", "label: No")), name="x")
    assert flow.steps["done"].ref == "101.10"
    assert flow.steps["done"].label == "No"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("line: 101\n", "", "101.yaml: falta «line»"),
        ("line: 101\n", "line: ciento\n", "101.yaml: «line» no tiene la forma debida: «ciento»"),
        ("name: Recl", "nombre: Recl", "101.yaml: aquí no va «nombre» (¿«name»?)"),
        ("start: greet", "start: [greet]", "101.yaml: falta «start»"),
        ("kind: say", "kind: speak", "101.yaml: greet: «kind» no puede ser «speak»"),
        ("kind: say, ", "", "101.yaml: greet: falta «kind»"),
        ("ref: 101.1, ", "", "101.yaml: greet: falta «ref»"),
        ("ref: 101.1,", "ref: '101',", "101.yaml: greet: «ref» no tiene la forma debida: «101»"),
        ("title: Saludo, ", "", "101.yaml: greet: falta «title»"),
        ('say: "{saludo}"', 'says: "{saludo}"', "101.yaml: greet: falta «say»"),
        (", next: customer}", "}", "101.yaml: greet: falta «next»"),
        ("type: customer", "type: client", "101.yaml: customer: «type» no puede ser «client»"),
        ("type: customer", "type: choice", "101.yaml: customer: un campo tiene opciones"),
        ("type: customer", "required: si, type: customer", "101.yaml: customer: «required» es true o false"),
        ("as: damages", "as: 2", "101.yaml: damages: «as» no tiene la forma debida"),
        ("damage.number, cause", "[a], cause", "101.yaml: reiterate: falta «damage», o no es un texto"),
        ("when: {damage.state: [registered, in_execution]}", "when: {Damages: x}", "101.yaml: state: «Damages» no"),
        ("[registered, in_execution]", "{a: b}", "101.yaml: state: «damage.state»: se compara con una palabra"),
        ("{working_hours: 4}", "{working_hours: 4, days: 2}", "101.yaml: unforeseen: «due» dice una sola cosa"),
        ("{working_hours: 4}", "{working_hours: -4}", "101.yaml: unforeseen: «working_hours» de «due» es una cantidad"),
        ("{working_hours: 4}", "{weeks: 4}", "101.yaml: unforeseen: aquí no va «weeks»"),
        ("result: done", "result: Hecho ya", "101.yaml: done: «result» no tiene la forma debida"),
        ("  done: {", "  Done: {", "101.yaml: Done: un paso se nombra con minúsculas"),
        ("other: {label: Otro estado,", "other: {", "101.yaml: state: falta «label»"),
        ("result: done", "settles: maybe, result: done", "101.yaml: done: «settles» no puede ser «maybe»"),
        ("kind: refer, ", "kind: refer, lane: nobody, ", "101.yaml: refer: «lane» no puede ser «nobody»"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_file_and_step(before: str, after: str, said: str) -> None:
    found = errors_of(small((before, after)))
    assert any(error.startswith(said) for error in found), found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "no es YAML: revise la línea 2, columna 1"),
        ("a: 1\na: 2", "línea 2: «a» está dos veces"),
        ("a: &x 1\nb: *x", "línea 1: no se usan anclas ni referencias (& y *)"),
        ("a: !!python/object:os.system x", "línea 1: no se usan etiquetas de tipo (!)"),
        ("a: !!int x", "línea 1: no se usan etiquetas de tipo (!)"),
        ("[a]: b", "línea 1: una clave debe ser una palabra"),
        ("a: 1\n---\nb: 2", "línea 2: hay más de un documento"),
        ("[" * 500 + "]" * 500, "línea 1: hay demasiados niveles"),
        ("a: \ud800", "tiene signos que no se pueden leer"),
        ("a: \0", "tiene signos que no se pueden leer"),
        ("#" * 100_001, "es demasiado largo: más de 100000 caracteres"),
    ],
)
def test_a_text_that_is_no_flow_at_all_is_one_error(text: str, said: str) -> None:
    assert errors_of(text) == [f"101.yaml: {said}"]


@pytest.mark.parametrize("text", ["", "hola", "- a", "steps: []", "steps: {a: b}", "steps: {a: {fields: {}}}"])
def test_another_shape_is_refused(text: str) -> None:
    assert errors_of(text)


def test_everything_is_said_at_once() -> None:
    found = errors_of(small(("kind: say, ", ""), ("type: customer", "type: x"), ("label: Hecho", "label: ''")))
    assert {error.split(": ")[1] for error in found} == {"greet", "customer", "done"}


def whatever_is_wrong(text: str, name: str) -> list[str]:
    try:
        parse_flow(text, name=name)
    except FlowErrors as refused:
        return [str(error) for error in refused.errors]
    return []


@given(
    line=st.sampled_from(LINES),
    cuts=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 40), st.text(max_size=6)), min_size=1, max_size=4),
)
def test_damage_raises_nothing_but_flow_errors(line: str, cuts: list[tuple[int, int, str]]) -> None:
    text = text_of(line)
    for place, length, instead in cuts:
        place %= len(text)
        text = text[:place] + instead + text[place + length :]
    assert all(said.startswith(f"{line}.yaml: ") for said in whatever_is_wrong(text, f"{line}.yaml"))


@given(st.text(alphabet=string.printable + "áñ¿ \0\ud800", max_size=300))
def test_any_text_raises_nothing_but_flow_errors(text: str) -> None:
    with pytest.raises(FlowErrors):
        parse_flow(text, name="x.yaml")


def test_each_line_has_its_file_and_is_small_enough_to_be_read_beside_the_paper() -> None:
    assert {line: n for line in LINES if (n := text_of(line).count("\n")) > 480} == {}
    assert all(parse_flow(text_of(line), name=line).line == line for line in LINES)
