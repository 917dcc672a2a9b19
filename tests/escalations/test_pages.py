"""The list of what was handed over, its export, one of them, and who sees what."""

from __future__ import annotations

import html
import io
import re
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
from escalations import working
from escalations.models import Escalation, Kind
from escalations.raising import add_detail, raise_escalation

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
        ("?due=overdue", ["C-2"]),
        ("?due=overdue&line=101", []),
        ("?due=today", ["C-1"]),
        ("?zone=Norte", ["C-3"]),
        ("?kind=nobody", ["C-1", "C-2", "C-3"]),
        ("?line=%00", ["C-1", "C-2", "C-3"]),
        ("?page=99", ["C-1", "C-2", "C-3"]),
    ],
)
def test_filters_live_in_the_address(
    query: str, found: list[str], raised: Any, elena: User, signed_in: SignedIn
) -> None:
    raised("1")
    raised("2", kind="sim_block", due=timedelta(hours=-30))
    raised("3", line="101", zone="Norte", due=timedelta(hours=30))
    Escalation.objects.filter(contract="C-1").update(due_at=timezone.localtime().replace(hour=23, minute=59))
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
    within_the_board = client.post(address, {"reason": "Otra vez"}, headers={"HX-Request": "true"}).content.decode()
    assert within_the_board.lstrip().startswith('<div id="card"')
    assert f'hx-post="{address}"' in client.get(f"/escalations/{made.pk}/").content.decode()


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
    assert (kept.kind, kept.rows, kept.user) == ("export", 1, person)
    assert kept.subject == "Derivaciones: Reclamo de facturación, Abiertas"


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
    assert len(many) == len(few) <= 16
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


def link_to(page: str, words: str) -> str:
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{words} ', page)
    assert found, words
    return html.unescape(found[1])


@pytest.mark.parametrize(
    ("asked", "in_the_list"),
    [
        ("", "?whose=mine"),
        ("?whose=all", ""),
        ("?kind=sim_block&line=101&zone=Norte&due=today", "?whose=mine&kind=sim_block&line=101&zone=Norte&due=today"),
    ],
)
def test_the_filters_go_along_between_board_and_list(
    asked: str, in_the_list: str, elena: User, signed_in: SignedIn
) -> None:
    client = signed_in(elena)
    there = link_to(client.get("/escalations/" + asked).content.decode(), "Ver como lista")
    assert there == LIST + in_the_list
    back = link_to(client.get(there).content.decode(), "Ver como tablero")
    assert back == "/escalations/" + asked


def test_who_only_looks_has_all_of_it_on_both_pages(oscar: User, signed_in: SignedIn) -> None:
    client = signed_in(oscar)
    there = link_to(client.get("/escalations/").content.decode(), "Ver como lista")
    assert there == LIST
    assert link_to(client.get(there).content.decode(), "Ver como tablero") == "/escalations/"


@pytest.mark.parametrize(
    "words", ["fabian", "FABIÁN  calle falsa", "ot-60001153", "paso por la esquina", "ultimo", "nunez"]
)
def test_what_a_card_carries_and_what_was_noted_is_found_whatever_its_accents(
    words: str, raised: Any, elena: User, signed_in: SignedIn, ana: Agent
) -> None:
    raised("1")
    carried = {"order": "OT-60001153", "address": "Calle Falsa 123"}
    found = raised("2", customer_name="Fabián Núñez", details=carried, reason="El último reclamo")
    add_detail(key=found.key, text="Pasó por la esquina", by=ana.user, now=timezone.now())
    client = signed_in(elena)
    page = client.get(client.post(LIST, {"q": words, "state": "open", "kind": ""})["Location"]).content.decode()
    assert rows(page) == ["C-2"]


def test_the_contract_that_was_searched_goes_along_and_stands_in_no_address(
    raised: Any, elena: User, signed_in: SignedIn
) -> None:
    raised("1")
    raised("2")
    client = signed_in(elena)
    address = client.post(LIST, {"q": "C-2", "state": "open", "kind": ""})["Location"]
    assert "C-2" not in address
    page = client.get(address).content.decode()
    assert rows(page) == ["C-2"]
    board = client.get(link_to(page, "Ver como tablero")).content.decode()
    assert rows(board) == ["C-2"]
    assert rows(client.get(link_to(board, "Ver como lista")).content.decode()) == ["C-2"]
    export = client.post(reverse("escalations:escalation_export") + "?" + address.partition("?")[2])
    assert (
        len(
            CalamineWorkbook.from_filelike(io.BytesIO(b"".join(export.streaming_content)))
            .get_sheet_by_index(0)
            .to_python()
        )
        == 2
    )
    assert Disclosure.objects.get().subject == "Derivaciones: Abiertas, con búsqueda"


def test_mine_are_what_she_has_and_what_nobody_took(raised: Any, elena: User, rosa: User, signed_in: SignedIn) -> None:
    for key, who in (("1", elena), ("2", rosa)):
        working.take(escalation_id=raised(key).pk, by=who, now=timezone.now())
    raised("3")
    assert rows(signed_in(elena).get(LIST + "?whose=mine").content.decode()) == ["C-1", "C-3"]


@pytest.mark.parametrize("page", ["/escalations/", LIST, "/escalations/times/"])
def test_what_is_filtered_stays_chosen_though_nothing_open_has_it(page: str, elena: User, signed_in: SignedIn) -> None:
    shown = signed_in(elena).get(page + "?kind=sim_block&line=101&zone=Norte").content.decode()
    chosen = re.findall(r"<option[^>]* selected>([^<]+)<", shown.partition('id="filter-kind"')[2])
    assert chosen[:3] == ["Bloqueo temporal de SIM", "101", "Norte"]


@pytest.mark.parametrize("page", [LIST, "/escalations/times/"])
def test_a_kind_that_was_switched_off_is_found_while_there_are_cards_of_it(
    page: str, raised: Any, elena: User, signed_in: SignedIn
) -> None:
    raised("1", kind="sim_block")
    Kind.objects.filter(code__in=("sim_block", "guide_listing")).update(is_active=False)
    shown = signed_in(elena).get(page).content.decode()
    assert ('value="sim_block"' in shown, 'value="guide_listing"' in shown) == (True, False)


@pytest.mark.parametrize("page", ["/escalations/", LIST])
def test_the_way_to_the_times_keeps_kind_line_and_zone(page: str, elena: User, signed_in: SignedIn) -> None:
    shown = signed_in(elena).get(page + "?kind=sim_block&line=101&zone=Norte&due=today").content.decode()
    assert link_to(shown, "Plazos") == "/escalations/times/?kind=sim_block&line=101&zone=Norte"


def test_an_agent_has_no_way_to_what_she_does_not_see(ana: Agent, signed_in: SignedIn) -> None:
    page = signed_in(ana).get(LIST).content.decode()
    assert "Plazos" not in page
    assert "Ver como tablero" not in page


@pytest.mark.parametrize("sort", ["-due_at", "kind"])
def test_each_card_stands_on_one_page_though_many_are_due_at_once(sort: str, elena: User, signed_in: SignedIn) -> None:
    """All calls of a day are due at its close: by that alone a second page shows some of the first page again."""
    now, kinds = timezone.now(), ("complaint", "sim_block", "billing_claim")
    made = Escalation.objects.bulk_create(
        Escalation(
            key=f"x:{number}", kind_id=kinds[number * 7 % 3], line=str(101 + number % 2), reason="x", raised_at=now,
            raised_by=elena, due_at=now + timedelta(hours=number * 5 % 3),
        )
        for number in range(140)
    )  # fmt: skip
    pages = [signed_in(elena).get(f"{LIST}?sort={sort}&page={page}").content.decode() for page in (1, 2, 3)]
    shown = [int(pk) for page in pages for pk in re.findall(r'href="/escalations/(\d+)/"', page)]
    assert sorted(shown) == [card.pk for card in made]
