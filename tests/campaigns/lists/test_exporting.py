"""Exports: made in the background, only for whoever asked, masked for who sees masked, and searched without a trace."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.utils import timezone
from python_calamine import CalamineWorkbook

from agents.models import Disclosure, Role
from campaigns.figures.refreshing import refresh_figures
from campaigns.lists import exporting
from campaigns.lists.books import contact_filters
from campaigns.lists.listing import Asked
from campaigns.models import Attempt, Contact, ListExport, RejectedRow, Report
from tests.campaigns.a_month import make_month
from tests.campaigns.exports import make_export
from work import sweeping

LIST = "/campaigns/2026-12/contacts/"


@pytest.fixture(autouse=True)
def _on_the_28th(at, settings, tmp_path):
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": kept}
    with time_machine.travel(at("2026-11-28 10:00"), tick=True):
        yield


@pytest.fixture
def month(ana, luis, at):
    campaign = make_month({"ana": ana, "luis": luis})
    refresh_figures(campaign=campaign, now=at("2026-11-28 10:00"))
    return campaign


def made(client, address: str) -> list[list[Any]]:
    """The rows of the workbook that a button asks for, made as a worker makes it."""
    page = client.post(address).url
    assert make_export(export_id=int(page.split("/")[-2]), now=timezone.now())
    answer = client.get(f"{page}file/")
    return (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    )


def sweep_exports(*, now: datetime) -> list[int]:
    """As the two ticks do. Returns what is rung for."""
    exporting.delete_old_exports(now=now)
    return sweeping.sweep(ListExport, now=now)


def asked_by(person, month, now, **asked) -> ListExport:
    filters = contact_filters(campaign=month, asked=Asked(**asked))
    return exporting.ask_export(kind=ListExport.Kind.CONTACTS, filters=filters, words="contacts", by=person, now=now)


LISTS = {
    "": 12, "state=not_callable": 1, "state=paid": 4, "state=held_out": 2, "state=unassigned": 0, "state=open": 4,
    "list=BOTH": 2, "zone=Sacaba": 3, "state=assigned": 9, "agent=999999": 0, "state=nonsense": 12,
    "state=open&zone=Sacaba": 1, "unit=calls&day=2026-11-26": 3, "unit=calls": 9,
    "figure=not_paid": 7, "figure=callable": 10, "unit=services": 14, "unit=services&figure=paid&sort=-received": 6,
    "unit=services&figure=paid_after_contact&service=TV&sort=paid_on": 1,
    "unit=services&figure=held_out&sort=name": 2, "unit=calls&zone=Sacaba&sort=name": 1,
}  # fmt: skip
SEARCHES = {"cliente a": 5, "A4": 1, "clïente l4": 1, "%": 0, "nadie": 0}


@pytest.mark.parametrize("query", LISTS)
def test_a_list_and_its_export_show_the_same(month, elena, signed_in, query):
    client = signed_in(elena)
    page = client.get(f"{LIST}?{query}")
    assert len(page.context["table"].rows) == LISTS[query]
    address = client.post(f"{LIST}export/?{query}").url
    owed = ListExport.objects.get()
    assert address == f"/exports/{owed.pk}/"
    assert client.get(f"{address}file/").status_code == 404
    assert "Escribiendo filas" in client.get(address).content.decode()
    assert make_export(export_id=owed.pk, now=timezone.now())
    assert not make_export(export_id=owed.pk, now=timezone.now())
    assert "El libro está listo" in client.get(f"{address}progress/").content.decode()
    answer = client.get(f"{address}file/")
    unit = "servicios" if "unit=services" in query else "llamadas" if "unit=calls" in query else "contactos"
    assert f"{unit}-2026-11-28.xlsx" in answer["Content-Disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    assert len(rows.to_python()) - 1 == LISTS[query]
    assert Disclosure.objects.get().rows == LISTS[query]


def test_an_export_of_calls_has_the_number_dialled_and_what_was_said_masked_for_who_only_reads(
    month, elena, oscar, signed_in
):
    call = Attempt.objects.order_by("-dialled_at", "pk").first()
    Attempt.objects.filter(pk=call.pk).update(telephone="+59170712345", reason="Precio", note="Su hija: 70755555")
    head, first = made(signed_in(elena), f"{LIST}export/?unit=calls")[:2]
    told = dict(zip(head, first, strict=True))
    assert (told["Teléfono"], told["Motivo"], told["Nota"]) == ("+59170712345", "Precio", "Su hija: 70755555")
    head, first = made(signed_in(oscar), f"{LIST}export/?unit=calls")[:2]
    told = dict(zip(head, first, strict=True))
    assert told["Teléfono"].endswith("45")
    assert "70712" not in told["Teléfono"].replace(" ", "").replace("-", "")
    assert "70755555" not in told["Nota"]


@pytest.mark.parametrize("typed", SEARCHES)
def test_what_is_searched_is_posted_and_stands_in_no_address(month, elena, oscar, signed_in, typed):
    client = signed_in(elena)
    answer = client.post(LIST, {"q": typed, "state": "", "zone": ""})
    assert answer.status_code == 302
    assert answer.url.startswith(f"{LIST}?s=")
    assert typed not in answer.url
    for _refreshed in range(2):
        page = client.get(answer.url)
        assert len(page.context["table"].rows) == SEARCHES[typed]
    assert page.context["asked"].search == typed
    assert len(made(client, answer.url.replace("contacts/", "contacts/export/"))) - 1 == SEARCHES[typed]
    assert Disclosure.objects.get().subject == "Contactos de 2026-12: Todos, con búsqueda"
    assert len(signed_in(oscar).get(answer.url).context["table"].rows) == 12  # to anybody else it says nothing


def test_two_searches_live_side_by_side_and_the_filters_stay(month, elena, signed_in):
    client = signed_in(elena)
    first = client.post(LIST, {"q": "A4", "zone": "Sacaba"}).url
    second = client.post(LIST, {"q": "L4"}).url
    assert "zone=Sacaba" in first
    assert client.get(first).context["asked"].search == "A4"
    assert client.get(second).context["asked"].search == "L4"
    assert client.post(LIST, {"q": " ", "zone": "Sacaba"}).url == f"{LIST}?zone=Sacaba"
    assert client.get(f"{LIST}?q=A4").context["asked"].search == ""


@pytest.mark.parametrize("page", ["/payments/", "/payments/promises/"])
def test_the_other_lists_search_the_same_way(month, elena, signed_in, page):
    client = signed_in(elena)
    address = client.post(page, {"q": "A1", "month": "all"}).url
    assert {name for name, _token in parse_qsl(urlsplit(address).query)} == {"month", "s"}  # a token has any letters
    assert client.get(address).context["asked"].search == "A1"
    assert 'value="A1"' in client.get(address).content.decode()


@pytest.mark.parametrize("page", [LIST, "/payments/", "/campaigns/", "/desk/list/", "/exports/1/"])
def test_pages_of_who_signed_in_are_kept_nowhere(month, elena, signed_in, page):
    assert signed_in(elena).get(page)["Cache-Control"] == "no-store, private"


def test_an_export_is_of_who_asked_for_it(month, elena, oscar, ana, signed_in):
    address = signed_in(elena).post(f"{LIST}export/").url
    for person in (oscar, ana):
        for page in (address, f"{address}progress/", f"{address}file/"):
            assert signed_in(person).get(page).status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_who_lost_her_role_fetches_nothing_she_asked_for_in_it(month, elena, signed_in, role):
    address = signed_in(elena).post(f"{LIST}export/").url
    assert make_export(export_id=ListExport.objects.get().pk, now=timezone.now())
    assert signed_in(elena).get(f"{address}file/").status_code == 200
    elena.role = role
    elena.save()
    assert signed_in(elena).get(f"{address}file/").status_code == 404


def test_an_export_expires_even_when_nobody_swept(month, elena, signed_in, at):
    owed = asked_by(elena, month, at("2026-11-28 10:00"))
    make_export(export_id=owed.pk, now=at("2026-11-28 10:01"))
    with time_machine.travel(at("2026-11-29 10:01")):
        assert signed_in(elena).get(f"/exports/{owed.pk}/file/").status_code == 404


def test_the_auditor_gets_masked_what_he_sees_masked(month, elena, oscar, signed_in):
    assert Contact.objects.filter(telephones__contains=["+59170700000"]).exists()
    whole, masked = made(signed_in(elena), f"{LIST}export/"), made(signed_in(oscar), f"{LIST}export/")
    assert "+59170700000" in [row[3] for row in whole]
    assert not any("70700000" in str(cell) for row in masked for cell in row)
    assert "+591 •••-•••00" in [row[3].replace("\u00a0", " ") for row in masked]


def test_each_telephone_has_a_column_of_its_own_and_amounts_and_days_are_typed(month, elena, signed_in):
    Contact.objects.filter(contract="A1").update(telephones=["+59170700000", "+59144251000", "+59171234567"])
    head, *rows = made(signed_in(elena), f"{LIST}export/")
    assert head[3:7] == ["Teléfono 1", "Teléfono 2", "Teléfono 3", "Zona"]
    by_contract = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    first, none = by_contract["A1"], by_contract["N1"]
    assert [first[f"Teléfono {n}"] for n in (1, 2, 3)] == ["+59170700000", "+59144251000", "+59171234567"]
    assert [none[f"Teléfono {n}"] for n in (1, 2, 3)] == ["", "", ""]
    assert (first["Monto"], first["Vence"]) == (100.0, date(2026, 11, 30))
    assert first["Estado"] == "Pagó"


def test_a_list_without_any_telephone_has_its_column_all_the_same(month, elena, signed_in):
    head, row = made(signed_in(elena), f"{LIST}export/?state=not_callable")
    assert head[3:5] == ["Teléfono 1", "Zona"]
    assert row[3] == ""


def test_rejected_rows_are_masked_in_whatever_column_a_number_stands(month, elena, oscar, signed_in, at):
    report = Report.objects.create(
        kind="ccvp", sha256="c" * 64, name="x.csv", size=1, arrived_at=at("2026-11-25 06:00"), state="published"
    )
    cells = {
        "contract": "300100", "name": "Rosa 707-12345", "identity_card": "4567890-1F", "telephone_1": "70712345",
        "due_on": "70712345", "address": "Av. Ayacucho 123", "zone": "cel. 4 425-1000", "amount": "149.00",
        "plan": "hasta 2026-11-30",
    }  # fmt: skip
    RejectedRow.objects.create(report=report, line=7, cells=cells, reason="bad_date", detail="70712345")
    address = f"/reports/{report.pk}/rejected/"
    told = " ".join(str(cell) for row in made(signed_in(oscar), f"{address}export/") for cell in row)
    page = signed_in(oscar).get(address).content.decode()
    for seen in (told, page):
        for hidden in ("70712345", "707-12345", "4567890", "425-1000", "Ayacucho"):
            assert hidden not in seen, hidden
        for shown in ("300100", "Rosa", "149.00", "2026-11-30"):
            assert shown in seen, shown
    assert "Rosa 707-12345" in str(made(signed_in(elena), f"{address}export/"))


def test_an_export_that_lost_its_worker_is_made_again_and_old_ones_are_deleted(month, elena, at):
    asked = at("2026-11-28 10:00")
    owed = asked_by(elena, month, asked)
    assert sweep_exports(now=asked) == [owed.pk]
    ListExport.objects.update(lease_until=asked + timedelta(minutes=30), attempts=1)
    assert sweep_exports(now=asked + timedelta(minutes=5)) == []
    assert sweep_exports(now=asked + timedelta(minutes=31)) == [owed.pk]
    ListExport.objects.update(attempts=3)
    assert sweep_exports(now=asked + timedelta(minutes=31)) == []
    assert ListExport.objects.get().state == "failed"
    sweep_exports(now=asked + timedelta(days=2))
    assert not ListExport.objects.exists()


def test_a_worker_that_was_thought_dead_hands_in_nothing(month, elena, at, monkeypatch, tmp_path):
    owed = asked_by(elena, month, at("2026-11-28 10:00"))
    write = exporting.write_workbook

    def slowly(sheets, target):
        written = write(sheets, target)
        monkeypatch.undo()
        assert make_export(export_id=owed.pk, now=at("2026-11-28 10:31"))  # the lease of the first ran out
        return written

    monkeypatch.setattr(exporting, "write_workbook", slowly)
    assert not make_export(export_id=owed.pk, now=at("2026-11-28 10:00"))
    export = ListExport.objects.get()
    assert (export.state, export.attempts, export.fence) == ("ready", 2, 2)
    assert len(list(tmp_path.rglob("*.xlsx"))) == 1


def test_the_third_failure_is_parked_with_its_error_and_a_way_on(month, elena, signed_in, at, monkeypatch):
    owed = asked_by(elena, month, at("2026-11-28 10:00"))

    def fail(*_any):
        raise OSError("disk full")

    monkeypatch.setattr(exporting, "write_workbook", fail)
    for minute in (1, 2, 3, 4):
        assert not make_export(export_id=owed.pk, now=at(f"2026-11-28 10:0{minute}"))
    page = signed_in(elena).get(f"/exports/{owed.pk}/").content.decode()
    assert "disk full" in page
    assert "Intentar otra vez" in page
    assert ListExport.objects.get().attempts == 3
    monkeypatch.undo()
    assert signed_in(elena).post(f"/exports/{owed.pk}/again/").status_code == 302
    assert make_export(export_id=owed.pk, now=at("2026-11-28 10:05"))
