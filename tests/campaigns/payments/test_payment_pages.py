"""The payments pages: what they list, whom they let in, what they export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from agents.models import Agent, Disclosure, User
from campaigns.models import Campaign, Receipt
from tests.campaigns.a_campaign import make_campaign
from tests.campaigns.exports import make_export
from tests.campaigns.promises_and_callbacks.test_promise_outcomes import promised
from tests.campaigns.some_receipts import owing, row, take

pytestmark = pytest.mark.django_db
At = Callable[[str], datetime]
SignedIn = Callable[[User | Agent], Client]


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def exported(client: Client, address: str, asked: dict[str, str] | None = None) -> list[list[Any]]:
    """Every row of the only sheet of the workbook the button asks for, made as a worker makes it."""
    page = client.post(f"{address}?{urlencode(asked or {})}").url
    assert make_export(export_id=int(page.split("/")[-2]), now=timezone.now())
    file = b"".join(client.get(f"{page}file/").streaming_content)
    return CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(0).to_python()


PAGES = ["/payments/", "/payments/promises/"]


@pytest.fixture
def december(ana: Agent) -> Campaign:
    month = make_campaign(state="running")
    owing(month, "C1", "INTERNET", "TV", owner=ana)
    owing(month, "C2", "TV", owner=ana)
    owing(month, "C3", "TV")
    return month


@pytest.fixture
def paid(december: Campaign) -> Campaign:
    take(
        [
            row("R1", "C1I", "11-26"),
            row("R2", "C1T", "11-27", "50", channel="Banco"),
            row("R3", "C2T", "12-10"),
            row("R4", "C9T", "11-26"),
            row("R5", "C3T", "11-26", contract="C8"),
            row("R6", "C3T", "11-28", "120"),
            row("R7", "C3T", "11-28", service="OTHER"),
        ]
    )
    return december


LISTS = {
    "receipts": ["R6", "R3", "R2", "R1"],
    "unmatched": ["R7", "R5", "R4"],
    "late": ["R3"],
}


@pytest.mark.parametrize("show", LISTS)
def test_lists_of_receipts(paid: Campaign, elena: User, signed_in: SignedIn, show: str) -> None:
    page = signed_in(elena).get("/payments/", {"show": show})
    assert page.status_code == 200
    assert [line.record.number for line in page.context["table"].paginated_rows] == LISTS[show]
    assert page.context["total"].rows == len(LISTS[show])


RENEWALS = {"underpaid": ["C1"], "overpaid": ["C3"]}


@pytest.mark.parametrize("show", RENEWALS)
def test_lists_of_renewals(paid: Campaign, elena: User, signed_in: SignedIn, show: str) -> None:
    page = signed_in(elena).get("/payments/", {"show": show})
    assert [line.record.contact.contract for line in page.context["table"].paginated_rows] == RENEWALS[show]


def test_the_unmatched_say_why(paid: Campaign, elena: User, signed_in: SignedIn) -> None:
    page = signed_in(elena).get("/payments/?show=unmatched")
    whys = {line.record.number: line.record.why for line in page.context["table"].paginated_rows}
    assert whys == {"R4": "unknown", "R5": "contract_differs", "R7": "other_product"}
    only = signed_in(elena).get("/payments/?show=unmatched&why=unknown")
    assert [line.record.number for line in only.context["table"].paginated_rows] == ["R4"]


FILTERS: dict[str, tuple[dict[str, str], list[str]]] = {
    "by receipt": ({"q": "R2"}, ["R2"]),
    "by contract": ({"q": "C1"}, ["R2", "R1"]),
    "by service": ({"q": "C1T"}, ["R2"]),
    "an unmatched one by service": ({"q": "C9T", "month": "all"}, ["R4"]),
    "by channel": ({"channel": "Banco"}, ["R2"]),
    "by day": ({"since": "2026-11-27", "until": "2026-11-28"}, ["R6", "R2"]),
    "all months": ({"month": "all"}, ["R7", "R6", "R5", "R4", "R3", "R2", "R1"]),
    "another month": ({"month": "2026-11"}, ["R7", "R6", "R5", "R4", "R3", "R2", "R1"]),
    "nonsense": ({"since": "x", "until": "31/12", "month": "?", "page": "999", "sort": "drop"}, LISTS["receipts"]),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters(paid: Campaign, elena: User, signed_in: SignedIn, name: str) -> None:
    asked, expected = FILTERS[name]
    client = signed_in(elena)
    page = client.post("/payments/", asked, follow=True) if "q" in asked else client.get("/payments/", asked)
    found = [line.record.number for line in page.context["table"].paginated_rows]
    assert found == (expected if name != "nonsense" else FILTERS["all months"][1])


def test_the_export_is_what_is_filtered_and_is_in_the_book(
    paid: Campaign, elena: User, signed_in: SignedIn
) -> None:  # fmt: skip
    lines = exported(signed_in(elena), "/payments/export/", {"channel": "Banco"})
    assert [line[0] for line in lines] == ["Recibo", "R2", "Total"]
    assert lines[-1][8] == 50
    written = Disclosure.objects.get()
    assert (written.user, written.rows) == (elena, 1)


def test_months_are_dates_and_words_are_spanish(paid: Campaign, elena: User, signed_in: SignedIn) -> None:
    head, *rows = exported(signed_in(elena), "/payments/export/", {"channel": "Banco"})
    told = dict(zip(head, rows[0], strict=True))
    assert (told["Mes"], told["Pagó el"]) == (date(2026, 12, 1), date(2026, 11, 27))
    assert told["Servicio"] == "Televisión"
    assert told["Situación"] == str(Receipt.objects.get(number="R2").get_standing_display())
    head, *rows = exported(signed_in(elena), "/payments/export/", {"show": "underpaid"})
    assert dict(zip(head, rows[0], strict=True))["Mes"] == date(2026, 12, 1)


@pytest.mark.parametrize("show", ["receipts", "unmatched", "late", "underpaid", "overpaid", "reports"])
def test_every_list_is_exported(paid: Campaign, elena: User, signed_in: SignedIn, show: str) -> None:
    assert len(exported(signed_in(elena), "/payments/export/", {"show": show})) > 1


def test_search_again_finds_what_the_report_did_not_have(paid: Campaign, elena: User, signed_in: SignedIn) -> None:
    owing(paid, "C9", "TV")
    page = signed_in(elena).post("/payments/match/", follow=True)
    assert "1 recibo encontró su renovación." in page.content.decode()
    assert Receipt.objects.get(number="R4").standing == "counted"
    page = signed_in(elena).post("/payments/match/", follow=True)
    assert "Ningún recibo encontró una renovación nueva." in page.content.decode()


def test_who_may_see_what(paid: Campaign, ana: Agent, marta: Agent, oscar: User, signed_in: SignedIn) -> None:
    assert signed_in(ana).get("/payments/").status_code == 403
    assert signed_in(ana).post("/payments/export/").status_code == 403
    assert signed_in(ana).get("/payments/promises/").status_code == 200
    assert signed_in(ana).post("/payments/promises/export/").status_code == 403
    assert signed_in(oscar).get("/payments/").status_code == 200
    assert signed_in(oscar).post("/payments/match/").status_code == 403
    contact = Receipt.objects.get(number="R1").renewal.contact_id
    assert "R1" in signed_in(ana).get(f"/desk/contacts/{contact}/").content.decode()
    assert signed_in(marta).get(f"/desk/contacts/{contact}/").status_code == 404


@pytest.mark.parametrize("page", [*PAGES, "/payments/?show=unmatched", "/payments/?show=underpaid"])
def test_queries_do_not_grow_with_the_list(
    december: Campaign, ana: Agent, elena: User, signed_in: SignedIn, at: At, page: str,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    rows = [row(f"R{n}", f"C{n}T", "11-26", "50") for n in range(100, 140)]
    for n in range(100, 120):
        promised(owing(december, f"C{n}", "TV"), ana, at("2026-11-25 10:00"), date(2026, 11, 26))
    take([*rows, row("RX", "C9T", "11-28")])
    client = signed_in(elena)
    with django_assert_max_num_queries(18):
        assert client.get(page).status_code == 200


def test_promises_by_outcome(
    paid: Campaign, ana: Agent, marta: Agent, elena: User, signed_in: SignedIn, at: At
) -> None:
    contact = paid.contacts.get(contract="C2")
    promised(contact, ana, at("2026-11-25 10:00"), date(2026, 11, 26))
    page = signed_in(elena).get("/payments/promises/")
    assert [line.record.contact_id for line in page.context["table"].paginated_rows] == [contact.pk]
    assert "Incumplido" in page.content.decode()
    assert signed_in(marta).get("/payments/promises/").context["table"].total.rows == 0
    lines = exported(signed_in(elena), "/payments/promises/export/")
    assert lines[1][0] == "C2"
    assert Disclosure.objects.count() == 1


def test_the_frame_says_how_old_the_payments_are(paid: Campaign, ana: Agent, signed_in: SignedIn) -> None:
    page = signed_in(ana).get("/payments/age/").content.decode()
    assert "Pagos al" in page
    assert "28/11" in page


@pytest.mark.parametrize("address", ["/payments/", "/payments/promises/"])
def test_a_month_that_was_not_launched_does_not_hide_the_one_that_was_called(
    paid: Campaign, elena: User, signed_in: SignedIn, address: str
) -> None:
    Campaign.objects.update(launched_at=paid.created_at)
    Campaign.objects.create(
        period=date(2027, 2, 1), calls_from=date(2027, 1, 25), calls_until=date(2027, 1, 31), state="closed",
        report_due_at=paid.report_due_at, created_at=paid.created_at,
    )  # fmt: skip
    Campaign.objects.create(
        period=date(2027, 1, 1), calls_from=date(2026, 12, 25), calls_until=date(2026, 12, 31), state="proposed",
        report_due_at=paid.report_due_at, created_at=paid.created_at,
    )  # fmt: skip
    page = signed_in(elena).get(address).content.decode()
    assert '<option value="2026-12" selected>' in page
    assert '<option value="2027-01" selected>' in signed_in(elena).get(f"{address}?month=2027-01").content.decode()
