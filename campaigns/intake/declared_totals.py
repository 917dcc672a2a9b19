"""What a file says of itself beside its rows, in its titles and in its foot, against the rows that were read of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import astuple, dataclass
from decimal import Decimal

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from campaigns.models import Report, ReportKind
from campaigns.rows.column_cleaning import ANNULLED
from campaigns.rows.staging import table_of
from systems.reports import values
from systems.reports.parts import LINES_A_SHEET
from systems.reports.reading import Told, heading_key
from systems.reports.totals import DAY_OR_MONTH

_COUNTS = re.compile("registro|fila|renglon|record|row|cantidad|cliente|servicio|contrato|abonado|suscripcion|recibo")
_OF_CONTRACTS = re.compile("cliente|contrato|abonado")  # each of whom may have several rows
_NUMBER = re.compile(r"\d[\d.,' ]*")
_MONEY = re.compile(r"[.,]\d\d?$|\bbs\b|\bbob\b", re.IGNORECASE)  # what no count is written as

_READ = "CASE WHEN reason = 'two_readings' THEN NULL ELSE amount END"  # of which nothing but the sign is known
# A footer may count what was annulled, or leave it out.
_SUMS = f"""
SELECT line / %s, coalesce(sum({_READ}), 0), coalesce(sum({_READ}) FILTER (WHERE {{in_force}}), 0),
       count(*) FILTER (WHERE {_READ} IS NULL) FROM {{table}} GROUP BY 1
"""
_CONTRACTS = "SELECT line / %s, count(DISTINCT contract) FROM {table} GROUP BY 1"
_ALL_CONTRACTS = "SELECT count(DISTINCT contract) FROM {table}"


def totals_that_differ(*, report: Report, told: Told) -> Iterator[str]:
    """A sentence for each thing that a file says of one of its sheets, or of all of them, and is not so."""
    if not any(sheet["totals"] or sheet["titles"] for sheet in told.sheets):
        return
    in_force = f"status IS DISTINCT FROM '{ANNULLED}'" if report.kind == ReportKind.RECAUDO else "TRUE"
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(table=table_of(report), in_force=in_force), [LINES_A_SHEET])
        sums = {sheet: _Sums(*found) for sheet, *found in cursor.fetchall()}
        contracts, all_contracts = _contracts(cursor, report=report, told=told)
    rows = [sheet["rows"] for sheet in told.sheets]
    of_sheets = [sums.get(number, _Sums()) for number in range(len(rows))]
    whole = _Sums(*(sum(part) for part in zip(*map(astuple, of_sheets), strict=True)))
    for number, (sheet, count, found) in enumerate(zip(told.sheets, rows, of_sheets, strict=True)):
        for place in ("titles", "totals"):
            for cells in sheet[place]:
                said = _declared(cells, is_title=place == "titles")
                of_whom = {contracts.get(number, 0), all_contracts}
                wrong = [
                    one
                    for one in said
                    if not one.fits(count, found) and not one.fits(sum(rows), whole) and not one.is_of(of_whom)
                ]
                for one in wrong[:1]:
                    yield one.sentence(count, found.amount)


def _contracts(cursor: CursorWrapper, *, report: Report, told: Told) -> tuple[dict[int, int], int]:
    """How many contracts each sheet has, and the file; asked for where something is said of them."""
    cells = (said for sheet in told.sheets for place in ("titles", "totals") for said in sheet[place])
    if not any(_OF_CONTRACTS.search(heading_key(text)) for said in cells for text in said):
        return {}, 0
    cursor.execute(_CONTRACTS.format(table=table_of(report)), [LINES_A_SHEET])
    of_sheets = dict(cursor.fetchall())
    cursor.execute(_ALL_CONTRACTS.format(table=table_of(report)))
    return of_sheets, int(cursor.fetchone()[0])


@dataclass(frozen=True)
class _Sums:
    """What the rows of a sheet add up to, with and without those that were annulled, and how many have no amount."""

    amount: Decimal = Decimal(0)
    in_force: Decimal = Decimal(0)
    unread: int = 0


@dataclass(frozen=True)
class _Declared:
    """A number a file says of itself, in each way it can be read. `counts`: it is said to count something; `whom`:
    customers, each of whom may have several rows.
    """

    text: str
    readings: tuple[Decimal, ...]
    counts: bool
    is_title: bool
    whom: bool = False

    def is_of(self, contracts: Collection[int]) -> bool:
        """Whether it is the number of those it counts."""
        return self.counts and self.whom and any(one in self.readings for one in contracts)

    def fits(self, rows: int, sums: _Sums) -> bool:
        """Whether it is the number of rows, or what they add up to. With amounts that could not be read: at least."""
        if rows in self.readings:
            return True
        return not self.counts and any(
            one in (sums.amount, sums.in_force) or (sums.unread and one >= sums.in_force) for one in self.readings
        )

    def sentence(self, rows: int, amount: Decimal) -> str:
        words = {"said": self.text, "rows": _n(rows), "sum": number_format(amount, 2, force_grouping=True)}
        if self.counts and self.is_title:
            text = _("Sobre sus títulos dice %(said)s filas y se leyeron %(rows)s.")
        elif self.counts:
            text = _("Su pie dice %(said)s filas y se leyeron %(rows)s.")
        elif self.is_title:
            text = _("Sobre sus títulos dice %(said)s; se leyeron %(rows)s filas que suman Bs %(sum)s.")
        else:
            text = _("Su pie dice %(said)s; se leyeron %(rows)s filas que suman Bs %(sum)s.")
        return text % words


def _declared(cells: list[str], *, is_title: bool) -> list[_Declared]:
    """The numbers that are said: in the cells beside a label, or behind the label in the same cell.

    A label of rows counts with its first number; what comes after it, or is written as money, is a sum. A zero says
    something only where no other number does: beside the total other columns may well add up to nothing.
    """
    label, *others = cells
    counts = bool(_COUNTS.search(heading_key(label)))
    texts = others or _NUMBER.findall(DAY_OR_MONTH.sub("", label.rpartition(":")[2] or label))
    read = [(text.strip(), readings) for text in texts if (readings := tuple(_readings(text)))]
    found = [
        _Declared(
            text,
            readings,
            counts=counts and number == 0 and not _MONEY.search(text),
            is_title=is_title,
            whom=bool(_OF_CONTRACTS.search(heading_key(label))),
        )
        for number, (text, readings) in enumerate(read)
    ]
    return [one for one in found if any(one.readings)] or found


def _readings(text: str) -> Iterator[Decimal]:
    try:
        yield values.money(text)
    except values.NotReadable as error:
        if error.code == "amount_not_positive" and "-" not in text:
            yield Decimal(0)
        if error.code == "two_readings":
            yield Decimal(re.sub(r"\D", "", text))
            yield Decimal(re.sub(r"[^\d.]", "", text.replace(",", "."))).quantize(values.CENT)


def _n(number: int) -> str:
    return str(number_format(number, force_grouping=True))
