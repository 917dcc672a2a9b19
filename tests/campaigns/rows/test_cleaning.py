"""Rows of the exports, cleaned in the reading process, give what the samples are known to hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from campaigns.rows.cleaning import (
    CCVP_COLUMNS,
    CCVP_FIELDS,
    CLEANERS,
    RECAUDO_COLUMNS,
    RECAUDO_FIELDS,
    Ccvp,
    Unusable,
    clean_row,
)
from campaigns.rows.column_cleaning import name_keys
from systems.reports.copying import read_copy_line
from systems.reports.known_headings import HEADINGS, REQUIRED
from systems.reports.reading import read_report

DATA = Path(__file__).resolve().parents[2] / "data"
USABLE = {
    "contract": "120100026.0",
    "service_number": "1201000261",
    "name": "Ana  María Ñusta",
    "identity_card": "4934212.0",
    "telephone_1": "441-20101 / 751-82310",
    "mobile": "70712345",
    "product": "TV CABLE",
    "plan": "TV Básico",
    "due_on": "30/11/2026 00:00:00",
    "amount": "Bs. 1,149.00",
    "zone": "Sarco",
    "address": "Av. Ávila\tN° 2",
    "segment": "B",
}


def cleaned(sample: str, kind: str) -> list[dict[str, Any]]:
    names = ("line", *(CCVP_COLUMNS if kind == "ccvp" else RECAUDO_COLUMNS), "reason", "detail", "cells")
    path = next((DATA / sample).glob(f"{kind}-*"))
    with read_report(path, columns=HEADINGS[kind], required=REQUIRED[kind], cleaner=CLEANERS[kind]) as reading:
        text = b"".join(reading.chunks()).decode()
    rows = []
    for line in text.split("\n")[:-1]:
        marks = line.split("\t")
        values = read_copy_line(line)
        rows.append({n: None if m == "\\N" else v for n, m, v in zip(names, marks, values, strict=True)})
    return rows


@pytest.mark.parametrize("sample", ["xlsx-300", "xlsx-5000", "csv-300"])
def test_the_renewals_of_the_samples_are_the_known_ones(sample: str, truth: Callable[[str], dict[str, Any]]) -> None:
    known = truth(sample)
    rows = cleaned(sample, "ccvp")
    good = [row for row in rows if row["reason"] is None and row["service"] != "OTHER"]
    renewals = {row["service_number"]: row for row in good}
    assert len(rows) == known["report"]["rows"] + known["report"]["bad_rows"]
    assert Counter(row["reason"] for row in rows if row["reason"]) == {
        "no_contract": 1,
        "bad_date": 1,
        "bad_amount": 1,
        "no_date": 1,
    }
    assert sum(row["service"] == "OTHER" for row in rows) == known["report"]["other_service"]
    assert len(good) - len(renewals) == known["report"]["duplicates"]
    assert Counter(row["service"] for row in renewals.values()) == known["report"]["by_service"]
    assert sum(float(row["amount"]) for row in renewals.values()) == known["report"]["amount_due"]
    silent = {row["contract"] for row in renewals.values() if row["telephones"] == "{}"}
    assert len(silent) == known["report"]["contracts_not_callable"]
    for number, item in known["sample_items"].items():
        row = renewals[number]
        assert (row["contract"], row["service"], row["due_on"]) == (item["contract"], item["service"], item["due"])
        assert sorted(filter(None, row["telephones"].strip("{}").split(","))) == item["phones"]


@pytest.mark.parametrize("sample", ["xlsx-300", "xlsx-5000", "csv-300"])
def test_the_receipts_of_the_samples_are_the_known_ones(sample: str, truth: Callable[[str], dict[str, Any]]) -> None:
    known = truth(sample)["payments"]
    rows = cleaned(sample, "recaudo")
    assert len(rows) == known["rows"]
    assert {row["reason"] for row in rows} == {None}
    assert len({row["receipt"] for row in rows}) == known["receipts"]
    inside = {row["receipt"]: row for row in rows if not row["contract"].startswith("999")}
    assert sum(float(row["amount"]) for row in inside.values()) == known["amount_paid"]


def test_a_rejected_row_keeps_its_cells_as_they_were() -> None:
    bad = next(row for row in cleaned("csv-300", "ccvp") if row["reason"] == "bad_date")
    assert bad["due_on"] is None
    assert bad["detail"] == "31/02/2026"
    kept = json.loads(bad["cells"])
    assert set(kept) == set(CCVP_FIELDS)
    assert kept["due_on"] == "31/02/2026"


def test_names_are_searched_without_accents_or_punctuation() -> None:
    keys = {
        "El Tornillo S.R.L.": "EL TORNILLO SRL", "El Tornillo SRL": "EL TORNILLO SRL",
        "Pérez-Ñuñez, Ana": "PEREZ NUNEZ ANA",
        "O'Connor": "OCONNOR", '"La Llajta" (Sucursal)': "LA LLAJTA SUCURSAL", "A & B": "A B", "...": "", "": "",
    }  # fmt: skip
    assert name_keys(list(keys)) == list(keys.values())
    assert [name_keys([name])[0] for name in keys] == list(keys.values())


def test_one_row_is_cleaned_by_the_same_rules() -> None:
    assert clean_row("ccvp", USABLE) == {
        "contract": "120100026",
        "service_number": "1201000261",
        "service": "TV",
        "name": "Ana María Ñusta",
        "name_key": "ANA MARIA NUSTA",
        "identity_card": "4934212",
        "telephones": "{+59170712345,+59175182310,+59144120101}",
        "plan": "TV Básico",
        "due_on": "2026-11-30",
        "amount": "1149.00",
        "zone": "Sarco",
        "address": "Av. Ávila N° 2",
        "segment": "B",
    }
    receipt = {"receipt": "R1", "contract": "1", "paid_on": "46356", "amount": "99", "product": ""}
    assert clean_row("recaudo", {field: receipt.get(field, "") for field in RECAUDO_FIELDS})["service"] == ""


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"contract": "S/N"}, "no_contract", "contract"),
        ({"service_number": ""}, "no_service_number", "service_number"),
        ({"product": ""}, "no_product", "product"),
        ({"product": "Internet + TV"}, "two_products", "product"),
        ({"due_on": ""}, "no_date", "due_on"),
        ({"due_on": "31/02/2026"}, "bad_date", "due_on"),
        ({"amount": ""}, "no_amount", "amount"),
        ({"amount": "gratis"}, "bad_amount", "amount"),
        ({"amount": "0"}, "amount_not_positive", "amount"),
        ({"service_number": "1" * 33}, "too_long", "service_number"),
        ({"contract": "", "due_on": "", "amount": ""}, "no_contract", "contract"),
    ],
)
def test_what_cannot_be_used_says_why_and_where(change: dict[str, str], reason: str, field: str) -> None:
    with pytest.raises(Unusable) as error:
        clean_row("ccvp", {**USABLE, **change})
    assert (error.value.reason, error.value.field) == (reason, field)


def test_a_row_of_another_product_asks_for_nothing() -> None:
    row = clean_row("ccvp", {**USABLE, "product": "Telefonía Fija", "due_on": "", "amount": "gratis"})
    assert (row["service"], row["due_on"], row["amount"]) == ("OTHER", None, None)


def test_hostile_text_stays_one_row_of_copy() -> None:
    nasty = "a\\b\tc\nd\re\x00f\u2028g"
    columns = [[nasty, "1201", "1202"] for _ in CCVP_FIELDS]
    out = Ccvp(CCVP_FIELDS).clean([7, 8, 9], columns)
    text = "\n".join(map("\t".join, zip(*out, strict=True)))
    assert text.count("\n") == 2
    assert text.count("\t") == 3 * (len(out) - 1)
    assert "\x00" not in text
    assert "\\u0000" not in text


def test_signs_that_nobody_sees_are_in_no_column() -> None:
    hidden = {field: "\u2066".join((cell[:2], cell[2:])) + "\x7f\u2069" for field, cell in USABLE.items()}
    assert clean_row("ccvp", hidden) == clean_row("ccvp", USABLE)
    plain = clean_row("ccvp", {**USABLE, "mobile": "\uff17\uff10712345"})
    assert plain["telephones"] == clean_row("ccvp", USABLE)["telephones"]


def test_long_words_are_cut_to_what_the_database_keeps() -> None:
    row = clean_row("ccvp", {**USABLE, "name": "Á" * 300, "address": "x" * 300, "plan": "p" * 300, "segment": "s" * 99})
    lengths = {name: len(row[name] or "") for name in ("name", "name_key", "address", "plan", "segment")}
    assert lengths == {"name": 160, "name_key": 160, "address": 200, "plan": 80, "segment": 16}


def test_a_row_is_cleaned_the_same_whatever_stands_beside_it() -> None:
    own = {**USABLE, "name": "Ana María Ñusta", "address": "Av. Ávila N° 2", "identity_card": "½ 4934212.0"}
    others = [{**own, "name": name} for name in ("Ana  María", "Ana\\tMaría", "Ana\u200bMaría", "Ana María", "Āna")]
    alone = staged_rows([own])[0]
    for other in others:
        assert staged_rows([own, other])[0] == alone


def test_what_only_the_database_can_settle_is_told_of_the_whole_file() -> None:
    cleaner = Ccvp(CCVP_FIELDS)
    cleaner.clean([2], columns_of([{**USABLE, "contract": "120100", "service_number": "1201000261"}]))
    told = cleaner.findings()
    assert (told["parted_numbers"], told["has_two_readings"]) == ([], False)
    cleaner.clean([3], columns_of([{**USABLE, "contract": "120.100", "amount": "1.149"}]))
    cleaner.clean([4], columns_of([USABLE]))
    told = cleaner.findings()
    assert (told["parted_numbers"], told["has_two_readings"]) == (["contract"], True)


def columns_of(rows: list[dict[str, str]]) -> list[list[str]]:
    return [[row.get(field, "") for row in rows] for field in CCVP_FIELDS]


def staged_rows(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    columns = Ccvp(CCVP_FIELDS).clean(range(2, 2 + len(rows)), columns_of(rows))
    return list(zip(*columns, strict=True))
