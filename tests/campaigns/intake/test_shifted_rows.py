"""A separator too many shifts the columns of its row: nobody is lost by it without a word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from agents.models import User
from campaigns.intake import mending
from campaigns.models import RejectedRow, Renewal, Report
from campaigns.rows.reading import sentence
from tests.campaigns.some_reports import ccvp, many, of_bytes

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
PUBLISHED = Report.State.PUBLISHED


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
