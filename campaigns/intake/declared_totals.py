"""What a file says of itself beside its rows, in its titles and in its foot, against the rows that were read of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from decimal import Decimal

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from campaigns.models import Report, ReportKind
from campaigns.rows.staging import table_of
from systems.reports import values
from systems.reports.parts import LINES_A_SHEET
from systems.reports.reading import Told, heading_key
from systems.reports.totals import DAY_OR_MONTH

_COUNTS = re.compile("registro|fila|renglon|record|row|cantidad|cliente|servicio|contrato|recibo")
_NUMBER = re.compile(r"\d[\d.,' ]*")
_MONEY = re.compile(r"[.,]\d\d?$|\bbs\b|\bbob\b", re.IGNORECASE)  # what no count is written as

_READ = "CASE WHEN reason = 'two_readings' THEN NULL ELSE amount END"  # of which nothing but the sign is known
# A footer may count what was annulled, or leave it out.
_SUMS = f"""
SELECT line / %s, coalesce(sum({_READ}), 0), coalesce(sum({_READ}) FILTER (WHERE {{in_force}}), 0),
       count(*) FILTER (WHERE {_READ} IS NULL) FROM {{table}} GROUP BY 1
"""


def totals_that_differ(*, report: Report, told: Told) -> Iterator[str]:
    """A sentence for each thing that a file says of one of its sheets, or of all of them, and is not so."""
    if not any(sheet["totals"] or sheet["titles"] for sheet in told.sheets):
        return
    in_force = "coalesce(status, '') = ''" if report.kind == ReportKind.RECAUDO else "TRUE"
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(table=table_of(report), in_force=in_force), [LINES_A_SHEET])
        sums = {sheet: _Sums(*found) for sheet, *found in cursor.fetchall()}
    rows = [sheet["rows"] for sheet in told.sheets]
    of_sheets = [sums.get(number, _Sums()) for number in range(len(rows))]
    whole = _Sums(*(sum(part) for part in zip(*map(astuple, of_sheets), strict=True)))
    for sheet, count, found in zip(told.sheets, rows, of_sheets, strict=True):
        for place in ("titles", "totals"):
            for cells in sheet[place]:
                said = _declared(cells, is_title=place == "titles")
                wrong = [one for one in said if not one.fits(count, found) and not one.fits(sum(rows), whole)]
                for one in wrong[:1]:
                    yield one.sentence(count, found.amount)


@dataclass(frozen=True)
class _Sums:
    """What the rows of a sheet add up to, with and without those that were annulled, and how many have no amount."""

    amount: Decimal = Decimal(0)
    in_force: Decimal = Decimal(0)
    unread: int = 0


@dataclass(frozen=True)
class _Declared:
    """A number a file says of itself, in each way it can be read. `counts`: it is said to count something."""

    text: str
    readings: tuple[Decimal, ...]
    counts: bool
    is_title: bool

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
        _Declared(text, readings, counts=counts and number == 0 and not _MONEY.search(text), is_title=is_title)
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
