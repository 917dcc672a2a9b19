"""The supervisor's day on the campaign page, by keyboard alone: how it goes, the close, the report."""

from __future__ import annotations

import re
from datetime import date

import pytest
import time_machine
from playwright.sync_api import Page, Route, expect

from campaigns.figures.refreshing import refresh_figures
from campaigns.models import Attempt, ListEntry
from tests.browser.looking import assert_accessible
from tests.campaigns.a_month import make_month

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _on_the_28th(at):
    with time_machine.travel(at("2026-11-28 10:00"), tick=True):
        yield


@pytest.fixture
def month(ana, luis, at, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    campaign = make_month({"ana": ana, "luis": luis}, launched_at=at("2026-11-25 08:00"))
    refresh_figures(campaign=campaign, now=at("2026-11-28 10:00"))
    return campaign


def press_to(page: Page, name: str) -> None:
    """Tab until the element with this name has the focus."""
    for _step in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate("(document.activeElement.innerText || '').trim().replace(/\\s+/g, ' ')")
        if focused.startswith(name):
            return
    pytest.fail(f"«{name}» cannot be reached by Tab")


def test_the_month_in_one_look_and_filtered(open_as, live_server, elena, month):
    page = open_as(elena)
    page.goto(f"{live_server.url}/")
    page.wait_for_url("**/campaigns/")
    press_to(page, "Diciembre 2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/campaigns/2026-12/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("quedan 2 días de llamadas")
    expect(page.locator("#tiles")).to_contain_text("40 % de 5 servicios contactados")
    assert_accessible(page, "campaign")
    page.keyboard.press("f")
    expect(page.get_by_label("Servicio", exact=True)).to_be_focused()
    page.keyboard.type("Tele")
    press_to(page, "Filtrar")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("service=TV"))
    expect(page.locator("#tiles .tile").first).to_contain_text("7")


def test_figures_change_in_place_and_leave_focus_and_folds_alone(open_as, live_server, elena, month, ana, at):
    page = open_as(elena)
    page.goto(f"{live_server.url}/campaigns/2026-12/")
    press_to(page, "Ver como tabla")
    page.keyboard.press("Enter")
    expect(page.locator("#detail details").first).to_have_attribute("open", "")
    page.evaluate("window.scrollTo(0, 200)")
    contact = ListEntry.objects.get(contact__contract="L4").contact
    disposition = Attempt.objects.filter(contact__contract="A4").first().disposition
    Attempt.objects.create(
        campaign=month, contact=contact, agent=ana, fence=9, dialled_at=at("2026-11-28 10:00"), day=date(2026, 11, 28),
        disposition=disposition, resulted_at=at("2026-11-28 10:01"),
    )  # fmt: skip
    ListEntry.objects.filter(contact=contact).update(handled_at=at("2026-11-28 10:01"), handled_by=ana)
    refresh_figures(campaign=month, now=at("2026-11-28 10:02"))
    expect(page.locator("#tiles")).to_contain_text("67 % de 12")
    expect(page.locator("#detail")).to_contain_text("28/11")
    expect(page.locator("#detail .chart").last).to_contain_text("10")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    expect(page.locator("#detail details").first).to_have_attribute("open", "")
    assert page.evaluate("window.scrollY") == 200


def test_a_chart_that_is_drawn_late_leaves_focus_and_folds_alone(open_as, live_server, elena, month):
    page = open_as(elena)
    drawn: list[Route] = []
    page.route("**/figures/?part=charts", lambda route: drawn.append(route))
    with page.expect_request("**/figures/?part=charts"):
        page.goto(f"{live_server.url}/campaigns/2026-12/")
    press_to(page, "Ver como tabla")
    page.keyboard.press("Enter")
    expect(page.locator("#detail details").first).to_have_attribute("open", "")
    drawn[0].continue_()
    expect(page.locator("#detail .charts svg").first).to_be_attached()
    expect(page.locator("#detail details").first).to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_list_is_searched(open_as, live_server, elena, month):
    page = open_as(elena)
    page.goto(f"{live_server.url}/campaigns/2026-12/")
    press_to(page, "No llamables")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/?state=not_callable")
    expect(page.get_by_role("table")).to_contain_text("Cliente N1")
    assert_accessible(page, "contacts")
    page.keyboard.press("/")
    expect(page.get_by_label("Nombre o contrato")).to_be_focused()
    page.keyboard.type("nadie")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ningún contacto cumple estos filtros.")).to_be_visible()


def test_pause_resume_close_and_the_sealed_report(open_as, live_server, elena, month):
    page = open_as(elena)
    page.goto(f"{live_server.url}/campaigns/2026-12/")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", level=1)).to_contain_text("En pausa")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", level=1)).to_contain_text("En curso")
    press_to(page, "Cerrar…")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("No se puede reabrir")
    assert_accessible(page, "campaign-close")
    expect(page.get_by_label("Por qué se cierra")).to_be_focused()
    page.keyboard.type("Fin del mes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cerrada")
    assert_accessible(page, "campaign-closed")
    page.keyboard.press("s")
    page.wait_for_url("**/seal/")
    press_to(page, "Sellar ahora")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Revisión 1")
    page.keyboard.press("v")
    expect(page.get_by_text("Contado otra vez, da lo mismo")).to_be_visible()
    assert_accessible(page, "seal")
    with page.expect_download() as downloaded:
        page.keyboard.press("d")
    assert downloaded.value.suggested_filename == "informe-2026-12-r1.pdf"
