"""Money, a SIM and a balance are come to past a comparison of who asks on every way, whoever edits the flow."""

from __future__ import annotations

import pytest

from inbound.flows.lint import lint
from inbound.flows.schema import parse_flow
from inbound.outside.actions import actions
from inbound.outside.look_ups import look_ups
from tests.inbound.flows_to_read import LINES, text_of
from tests.inbound.of_the_procedure import KINDS

HOLDER = (
    "      - {name: requester_is, type: holder, label: Quien solicita, card: requester_card,"
    " among: mio.identity_card}\n"
)
KINSHIP = ", required_unless: {requester_is: owner}}"
NOT_COMPARED = (
    "toca dinero o un SIM, y por «%s» se llega sin comparar a quien pide con el titular de esa línea: falta un campo"
    " «holder»"
)
NOT_OF_THE_CONTRACT = (
    "toca dinero o un SIM, y por «%s» se llega sin ver que el número sea de ese contrato: falta «needs»"
)
NOT_THE_HOLDER = (
    "dice o consulta un saldo, y por «%s» se llega sin saber que quien llama es el titular: falta «needs» con el campo"
    " «holder»"
)


def wrong_with(line: str, *changes: tuple[str, str]) -> list[str]:
    text = text_of(line)
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    flow = parse_flow(text, name=f"{line}.yaml")
    found = lint(flow, look_ups=look_ups(), actions=actions(), escalations=KINDS, lines=LINES)
    return [f"{error.step}: {error.what}" for error in found]


def branch(name: str, to: str, *, of: str) -> tuple[str, str]:
    """A branch without a condition, put before another of its decision."""
    return of, f"      - {{name: {name}, label: Se conoce, next: {to}}}\n{of}"


THEIRS = '      - {name: theirs, label: "Sí, es de ese contrato"'
BALANCE_OF_THE_HOLDER = "      - {name: holder, label: Es el titular, when: {asker_is: owner}, needs: {asker_is: owner}"
ASKED_AGAIN = """\
  again:
    kind: ask
    ref: 800131313.5
    title: De qué línea
    say: ¿De qué número?
    fields: [{name: balance_number, type: service_number, label: Número de teléfono}]
    next: balance
  balance_kept:
"""
SHOWN = "      - {name: shown, label: Sí figura, when: {mio.number: present}, needs: {mio.number: present}"


@pytest.mark.parametrize(
    ("line", "changes", "wrong"),
    [
        # nobody compares: neither before the block, nor before the money
        ("800130001", [(HOLDER, ""), (KINSHIP, "}")],
         [f"suspend: {NOT_COMPARED % 'line_of_contract.theirs'}",
          f"block_sim: {NOT_COMPARED % 'line_of_contract.theirs'}",
          f"top_up: {NOT_COMPARED % 'request.balance'}"]),
        # on one way only: past the question who asks
        ("800130001", [branch("known", "suspend", of=THEIRS)],
         [f"suspend: {NOT_COMPARED % 'line_of_contract.known'}",
          f"suspend: {NOT_OF_THE_CONTRACT % 'line_of_contract.known'}",
          f"block_sim: {NOT_COMPARED % 'line_of_contract.known'}"]),
        # with the line of before: another number was asked for since
        ("800130001", [branch("same", "top_up", of=SHOWN)], [f"top_up: {NOT_COMPARED % 'shown_in_mio.same'}"]),
        # with the holder of something else
        ("109", [("among: fijacom.identity_card", "among: linea")],
         [f"top_up: {NOT_COMPARED % 'customer_shown.shown'}"]),
        # a line nobody saw to be of the contract
        ("800130001", [branch("known", "requester", of=THEIRS)],
         [f"suspend: {NOT_OF_THE_CONTRACT % 'line_of_contract.known'}"]),
        # a balance for anybody
        ("800131313", [branch("anybody", "balance", of=BALANCE_OF_THE_HOLDER)],
         [f"balance: {NOT_THE_HOLDER % 'may_be_told.anybody'}"]),
        ("800130001", [("when: {asker_is: owner}, needs: {asker_is: owner}, ", "")],
         [f"tell_information: {NOT_THE_HOLDER % 'may_hear.holder'}"]),
        # and of another line than the one whose holder she is
        ("800131313", [(f"{BALANCE_OF_THE_HOLDER}, next: balance", f"{BALANCE_OF_THE_HOLDER}, next: again"),
                       ("  balance_kept:\n", ASKED_AGAIN)],
         [f"balance: {NOT_THE_HOLDER % 'may_be_told.holder'}"]),
    ],
)  # fmt: skip
def test_no_way_leads_past_a_guard(line: str, changes: list[tuple[str, str]], wrong: list[str]) -> None:
    found = wrong_with(line, *changes)
    assert [one for one in found if "se llega sin" in one] == wrong
