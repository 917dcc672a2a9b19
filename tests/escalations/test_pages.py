"""The list of what was handed over, its export, one of them, and who sees what."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from agents.models import Agent, Disclosure, User
from escalations.models import Escalation
from escalations.raising import raise_escalation

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
LIST = "/escalations/list/"


@pytest.fixture
def raised(ana: Agent) -> Callable[..., Escalation]:
    """`raised("1", kind="sim_block", due=timedelta(hours=-1))`: due that long from now."""
    now = timezone.now()

    def make(key: str, *, by: Agent = ana, due: timedelta = timedelta(hours=2), **more: Any) -> Escalation:
        said: dict[str, Any] = {
            "kind": "billing_claim", "line": "102", "reason": "Reclama 70712345", "details": {"phone": "70712345"},
            "customer_name": "Rosa Flores", "contract": f"C-{key}", "telephone": "+59170712345",
        }  # fmt: skip
        return raise_escalation(key=key, due_at=now + due, by=by.user, now=now, **{**said, **more})

    return make


def rows(page: str) -> list[str]:
    return [contract for contract in ("C-1", "C-2", "C-3") if contract in page]


def order_of(page: str) -> list[str]:
    return sorted(rows(page), key=page.index)


def test_the_overdue_come_first_and_are_marked(raised: Any, elena: User, signed_in: SignedIn) -> None:
    raised("1", due=timedelta(hours=5))
    raised("2", due=timedelta(hours=-1))
    raised("3", due=timedelta(days=-2))
    page = signed_in(elena).get(LIST).content.decode()
    assert order_of(page) == ["C-3", "C-2", "C-1"]
    assert page.count("Vencida<") == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["C-1", "C-2", "C-3"]),
        ("?kind=sim_block", ["C-2"]),
        ("?line=101", ["C-3"]),
        ("?overdue=yes", ["C-2"]),
        ("?overdue=yes&line=101", []),
        ("?kind=nobody", ["C-1", "C-2", "C-3"]),
        ("?line=%00", ["C-1", "C-2", "C-3"]),
        ("?page=99", ["C-1", "C-2", "C-3"]),
    ],
)
def test_filters_live_in_the_address(
    query: str, found: list[str], raised: Any, elena: User, signed_in: SignedIn
) -> None:
    raised("1")
    raised("2", kind="sim_block", due=timedelta(hours=-1))
    raised("3", line="101")
    assert rows(signed_in(elena).get(LIST + query).content.decode()) == found


def test_an_agent_sees_what_she_herself_handed_over(
    raised: Any, ana: Agent, luis: Agent, elena: User, oscar: User, signed_in: SignedIn
) -> None:
    mine, his = raised("1"), raised("2", by=luis)
    assert rows(signed_in(ana).get(LIST).content.decode()) == ["C-1"]
    for who in (elena, oscar):
        assert rows(signed_in(who).get(LIST).content.decode()) == ["C-1", "C-2"]
    assert signed_in(ana).get(reverse("escalations:escalation", args=[mine.pk])).status_code == 200
    assert signed_in(ana).get(reverse("escalations:escalation", args=[his.pk])).status_code == 404


def test_telephones_are_hidden_in_the_list_and_from_an_auditor(
    raised: Any, elena: User, oscar: User, ana: Agent, signed_in: SignedIn
) -> None:
    address = reverse("escalations:escalation", args=[raised("1").pk])
    assert "12345" not in signed_in(elena).get(LIST).content.decode()
    for who in (elena, ana):
        page = signed_in(who).get(address).content.decode()
        assert "707-12345" in page
        assert "Reclama 70712345" in page
    assert "12345" not in signed_in(oscar).get(address).content.decode()


def test_an_auditor_who_says_why_sees_them_and_it_is_written_down(raised: Any, oscar: User, signed_in: Any) -> None:
    made = raised("1")
    address, client = reverse("escalations:escalation_reveal", args=[made.pk]), signed_in(oscar)
    assert client.post(address, {"reason": " "}).status_code == 302
    assert not Disclosure.objects.exists()
    page = client.post(address, {"reason": "Reclamo del cliente"}).content.decode()
    assert "707-12345" in page
    kept = Disclosure.objects.get()
    assert (kept.kind, kept.user, kept.reason) == ("reveal", oscar, "Reclamo del cliente")
    assert "707" not in kept.subject


@pytest.mark.parametrize(("who", "sees"), [("elena", True), ("oscar", False)])
def test_the_export_is_what_is_filtered_and_is_in_the_book(
    who: str, sees: bool, raised: Any, request: Any, signed_in: SignedIn
) -> None:
    raised("1", reason="=1+1 http://x 70712345")
    raised("2", kind="sim_block")
    person = request.getfixturevalue(who)
    answer = signed_in(person).post(reverse("escalations:escalation_export") + "?kind=billing_claim")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book.get_sheet_by_index(0).to_python()
    assert len(sheet) == 2
    assert sheet[1][3] == "C-1"
    assert ("12345" in str(sheet[1])) is sees
    assert sheet[1][6].startswith("=1+1")
    kept = Disclosure.objects.get()
    assert (kept.kind, kept.rows, kept.user, kept.subject) == ("export", 1, person, "escalations billing_claim open")


def test_queries_do_not_grow_with_the_list(raised: Any, elena: User, luis: Agent, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    raised("1")
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(4, 64):
        raised(str(number), by=luis)
    with CaptureQueriesContext(connection) as many:
        page = client.get(LIST).content.decode()
    assert len(many) == len(few) <= 12
    assert page.count("<tr ") <= 52


def test_details_are_told_in_words(raised: Any, elena: User, signed_in: SignedIn) -> None:
    details = {"exact_address": "Av. Heroínas 12", "invoices": [{"number": "F-1"}], "has_service": False, "none": None}
    made = raised("1", details=details, promised="Le llamamos hoy", zone="Norte")
    page = signed_in(elena).get(reverse("escalations:escalation", args=[made.pk])).content.decode()
    for words in ("Exact address", "Av. Heroínas 12", "number: F-1", "No<", "Le llamamos hoy", "Norte"):
        assert words in page
    assert "None" not in page


def test_an_hour_later_it_is_overdue(raised: Any, elena: User, signed_in: SignedIn, monkeypatch: Any) -> None:
    made = raised("1", due=timedelta(minutes=30))
    address = reverse("escalations:escalation", args=[made.pk])
    assert "Por vencer" in signed_in(elena).get(address).content.decode()
    later: datetime = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr("escalations.views.cards.timezone.now", lambda: later)
    assert "Vencida" in signed_in(elena).get(address).content.decode()
