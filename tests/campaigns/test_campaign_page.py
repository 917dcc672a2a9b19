"""The supervisor's page of a campaign: figures, filters, verbs, lists, exports."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from agents.models import Disclosure
from campaigns.figures.refreshing import refresh_figures
from campaigns.lists import exporting
from campaigns.lists.listing import Asked
from campaigns.models import Campaign, ListExport
from tests.campaigns.a_month import make_month

PAGE = "/campaigns/2026-12/"


@pytest.fixture(autouse=True)
def _on_the_28th(at, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(at("2026-11-28 10:00"), tick=True):
        yield


@pytest.fixture
def month(ana, luis, at):
    campaign = make_month({"ana": ana, "luis": luis})
    refresh_figures(campaign=campaign, now=at("2026-11-28 10:00"))
    return campaign


def sheet(response, number=0):
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    return book.get_sheet_by_index(number).to_python()


def test_the_supervisor_sees_the_month_in_one_look(month, elena, signed_in):
    page = signed_in(elena).get(PAGE).content.decode()
    for words in (
        "Diciembre 2026",
        "En curso",
        "Gestionados",
        "58 % de 12",
        "Pagaron tras contacto",
        "50 % de 4",
        "Ana",
    ):
        assert words.replace(" %", "\u00a0%") in page or words in page
    assert "± " in page


def test_every_figure_of_the_page_can_be_read_as_a_table(month, elena, signed_in):
    page = signed_in(elena).get(PAGE).content.decode()
    assert page.count("<svg") >= 3
    assert page.count("Ver como tabla") == 3


@pytest.mark.parametrize(
    "query",
    ["service=TV", "zone=Sacaba", "day=2026-11-26", "agent={ana}", "agent={ana}&day=2026-11-26&zone=Sacaba",
     "service=NONE&agent=x&day=yesterday&zone=", "day=2026-11-26&zone=Sacaba", "sort=-paid", "sort=name"],
)  # fmt: skip
def test_filters_stay_in_the_address(month, ana, elena, signed_in, query):
    query = query.format(ana=ana.pk)
    response = signed_in(elena).get(f"{PAGE}?{query}")
    assert response.status_code == 200
    assert response.context["query"].replace("%3A", ":") == query
    assert signed_in(elena).get(f"{PAGE}figures/?part=detail&{query}").status_code == 200


def test_the_page_reads_cells_only(month, elena, signed_in):
    client = signed_in(elena)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    told = " ".join(query["sql"] for query in queries)
    assert "campaigns_listentry" not in told
    assert "campaigns_contact" not in told
    assert "campaigns_attempt " not in told
    assert len(queries) <= 22


def test_a_refresh_is_a_fragment(month, elena, signed_in):
    tiles = signed_in(elena).get(f"{PAGE}figures/").content.decode()
    assert "<html" not in tiles
    assert "Gestionados" in tiles


def test_pause_resume_and_close(month, elena, signed_in):
    client = signed_in(elena)
    for verb, state in (("pause", "paused"), ("resume", "running"), ("close", "closed")):
        assert client.post(f"{PAGE}step/{verb}/").status_code == 302
        month.refresh_from_db()
        assert month.state == state
    response = client.post(f"{PAGE}step/pause/", follow=True)
    assert Campaign.objects.get().state == "closed"
    assert [message.level_tag for message in response.context["messages"]] == ["success"] * 3 + ["error"]


def test_only_who_steers_takes_a_step(month, oscar, ana, signed_in):
    assert signed_in(oscar).post(f"{PAGE}step/close/").status_code == 403
    assert signed_in(ana).get(PAGE).status_code == 403
    assert "Pausar" not in signed_in(oscar).get(PAGE).content.decode()
    assert signed_in(oscar).get(f"{PAGE}step/close/").status_code == 403


def test_what_is_no_campaign_is_not_found(month, elena, signed_in):
    for address in ("/campaigns/2027-01/", "/campaigns/enero/", f"{PAGE}step/open/"):
        assert signed_in(elena).post(address).status_code in (404, 405)
    assert signed_in(elena).get("/campaigns/2027-01/").status_code == 404


def test_the_figures_leave_as_they_are_filtered(month, elena, signed_in):
    rows = sheet(signed_in(elena).get(f"{PAGE}figures/export/?service=TV"), 0)
    assert rows[9][:3] == ["Servicios", "Total", 7.0]
    assert Disclosure.objects.get().subject == "figures 2026-12"


LISTS = {
    "": 12, "state=not_callable": 1, "state=paid": 4, "state=held_out": 2, "state=unassigned": 0, "state=open": 4,
    "list=BOTH": 2, "zone=Sacaba": 3, "q=cliente a": 5, "q=A4": 1, "q=clïente l4": 1, "state=open&zone=Sacaba": 1,
    "q=%25": 0, "q=nadie": 0, "agent=999999": 0, "state=nonsense": 12,
}  # fmt: skip


@pytest.mark.parametrize("query", LISTS)
def test_a_list_and_its_export_show_the_same(month, elena, signed_in, query):
    client = signed_in(elena)
    page = client.get(f"{PAGE}contacts/?{query}")
    assert len(page.context["table"].rows) == LISTS[query]
    response = client.post(f"{PAGE}contacts/export/?{query}")
    owed = ListExport.objects.get()
    assert response.url == f"{PAGE}exports/{owed.pk}/"
    assert client.get(f"{response.url}file/").status_code == 404
    assert "Escribiendo contactos" in client.get(response.url).content.decode()
    assert exporting.make_export(export_id=owed.pk, now=timezone.now())
    assert not exporting.make_export(export_id=owed.pk, now=timezone.now())
    assert "El libro está listo" in client.get(f"{response.url}progress/").content.decode()
    rows = sheet(client.get(f"{response.url}file/"))
    assert len(rows) - 1 == LISTS[query]
    assert Disclosure.objects.get().rows == LISTS[query]


def test_an_export_is_of_who_asked_for_it(month, elena, oscar, ana, signed_in):
    address = signed_in(elena).post(f"{PAGE}contacts/export/").url
    for person in (oscar, ana):
        for page in (address, f"{address}progress/", f"{address}file/"):
            assert signed_in(person).get(page).status_code == 404


def test_an_export_that_lost_its_worker_is_made_again_and_old_ones_are_deleted(month, elena, at):
    asked = at("2026-11-28 10:00")
    owed = exporting.ask_export(campaign=month, asked=Asked(), by=elena, now=asked)
    assert exporting.sweep_exports(now=asked) == [owed.pk]
    ListExport.objects.update(lease_until=asked + timedelta(minutes=30), attempts=1)
    assert exporting.sweep_exports(now=asked + timedelta(minutes=5)) == []
    assert exporting.sweep_exports(now=asked + timedelta(minutes=31)) == [owed.pk]
    ListExport.objects.update(attempts=3)
    assert exporting.sweep_exports(now=asked + timedelta(minutes=31)) == []
    assert ListExport.objects.get().state == "failed"
    exporting.sweep_exports(now=asked + timedelta(days=2))
    assert not ListExport.objects.exists()


def test_a_list_takes_few_queries_however_long(month, elena, signed_in):
    client = signed_in(elena)
    client.get(f"{PAGE}contacts/")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{PAGE}contacts/?sort=-amount_due")
    assert len(queries) <= 12


def test_all_months_in_one_list(month, elena, signed_in):
    client = signed_in(elena)
    client.get("/campaigns/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/campaigns/").content.decode()
    assert "Diciembre 2026" in page
    assert len(queries) <= 10
