"""What a step may do outside: each action hands its client exactly what the contract says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inbound.outside.actions import actions, amount_of, note_of
from systems.connection import AskedBy
from systems.registry import choices

ACCOUNTABLE = {"lbc.suspend", "mio.block_sim", "qbc.top_up", "c_cli4g.top_up", "btel2.raise_credit"}


@pytest.mark.parametrize("typed", ["1e400", "9" * 40, "NaN", "-0", "0.004", "Infinity", "10,5", ""])
def test_what_is_no_amount_is_none(typed: str) -> None:
    assert amount_of({"amount": typed}) is None


class Recorder:
    """Stands in for all clients and keeps the one call made."""

    def __init__(self, *path: str, calls: list[Any] | None = None, words: list[AskedBy] | None = None) -> None:
        self.path, self.calls = path, [] if calls is None else calls
        self.words = [] if words is None else words

    def __getattr__(self, name: str) -> Recorder:
        return Recorder(*self.path, name, calls=self.calls, words=self.words)

    def on_the_word_of(self, asked_by: AskedBy) -> Recorder:
        self.words.append(asked_by)
        return self

    def __call__(self, **said: Any) -> str:
        self.calls.append((".".join(self.path), said))
        return "done"


@pytest.mark.parametrize(
    ("name", "payload", "said"),
    [
        ("smartflex.register_damage", {"contract": "C1", "service_number": "4251000", "cause": "sin tono"},
         {"contract": "C1", "service_number": "4251000", "component": "", "cause": "sin tono", "description": ""}),
        ("smartflex.reiterate_damage", {"damage": "D1", "cause": "x"}, {"damage": "D1", "cause": "x"}),
        ("smartflex.write_interaction", {"line": "104", "result": "told"},
         {"line": "104", "result": "told", "contract": "", "text": ""}),
        ("smartflex.register_claim", {"contract": "C1", "text": "cobro"}, {"contract": "C1", "text": "cobro"}),
        ("gsi.reiterate", {"damage": "D1", "text": "otra vez"}, {"damage": "D1", "text": "otra vez"}),
        ("gsi.derive", {"order": "O1", "text": None}, {"order": "O1", "text": ""}),
        ("lbc.suspend", {"contract": "C1", "number": "70712345", "reason": "robo"},
         {"contract": "C1", "number": "70712345", "reason": "robo"}),
        ("mio.block_sim", {"number": "70712345"}, {"number": "70712345", "reason": ""}),
        ("qbc.top_up", {"number": "70712345", "amount": "20.00"}, {"number": "70712345", "amount": Decimal("20.00")}),
        ("c_cli4g.top_up", {"number": "4400", "amount": "10", "requester_name": "Rosa Flores", "requester_card":
         "123-1F CB", "requester_kinship": "hija"},
         {"number": "4400", "amount": Decimal(10), "note": "Rosa Flores, 123-1F CB, hija"}),
        ("btel2.raise_credit", {"number": "4251000", "amount": "50.5"},
         {"number": "4251000", "amount": Decimal("50.5")}),
        ("nocc.report", {"number": "4251000", "text": "sin llamadas"}, {"number": "4251000", "text": "sin llamadas"}),
    ],
)  # fmt: skip
def test_an_action_is_the_call_of_its_name(name: str, payload: dict[str, Any], said: dict[str, Any]) -> None:
    clients = Recorder()
    assert actions()[name].send(clients, "walk:1:7", payload) == "done"
    assert clients.calls == [(name, {"key": "walk:1:7", **said})]
    asked = {key: told for key, told in payload.items() if key.startswith("requester_")}
    assert clients.words == [AskedBy(**asked)]


def test_money_and_sims_are_accountable_and_nothing_else() -> None:
    assert {name for name, action in actions().items() if action.accountable} == ACCOUNTABLE


def test_an_action_belongs_to_the_system_it_is_named_for() -> None:
    assert {name: action.system for name, action in actions().items()} == {n: n.split(".")[0] for n in actions()}
    assert {action.system for action in actions().values()} <= set(dict(choices()))


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("20", Decimal(20)), ("20.50", Decimal("20.50")), (20, Decimal(20)), ("0.01", Decimal("0.01")), ("0", None),
        ("-5", None), ("", None), (None, None), ("NaN", None), ("Infinity", None), ("1e3", Decimal(1000)),
        ("20.505", None), ("veinte", None), ("20,50", None),
    ],
)  # fmt: skip
def test_an_amount_is_positive_and_of_whole_cents(written: Any, amount: Decimal | None) -> None:
    assert amount_of({"amount": written}) == amount


def test_a_note_that_was_typed_stands_before_the_requester() -> None:
    assert note_of({"note": " por la web ", "requester_name": "Rosa"}) == "por la web, Rosa"
    assert note_of({}) == ""
