"""What a supervisor reads on her screen: charts in the letters of the page, and no name cut."""

from __future__ import annotations

import pytest
import time_machine
from django.db.models import F, Value
from django.db.models.functions import Concat
from playwright.sync_api import Page, expect

from campaigns.figures.patterns import count_patterns
from campaigns.figures.refreshing import refresh_figures
from campaigns.models import Contact, RejectedRow, Report
from screens.charts import WIDTHS
from tests.campaigns.a_month import make_month

pytestmark = pytest.mark.django_db(transaction=True)
SCREENS = [(1366, 768), (1920, 1080)]
LONG = "María del Carmen Fernández de Córdova Villarroel"

# The letters that are seen, as they are seen, and where each chart's panel begins.
LETTERS = """() => [...document.querySelectorAll('svg.drawing text')].filter(one => one.checkVisibility()).map(one => {
  const look = getComputedStyle(one);
  return `${(parseFloat(look.fontSize) * one.getScreenCTM().a).toFixed(1)} ${look.fontFamily}`;
})"""
TOPS = "() => [...document.querySelectorAll('.charts > .panel')].map(panel => panel.getBoundingClientRect().top)"
OUTSIDE = """() => [...document.querySelectorAll('svg.drawing text')].filter(text => {
  if (!text.checkVisibility()) return false;
  const [box, panel] = [text.getBoundingClientRect(), text.closest('.panel').getBoundingClientRect()];
  return box.left < panel.left || box.right > panel.right;
}).map(text => text.textContent)"""
CUT = """() => [...document.querySelectorAll('main .table-frame, main input')]
  .filter(one => one.scrollWidth > one.clientWidth).map(one => one.name || one.getAttribute('aria-label'))"""


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


def opened(page: Page, address: str, size: tuple[int, int]) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(address)
    page.evaluate("document.fonts.ready")
    return page


@pytest.mark.parametrize("size", SCREENS)
def test_three_charts_stand_side_by_side_in_the_letters_of_the_page(open_as, live_server, elena, month, size):
    page = opened(open_as(elena), f"{live_server.url}/campaigns/2026-12/", size)
    expect(page.locator("svg.drawing")).to_have_count(3 * len(WIDTHS))
    expect(page.locator("svg.drawing:visible")).to_have_count(3)
    small = page.locator(".chart summary").first.evaluate(
        "one => `${parseFloat(getComputedStyle(one).fontSize).toFixed(1)} ${getComputedStyle(one).fontFamily}`"
    )
    assert set(page.evaluate(LETTERS)) == {small}
    assert len(set(page.evaluate(TOPS))) == 1
    assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("size", SCREENS)
def test_long_names_are_not_cut(open_as, live_server, elena, ana, month, size, at):
    Contact.objects.update(name=Concat(Value(f"{LONG} "), F("contract")), zone="Quillacollo")
    ana.user.first_name, ana.user.last_name = "Maximiliana del Rosario", "Etchegaray Zambrana"
    ana.user.save()
    report = Report.objects.create(
        kind="ccvp", sha256="c" * 64, name="x.csv", size=1, arrived_at=at("2026-11-25 06:00"), state="published"
    )
    cells = {"contract": "300100", "name": "Rosmery Rocabado Rocabado", "address": "Av. Blanco Galindo 1852"}
    RejectedRow.objects.create(report=report, line=7, cells=cells, reason="no_date")
    page = open_as(elena)
    for path in ("campaigns/2026-12/", "campaigns/2026-12/contacts/", f"reports/{report.pk}/rejected/", "payments/"):
        opened(page, f"{live_server.url}/{path}", size)
        assert page.evaluate(CUT) == [], path


def test_on_a_telephone_the_plan_has_letters_of_one_size_and_both_its_columns(open_as, live_server, elena, month, at):
    count_patterns(campaign=month, now=at("2026-11-28 10:00"))
    page = opened(open_as(elena), f"{live_server.url}/campaigns/2026-12/plan/", (390, 844))
    expect(page.locator(".drawings svg:visible").first).to_be_visible()
    assert {letters.split()[0] for letters in page.evaluate(LETTERS)} == {"13.0"}
    frame = page.locator("[aria-labelledby=rests-on]")
    assert frame.evaluate("one => one.scrollWidth <= one.clientWidth")
