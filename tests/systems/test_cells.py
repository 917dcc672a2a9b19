"""What the systems declare of themselves: found by its folder, without contradiction, and the contract made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import systems
from systems.cells import Cell, Reads, Typed, Writes
from systems.contract import CODE, MAYBE_CODE, MONEY, TEXT, many, money_in, optional, perhaps, record
from systems.contract_page import contract
from systems.nocc.client import Nocc
from systems.pac.client import Pac
from systems.registry import asked_cells, cells, choices, name_of
from tests.processes.house import ROOT

PAGE = ROOT / "docs" / "systems.yaml"
FIFTEEN = (  # of the procedure, in their order
    *("smartflex", "lbc", "c_cli4g", "ccvp", "gsi", "pac", "guiatel", "guia_comercial", "p_empleados"),
    *("boliviatel", "btel2", "mio", "qbc", "nocc", "sector_mail"),
)


def told(**more: Any) -> Writes:
    said = {"name": "report", "words": "x", "summary": "x", "source": "1.1", "reference": "N"}
    return Writes(**{"asks": {"number": CODE, "text": MAYBE_CODE}, **said, **more})


def asked(**more: Any) -> Reads:
    said: dict[str, Any] = {"name": "certificates", "words": "x", "summary": "x", "source": "1.1", "answers": TEXT}
    return Reads(**{"asks": {"contract": CODE}, "by_hand": (Typed("0.number", "x"),), **said, **more})


def a_cell(*operations: Reads | Writes, code: str = "nocc", client: type | None = Nocc) -> Cell:
    return Cell(code=code, name="x", client=client, operations=operations)


def test_every_folder_with_a_cell_is_a_system_and_stands_at_its_place() -> None:
    folders = {path.parent.name for path in Path(systems.__file__).parent.glob("*/__init__.py")}
    assert set(cells()) == folders - {"reports"}, "a folder of systems/ is a system; how reports are read is none"
    assert [code for code, _name in choices()][: len(FIFTEEN)] == list(FIFTEEN)
    assert [code for code in cells() if code not in asked_cells()] == ["ccvp", "sector_mail"]


def test_a_system_has_one_name_and_who_is_unknown_is_called_by_its_code() -> None:
    assert (name_of("lbc"), name_of("btel2"), name_of("nobody")) == ("LBC", "Btel2 (Logistic One)", "nobody")


def test_no_two_systems_mean_different_things_by_one_word_of_the_screen() -> None:
    labels: dict[str, set[str]] = {}
    values: dict[tuple[str, str], set[str]] = {}
    for cell in cells().values():
        for name, words in cell.labels.items():
            labels.setdefault(name, set()).add(str(words))
        for name, known in cell.words_of_values().items():
            for value, words in known.items():
                values.setdefault((name, value), set()).add(str(words))
    assert [name for name, words in labels.items() if len(words) > 1] == []
    # an order and a damage may each be in another state, an annulment have another cause
    assert [place for place, words in values.items() if len(words) > 1] == []


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: a_cell(told(), code="Nocc"), "no code of a system"),
        (lambda: a_cell(told(), code="n" * 17), "no code of a system"),
        (lambda: a_cell(told(name="shout")), "no such method"),
        (lambda: a_cell(told(asks={"number": CODE})), r"takes \['number', 'text'\], the contract asks \['number'\]"),
        (lambda: a_cell(told(), client=None), "come together"),
        (lambda: a_cell(), "come together"),
        (lambda: a_cell(told(reference="")), "a beginning of its references"),
        (lambda: a_cell(told(asks={"number": MAYBE_CODE, "text": MAYBE_CODE})), "needs an argument"),
        (lambda: a_cell(asked(by_hand=()), code="pac", client=Pac), "nothing to write down"),
        (lambda: a_cell(asked(nobodys="name"), code="pac", client=Pac), "which is to be nobody's"),
        (lambda: a_cell(asked(name="c" * 40), code="pac", client=Pac), "40 characters together"),
        (lambda: optional(CODE), "may not be left out"),
        (lambda: Cell(code="mail", name="x").client_at("http://x", token="", timeout=1), "has no client"),
        (
            lambda: contract(
                [
                    a_cell(asked(answers=record("Certificates", more=TEXT)), code="pac", client=Pac),
                    *cells().values(),
                ]
            ),
            "different shapes Certificates",
        ),
    ],
)
def test_a_cell_that_contradicts_itself_says_so_at_once(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()


def test_what_may_be_empty_is_not_needed() -> None:
    one = told(asks={"contract": MAYBE_CODE, "line": CODE, "name": optional(MAYBE_CODE)})
    assert (one.needs, one.may) == (("line",), ("contract", "name"))


def test_amounts_are_known_by_their_shape_at_any_depth() -> None:
    line = record("Line", balance=MONEY, number=TEXT, amounts=many(MONEY))
    assert set(money_in(record("Lines", lines=many(line)))) == {"balance", "amounts"}
    assert set(money_in(record("MaybeLine", line=perhaps(line)))) == {"balance", "amounts"}
