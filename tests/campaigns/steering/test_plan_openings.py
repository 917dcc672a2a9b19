"""What the plan page counts opens the rows it counts."""

from __future__ import annotations

import re
from html import unescape

import pytest
import time_machine

from campaigns.figures.patterns import count_patterns
from campaigns.figures.refreshing import refresh_figures
from campaigns.models import Attempt, ListEntry
from tests.campaigns.a_campaign import moment
from tests.campaigns.a_month import make_month

PAGE = "/campaigns/2026-12/plan/"
LINK = re.compile(r'<a([^>]*) href="([^"]*/contacts/\?[^"]*)"([^>]*)>([^<]*)')
NAMED = re.compile(r'aria-label="[^"]*: ([\d.]+)"')


@pytest.fixture(autouse=True)
def _on_the_28th(at):
    with time_machine.travel(at("2026-11-28 10:00"), tick=True):
        yield


@pytest.fixture
def month(house_rules, ana, luis):
    campaign = make_month({"ana": ana, "luis": luis})
    for agent in (ana, luis):
        campaign.shares.create(agent=agent)
    refresh_figures(campaign=campaign, now=moment("2026-11-28 10:00"))
    count_patterns(campaign=campaign, now=moment("2026-11-28 10:00"))
    return campaign


def opened(page: str) -> dict[str, int]:
    """Where each link of a figure leads, and the figure."""
    found = {}
    for before, href, after, inside in LINK.findall(page.replace("\u00a0", " ")):
        if number := NAMED.search(before + after) or re.fullmatch(r"\s*([\d.]+)\s*", inside):
            found[unescape(href)] = int(number[1].replace(".", ""))
    return found


def rows_of(client, href: str) -> int:
    return int(client.get(href).context["rows"])


def test_every_figure_of_the_plan_opens_as_many_rows_as_it_says(month, elena, signed_in):
    client = signed_in(elena)
    links = opened(client.get(f"{PAGE}?part=charts").content.decode() + client.get(PAGE).content.decode())
    for kind in ("left=yet", "left=called", "left=uncalled", "hour=", "number=", "until=", "unit=calls&day="):
        assert any(kind in href for href in links), kind
    assert {href: rows_of(client, href) for href in links} == links


def test_a_list_opened_from_the_plan_says_when_the_plan_was_counted(month, elena, signed_in):
    client = signed_in(elena)
    page = " ".join(client.get(PAGE).content.decode().split())
    head = page.index("contados el 28/11 10:00 (")
    assert head < page.index("En qué se apoya")
    assert "Las listas que se abren muestran este momento." in page
    ListEntry.objects.filter(campaign=month, state="open").first().delete()
    opened_now = " ".join(client.get("/campaigns/2026-12/contacts/?left=yet&day=2026-11-28").content.decode().split())
    assert "</strong>, en este momento; el plan se contó el 28/11 10:00" in opened_now
    assert "el plan se contó" not in client.get("/campaigns/2026-12/contacts/?state=open").content.decode()


def test_shares_of_months_side_by_side_open_their_parts(month, elena, signed_in):
    client = signed_in(elena)
    [one] = client.get(PAGE).context["months"].months
    named = {name: getattr(one, name) for name, href in one.leads.items() if href}
    assert {"items", "handled", "contacted", "services_paid"} <= set(named)
    assert {name: rows_of(client, one.leads[name]) for name in named} == named


def test_a_point_of_the_comparison_opens_who_was_contacted_until_that_day(month, elena, signed_in):
    client = signed_in(elena)
    months = client.get(PAGE).context["months"]
    [one] = months.months
    hrefs = [to for _day, cells in months.chart.cells for _words, to in cells]
    assert rows_of(client, hrefs[-1]) == one.contacted


def test_the_list_says_which_calls_and_contacts_it_shows_and_keeps_them_while_filtering(month, elena, signed_in):
    client = signed_in(elena)
    list_page = "/campaigns/2026-12/contacts/"
    calls = client.get(f"{list_page}?unit=calls&number=2&hour=10&spoke=no").content.decode()
    assert "no se habló con el cliente, de 10:00 a 10:59, 2.º intento, cuentan como intento" in calls
    assert '<input type="hidden" name="spoke" value="no">' in calls
    left = client.get(f"{list_page}?left=yet&day=2026-11-26").content.decode()
    assert "por llamar al final del 26/11/2026" in left


@pytest.mark.parametrize("query", ["left=yet", "left=gone&day=2026-11-26", "hour=10", "until=2026-13-01"])
def test_what_cannot_be_read_narrows_nothing(month, elena, signed_in, query):
    client = signed_in(elena)
    everybody = rows_of(client, "/campaigns/2026-12/contacts/")
    assert rows_of(client, f"/campaigns/2026-12/contacts/?{query}") == everybody == ListEntry.objects.count()


def test_the_export_of_such_a_list_has_the_same_rows(month, elena, signed_in):
    client = signed_in(elena)
    answer = client.post("/campaigns/2026-12/contacts/export/?unit=calls&spoke=yes&number=1", follow=True)
    assert answer.context["export"].rows == rows_of(
        client, "/campaigns/2026-12/contacts/?unit=calls&spoke=yes&number=1"
    )
    assert 0 < answer.context["export"].rows < Attempt.objects.count()
