"""From the stored file to the staging table, and from one mended row to the same table: the same rules for both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePath
from tempfile import NamedTemporaryFile

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import ColumnAlias, Report, ReportKind
from campaigns.rows import cleaning, digits, staging, thousands
from campaigns.rows.cleaning import Unusable
from campaigns.rows.progress import Progress
from systems.reports import known_headings
from systems.reports.copying import copy_text
from systems.reports.reading import Reading, ReadingInterrupted, ReportRefused, Told, heading_key, read_report
from systems.reports.request import BEYOND

__all__ = [
    "ReadingInterrupted",
    "ReportRefused",
    "Unusable",
    "fields_of",
    "heading_key",
    "sentence",
    "stage",
    "staged_line",
]


def fields_of(kind: str) -> tuple[str, ...]:
    """The columns of a report as its rejected rows keep them, in the order people read them."""
    return cleaning.CCVP_FIELDS if kind == ReportKind.CCVP else cleaning.RECAUDO_FIELDS


def stage(*, report: Report, progress: Progress) -> tuple[Told, staging.Remembered]:
    """Read the report's file into its staging table. Raises ReportRefused, with the table dropped again.

    Returns what the whole file told, and how the table stands then; its sheets are kept with the report.

    A subprocess with limits reads and cleans on one core while PostgreSQL takes the rows in on the other.
    """
    with (
        _on_this_machine(report) as path,
        read_report(
            path,
            columns=_headings(report.kind),
            required=known_headings.REQUIRED[report.kind],
            cleaner=cleaning.CLEANERS[report.kind],
        ) as reading,
        transaction.atomic(),
    ):
        progress.set(rows_expected=reading.rows_expected)
        staging.make_table(report=report)
        staging.copy_lines(report=report, chunks=_with_progress(reading, progress))
        told = reading.told
        decimal = _decimal_mark(told, is_text=reading.format == "csv", accepted=report.accepted_by_id is not None)
        if decimal and told.findings["has_two_readings"]:
            staging.settle_two_readings(report=report, decimal=decimal)
        thousands.join_thousands(report=report, columns=told.findings["parted_numbers"])
        digits.fill_up(report=report, digits=digits.digits_of(report.kind))
        staged = staging.remember(report=report)
        progress.set(rows_read=reading.rows, rows_expected=reading.rows)
    read = [{"name": sheet["name"], "rows": sheet["rows"]} for sheet in told.sheets if sheet["name"]]
    has_totals = any(sheet["totals"] for sheet in told.sheets)
    report.sheets = {"read": read, "left_out": told.left_out, "has_totals": has_totals}
    report.other_products = told.findings["other_products"] if report.kind == ReportKind.CCVP else None
    kept = {"sheets": report.sheets, "other_products": report.other_products}
    Report.objects.filter(pk=report.pk, fence=report.fence).update(**kept)
    return told, staged


@contextmanager
def _on_this_machine(report: Report) -> Iterator[str]:
    """Where its file lies for a program that only reads what is here; a copy where it is kept elsewhere."""
    with report.file.open("rb") as file:
        try:
            path = report.file.path
        except NotImplementedError:
            with NamedTemporaryFile(suffix=PurePath(str(report.file.name)).suffix) as copy:
                shutil.copyfileobj(file, copy)
                copy.flush()
                yield copy.name
            return
    yield path


def _decimal_mark(told: Told, *, is_text: bool, accepted: bool) -> str:
    """How the amounts of the file part their decimals: `.`, `,`, `none` (all are thousands), or '' if nobody can say.

    In a workbook a number shows a point whatever its texts do, so there only what no number gives tells. What nobody
    can say is thousands once a supervisor accepted the report.
    """
    marks = told.findings["marks" if is_text else "marks_of_texts"]
    return marks[0] if len(marks) == 1 else "none" if accepted else ""


def _with_progress(reading: Reading, progress: Progress) -> Iterator[bytes]:
    """The reader's chunks, with the bar moved as each is handed over."""
    for chunk in reading.chunks():
        yield chunk
        progress.set(rows_read=reading.rows, rows_expected=max(reading.rows_expected, reading.rows))


def _headings(kind: str) -> dict[str, list[str]]:
    """Known headings by column, the preferred one first: those of the admin, or of the code where it has none."""
    usual = known_headings.CCVP if kind == ReportKind.CCVP else known_headings.RECAUDO
    known: dict[str, list[str]] = {}
    for name, alias in ColumnAlias.objects.filter(kind=kind).order_by("pk").values_list("field", "alias"):
        known.setdefault(name, []).append(alias)
    return {name: known.get(name) or list(usual.get(name, ())) for name in fields_of(kind)} | {BEYOND: []}


def staged_line(*, report: Report, line: int, cells: Mapping[str, str]) -> bytes:
    """One mended row as the reader would have handed it over. Raises Unusable."""
    row = cleaning.clean_row(report.kind, cells)
    words = [row.get(name) for name, _kind in staging.COLUMNS[report.kind]]
    words[0] = str(line)
    return ("\t".join(r"\N" if word is None else copy_text(word) for word in words) + "\n").encode()


def sentence(reason: str) -> str:
    """Why a row could not be used, as people read it."""
    return {
        "no_contract": _("Falta el contrato, o no se puede leer entero."),
        "no_service_number": _("Falta el número de servicio, o no se puede leer entero."),
        "no_product": _("Falta el producto."),
        "two_products": _("El producto nombra Internet y televisión: elija uno de los dos."),
        "no_receipt": _("Falta el número de recibo, o no se puede leer entero."),
        "bad_date": _("La fecha no existe o no se entiende."),
        "no_date": _("Falta la fecha."),
        "far_date": _("La fecha de vencimiento está muy lejos del mes por pagar."),
        "bad_amount": _("El monto no se entiende."),
        "no_amount": _("Falta el monto."),
        "two_readings": _("El monto puede ser de miles o tener tres decimales: escríbalo con dos decimales."),
        "under_a_cent": _("El monto es menor que un centavo."),
        "amount_not_positive": _("El monto debe ser mayor que cero."),
        "annuls_unknown": _("Anula un recibo que no se conoce."),
        "other_headings": _("Está debajo de otra fila de títulos, con las columnas en otro orden."),
        "bad_currency": _("La moneda no es bolivianos, o no se entiende."),
        "bad_status": _("No se entiende el estado del recibo."),
        "too_many_cells": _(
            "La fila tiene más celdas que títulos: un separador de más corrió sus columnas. Ponga cada dato en la suya."
        ),
        "shifted": _(
            "Sus celdas parecen corridas: en la del producto o de la fecha está otra cosa. Ponga cada dato en la suya."
        ),
        "too_long": _("Un valor es demasiado largo."),
        "conflict": _(
            "El recibo ya se tomó con otro monto, otra fecha, otro contrato u otro servicio, o le queda menos."
        ),
        "contradicts": _("Otra fila del mismo servicio dice otra cosa."),
        "other_service": _("El producto no es Internet ni televisión."),
    }.get(reason, reason)
