"""A customer is found by any words of the name, a contract, a service number or a telephone; the only one is opened."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from campaigns.desk.finding import MONTHS_OF_ONE, SUGGESTED, find_customers, suggest
from campaigns.models import Attempt, Campaign, Contact, ListEntry
from campaigns.promises_and_callbacks.call_backs import agree
from escalations.raising import raise_escalation

pytestmark = pytest.mark.django_db
A_FLOOR_OF, AGENTS = 40_000, 200
A_FLOOR = """
WITH made AS (
  INSERT INTO campaigns_contact (campaign_id, contract, call_list, name, name_key, identity_card, telephones, zone,
                                 address, segment, amount_due, due_on)
  SELECT %s, (700000 + n)::text, 'TV', 'x', 'ROSA ' || n %% 997 || ' FLORES', '', ARRAY['+591707' || 10000 + n], '',
         '', '', 99, '2026-11-30'
    FROM generate_series(1, %s) n RETURNING id)
INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, owner_id, position, ready_at, attempts,
                                 attempts_on_day, fence)
SELECT id, %s, 'TV', CASE WHEN id %% 2 = 0 THEN 'open' ELSE 'done' END, %s + id %% %s, 1, now(), 0, 0, 0 FROM made
"""


@pytest.fixture
def nogales(make_contact, ana) -> Contact:
    """The customer of the tests, and others whose names share words with hers."""
    make_contact(ana, "Tapia Rojas José", contract="1000379"), make_contact(ana, "Rosa Flores", contract="900100")
    return make_contact(ana, "Ñogales Tapia María José", contract="1000378", telephones=["+59170712345"])


@pytest.fixture
def make_closed(at):
    """An earlier month: its calls are over."""

    def make(period):
        day = period - timedelta(days=3)
        moments = {"report_due_at": at(f"{day} 07:00"), "created_at": at(f"{day} 06:00")}
        return Campaign.objects.create(period=period, state="closed", calls_from=day, calls_until=day, **moments)

    return make


def names(text, person):
    return [contact.name for contact in find_customers(text=text, user=getattr(person, "user", person))]


@pytest.mark.parametrize(
    "text",
    [
        *("Nogales", "ñogales", "maria tapia", "TAPIA, María", "jose nogales", "galés", "tap mar"),
        *("1000378", "10003-78", "70712345", "+591 707-12345", "707-12345", "4000003"),
    ],
)
def test_one_customer_is_found_by_any_part_of_the_name_in_any_order_or_by_a_number(nogales, ana, signed_in, text):
    answer = signed_in(ana).post(reverse("campaigns:search"), {"q": text})
    assert (answer.status_code, answer.get("Location")) == (302, reverse("campaigns:contact", args=[nogales.pk]))


def test_of_several_the_whole_beginning_comes_before_words_and_words_before_parts_of_them(make_contact, ana):
    for name in ("Rosana Paz", "Eva Ana Luna", "Ana Rojas"):
        make_contact(ana, name)
    assert names("ana", ana) == ["Ana Rojas", "Eva Ana Luna", "Rosana Paz"]


def test_a_contract_typed_whole_opens_its_contact_though_others_begin_alike(make_contact, ana, signed_in):
    make_contact(ana, "Aldo Paz", contract="2054610")
    wanted = make_contact(ana, "Rosa Flores", contract="205461")
    client = signed_in(ana)
    answer = client.post(reverse("campaigns:search"), {"q": "205461"})
    assert answer["Location"] == reverse("campaigns:contact", args=[wanted.pk])
    both = client.post(reverse("campaigns:search"), {"q": "20546"}).content.decode()
    assert ("Aldo Paz" in both, "Rosa Flores" in both) == (True, True)


def test_a_number_that_ends_in_nines_finds_what_begins_so(make_contact, ana):
    make_contact(ana, "Rosa Flores", contract="99912"), make_contact(ana, "Juan Rojas", contract="1999")
    assert (names("999", ana), names("199", ana)) == (["Rosa Flores"], ["Juan Rojas"])


def test_two_who_share_a_telephone_are_both_shown(make_contact, ana, signed_in):
    for name in ("Rosa Flores", "Juan Rojas"):
        make_contact(ana, name, telephones=["+59170712345"])
    page = signed_in(ana).post(reverse("campaigns:search"), {"q": "70712345"}).content.decode()
    assert ("Rosa Flores" in page, "Juan Rojas" in page) == (True, True)


def test_what_is_found_says_what_is_owed_now(make_contact, ana, signed_in):
    make_contact(ana, "Rosa Flores"), make_contact(ana, "Rosa Rojas", amount_due="150.50")
    page = signed_in(ana).post(reverse("campaigns:search"), {"q": "rosa"}).content.decode()
    assert ("Bs\xa0289,00" in page, "Bs\xa0150,50" in page) == (True, True)


def test_of_a_closed_month_nobody_is_said_to_owe(make_contact, make_closed, ana, elena, signed_in):
    """What was paid after its days of grace is not in its ledger: the month says nothing of today."""
    closed = make_closed(date(2026, 11, 1))
    make_contact(ana, "Rosa Flores"), make_contact(ana, "Rosa Rojas", amount_due="150.50", campaign=closed)
    page = signed_in(elena).post(reverse("campaigns:search"), {"q": "rosa"}).content.decode()
    assert ("Bs\xa0289,00" in page, "Bs\xa0150,50" in page) == (True, False)


def test_who_sees_the_centre_has_the_search_on_her_first_page(december, elena, signed_in):
    page = signed_in(elena).get(reverse("campaigns:campaign_list")).content.decode()
    assert ('role="combobox"' in page, reverse("campaigns:search") in page) == (True, True)


def test_too_little_asks_for_more_and_nobody_says_so(nogales, ana, signed_in):
    client, address = signed_in(ana), reverse("campaigns:search")
    assert "Escriba al menos tres letras o cifras" in client.post(address, {"q": "a.-"}).content.decode()
    assert "No se encontró ningún cliente" in client.post(address, {"q": "Zzyzx"}).content.decode()
    assert "No se encontró ningún cliente" in client.post(address, {"q": "漢字漢字"}).content.decode()


def test_an_agent_finds_what_her_work_needs_and_nobody_elses(make_contact, ana, luis, at, december):
    owned, leased = make_contact(ana, "Rosa Propia"), make_contact(luis, "Rosa Abierta")
    agreed, attended = make_contact(luis, "Rosa Acordada"), make_contact(luis, "Rosa Atendida")
    make_contact(luis, "Rosa Ajena")
    now = at("2026-11-26 10:00")
    ListEntry.objects.filter(contact=leased).update(lease_agent=ana, lease_until=at("2026-11-26 10:10"))
    agree(agent=ana, contact=agreed, due_at=at("2026-11-26 15:00"), now=now)
    Attempt.objects.create(
        campaign=december, contact=attended, agent=ana, fence=1, dialled_at=now, day=date(2026, 11, 26), resulted_at=now
    )
    assert names("rosa", ana) == sorted(contact.name for contact in (owned, leased, agreed, attended))
    Campaign.objects.update(state="closed")
    assert names("rosa", ana) == []


def test_what_an_agent_searches_begins_with_her_own_work_and_not_with_everybodys(
    december, ana, django_assert_num_queries
):
    with connection.cursor() as cursor:
        cursor.execute(A_FLOOR, [december.pk, A_FLOOR_OF, december.pk, ana.pk, AGENTS])
        cursor.execute("ANALYZE campaigns_contact, campaigns_listentry")
    asked = find_customers(text="flores rosa", user=ana.user)
    with django_assert_num_queries(1):
        assert len(asked.values("pk")) == A_FLOOR_OF // AGENTS
    read = nodes_of(json.loads(asked.values("pk").explain(format="json", analyze=True))[0]["Plan"])
    large = ("campaigns_contact", "campaigns_listentry")
    assert not [node for node in read if node["Node Type"] == "Seq Scan" and node["Relation Name"] in large]


def test_a_contract_is_found_by_its_index_among_many(december, ana, elena):
    with connection.cursor() as cursor:
        cursor.execute(A_FLOOR, [december.pk, A_FLOOR_OF, december.pk, ana.pk, AGENTS])
        cursor.execute("ANALYZE campaigns_contact, campaigns_listentry")
    asked = find_customers(text="71234", user=elena)
    assert {contact.contract[:5] for contact in asked} == {"71234"}
    read = nodes_of(json.loads(asked.values("pk").explain(format="json", analyze=True))[0]["Plan"])
    assert not [
        node for node in read if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "campaigns_contact"
    ]


def nodes_of(plan):
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes_of(inner)


def test_while_one_types_customers_are_offered_as_options_that_lead_to_them(nogales, ana, signed_in):
    page = signed_in(ana).post(reverse("campaigns:search_suggestions"), {"q": "tapia"}).content.decode()
    assert re.findall(r'data-href="([^"]+)"', page)[-1] == reverse("campaigns:contact", args=[nogales.pk])
    assert page.count('role="option"') == 2
    assert "2 clientes" in page


def test_more_than_fit_are_told_and_one_of_many_months_is_offered_once(make_contact, ana, elena, make_closed):
    for number in range(SUGGESTED + 1):
        make_contact(ana, f"Rosa Flores {number}")
    offered = suggest(text="rosa", user=ana.user)
    assert (len(offered.found), offered.more) == (SUGGESTED, True)
    wanted = Contact.objects.get(name="Rosa Flores 3")
    for month in range(1, MONTHS_OF_ONE):
        earlier = make_closed(date(2025, month, 1))
        make_contact(ana, "Rosa Flores 3", contract=wanted.contract, campaign=earlier)
    offered = suggest(text=wanted.contract, user=elena)
    assert ([contact.pk for contact in offered.found], offered.more) == ([wanted.pk], False)


def test_who_sees_all_months_is_offered_names_of_the_latest_and_finds_the_others_on_the_page(
    make_contact, ana, elena, signed_in, make_closed
):
    make_contact(ana, "Rosa Flores")
    for period in (date(2026, 11, 1), date(2026, 10, 1)):
        make_contact(ana, f"Rosa de {period.month}", campaign=make_closed(period))
    assert [contact.name for contact in suggest(text="rosa", user=elena).found] == ["Rosa de 11", "Rosa Flores"]
    for month in (5, 6):  # proposals of months that somebody mistyped take nobody's place
        far = make_closed(date(2027, month, 1))
        Campaign.objects.filter(pk=far.pk).update(state="proposed")
    assert [contact.name for contact in suggest(text="rosa", user=elena).found] == ["Rosa de 11", "Rosa Flores"]
    client = signed_in(elena)
    nobody = client.post(reverse("campaigns:search_suggestions"), {"q": "de 10 rosa"}).content.decode()
    assert "Nadie en los últimos meses. Con Enter se busca en todos." in nobody
    assert "Rosa de 10" in client.post(reverse("campaigns:search"), {"q": "de 10 rosa"}, follow=True).content.decode()


def test_who_is_in_no_month_is_found_by_her_contract_and_among_the_cards(december, elena, signed_in, make_contact, ana):
    """She called a line, and no report ever named her."""
    client, address = signed_in(elena), reverse("campaigns:search")
    page = client.post(address, {"q": "1001575"}).content.decode()
    assert 'href="/customers/1001575/"' in page
    page = client.post(address, {"q": "Colque Trujillo"}).content.decode()
    assert "Buscar «Colque Trujillo» entre las derivaciones" in page
    card = raise_escalation(
        key="x", kind="write_not_done", line="101", contract="1001575", customer_name="COLQUE TRUJILLO ANA",
        reason="x", details={}, by=None, now=timezone.now(),
    )  # fmt: skip
    cards = client.post(reverse("escalations:escalation_list"), {"whose": "all", "q": "Colque Trujillo"}, follow=True)
    assert reverse("escalations:escalation", args=[card.pk]) in cards.content.decode()
