"""What other systems say, in the words of the screen: names of fields, states, amounts, days."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screens.templatetags.screens import bs
from systems.cells import Cell
from systems.registry import cells
from systems.words import LABELS
from telephony import phone_numbers

# What is asked of another system, and of whom.
OF_A_WRITE: dict[str, Any] = {
    "requester_name": gettext_lazy("Quien solicita"), "requester_card": gettext_lazy("Carnet de quien solicita"),
    "requester_kinship": gettext_lazy("Parentesco con el titular"), "reason": gettext_lazy("Motivo"),
    "description": gettext_lazy("Qué ocurre"), "damage": gettext_lazy("Daño"), "order": gettext_lazy("Orden"),
    "line": gettext_lazy("Línea de atención"), "result": gettext_lazy("Resultado"),
}  # fmt: skip
# What the house finds itself (`house.*`); the rest is said by the systems' cells.
OF_THE_HOUSE: dict[str, Any] = {
    "telephone": gettext_lazy("Teléfono"), "days": gettext_lazy("Días"),
    "day": gettext_lazy("Día"), "hour": gettext_lazy("Hora"), "is_nobodys": gettext_lazy("¿No lo tiene nadie?"),
    "is_inside": gettext_lazy("¿Dentro del plazo?"),
    "last_day": gettext_lazy("Último día del plazo"), "overdue_days": gettext_lazy("Días pasados"),
    "is_weekend": gettext_lazy("¿Fin de semana?"), "until": gettext_lazy("Hasta"),
    "hours": gettext_lazy("Horas de trabajo"), "is_open": gettext_lazy("¿Queda jornada hoy?"),
    "next_on": gettext_lazy("Se llama el"), "text": gettext_lazy("Lo que se dice"), "code": gettext_lazy("Código"),
    "other_names": gettext_lazy("También"),
    "reach": gettext_lazy("Destino"),
    "more": gettext_lazy("¿Hay más?"), "why": gettext_lazy("Por qué"), "reference": gettext_lazy("Referencia"),
    **OF_A_WRITE,
}  # fmt: skip
VALUES_OF_THE_HOUSE = {"kind": {"city": gettext_lazy("Ciudad de Bolivia"), "country": gettext_lazy("Otro país")}}
# JSON of the database does not keep an order: what people look for first stands first. A field that is not here comes
# after these, in the order in which its system's cell labels its fields.
ORDER = (
    *("service", "kind", "name", "number", "service_number", "plan", "state", "suspended_for", "cause", "component"),
    *("has_service", "sold_on", "annulled_for", "registered_at", "reiterations", "order_number", "period", "amount"),
    *("due_on", "is_paid", "paid_on", "paid", "pending", "holder", "identity_card", "balance", "limit", "as_of"),
    *("amounts", "error_62", "last_payment_on", "last_payment", "unit", "extension", "code", "words", "contract"),
    *("segment", "telephone", "telephones", "address", "zone", "sector", "places"),
)
MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
LONGEST = 20  # rows of a list; more are told as a number
LONG_LIST = 60  # letters of a list of texts that still stand on one line


@dataclass(frozen=True)
class Vocabulary:
    """The words of all systems together, by the name of a field: its label, the words of its values, its place."""

    labels: Mapping[str, Any]
    values: Mapping[str, Mapping[str, Any]]
    money: Collection[str]
    order: Mapping[str, int]


def vocabulary() -> Vocabulary:
    """As the systems are registered now."""
    return _vocabulary_of(tuple(cells().values()))


@lru_cache(maxsize=1)
def _vocabulary_of(systems: tuple[Cell, ...]) -> Vocabulary:
    labels: dict[str, Any] = {**LABELS, **OF_THE_HOUSE}
    values: dict[str, dict[str, Any]] = {name: dict(words) for name, words in VALUES_OF_THE_HOUSE.items()}
    for system in systems:
        labels.update(system.labels)
        for name, words in system.words_of_values().items():
            values.setdefault(name, {}).update(words)
    money = frozenset(name for system in systems for name in system.money())
    names = dict.fromkeys([*ORDER, *(name for system in systems for name in system.labels)])
    return Vocabulary(labels, values, money, {name: place for place, name in enumerate(names)})


@dataclass(frozen=True)
class Table:
    """A list somebody found: heads, rows, and how many more there are."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    more: int = 0


@dataclass(frozen=True)
class FoundInWords:
    """What one look-up found: facts by name and value, then tables. Empty when nothing was found."""

    facts: list[tuple[str, str]]
    tables: list[Table]

    def __bool__(self) -> bool:
        return bool(self.facts or self.tables)


def in_words(found: Any) -> FoundInWords:
    """What was found, for people."""
    if isinstance(found, list):
        return FoundInWords([], list(_tables("", found)))
    if not isinstance(found, Mapping):
        return FoundInWords([], [])
    facts: list[tuple[str, str]] = []
    tables: list[Table] = []
    below: list[Table] = []  # long lists of texts: what people look for first stands first
    for name, value in sorted(found.items(), key=_place):
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            tables += _tables(label_of(name), value)
        elif isinstance(value, list) and len(words := words_of(name, value)) > LONG_LIST:
            rows = [[words_of(name, one)] for one in value]
            below.append(Table(label_of(name), [], rows[:LONGEST], max(0, len(rows) - LONGEST)))
        elif words := words_of(name, value):
            facts.append((label_of(name), words))
    return FoundInWords(facts, [*tables, *below])


def row_in_words(shows: Sequence[str], row: Mapping[str, Any]) -> str:
    """One row in a line, of the fields `shows`: `D-10003608 · Internet · En ejecución`."""
    return " · ".join(words for name in shows if (words := words_of(name, row.get(name))))


def label_of(name: str) -> str:
    """What a field is called; one that no cell labels is called by its name."""
    return str(vocabulary().labels.get(name, name.replace("_", " ").capitalize()))


def words_of(name: str, value: Any) -> str:
    """One value as it is read aloud; what no list of words knows stays as the other system wrote it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    is_money = name in vocabulary().money
    if isinstance(value, list):
        each = [words_of(name, one) for one in value]
        return ("; " if any("," in one and not is_money for one in each) else ", ").join(each)
    text = str(value)
    if is_money:
        return _money(text)
    if name in ("telephone", "telephones") or text.startswith("+591"):
        return phone_numbers.display(text)
    if name == "period" and (month := MONTH.fullmatch(text)):
        return f"{month[2]}/{month[1]}"
    known = vocabulary().values.get(name, {})
    return str(known[text]) if text in known else _day(text)


def _money(text: str) -> str:
    try:
        return str(bs(Decimal(text)))
    except InvalidOperation:
        return text


def _day(text: str) -> str:
    if not (len(text) >= 10 and text[4:5] == text[7:8] == "-"):
        return text
    try:
        if len(text) == 10:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        return f"{datetime.fromisoformat(text):%d/%m/%Y %H:%M}"
    except ValueError:
        return text


def _tables(title: str, rows: list[Any]) -> Iterator[Table]:
    """One table of a list of mappings; lists inside its rows become tables of their own, named by their row."""
    flat = [row for row in rows if isinstance(row, Mapping)]
    names = [
        name
        for name, _value in sorted({name: None for row in flat for name in row}.items(), key=_place)
        if any(words_of(name, row.get(name)) and not _is_rows(row.get(name)) for row in flat)
    ]
    if names:
        shown = [[words_of(name, row.get(name)) for name in names] for row in flat[:LONGEST]]
        yield Table(title, [label_of(name) for name in names], shown, max(0, len(flat) - LONGEST))
    for row in flat[:LONGEST]:
        for name, value in row.items():
            if _is_rows(value):
                of = " · ".join(filter(None, (words_of(key, row.get(key)) for key in ("service", "service_number"))))
                yield from _tables(f"{label_of(name)} {of}".strip(), value)


def _place(item: tuple[str, Any]) -> int:
    order = vocabulary().order
    return order.get(item[0], len(order))


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
