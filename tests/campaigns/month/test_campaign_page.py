"""The supervisor's page of a campaign: figures, filters, verbs, lists, exports."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from agents.models import Disclosure
from campaigns.figures.charts import draw_ahead
from campaigns.figures.refreshing import refresh_figures
from campaigns.models import CallBack, Campaign, ListEntry, Renewal, RenewalPayment
from escalations.models import Kind
from screens.charts import WIDTHS
from tests.campaigns.a_campaign import moment
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
        "Servicios pagados tras contacto",
        "40 % de 5 servicios contactados",
        "Ana",
    ):
        assert words.replace(" %", "\u00a0%") in page or words in page
    assert "provisional: se mide una vez, con los pagos hasta el 05/12/2026" in page
    assert "número del sorteo" in page


def test_who_paid_one_of_two_services_after_the_call_is_one_service_with_its_bs(month, elena, signed_in):
    """She owes the other one, so as a contact she has not paid: the tile counts what its Bs are of."""
    ListEntry.objects.filter(contact__contract__in=["A1", "A2"]).update(contacted_at=None, contacted_by=None)
    two = ListEntry.objects.get(contact__contract="L4")
    ListEntry.objects.filter(pk=two.pk).update(
        handled_at=moment("2026-11-26 10:00"), contacted_at=moment("2026-11-26 10:00"), contacted_by=two.owner
    )
    renewal = Renewal.objects.get(contact=two.contact, service="TV")
    RenewalPayment.objects.create(
        renewal=renewal, campaign=month, contact=two.contact, amount=100, first_paid_on=date(2026, 11, 27),
        paid_on=date(2026, 11, 27),
    )  # fmt: skip
    refresh_figures(campaign=month, now=moment("2026-11-28 12:00"), afresh=True)
    tiles = signed_in(elena).get(f"{PAGE}figures/").content.decode().split('class="tile ok"')[1].split("</div>")[0]
    assert '<span class="figure">1</span>' in tiles
    assert "Bs\u00a0100,00" in tiles


def test_every_figure_of_the_page_can_be_read_as_a_table(month, elena, signed_in):
    draw_ahead(campaign=month)
    page = signed_in(elena).get(PAGE).content.decode()
    assert page.count('class="drawing"') == 3 * len(WIDTHS)
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
    assert len(queries) <= 23


def test_a_refresh_is_a_fragment(month, elena, signed_in):
    tiles = signed_in(elena).get(f"{PAGE}figures/").content.decode()
    assert "<html" not in tiles
    assert "Gestionados" in tiles


def test_pause_resume_and_close(month, elena, signed_in):
    client = signed_in(elena)
    for verb, state in (("step/pause/", "paused"), ("step/resume/", "running"), ("close/", "closed")):
        assert client.post(f"{PAGE}{verb}", {"reason": "Se acabaron las líneas"}).status_code == 302
        month.refresh_from_db()
        assert month.state == state
    response = client.post(f"{PAGE}step/pause/", follow=True)
    assert Campaign.objects.get().state == "closed"
    assert [message.level_tag for message in response.context["messages"]] == ["success"] * 3 + ["error"]
    assert "Se acabaron las líneas" in response.content.decode()
    assert "Quedaron por llamar" in response.content.decode()


def test_before_a_close_it_is_said_what_is_left_and_what_was_promised(month, ana, elena, signed_in, at):
    to_call = ListEntry.objects.filter(state="open", owner__isnull=False)
    for entry, hour in zip(to_call, ("2026-11-28 12:00", "2026-11-30 09:00"), strict=False):
        CallBack.objects.create(
            campaign=month, contact_id=entry.pk, agent=ana, due_at=at(hour), created_at=at("2026-11-28 09:00")
        )
    client = signed_in(elena)
    page = " ".join(client.get(f"{PAGE}close/").content.decode().split())
    assert (
        f"Quedan {ListEntry.objects.filter(state='open').count()} contactos por llamar · quedan 2 días de llamadas"
        in page
    )
    assert "2 llamadas acordadas siguen prometidas, la primera para el 28/11 12:00" in page
    assert "La última es para el 30/11 09:00" in page
    assert client.post(f"{PAGE}close/", {"reason": " "}).status_code == 422
    month.refresh_from_db()
    assert month.state == "running"


def test_what_the_question_before_a_close_lets_be_written_is_kept_whole(month, elena, signed_in):
    client = signed_in(elena)
    (longest,) = re.findall(r'name="reason"[^>]*maxlength="(\d+)"', client.get(f"{PAGE}close/").content.decode())
    why = "m" * int(longest)
    client.post(f"{PAGE}close/", {"reason": why})
    assert month.changes.get(verb="close").note.startswith(why)


def test_a_month_does_not_close_without_the_card_its_promised_calls_become(month, ana, elena, signed_in, at):
    entry = ListEntry.objects.filter(owner=ana, state="open").first()
    CallBack.objects.create(
        campaign=month, contact_id=entry.pk, agent=ana, due_at=at("2026-11-29 10:00"), created_at=at("2026-11-28 09:00")
    )
    Kind.objects.filter(code="callback_promise").delete()
    page = signed_in(elena).post(f"{PAGE}close/", {"reason": "Fin"})
    assert page.status_code == 422
    assert "callback_promise" in page.content.decode()
    assert CallBack.objects.get().state == "pending"


def test_only_who_steers_takes_a_step(month, oscar, ana, signed_in):
    assert signed_in(oscar).post(f"{PAGE}close/").status_code == 403
    assert signed_in(ana).get(PAGE).status_code == 403
    assert "Pausar" not in signed_in(oscar).get(PAGE).content.decode()
    assert signed_in(oscar).get(f"{PAGE}close/").status_code == 403


def test_what_is_no_campaign_is_not_found(month, elena, signed_in):
    for address in ("/campaigns/2027-01/", "/campaigns/enero/", f"{PAGE}step/open/"):
        assert signed_in(elena).post(address).status_code in (404, 405)
    assert signed_in(elena).get("/campaigns/2027-01/").status_code == 404


def test_the_figures_leave_as_they_are_filtered(month, elena, signed_in):
    rows = sheet(signed_in(elena).post(f"{PAGE}figures/export/?service=TV"), 0)
    assert rows[9][:3] == ["Servicios", "Total", 7.0]
    assert Disclosure.objects.get().subject == "Cifras de 2026-12"


def test_the_results_of_calls_leave_in_words_not_in_codes(month, elena, signed_in):
    answer = signed_in(elena).post(f"{PAGE}figures/export/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    head, *rows = book.get_sheet_by_name("Resultados").to_python()
    assert head == ["Resultado", "Llamadas"]
    assert ["No contesta", 4.0] in rows
    told = [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    assert [cell for cell in told if "_" in cell] == []


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


def test_charts_that_nobody_drew_yet_come_after_the_page(month, elena, signed_in):
    cache.clear()
    client = signed_in(elena)
    page = client.get(f"{PAGE}?service=TV").content.decode()
    assert "part=charts&service=TV" in page.replace("&amp;", "&")
    assert page.count("Ver como tabla") == 3
    assert 'class="drawing"' not in page
    charts = client.get(f"{PAGE}figures/?part=charts&service=TV").content.decode()
    assert charts.count('class="drawing"') == 3 * len(WIDTHS)
    assert "hx-get" not in charts
    again = client.get(f"{PAGE}?service=TV").content.decode()
    assert again.count('class="drawing"') == 3 * len(WIDTHS)
    assert "part=charts" not in again
    assert client.get(f"{PAGE}figures/?part=detail&zone=Sacaba").content.decode().count('class="drawing"') == 3 * len(
        WIDTHS
    )


def test_the_effect_and_the_list_say_one_number_of_the_control_group(month, elena, signed_in, at):
    """One of the two put aside had paid before the launch: the tile says so instead of another number."""
    ListEntry.objects.filter(contact__contract="H1").update(paid_on=date(2026, 11, 20))
    refresh_figures(campaign=month, now=at("2026-12-08 00:10"), afresh=True)
    page = signed_in(elena).get(PAGE).content.decode()
    assert "Se comparó con 1 de los 2 contactos del grupo de control" in page
    assert "95\u00a0%: entre " in page or "95 %: entre " in page
    assert "Lo que aportaron las llamadas" in page
    assert "Grupo de control <strong>2</strong>" in page


def test_with_a_zone_the_page_says_whose_the_hours_are(month, elena, signed_in):
    words = "el tiempo de un agente no se separa por zona"
    assert words in signed_in(elena).get(f"{PAGE}?zone=Sacaba").content.decode()
    assert words not in signed_in(elena).get(f"{PAGE}?service=TV").content.decode()
