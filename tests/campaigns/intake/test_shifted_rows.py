"""A separator or a cell too many or too few shifts the columns of its row: nobody is lost by it without a word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
import xlsxwriter

from agents.models import User
from campaigns.intake import mending
from campaigns.models import RejectedRow, Renewal, Report
from campaigns.rows.reading import sentence
from tests.campaigns.some_reports import HEADINGS, USUAL, ccvp, many, of_book, of_bytes

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
PUBLISHED, HELD = Report.State.PUBLISHED, Report.State.HELD


def test_a_row_with_a_cell_too_many_is_rejected_and_can_be_mended(at: At, elena: User) -> None:
    lines = ccvp(*many(3)).getvalue().decode("latin-1").splitlines()
    shifted = lines[2].replace("María José Quispe", "María José; Quispe")
    telephony = lines[3].replace(";Internet;", ";Telefonía;")
    content = "\r\n".join([lines[0], lines[1] + ";;", shifted, telephony, ""]).encode()
    report = of_bytes(content, at("2026-11-25 06:10"))
    assert (report.state, report.taken, report.rejected, report.other_service) == (PUBLISHED, 1, 1, 1)
    row = RejectedRow.objects.get()
    assert (row.reason, row.detail, row.line) == ("too_many_cells", "A", 3)
    assert "más celdas que títulos" in sentence(row.reason)
    assert (row.cells["name"], row.cells["identity_card"]) == ("María José", "Quispe")
    right = {
        **row.cells,
        "name": "María José Quispe",
        "identity_card": "4567890",
        "telephone_1": "",
        "product": "Internet",
    }
    right |= {"mobile": "70712345", "telephone_2": "", "plan": "Fibra 120", "due_on": "30/11/2026", "amount": "289,00"}
    mending.admit(row_id=row.pk, cells=right, by=elena, now=at("2026-11-25 08:00"))
    assert Renewal.objects.count() == 2


def right(cells: list[str]) -> list[str]:
    return ["", *cells]


def left(cells: list[str]) -> list[str]:
    return [cells[0], *cells[2:], ""]


def from_the_mobile_on(cells: list[str]) -> list[str]:
    """The name was parted in two."""
    place = HEADINGS.index("CELULAR")
    return [*cells[:place], "Apellido", *cells[place:]]


@pytest.mark.parametrize("shift", [right, left, from_the_mobile_on])
def test_rows_that_are_shifted_are_no_other_service(at: At, shift: Callable[[list[str]], list[str]]) -> None:
    cells = [[str({**USUAL, **row}.get(heading, "")) for heading in HEADINGS] for row in many(40)]
    book = BytesIO()
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        for line, row in enumerate([HEADINGS, *cells[:25], *map(shift, cells[25:]), ["TOTAL REGISTROS", 40]]):
            sheet.write_row(line, 0, row)
    book.seek(0)
    report = of_book(book, at("2026-11-25 06:10"))
    assert (report.state, report.held_for, report.other_service) == (HELD, "shifted", 0)
    assert "15 filas parecen tener sus celdas corridas, la primera es la 27" in report.held_because


def test_a_row_of_another_service_asks_for_nothing(at: At) -> None:
    """It may lack its day and its amount, and the headings may stand once more."""
    rows = [*many(3), {**many(1, first=9)[0], "PRODUCTO": "Telefonía", "FECHA_VENCIMIENTO": "", "MONTO": "gratis"}]
    lines = ccvp(*rows).getvalue().decode("latin-1").splitlines()
    content = "\r\n".join([*lines[:3], lines[0], *lines[3:], ""]).encode("latin-1")
    report = of_bytes(content, at("2026-11-25 06:10"))
    assert (report.state, report.taken, report.rejected, report.other_service) == (PUBLISHED, 3, 0, 1)
