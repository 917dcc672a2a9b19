"""What is odd about a file as a whole: a report is published without a word only when nothing is.

Each finding is a sentence for the supervisor who decides. She may take the report as it is, but for one without a
usable row. Told are places, counts and names of sheets, never what a cell says of a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.intake.amounts_before import amounts_unlike
from campaigns.intake.declared_totals import totals_that_differ
from campaigns.intake.other_products import misspelt
from campaigns.models import HeldFor, Report, ReportKind
from campaigns.month.periods import write_period
from campaigns.rows.digits import LostZeros
from campaigns.rows.reading import sentence
from campaigns.rows.staging import table_of
from campaigns.rows.verdicts import SHIFTED
from systems.reports import known_headings
from systems.reports.parts import sheet_and_row
from systems.reports.reading import Told

SMALL_SHARE = 0.5  # of the rows of the report before; below it a person looks first
REJECTED_SHARE = 0.5  # of its own rows; above it a column was probably misread


@dataclass(frozen=True)
class Odd:
    """One thing that is not as it should be."""

    held_for: HeldFor
    sentence: str


def what_is_odd(
    *, report: Report, counts: Mapping[str, int], told: Told, lost: Sequence[LostZeros] = ()
) -> Iterator[Odd]:
    """Everything odd about the staged rows of `report`, what weighs most first. `counts`: of `publishing.check`.

    `lost`: numbers that may have lost zeros.
    """
    has_some = told.findings["has_two_readings"]
    unclear = _count_two_readings(report) if has_some else 0  # usable as soon as it is accepted
    rejected = counts["rejected"] - unclear
    if counts["rows"] == rejected + counts.get("other_service", 0):
        none = _("Ninguna de sus %(rows)s filas se puede usar.") % {"rows": _n(counts["rows"])}
        yield Odd(HeldFor.EMPTY, f"{none} {_what_most_lack(report)}".strip())
    elif rejected > counts["rows"] * REJECTED_SHARE:
        words = {"rows": _n(counts["rows"]), "bad": _n(rejected)}
        bad = _("De %(rows)s filas, %(bad)s no se pueden usar.") % words
        yield Odd(HeldFor.REJECTED, f"{bad} {_what_most_lack(report)}".strip())
    yield from _end_that_is_cut(report=report, told=told)
    yield from _sheets_left_out(told)
    yield from (Odd(HeldFor.TOTALS, differs) for differs in totals_that_differ(report=report, told=told))
    yield from _amounts(unclear=unclear, told=told)
    yield from _columns(report=report, told=told)
    yield from _other_headings(told)
    yield from _shifted(report)
    yield from _zeros(lost)
    if report.kind == ReportKind.CCVP:
        yield from (Odd(HeldFor.PRODUCTS, sentence) for sentence in misspelt(report))
        yield from _against_the_month_before(report=report, rows=counts["rows"], told=told)


def _what_most_lack(report: Report) -> str:
    """Why most of the rows that cannot be used cannot; nothing where they are only of other services."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT reason, count(*) FROM {table_of(report)}
                 WHERE reason IS NOT NULL AND reason <> 'two_readings' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"""
        )
        found = cursor.fetchone()
    if found is None:
        return ""
    reason, rows = found
    return _("En %(rows)s: %(why)s") % {"rows": _n(rows), "why": sentence(reason)}


def _end_that_is_cut(*, report: Report, told: Told) -> Iterator[Odd]:
    if told.ends_open and not told.sheets[-1]["totals"]:  # what ends with its totals has its last row
        text = _("Su última línea no termina: puede estar cortado en medio de la fila %(row)s, y su monto incompleto.")
    elif told.ends_short:
        text = _(
            "Su última fila tiene menos columnas que las demás: puede estar cortado en medio de la fila %(row)s, y su "
            "monto incompleto."
        )
    else:
        return
    yield Odd(HeldFor.CUT, text % {"row": _n(_last_row(report))})


def _sheets_left_out(told: Told) -> Iterator[Odd]:
    for sheet in told.left_out:
        if sheet["why"] == "missing_columns":
            text = ngettext(
                "La hoja «%(name)s», de una fila, no se leyó: tiene títulos conocidos y le faltan columnas.",
                "La hoja «%(name)s», de %(rows)s filas, no se leyó: tiene títulos conocidos y le faltan columnas.",
                sheet["rows"],
            )
        elif sheet["why"] == "untitled":
            text = ngettext(
                "La hoja «%(name)s», de una fila, no se leyó: no tiene los títulos y la fila parece del reporte.",
                "La hoja «%(name)s», de %(rows)s filas, no se leyó: no tiene los títulos y sus filas parecen del "
                "reporte.",
                sheet["rows"],
            )
        else:
            continue
        yield Odd(HeldFor.SHEET, text % {"name": sheet["name"], "rows": _n(sheet["rows"])})


def _last_row(report: Report) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(line) FROM {table_of(report)}")
        return int(cursor.fetchone()[0])


def _count_two_readings(report: Report) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table_of(report)} WHERE reason = 'two_readings'")
        return int(cursor.fetchone()[0])


def _amounts(*, unclear: int, told: Told) -> Iterator[Odd]:
    if unclear:
        yield Odd(
            HeldFor.AMOUNTS,
            ngettext(
                "Un monto puede ser de miles o tener tres decimales, como 1.234, y los demás no dicen cuál.",
                "%(n)s montos pueden ser de miles o tener tres decimales, como 1.234, y los demás no dicen cuál.",
                unclear,
            )
            % {"n": _n(unclear)}
            + " "
            + _("Si lo acepta, se leen como miles."),
        )
    if any("amount" in sheet["merged"] for sheet in told.sheets):
        sentence = _("Hay celdas de monto combinadas sobre varias filas: cada fila lleva el monto entero.")
        yield Odd(HeldFor.AMOUNTS, sentence)


def _columns(*, report: Report, told: Told) -> Iterator[Odd]:
    """Also of a name or a telephone: whoever is left out of the column that was read is called by no name, or never."""
    twice: dict[str, str] = {}
    for sheet in told.sheets:
        twice |= sheet["twice"]
    for field, column in twice.items():
        words = {"name": known_headings.HEADINGS[report.kind][field][0], "column": column}
        yield Odd(
            HeldFor.TWICE,
            _("Hay más de una columna para %(name)s y solo se leyó la columna %(column)s: deje en el archivo la buena.")
            % words,
        )


def _other_headings(told: Told) -> Iterator[Odd]:
    for line in told.findings["other_headings"]:
        sheet, row = sheet_and_row(line)
        where = {"row": _n(row), "name": told.sheets[sheet]["name"]}
        if where["name"]:
            text = _("En la hoja «%(name)s», la fila %(row)s es otra de títulos, con las columnas en otro orden.")
        else:
            text = _("La fila %(row)s es otra de títulos, con las columnas en otro orden.")
        what_to_do = _("De ahí en adelante no se leyó: ponga esas filas en otra hoja o en otro archivo.")
        yield Odd(HeldFor.HEADINGS, f"{text % where} {what_to_do}")


def _shifted(report: Report) -> Iterator[Odd]:
    """A customer whose row is shifted would be called by nobody, or for what her neighbour's cell says."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), min(line) FROM {table_of(report)} WHERE reason = %s", [SHIFTED])
        rows, line = cursor.fetchone()
    if not rows:
        return
    text = ngettext(
        "Una fila parece tener sus celdas corridas, la %(row)s: en la del producto o de la fecha está otra cosa. "
        "Corrija el archivo y envíelo otra vez: a ese cliente no se le llamaría.",
        "%(n)s filas parecen tener sus celdas corridas, la primera es la %(row)s: en la del producto o de la "
        "fecha está otra cosa. Corrija el archivo y envíelo otra vez: a esos clientes no se les llamaría.",
        rows,
    )
    yield Odd(HeldFor.SHIFTED, text % {"n": _n(rows), "row": _n(sheet_and_row(line)[1])})


def _zeros(lost: Sequence[LostZeros]) -> Iterator[Odd]:
    names = {"contract": _("contrato"), "service_number": _("servicio"), "receipt": _("recibo")}
    others_of = {
        "contract": (_("otro cliente"), _("otros clientes")),
        "service_number": (_("otro servicio"), _("otros servicios")),
        "receipt": (_("otro recibo"), _("otros recibos")),
    }
    for column in lost:
        words = {"name": names[column.column], "digits": column.digits, "n": _n(column.numbers)}
        another, others = others_of[column.column]
        words |= {"another": another, "others": others}
        if column.has_more:
            yield Odd(HeldFor.ZEROS, _zeros_nobody_knows(column.numbers) % words)
            continue
        if column.is_known:
            yield Odd(HeldFor.ZEROS, _zeros_of_what_is_known(column.numbers) % words)
            continue
        yield Odd(
            HeldFor.ZEROS,
            ngettext(
                "Hay números de %(name)s de %(digits)d cifras que comienzan con cero, y uno más corto que quizás "
                "perdió los suyos: sería %(another)s.",
                "Hay números de %(name)s de %(digits)d cifras que comienzan con cero, y %(n)s más cortos que quizás "
                "perdieron los suyos: serían %(others)s.",
                column.numbers,
            )
            % words,
        )


def _zeros_of_what_is_known(numbers: int) -> str:
    return ngettext(
        "Un número de %(name)s es uno que ya se conoce con %(digits)d cifras, sin los ceros con que comienza: sería "
        "%(another)s.",
        "%(n)s números de %(name)s ya se conocen con %(digits)d cifras, y aquí les faltan los ceros con que "
        "comienzan: serían %(others)s.",
        numbers,
    )


def _zeros_nobody_knows(numbers: int) -> str:
    return ngettext(
        "Un número de %(name)s comienza con ceros y ya se conoce sin ellos: sería %(another)s.",
        "%(n)s números de %(name)s comienzan con ceros y ya se conocen sin ellos: serían %(others)s.",
        numbers,
    )


def _against_the_month_before(*, report: Report, rows: int, told: Told) -> Iterator[Odd]:
    before = (
        Report.objects.filter(kind=report.kind, state=Report.State.PUBLISHED, period__lt=report.month)
        .order_by("-period")
        .first()
    )
    if before is None:
        return
    if rows < before.rows * SMALL_SHARE:
        words = {"rows": _n(rows), "before": _n(before.rows), "period": write_period(before.month)}
        yield Odd(HeldFor.SMALL, _("Tiene %(rows)s filas y el de %(period)s tuvo %(before)s.") % words)
    if before.sheets.get("has_totals") and not any(sheet["totals"] for sheet in told.sheets):
        words = {"period": write_period(before.month)}
        yield Odd(
            HeldFor.CUT,
            _("El de %(period)s terminaba con sus totales y este no: pueden faltarle filas al final.") % words,
        )
    for unlike in amounts_unlike(report=report, period=before.month):
        yield Odd(HeldFor.AMOUNTS, unlike)


def _n(number: int) -> str:
    return str(number_format(number, force_grouping=True))
