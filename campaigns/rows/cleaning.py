"""Cleaning the rows of a report, a column at a time, in the process that reads the file.

Every row of the file comes out, typed as its staging table wants it; what makes a row unusable stands in `reason`, with
its cells as they were. No settings and no database here: only text in, text out. Columns with few different values are
looked up; columns that need nothing are told by one look at the whole of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.rows.column_cleaning import (
    LONGEST_NAME,
    NULL,
    OTHER,
    WRONG,
    Column,
    amounts_of,
    cards_of,
    day_of,
    name_keys,
    numbers_of,
    or_null,
    service_of,
    status_of,
    telephones_of,
    told_product,
    words_of,
)
from campaigns.rows.other_headings import are_headings_in_another_order
from systems.reports import values
from systems.reports.copying import copy_text, escaped, read_copy_line
from systems.reports.parts import LINES_A_SHEET
from systems.reports.request import BEYOND

CLEANERS = {"ccvp": f"{__name__}:Ccvp", "recaudo": f"{__name__}:Recaudo"}
CCVP_FIELDS = (
    "contract",
    "service_number",
    "name",
    "identity_card",
    "telephone_1",
    "telephone_2",
    "mobile",
    "product",
    "plan",
    "due_on",
    "amount",
    "zone",
    "address",
    "segment",
)
RECAUDO_FIELDS = ("receipt", "contract", "service_number", "product", "paid_on", "amount", "channel", "status")
CCVP_COLUMNS = (
    "contract",
    "service_number",
    "service",
    "name",
    "name_key",
    "identity_card",
    "telephones",
    "plan",
    "due_on",
    "amount",
    "zone",
    "address",
    "segment",
)
RECAUDO_COLUMNS = ("receipt", "contract", "service_number", "service", "paid_on", "amount", "channel", "status")
OF_AN_AMOUNT = ("two_readings", "under_a_cent")
LONGEST_NUMBER = 32
LONGEST_RECEIPT = 40
ANSWERS_KEPT = 4_096  # of each column
PRODUCTS_KEPT = 100  # names of products that are neither Internet nor television
# How the reader writes the number of a spreadsheet's cell: `149`, `149.5`, `74.5050`, and never `149.00`.
_OF_A_NUMBER = re.compile(r"-?\d+(?:\.(?:\d*[1-9]|\d{3}0))?")


Verdict = tuple[Column, Column, Column]  # why a row cannot be used, what stood there, and its cells


class Unusable(Exception):
    """A row that cannot be used: why, the column to look at, and what stood there."""

    def __init__(self, reason: str, field: str = "", detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.detail = detail


@dataclass(frozen=True)
class _Check:
    """A column a row cannot do without: its clean values, the reason when there is none, and how long one may be."""

    field: str
    values: Column
    missing: str = ""
    longest: int = 0


class _Known(dict[str, str]):
    """Answers of a function by what it was asked, forgotten when there are too many."""

    def __init__(self, answer: Callable[[str], str]) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, text: str) -> str:
        if len(self) >= ANSWERS_KEPT:
            self.clear()
        found = self[text] = self._answer(text)
        return found


class _Cleaner:
    """Cleans the rows of one file, and remembers what its whole columns tell."""

    _read_money = staticmethod(values.money)

    def __init__(self, fields: tuple[str, ...]) -> None:
        self._fields = fields
        self._services, self._days, self._amounts = _Known(service_of), _Known(day_of), _Known(self._amount)
        self._marks: set[str] = set()
        self._marks_of_texts: set[str] = set()
        self._other_products: Counter[str] = Counter()
        self._other_headings: dict[int, int] = {}

    def findings(self) -> dict[str, Any]:
        """`marks`: the signs (`.`, `,`) that were seen to part decimals; `marks_of_texts`: in what no number gives;
        `other_products`: names that are neither Internet nor television, with their rows; `other_headings`: lines with
        headings in another order.
        """
        return {
            "marks": sorted(self._marks),
            "marks_of_texts": sorted(self._marks_of_texts),
            "other_products": dict(self._other_products),
            "other_headings": sorted(self._other_headings.values()),
        }

    def _but_for_other_headings(
        self, lines: Sequence[int], cells: Mapping[str, Column], amounts: Column, verdict: Verdict
    ) -> Verdict:
        """Rows below headings in another order would be read in the wrong columns: none of them can be used."""
        bad = f"{WRONG}bad_amount"
        for place in (place for place, amount in enumerate(amounts) if amount == bad) if bad in amounts else ():
            if are_headings_in_another_order({field: column[place] for field, column in cells.items()}):
                self._other_headings.setdefault(lines[place] // LINES_A_SHEET, lines[place])
        if not self._other_headings:
            return verdict
        reasons, details, kept = ([*column] for column in verdict)
        for place, line in enumerate(lines):
            if line >= self._other_headings.get(line // LINES_A_SHEET, line + 1):
                reasons[place], details[place] = "other_headings", NULL
                kept[place] = _kept(cells, place)
        return reasons, details, kept

    def _note_other_products(self, products: Column, services: Column, reasons: Column) -> None:
        """Keep what the rows of neither service call their product; with very many names what comes late has none."""
        if OTHER not in services:
            return
        for product, service, reason in zip(products, services, reasons, strict=True):
            if service == OTHER and reason == NULL:
                name = told_product(product)
                is_told = name in self._other_products or len(self._other_products) < PRODUCTS_KEPT
                self._other_products[name if is_told else ""] += 1

    def _amount(self, text: str) -> str:
        if mark := values.decimal_mark(text):
            self._marks.add(mark)
            if not _OF_A_NUMBER.fullmatch(text):
                self._marks_of_texts.add(mark)
        try:
            return str(self._read_money(text))
        except values.NotReadable as error:
            return WRONG + error.code


class Ccvp(_Cleaner):
    """Cleaner of the CCVP report: one row is one prepaid service that runs out."""

    def clean(self, lines: Sequence[int], columns: list[list[str]]) -> list[Column]:
        """Columns of the staging table as COPY text, in the order of `staging.COLUMNS`."""
        services, days, amounts = self._services, self._days, self._amounts
        cells = dict(zip(self._fields, columns, strict=True))
        beyond = cells.pop(BEYOND, ())
        contract, number = numbers_of(cells["contract"]), numbers_of(cells["service_number"])
        service = [services[cell] for cell in cells["product"]]
        due_on, amount = [days[cell] for cell in cells["due_on"]], [amounts[cell] for cell in cells["amount"]]
        checks = (
            _Check("contract", contract, "no_contract", LONGEST_NUMBER),
            _Check("service_number", number, "no_service_number", LONGEST_NUMBER),
            _Check("product", service, "no_product"),
            _Check("due_on", due_on),
            _Check("amount", amount),
        )
        verdict = _verdict(checks, cells, excused=service, beyond=beyond)
        verdict = self._but_for_other_headings(lines, cells, amount, verdict)
        self._note_other_products(cells["product"], service, verdict[0])
        name = words_of(cells["name"], LONGEST_NAME)
        return [
            [str(line) for line in lines],
            escaped(contract),
            escaped(number),
            [OTHER if not word or word.startswith(WRONG) else word for word in service],
            escaped(name),
            escaped(name_keys(name)),
            escaped(words_of(cards_of(cells["identity_card"]), 32)),
            list(map(telephones_of, cells["mobile"], cells["telephone_1"], cells["telephone_2"])),
            escaped(words_of(cells["plan"], 80)),
            or_null(due_on),
            amounts_of(amount, cells["amount"], verdict[0]),
            escaped(words_of(cells["zone"], 80)),
            escaped(words_of(cells["address"], 200)),
            escaped(words_of(cells["segment"], 16)),
            *verdict,
        ]


class Recaudo(_Cleaner):
    """Cleaner of the collections report: one row is one receipt of one service, or takes one back.

    An amount below zero gives back, and so does a state that says so.
    """

    _read_money = staticmethod(values.signed_money)

    def clean(self, lines: Sequence[int], columns: list[list[str]]) -> list[Column]:
        """Columns of the staging table as COPY text, in the order of `staging.COLUMNS`."""
        services, days, amounts = self._services, self._days, self._amounts
        cells = dict(zip(self._fields, columns, strict=True))
        beyond = cells.pop(BEYOND, ())
        receipt, contract = numbers_of(cells["receipt"]), numbers_of(cells["contract"])
        number = numbers_of(cells["service_number"])
        paid_on, amount = [days[cell] for cell in cells["paid_on"]], [amounts[cell] for cell in cells["amount"]]
        status = [status_of(cell) for cell in cells["status"]] if any(cells["status"]) else cells["status"]
        checks = (
            _Check("receipt", receipt, "no_receipt", LONGEST_RECEIPT),
            _Check("contract", contract, "no_contract", LONGEST_NUMBER),
            _Check("service_number", number, "", LONGEST_NUMBER),
            _Check("paid_on", paid_on),
            _Check("amount", amount),
            _Check("status", status),
        )
        verdict = _verdict(checks, cells, excused=(), beyond=beyond)
        verdict = self._but_for_other_headings(lines, cells, amount, verdict)
        return [
            [str(line) for line in lines],
            escaped(receipt),
            escaped(contract),
            escaped(number),
            ["" if word.startswith(WRONG) else word for word in map(services.__getitem__, cells["product"])],
            or_null(paid_on),
            amounts_of(amount, cells["amount"], verdict[0]),
            escaped(words_of(cells["channel"], 60)),
            ["" if word.startswith(WRONG) else word for word in status],
            *verdict,
        ]


def clean_row(kind: str, cells: Mapping[str, str]) -> dict[str, str | None]:
    """One row by the same rules: staging column → text, None for NULL. Raises Unusable."""
    make, fields, names = (
        (Ccvp, CCVP_FIELDS, CCVP_COLUMNS) if kind == "ccvp" else (Recaudo, RECAUDO_FIELDS, RECAUDO_COLUMNS)
    )
    given = {name: " ".join(str(cells.get(name) or "").split()) for name in fields}
    _line, *row, reason, detail, _cells = (c[0] for c in make(fields).clean([0], [[given[f]] for f in fields]))
    if reason != NULL:
        raise Unusable(reason, _field_of(reason, given), read_copy_line(detail)[0])
    return {name: None if text == NULL else read_copy_line(text)[0] for name, text in zip(names, row, strict=True)}


def _field_of(reason: str, given: Mapping[str, str]) -> str:
    """The column a reason speaks of."""
    if reason == "too_long":
        return max(("receipt", "contract", "service_number"), key=lambda field: len(given.get(field, "")))
    if reason.endswith("date"):
        return "due_on" if "due_on" in given else "paid_on"
    if "product" in reason:
        return "product"
    if reason == "bad_status":
        return "status"
    return "amount" if "amount" in reason or reason in OF_AN_AMOUNT else reason.removeprefix("no_")


def _verdict(checks: Sequence[_Check], cells: Mapping[str, Column], *, excused: Column, beyond: Column) -> Verdict:
    """The columns reason, detail and cells. A row of another product is excused: nobody has to mend it.

    Unless it has cells `beyond` the headings: then nobody knows whether what stands below `product` is one.
    """
    count = len(next(iter(cells.values())))
    wrong: dict[int, tuple[str, str]] = {}
    for check in checks:
        for place, reason in _failures(check):
            wrong.setdefault(place, (reason, check.field))
    reasons, details, kept = [NULL] * count, [NULL] * count, [NULL] * count
    wrong |= {place: ("too_many_cells", "") for place, text in enumerate(beyond) if text}
    for place, (reason, field) in wrong.items():
        if field and excused and excused[place] == OTHER:
            continue
        reasons[place] = reason
        details[place] = copy_text((cells[field] if field else beyond)[place][:160])
        kept[place] = _kept(cells, place)
    return reasons, details, kept


def _kept(cells: Mapping[str, Column], place: int) -> str:
    """The cells of a row as they were."""
    row = {name: column[place].replace("\x00", "") for name, column in cells.items()}
    return copy_text(json.dumps(row, ensure_ascii=False))


def _failures(check: _Check) -> Iterator[tuple[int, str]]:
    if check.missing and not all(check.values):
        yield from ((place, check.missing) for place, value in enumerate(check.values) if not value)
    if check.longest and max(map(len, check.values)) > check.longest:
        yield from ((place, "too_long") for place, value in enumerate(check.values) if len(value) > check.longest)
    if not check.longest and WRONG in "".join(check.values):
        yield from ((place, value[1:]) for place, value in enumerate(check.values) if value.startswith(WRONG))
