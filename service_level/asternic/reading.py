"""An export of Asternic: its detail of calls as CSV, a line for each entry into a queue.

Its columns are found by what they are called, in Spanish or English, for each site lays them out as it likes: when
(date and hour in one column or two), queue, what became of it (an event of `queue_log` or a word), and the seconds that
were waited, where they are told. Numbers of callers and names are not read.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from service_level.days import LA_PAZ
from telephony.models import LoggedVisit
from telephony.queue_log.lines import ANSWERED

Outcome = LoggedVisit.Outcome
MOST = 200_000  # rows
SAMPLE = 500  # rows that tell how moments are written
DELIMITERS = ";,\t|"
LOOKED_AT = 20  # lines among which the headings are
WHEN = ("fecha y hora", "fecha hora", "fechahora", "datetime", "date time", "fecha", "date", "time")
HOUR = ("hora", "time", "hour")
QUEUE = ("cola", "queue", "queuename", "nombre de cola", "queue name")
EVENT = ("evento", "event", "estado", "status", "resultado", "result", "disposicion", "disposition")
WAIT = (
    *("espera", "tiempo de espera", "tiempo en espera"),
    *("wait", "wait time", "waittime", "hold", "holdtime", "hold time"),
)
WORDS = {
    Outcome.ANSWERED: (
        *(one.lower() for one in ANSWERED),
        *("connect", "atendida", "atendido", "contestada", "completada", "completado", "transferida"),
        *("answered", "complete", "completed", "transferred"),
    ),
    Outcome.HUNG_UP: ("abandon", "abandonada", "abandonado", "abandono", "abandoned"),
    Outcome.TIMED_OUT: ("exitwithtimeout", "timeout", "tiempo agotado", "expirada", "sin respuesta"),
    Outcome.OTHER: ("exitwithkey", "exitempty", "withdraw", "tecla", "cola vacia"),
}
BECAME = {word: outcome for outcome, words in WORDS.items() for word in words}
ORDERS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y")
MOMENT = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(?: ?([ap])\.? ?m\.?)?", re.I
)
LASTED = re.compile(r"(?:(\d+):)?(\d+):(\d{2})(?:\.\d+)?")
PLAIN = re.compile(r"(\d+)(?:[.,]\d+)? ?(?:s|seg|segs|secs?|segundos|seconds)?\.?")


class NotAnExport(ValueError):
    """It is none; the message says why and what to do."""


@dataclass(frozen=True)
class Told:
    """A line of it, by its number in the file. `wait`: seconds, None where it is not told."""

    row: int
    at: datetime
    queue: str
    outcome: str
    wait: int | None


@dataclass(frozen=True)
class Export:
    """`unread`: how many lines could not be read, by why; `examples`: the first of them, with their numbers."""

    calls: list[Told]
    unread: Counter[str]
    examples: list[tuple[int, str]]


def read_export(data: bytes, *, month: date) -> Export:
    """Its calls of a month. Raises NotAnExport where there is none of it."""
    rows, place, columns = _laid_out(_text(data))
    told = [(number, row) for number, row in enumerate(rows[place + 1 :], start=place + 2) if any(map(str.strip, row))]
    if len(told) > MOST:
        raise NotAnExport(_("Tiene más de %(most)d filas: expórtelo por quincenas.") % {"most": MOST})
    order = _order([_when(row, columns) for _number, row in told[:SAMPLE]], month)
    calls, unread, examples = [], Counter[str](), list[tuple[int, str]]()
    for number, row in told:
        call = _call(number, row, columns, order, month)
        if isinstance(call, Told):
            calls.append(call)
        else:
            unread[call] += 1
            if len(examples) < LOOKED_AT:
                examples.append((number, call))
    if not calls:
        why = ", ".join(f"{words}: {n}" for words, n in unread.most_common(3)) or _("no tiene filas")
        raise NotAnExport(_("Ninguna de sus filas es una llamada de este mes (%(why)s).") % {"why": why})
    return Export(calls, unread, examples)


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise NotAnExport(_("No es un archivo de texto: exporte el detalle como CSV."))
    if "\0" in text:
        raise NotAnExport(_("No es un archivo de texto: exporte el detalle como CSV."))
    return text


def _laid_out(text: str) -> tuple[list[list[str]], int, dict[str, int]]:
    """Its rows, by the delimiter that gives the headings: of those, the one there is most of."""
    refusal = NotAnExport()
    for delimiter in sorted(DELIMITERS, key=text[:20_000].count, reverse=True):
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise NotAnExport(_("No se puede leer como CSV (%(why)s).") % {"why": error}) from error
        try:
            return (rows, *_headings(rows))
        except NotAnExport as none:
            refusal = none
    raise refusal


def _headings(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """In which row the headings are, and in which column each of those that are needed is. Raises NotAnExport."""
    wanted = {"when": WHEN, "hour": HOUR, "queue": QUEUE, "event": EVENT, "wait": WAIT}
    for place, row in enumerate(rows[:LOOKED_AT]):
        names = [_plain(cell) for cell in row]
        found = {
            what: next((names.index(word) for word in words if word in names), None) for what, words in wanted.items()
        }
        columns = {what: at for what, at in found.items() if at is not None}
        if {"when", "queue", "event"} <= columns.keys():
            return place, columns
    words = _("No tiene columnas de fecha, cola y evento. Si es el resumen por día, exporte el detalle de llamadas.")
    raise NotAnExport(words)


def _call(number: int, row: Sequence[str], columns: Mapping[str, int], order: str, month: date) -> Told | str:
    """A call, or why it is none."""
    cells = {what: row[at].strip() if at < len(row) else "" for what, at in columns.items()}
    at = _moment(_when(row, columns), order)
    if at is None:
        return _("no se lee la fecha")
    if (at.year, at.month) != (month.year, month.month):
        return _("de otro mes")
    outcome = BECAME.get(_plain(cells["event"]))
    if outcome is None:
        return _("no se conoce el evento «%(event)s»") % {"event": cells["event"][:40]}
    if not cells["queue"]:
        return _("sin cola")
    return Told(number, at, cells["queue"][:80], outcome, _seconds(cells.get("wait", "")))


def _when(row: Sequence[str], columns: Mapping[str, int]) -> str:
    parts = [row[columns[what]].strip() for what in ("when", "hour") if what in columns and columns[what] < len(row)]
    return " ".join(parts) if parts and ":" not in parts[0] else "".join(parts[:1])


def _order(moments: Iterable[str], month: date) -> str:
    """How dates are written: so that most of them are of the month."""
    told = list(moments)

    def of_the_month(order: str) -> int:
        read = (_moment(text, order) for text in told)
        return sum(at is not None and (at.year, at.month) == (month.year, month.month) for at in read)

    return max(ORDERS, key=of_the_month)


def _moment(text: str, order: str) -> datetime | None:
    found = MOMENT.fullmatch(text)
    if found is None:
        return None
    first, second, third = (int(found[place]) for place in (1, 2, 3))
    year, month, day = {
        "%Y-%m-%d": (first, second, third), "%d/%m/%Y": (third, second, first), "%m/%d/%Y": (third, first, second)
    }[order]  # fmt: skip
    hour = int(found[4]) % 12 + (12 if found[7] in "pP" else 0) if found[7] else int(found[4])
    try:
        return datetime(year, month, day, hour, int(found[5]), int(found[6] or 0), tzinfo=LA_PAZ)
    except ValueError:
        return None


def _seconds(text: str) -> int | None:
    """`12`, `12 seg`, `0:12` or `00:00:12`."""
    plain = _plain(text)
    if found := LASTED.fullmatch(plain):
        return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
    found = PLAIN.fullmatch(plain)
    return int(found[1]) if found else None


def _plain(text: str) -> str:
    """In small letters without accents, as words are compared."""
    split = unicodedata.normalize("NFKD", text.strip().lower())
    return " ".join("".join(letter for letter in split if not unicodedata.combining(letter)).split())
