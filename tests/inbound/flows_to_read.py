"""Flows for the tests: those of the centre, and a small one to damage."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from inbound.flows.schema import Flow, parse_flow

FOLDER = Path(__file__).parents[2] / "inbound" / "flows"
LINES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))

SMALL = """\
line: 101
name: Reclamos técnicos
procedure: GC-PRC-OPE-ASE-02, A
start: greet
steps:
  greet: {kind: say, ref: 101.1, title: Saludo, say: "{saludo}", next: customer}
  customer:
    kind: ask
    ref: 101.2
    title: Datos
    say: ¿Quién habla?
    fields: [{name: customer, type: customer, label: Cliente}]
    next: damages
  damages:
    {kind: look_up, ref: 101.4, title: Daños, look_up: smartflex.damages, with: {contract: customer.contract},
     as: damages, next: which}
  which:
    {kind: choose, ref: 101.5, title: De cuál habla, say: ¿De cuál habla?, among: damages, shows: [number],
     as: damage, next: state}
  state:
    kind: decide
    ref: 101.6
    question: ¿En qué estado está?
    on: damage.state
    branches:
      - {name: open, label: Registrado, when: {damage.state: [registered, in_execution]}, next: reiterate,
         needs: {damage.state: [registered, in_execution]}}
      - {name: attended, label: Atendido, when: {damage.state: attended, damage.has_service: false},
         needs: {damage.state: attended}, next: refer}
    other: {label: Otro estado, next: unforeseen}
  reiterate:
    kind: do
    ref: 101.8
    title: Reiterar
    action: smartflex.reiterate_damage
    with: {damage: damage.number, cause: damage.cause}
    outcomes: {done: done, refused: unforeseen, unknown: pending}
  refer: {kind: refer, ref: 101.7, title: Daños Técnicos, procedure: OPE-PAS-P04, say: Lo ven los técnicos., next: done}
  unforeseen:
    kind: hand_over
    ref: 101.6
    title: Otro estado
    say: Le llamamos.
    fields: [{name: seen, type: text, label: Qué se ve}]
    escalation: unforeseen_state
    due: {working_hours: 4}
    next: handed
  done: {kind: end, ref: 101.12, result: done, label: Hecho, say: Quedó hecho.}
  handed: {kind: end, ref: 101.12, result: handed_over, label: Derivado, say: Gracias.}
  pending: {kind: end, ref: 101.12, result: pending, label: Por confirmar, say: Se confirmará.}
"""


def text_of(line: str) -> str:
    return (FOLDER / f"{line}.yaml").read_text()


@cache
def flow_of(line: str) -> Flow:
    """A line's flow as it is on file, read once: it is frozen, and thousands of tests are named by its steps."""
    return parse_flow(text_of(line), name=f"{line}.yaml")


def small(*changes: tuple[str, str]) -> str:
    """The small flow's text, with what is said replaced; each must be in it."""
    text = SMALL
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text
