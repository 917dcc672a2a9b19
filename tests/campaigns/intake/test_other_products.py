"""Rows of other services are seen: which products, how many, and which nobody knew or look like ours misspelt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client

from agents.models import User
from campaigns.intake import deciding
from campaigns.intake.taking_in import take_in
from campaigns.models import Renewal, Report
from systems.reports.misspelt import looks_like
from tests.campaigns.some_reports import many, taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
SignedIn = Callable[[User], Client]
JANUARY = date(2027, 1, 1)
HELD, PUBLISHED = Report.State.HELD, Report.State.PUBLISHED
SEEN = ["Telefonía", "Telefonía", "Alarma 70712345"]


def of_products(now: datetime, *products: str, period: date = date(2026, 12, 1)) -> Report:
    """A report with four rows of ours and one of each of `products`; services run out the day before its month."""
    due = {"FECHA_VENCIMIENTO": "30/11/2026" if period.month == 12 else "31/12/2026"}
    names = ["Internet"] * 4 + list(products)
    rows = [{**row, **due, "PRODUCTO": name} for row, name in zip(many(len(names)), names, strict=True)]
    return taken(*rows, now=now, period=period)


def page_of(report: Report, client: Client) -> str:
    return client.get(f"/reports/{report.pk}/").content.decode()


def test_the_page_says_which_products_were_not_taken_and_how_many_rows(
    at: At, elena: User, signed_in: SignedIn
) -> None:
    report = of_products(at("2026-11-25 06:10"), *SEEN)
    assert (report.state, report.taken, report.other_service) == (PUBLISHED, 4, 3)
    assert report.other_products == {"Telefonía": 2, "Alarma #": 1}, "what may be somebody's number is not told"
    page = page_of(report, signed_in(elena))
    assert "Otros servicios" in page
    assert "Alarma #" in page
    assert "no tenía" not in page, "without a report before nobody can say what is new"


def test_a_product_the_report_before_did_not_have_is_told_and_holds_nobody(
    at: At, elena: User, signed_in: SignedIn
) -> None:
    of_products(at("2026-11-25 06:10"), *SEEN)
    report = of_products(at("2026-12-25 06:10"), "TELEFONIA", "Hogar Digital", period=JANUARY)
    assert report.state == PUBLISHED
    page = page_of(report, signed_in(elena))
    assert "El reporte anterior no tenía este producto: Hogar Digital." in page


@pytest.mark.parametrize("product", ["Intemet", "1nternet", "Int.", "T.V.", "TVCABLE", "Televicion", "Banda Anha"])
def test_a_product_that_looks_like_ours_holds_the_report_and_can_be_accepted(
    product: str, at: At, elena: User, signed_in: SignedIn
) -> None:
    report = of_products(at("2026-11-25 06:10"), product, "Telefonía")
    assert (report.state, report.held_for) == (HELD, "products")
    assert f"«{product}» (1, " in report.held_because
    assert "a ese cliente no se le llamaría" in report.held_because
    assert "Parece" in page_of(report, signed_in(elena))
    deciding.accept(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))
    assert take_in(report_id=report.pk, now=at("2026-11-25 08:01")).state == PUBLISHED
    assert Renewal.objects.count() == 4
    again = of_products(at("2026-12-25 06:10"), product, period=JANUARY)
    assert again.state == PUBLISHED, "who took it last month has seen it"


@pytest.mark.parametrize(
    "product", ["Telefonía IP", "Celular", "VoIP", "Línea fija", "Intranet", "Instalación", "Netflix", "Internet", "TV"]
)
def test_other_products_look_like_none_of_ours(product: str) -> None:
    assert looks_like(product) == ""


def test_a_column_of_very_many_names_is_kept_short(at: At) -> None:
    report = of_products(at("2026-11-25 06:10"), *(f"Cosa {n}" for n in range(130)))
    assert (len(report.other_products), report.other_products[""], report.other_service) == (101, 30, 130)
