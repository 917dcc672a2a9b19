"""Every figure of a campaign opens the rows it counts, and there are as many as it says."""

from __future__ import annotations

import re
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import DataPolicy
from campaigns.figures.charts import draw_ahead
from campaigns.figures.refreshing import refresh_figures
from campaigns.models import (
    Attempt,
    CallBack,
    Campaign,
    Contact,
    Disposition,
    ListEntry,
    PaymentPromise,
    Renewal,
    RenewalPayment,
    Report,
)
from tests.campaigns.a_campaign import moment
from tests.campaigns.a_month import make_month

PAGE = "/campaigns/2026-12/"
LIST = f"{PAGE}contacts/"
LINK = re.compile(r'<a ([^>]*href="([^"]*)"[^>]*)>(.*?)</a>', re.S)
FILTERS = [  # each alone once, and two or three together
    "", "service=TV", "agent={ana}", "zone=Sacaba", "day=2026-11-26", "service=TV&day=2026-11-26",
    "agent={ana}&day=2026-11-25&zone=Sacaba", "service=INTERNET&agent={luis}&zone=Sarco",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _on_the_30th(at):
    with time_machine.travel(at("2026-11-30 10:00"), tick=True):
        yield


@pytest.fixture
def month(ana, luis):
    """With what the hand-counted month has none of: a customer without zone, one who left the report, many results."""
    campaign = make_month({"ana": ana, "luis": luis})
    Contact.objects.filter(contract="A4").update(zone="")
    gone = Contact.objects.get(contract="A3")
    ListEntry.objects.filter(contact=gone).update(state="gone", state_before="done")
    Renewal.objects.filter(contact=gone).update(gone_at=moment("2026-11-27 06:00"))
    for number in range(12):
        Attempt.objects.create(
            campaign=campaign, contact=gone, agent=luis, telephone="", fence=100 + number, day="2026-11-26",
            dialled_at=moment("2026-11-26 16:00"), resulted_at=moment("2026-11-26 16:00"),
            disposition=Disposition.objects.create(
                code=f"r{number}", name=f"Resultado {number}", party="none", retry_minutes=120
            ),
        )  # fmt: skip
    refresh_figures(campaign=campaign, now=moment("2026-11-30 10:00"), afresh=True)
    return campaign


def opened(page: str) -> list[tuple[str, int]]:
    """The links of a page that are a figure: where each leads and the number on it."""
    found = []
    for attributes, href, inside in LINK.findall(page):
        named = re.search(r'aria-label="[^"]*: ([\d.]+)"', attributes)
        inner = re.search(r'class="figure[^"]*">([\d.]+)<', inside) or re.search(r"<strong>([\d.]+)</strong>", inside)
        plain = re.fullmatch(r"\s*([\d.]+)\s*", inside)
        if number := named or inner or plain:
            found.append((unescape(href), int(number[1].replace(".", ""))))
    return found


def rows_of(client, href: str) -> int:
    context = client.get(href).context
    return context["rows"] if "rows" in context else len(context["table"].rows)


@pytest.mark.parametrize("query", FILTERS)
def test_every_link_of_the_campaign_opens_as_many_rows_as_it_says(month, ana, luis, elena, signed_in, query):
    DataPolicy(searches_a_minute=10_000).save()  # nobody opens all of them in a minute
    client = signed_in(elena)
    page = f"{PAGE}figures/?part=charts&{query.format(ana=ana.pk, luis=luis.pk)}"
    client.get(page)  # drawn now, so that the page has them
    links = opened(client.get(f"{PAGE}?{query.format(ana=ana.pk, luis=luis.pk)}").content.decode())
    lists = {href: number for href, number in links if "/contacts/?" in href}
    assert len(lists) >= 5
    assert {href: rows_of(client, href) for href in lists} == lists


def test_nothing_that_counts_is_left_without_its_list(month, elena, signed_in):
    draw_ahead(campaign=month)
    page = signed_in(elena).get(PAGE).content.decode()
    assert page.count('<a class="tile ') == 7
    assert page.count('<div class="tile ') == 1  # the effect of the calls is no count
    cells = re.findall(r'<td class="number"\s*>\s*([1-9][\d.]*)\s*<', page)
    assert cells == []
    drawn = page.split('class="drawing"')[1:]
    assert [svg.count("aria-label=") for svg in drawn[::4]] == [8, 6, 11]
    assert "Los demás: 6" in page


def test_what_waits_opens_what_it_says(month, ana, elena, signed_in):
    contacts = list(Contact.objects.filter(campaign=month)[:3])
    attempts = list(Attempt.objects.all()[:3])
    days = ("2026-11-29 10:00", "2026-11-30 09:00", "2026-11-30 18:00")
    for contact, attempt, due in zip(contacts, attempts, days, strict=True):
        CallBack.objects.create(
            campaign=month,
            contact=contact,
            attempt=attempt,
            agent=ana,
            due_at=moment(due),
            created_at=moment("2026-11-28 10:00"),
        )
    client = signed_in(elena)
    links = dict(opened(client.get(PAGE).content.decode()))
    overdue = "/desk/agenda/?overdue=1&month=2026-12"
    assert links[overdue] == rows_of(client, overdue) == 2
    assert rows_of(client, "/desk/agenda/") == 3
    assert rows_of(client, "/desk/agenda/?month=2027-01") == 3  # no month of ours
    CallBack.objects.filter(due_at__lte=moment("2026-11-30 10:00")).update(state="done")
    assert "Ninguna llamada acordada cumple este filtro" in client.get(overdue).content.decode()
    broken = next(href for href in links if "/promises/?show=broken" in href)
    assert links[broken] == rows_of(client, broken)


def test_every_number_of_the_proposals_lists_opens_its_contacts(month, elena, ana, signed_in):
    Campaign.objects.update(state="proposed", launched_at=None)
    ListEntry.objects.filter(state="done").update(state="open")
    month.shares.create(agent=ana)
    client = signed_in(elena)
    links = opened(client.get(f"{PAGE}proposal/").content.decode())
    assert len(links) >= 15
    assert {href: rows_of(client, href) for href, _number in links} == dict(links)


def test_a_list_says_in_words_what_it_shows(month, ana, elena, signed_in):
    page = signed_in(elena).get(f"{LIST}?figure=contacted&worker={ana.pk}&day=2026-11-26&unit=services&zone=Sarco")
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.content.decode()))
    assert f"Servicios contactados, el 26/11/2026, trabajo de {ana}, zona Sarco: 2" in words


def test_a_figure_that_nobody_knows_narrows_nothing(month, elena, signed_in):
    client = signed_in(elena)
    assert rows_of(client, f"{LIST}?figure=nonsense&day=2026-13-01&unit=x&result=a,b&worker=-1") == 12
    assert rows_of(client, f"{LIST}?unit=calls&result=999999") == 0


@pytest.mark.parametrize("unit", ["services", "calls", ""])
def test_a_list_of_a_figure_takes_few_queries_however_long(month, ana, elena, signed_in, unit):
    client, address = signed_in(elena), f"{LIST}?unit={unit}&figure=items&service=TV&zone=Sacaba"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) <= 14


def test_beside_paid_after_contact_stands_how_sure_it_is(month, elena, signed_in):
    """A1 paid on the very day; of A2's television, paid after it, a part is let come before."""
    tv = RenewalPayment.objects.filter(renewal__contact__contract="A2", renewal__service="TV")
    tv.update(first_paid_on="2026-11-20")
    refresh_figures(campaign=month, now=moment("2026-11-30 10:01"), afresh=True)
    client = signed_in(elena)
    page = client.get(PAGE).content.decode()
    links = dict(opened(page))
    same_day, before = (
        f"{LIST}?figure=paid_on_contact_day&unit=services",
        f"{LIST}?figure=paid_part_before&unit=services",
    )
    assert (links[same_day], links[before]) == (1, 1)
    assert (rows_of(client, same_day), rows_of(client, before)) == (1, 1)
    assert dict(opened(client.get(f"{PAGE}?service=INTERNET").content.decode()))[f"{same_day}&service=INTERNET"] == 1


def test_one_name_has_one_number(month, elena, signed_in):
    page = signed_in(elena).get(PAGE).content.decode()
    assert "Contactos pagados tras contacto" in page
    assert "Servicios pagados tras contacto" in page
    assert "Pagaron tras contacto" not in page


def test_of_a_closed_month_it_is_said_as_of_when_its_promises_are_judged(month, elena, signed_in):
    Campaign.objects.update(state="closed", closed_at=moment("2026-11-30 09:00"))
    client = signed_in(elena)
    assert "las prometidas hasta el 27/11/2026" in client.get(PAGE).content.decode()
    PaymentPromise.objects.update(promised_on="2026-11-26")
    assert "todas vencieron (la última, el 26/11/2026)" in client.get(PAGE).content.decode()
    assert "todas vencieron" in client.get("/payments/promises/?show=broken&month=2026-12").content.decode()


def test_promises_that_come_due_are_counted_when_their_payments_are_known(month, elena, signed_in):
    """The list is judged by the payments of today: the number that opens it must be too."""
    later = moment("2026-11-30 10:30")
    refresh_figures(campaign=month, now=moment("2026-11-30 10:29"))
    Report.objects.filter(kind="recaudo").update(data_until=moment("2026-11-30 06:00"))
    refresh_figures(campaign=month, now=later)
    client = signed_in(elena)
    links = dict(opened(client.get(PAGE).content.decode()))
    broken = next(href for href in links if "/promises/?show=broken" in href)
    assert links[broken] == rows_of(client, broken) == 1
