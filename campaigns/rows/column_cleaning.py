"""Columns of a report as the database takes them: pure, and quick for whole columns. What cannot be read says why.

The process that reads a file does without settings, and so does this.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from string import punctuation

from systems.reports import values
from telephony import phone_numbers

OTHER = "OTHER"
ANNULLED = "ANULADO"  # what a cell of a receipt that does not hold any more says afterwards
IN_FORCE = "VIGENTE"  # and of one that does, where something is said of it
NULL = "\\N"
_LONG_NUMBER = re.compile(r"\d{5,}")
WRONG = "!"  # before the reason, in the place of a value that could not be read
LONGEST_NAME = 160
# S.R.L. is SRL and O'Connor OCONNOR; whatever else is no letter stands between two words
_WITHOUT_PUNCTUATION = {ord(sign): " " for sign in punctuation} | {ord(sign): None for sign in ".'`\""}

ANSWERS_KEPT = 4_096  # of each column

Column = Sequence[str]


class Known(dict[str, str]):
    """Answers of a function by what it was asked, forgotten when there are too many."""

    def __init__(self, answer: Callable[[str], str]) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, text: str) -> str:
        if len(self) >= ANSWERS_KEPT:
            self.clear()
        found = self[text] = self._answer(text)
        return found


def service_of(text: str) -> str:
    text = values.visible(text).strip()
    if text and not any(map(str.isalpha, text)):
        return f"{WRONG}shifted"  # a telephone, a day: of the cell beside it
    found = values.services(text)
    if len(found) > 1:
        return f"{WRONG}two_products"
    return found[0] if found else OTHER if text else ""


def told_product(text: str) -> str:
    """A product as a page may show it: a number of several digits in it may be a customer's, and is told as `#`."""
    return _LONG_NUMBER.sub("#", " ".join(values.visible(text).split()))[:80]


def day_of(text: str) -> str:
    try:
        return values.day(text).isoformat()
    except values.NotReadable as error:
        return WRONG + error.code


def status_of(text: str) -> str:
    try:
        return ANNULLED if values.is_annulled(text) else IN_FORCE if text else ""
    except values.NotReadable as error:
        return WRONG + error.code


def amounts_of(amounts: Column, cells: Column, reasons: Column) -> Column:
    """Amounts, and in a row with nothing else wrong than its two readings the sign, 1 or -1, until the column tells."""
    if "two_readings" not in reasons:
        return or_null(amounts)
    return or_null(
        [
            ("-1" if values.is_given_back(cell) else "1") if reason == "two_readings" else amount
            for amount, cell, reason in zip(amounts, cells, reasons, strict=True)
        ]
    )


def or_null(column: Column) -> Column:
    if WRONG in "".join(column):
        return [NULL if value.startswith(WRONG) else value for value in column]
    return column


def numbers_of(column: list[str]) -> list[str]:
    whole = "".join(column)
    if whole.isascii() and whole.isdigit() and min(map(len, column)) > 3:
        return column
    return [values.identifier(cell) for cell in column]


def cards_of(column: list[str]) -> list[str]:
    whole = "".join(column)
    return [values.identity_card(cell) for cell in column] if "." in whole or not whole.isascii() else column


def currencies_of(column: list[str]) -> list[str]:
    """Nothing where they are bolivianos, or nothing is said of it: a column of them is looked at cell by cell."""
    wrong = {cell: f"{WRONG}bad_currency" for cell in set(column) if not values.is_in_bolivianos(cell)}
    return [wrong.get(cell, "") for cell in column] if wrong else []


def are_tidy(columns: Iterable[Sequence[str]]) -> bool:
    """Whether every sign of these cells is seen and none means anything to COPY, with single blanks: told by one look
    at all of them, most batches spare each of their columns its own.

    What is Latin stays so however it is turned, and no sign of it becomes one that COPY knows.
    """
    whole = "".join(map("".join, columns))
    if "  " in whole or "\\" in whole or not whole.isprintable():
        return False
    return values.is_latin(whole)


def words_of(column: list[str], most: int) -> list[str]:
    """Cells with single blanks, cut to what the database keeps."""
    whole = "".join(column)
    if (seen := values.visible(whole)) != whole:
        column, whole = [values.visible(cell) for cell in column], seen
    if "  " in whole or not whole.isprintable():  # a tab, the end of a line, a blank that does not break
        column = [" ".join(cell.split()) for cell in column]
    return tidy_words_of(column, most)


def tidy_words_of(column: list[str], most: int) -> list[str]:
    """The same of cells that are tidy."""
    if max(map(len, column)) > most:
        column = [cell[:most] for cell in column]
    return column


def name_keys(names: Sequence[str]) -> list[str]:
    """Names in capitals without accents or punctuation; the whole column is turned at once."""
    whole = "\n".join(names)
    if not whole.isascii():
        whole = unicodedata.normalize("NFKD", whole).encode("ascii", "ignore").decode()
    whole = whole.upper().translate(_WITHOUT_PUNCTUATION)
    if "  " in whole or " \n" in whole or "\n " in whole or whole != whole.strip(" "):
        keys = [" ".join(key.split()) for key in whole.split("\n")]
    else:
        keys = whole.split("\n")
    return [key[:LONGEST_NAME] for key in keys] if max(map(len, keys)) > LONGEST_NAME else keys


def telephones_of(mobile: str, first: str, second: str) -> str:
    """An array of PostgreSQL with the telephones of the three cells, mobiles first."""
    if _is_plain(mobile, "67") and not second:
        if not first:
            return f"{{+591{mobile}}}"
        if _is_plain(first, "4") and first[1] == "4":
            return f"{{+591{mobile},+591{first}}}"
    cells = [values.normal(cell) for cell in (mobile, first, second) if cell]
    found = [number for cell in cells for number in phone_numbers.parse_cell(cell)]
    return "{" + ",".join(phone_numbers.best_first(found)) + "}"


def _is_plain(cell: str, starts: str) -> bool:
    return len(cell) == 8 and cell[0] in starts and cell.isdigit() and cell.isascii() and cell.count(cell[-1]) < 6
