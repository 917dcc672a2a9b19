"""Amounts as Bolivia and its spreadsheets write them, in whole reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest

from campaigns.models import RejectedRow, Renewal, Report
from tests.campaigns.some_reports import HEADINGS, many, of_book, taken, workbook

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
HELD, PUBLISHED = Report.State.HELD, Report.State.PUBLISHED


@pytest.mark.parametrize("texts", [["149,00", "149.00"], ["149.00", "1.149.000"], ["12,50", "289.50"]])
def test_texts_of_a_workbook_that_say_both_hold_it(texts: list[str], at: At) -> None:
    rows = [{**row, "MONTO": money} for row, money in zip(many(3), [*texts, "1.149"], strict=True)]
    report = of_book(workbook(("Hoja1", rows)), at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "amounts")
    assert "Un monto puede ser de miles o tener tres decimales" in report.held_because


@pytest.mark.parametrize("amount", ["199.-", "Bs 199.-", "199,00.-"])
def test_an_amount_without_cents_is_taken_as_bolivia_writes_it(amount: str, at: At) -> None:
    report = taken({"MONTO": amount}, now=at("2026-11-25 06:10"))
    assert (report.state, report.rejected) == (PUBLISHED, 0)
    assert Renewal.objects.get().amount_due == Decimal(199)


def test_an_amount_of_another_currency_is_no_amount_in_bolivianos(at: At) -> None:
    """A column of currencies: its bolivianos are taken however they are written, dollars are a row to be mended."""
    said = ["Bs", "BOB", "Bolivianos", "", "USD", "US$"]
    rows = [{**row, "MONEDA": currency} for row, currency in zip(many(6), said, strict=True)]
    report = taken(*rows, headings=[*HEADINGS, "MONEDA"], now=at("2026-11-25 06:10"))
    assert (report.taken, report.rejected) == (4, 2)
    wrong = RejectedRow.objects.filter(report=report).order_by("line")
    assert [(one.reason, one.detail) for one in wrong] == [("bad_currency", "USD"), ("bad_currency", "US$")]
    assert Renewal.objects.count() == 4


def test_a_report_in_dollars_is_held(at: At) -> None:
    rows = [{**row, "MONEDA": "USD"} for row in many(5)]
    report = taken(*rows, headings=[*HEADINGS, "MONEDA"], now=at("2026-11-25 06:10"))
    assert report.state == HELD
    assert not Renewal.objects.exists()
