"""Cleaning the rows of a report, a column at a time, in the process that reads the file.

Every row of the file comes out, typed as its staging table wants it; what makes a row unusable stands in `reason`, with
its cells as they were. No settings and no database here: only text in, text out. Columns with few different values are
looked up; columns that need nothing are told by one look at the whole of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from campaigns.rows.column_cleaning import (
    LONGEST_NAME,
    NULL,
    OTHER,
    WRONG,
    Column,
    Known,
    amounts_of,
    are_tidy,
    cards_of,
    currencies_of,
    day_of,
    name_keys,
    numbers_of,
    or_null,
    service_of,
    status_of,
    telephones_of,
    tidy_words_of,
    told_product,
    words_of,
)
from campaigns.rows.other_headings import are_headings_in_another_order
from campaigns.rows.verdicts import SHIFTED, Check, Verdict, kept_cells, verdict_of
from systems.reports import values
from systems.reports.copying import escaped, read_copy_line
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
    "currency",
)
RECAUDO_FIELDS = (
    *("receipt", "contract", "service_number", "product", "paid_on", "amount", "channel", "status", "currency"),
)
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
PRODUCTS_KEPT = 100  # names of products that are neither Internet nor television
# How the reader writes the number of a spreadsheet's cell: `149`, `149.5`, `74.5050`, and never `149.00`.
_OF_A_NUMBER = re.compile(r"-?\d+(?:\.(?:\d*[1-9]|\d{3}0))?")


class Unusable(Exception):
    """A row that cannot be used: why, the column to look at, and what stood there."""

    def __init__(self, reason: str, field: str = "", detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.detail = detail


class _Cleaner:
    """Cleans the rows of one file, and remembers what its whole columns tell."""

    _read_money = staticmethod(values.money)

    def __init__(self, fields: tuple[str, ...]) -> None:
        self._fields = fields
        self._services, self._days, self._amounts = Known(service_of), Known(day_of), Known(self._amount)
        self._marks: set[str] = set()
        self._marks_of_texts: set[str] = set()
        self._other_products: Counter[str] = Counter()
        self._other_headings: dict[int, int] = {}
        self._parted_numbers: set[str] = set()
        self._has_two_readings = False

    def findings(self) -> dict[str, Any]:
        """`marks`: the signs (`.`, `,`) that were seen to part decimals; `marks_of_texts`: in what no number gives;
        `other_products`: names that are neither Internet nor television, with their rows; `other_headings`: lines with
        headings in another order; `parted_numbers`: fields of numbers in which such signs stand; `has_two_readings`:
        whether amounts wait for the whole column.
        """
        return {
            "marks": sorted(self._marks),
            "marks_of_texts": sorted(self._marks_of_texts),
            "other_products": dict(self._other_products),
            "other_headings": sorted(self._other_headings.values()),
            "parted_numbers": sorted(self._parted_numbers),
            "has_two_readings": self._has_two_readings,
        }

    def _note_what_waits(self, numbers: Mapping[str, Column], cells: Mapping[str, Column], reasons: Column) -> None:
        """Remember whether anything is left that only the database can settle: mostly nothing is, and it is not asked.

        Columns that were taken as they came are of digits alone.
        """
        self._has_two_readings = self._has_two_readings or "two_readings" in reasons
        for field, column in numbers.items():
            if column is not cells[field] and any(sign in "".join(column) for sign in ".,"):
                self._parted_numbers.add(field)

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
                kept[place] = kept_cells(cells, place)
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
        service = list(map(services.__getitem__, cells["product"]))
        due_on, amount = list(map(days.__getitem__, cells["due_on"])), list(map(amounts.__getitem__, cells["amount"]))
        checks = (
            Check("contract", contract, "no_contract", LONGEST_NUMBER),
            Check("service_number", number, "no_service_number", LONGEST_NUMBER),
            Check("product", service, "no_product"),
            Check("due_on", due_on),
            Check("amount", amount),
            Check("currency", currencies_of(cells["currency"])),
        )
        verdict = verdict_of(checks, cells, excused=service, beyond=beyond)
        verdict = self._but_for_other_headings(lines, cells, amount, verdict)
        self._note_other_products(cells["product"], service, verdict[0])
        self._note_what_waits({"contract": contract, "service_number": number}, cells, verdict[0])
        words, copied = (tidy_words_of, _as_it_is) if are_tidy(columns) else (words_of, escaped)
        name = words(cells["name"], LONGEST_NAME)
        staged_as = {word: OTHER if not word or word.startswith(WRONG) else word for word in set(service)}
        return [
            list(map(str, lines)),
            copied(contract),
            copied(number),
            list(map(staged_as.__getitem__, service)),
            copied(name),
            copied(name_keys(name)),
            copied(words(cards_of(cells["identity_card"]), 32)),
            list(map(telephones_of, cells["mobile"], cells["telephone_1"], cells["telephone_2"])),
            copied(words(cells["plan"], 80)),
            or_null(due_on),
            amounts_of(amount, cells["amount"], verdict[0]),
            copied(words(cells["zone"], 80)),
            copied(words(cells["address"], 200)),
            copied(words(cells["segment"], 16)),
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
        paid_on, amount = list(map(days.__getitem__, cells["paid_on"])), list(map(amounts.__getitem__, cells["amount"]))
        status = [status_of(cell) for cell in cells["status"]] if any(cells["status"]) else cells["status"]
        checks = (
            Check("receipt", receipt, "no_receipt", LONGEST_RECEIPT),
            Check("contract", contract, "no_contract", LONGEST_NUMBER),
            Check("service_number", number, "", LONGEST_NUMBER),
            Check("paid_on", paid_on),
            Check("amount", amount),
            Check("status", status),
            Check("currency", currencies_of(cells["currency"])),
        )
        verdict = verdict_of(checks, cells, excused=(), beyond=beyond)
        verdict = self._but_for_other_headings(lines, cells, amount, verdict)
        self._note_what_waits({"contract": contract, "service_number": number}, cells, verdict[0])
        words, copied = (tidy_words_of, _as_it_is) if are_tidy(columns) else (words_of, escaped)
        return [
            list(map(str, lines)),
            copied(receipt),
            copied(contract),
            copied(number),
            ["" if word.startswith(WRONG) else word for word in map(services.__getitem__, cells["product"])],
            or_null(paid_on),
            amounts_of(amount, cells["amount"], verdict[0]),
            copied(words(cells["channel"], 60)),
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
    if "product" in reason or reason == SHIFTED:
        return "product"
    if reason in ("bad_status", "bad_currency"):
        return reason.removeprefix("bad_")
    return "amount" if "amount" in reason or reason in OF_AN_AMOUNT else reason.removeprefix("no_")


def _as_it_is(column: list[str]) -> list[str]:
    return column
