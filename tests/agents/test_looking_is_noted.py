"""Whoever looks for or at a customer leaves a row, on whichever page, and has a limit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from agents.models import Agent, DataPolicy, Disclosure, Search, User
from campaigns.models import Contact, ListEntry
from escalations.models import Escalation
from inbound.models import Walk
from notices.models import Notice
from screens.tables import PAGE
from tests.callcenter.world import World, world
from tests.campaigns.a_campaign import make_campaign
from tests.campaigns.conftest import december, house_rules, make_contact, result

__all__ = ["december", "house_rules", "make_contact", "result", "world"]
pytestmark = pytest.mark.django_db
LISTS = (
    *("campaigns:payment_list", "campaigns:promise_list", "campaigns:do_not_call", "escalations:escalation_list"),
    "escalations:board",
)


@pytest.fixture
def in_november(at: Any, time_machine: Any) -> None:
    time_machine.move_to(at("2026-11-26 10:00"), tick=False)


def asked() -> list[tuple[str, str]]:
    return list(Search.objects.order_by("pk").values_list("where", "asked"))


@pytest.mark.parametrize("name", LISTS)
def test_who_is_looked_for_in_a_list(name: str, elena: User, signed_in: Any) -> None:
    client = signed_in(elena)
    answer = client.post(reverse(name), {"q": "Rosa Flores"})
    assert client.get(answer["Location"]).status_code == 200
    client.post(reverse(name), {"q": " "})
    assert asked() == [("list", "Rosa Flores")]


def test_who_is_looked_for_among_the_contacts_of_a_month(december: Any, elena: User, signed_in: Any) -> None:
    signed_in(elena).post(reverse("campaigns:contact_list", args=["2026-12"]), {"q": "Rosa Flores"})
    assert asked() == [("list", "Rosa Flores")]


@pytest.mark.parametrize("name", LISTS)
def test_who_goes_through_the_pages_of_a_list(name: str, elena: User, signed_in: Any) -> None:
    DataPolicy(searches_a_minute=2).save()
    client, address = signed_in(elena), reverse(name)
    answers = [client.get(address, {"page": page}).status_code for page in (1, 2, 3, 4, 3)]
    assert answers == [200, 200, 200, 429, 200]
    noted = [text.split(" · ")[:2] for _where, text in asked()]
    assert noted == [[address, str(page)] for page in (2, 3, 4, 3)]


@pytest.mark.parametrize("more", ["per_page=5000", "zone=Sarco&sort=name", "z=" + "a" * 300])
def test_nobody_goes_around_the_pages(more: str, make_contact: Any, elena: User, signed_in: Any) -> None:
    """By more rows on one, by the first one in another order, or by an address so long that its page is cut off."""
    DataPolicy(searches_a_minute=2).save()
    make_contact(None, "Rosa Flores")
    client, address = signed_in(elena), reverse("campaigns:contact_list", args=["2026-12"])
    answers = [client.get(f"{address}?{more}&page={page}") for page in (1, 2, 3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].context["table"].paginator.per_page == PAGE


def test_who_is_looked_at_but_for_her_who_is_called(
    make_contact: Any, ana: Agent, elena: User, oscar: User, signed_in: Any
) -> None:
    contact: Contact = make_contact(ana, "Rosa Flores")
    page = reverse("campaigns:contact", args=[contact.pk])
    for person in (elena, ana, oscar):
        assert signed_in(person).get(page).status_code == 200
    assert [(row.user, row.where, row.asked) for row in Search.objects.order_by("pk")] == [
        (person, "customer", contact.contract) for person in (elena, ana.user, oscar)
    ]
    ListEntry.objects.update(lease_agent=ana, lease_until="2030-01-01T00:00:00Z")
    signed_in(ana).get(page)
    assert Search.objects.count() == 3


def test_pages_of_contacts_have_the_limit_of_all_looks(make_contact: Any, elena: User, signed_in: Any) -> None:
    DataPolicy(searches_a_minute=3).save()
    client = signed_in(elena)
    pages = [reverse("campaigns:contact", args=[make_contact(None, f"Rosa {n}").pk]) for n in range(5)]
    assert [client.get(page).status_code for page in pages] == [200, 200, 200, 429, 429]


def test_what_is_revealed_has_it_too(make_contact: Any, oscar: User, signed_in: Any) -> None:
    DataPolicy(searches_a_minute=2).save()
    client = signed_in(oscar)
    pages = [reverse("campaigns:contact_reveal", args=[make_contact(None, f"Rosa {n}").pk]) for n in range(4)]
    answers = [client.post(page, {"reason": "Arqueo del mes"}).status_code for page in pages]
    assert answers == [200, 200, 429, 429]
    assert Disclosure.objects.count() == 2
    assert Search.objects.filter(where="reveal", is_refused=True).count() == 2


def test_cards_letters_notices_and_calls_are_looked_at_as_well(
    world: World, elena: User, oscar: User, signed_in: Any
) -> None:
    """One after the other is a harvest, on whichever page it is."""
    world.furnish()
    card, notice, walk = Escalation.objects.earliest("pk"), Notice.objects.earliest("pk"), Walk.objects.earliest("pk")
    pages = {
        "card": reverse("escalations:escalation", args=[card.pk]),
        "letter": reverse("escalations:letter", args=[card.pk]),
        "notice": reverse("notices:notice", args=[notice.pk]),
        "walk": reverse("inbound:walk", args=[walk.key]),
    }
    client = signed_in(elena)
    for what, page in pages.items():
        before = Search.objects.count()
        assert client.get(page).status_code == 200, what
        assert Search.objects.latest("pk").where == ("call" if what == "walk" else "card")
        assert Search.objects.count() == before + 1, what
    DataPolicy(searches_a_minute=1).save()
    another = Escalation.objects.exclude(contract=card.contract).first() or card
    Escalation.objects.filter(pk=another.pk).update(contract="999999")
    assert client.get(reverse("escalations:escalation", args=[another.pk])).status_code == 429
    assert signed_in(oscar).get(pages["card"]).status_code == 200
    assert Search.objects.filter(user=oscar, where="card").count() == 1


def test_the_first_page_of_a_month_that_is_over_is_none_of_the_menus(
    elena: User, signed_in: Any, in_november: None
) -> None:
    make_campaign(date(2025, 1, 1), state="closed")
    make_campaign(date(2026, 12, 1), state="running")
    client = signed_in(elena)
    for running in ("/campaigns/2026-12/contacts/", "/lines/lost/2026-11/", "/lines/lost/"):
        assert client.get(running).status_code == 200
    assert asked() == []
    over = ["/campaigns/2025-01/contacts/", "/lines/lost/2026-10/"]
    assert [client.get(page).status_code for page in over] == [200, 200]
    assert asked() == [("list", f"{page} · 1 · ") for page in over]


def test_what_was_searched_in_one_list_opens_no_other(elena: User, signed_in: Any, in_november: None) -> None:
    for month in (date(2025, 1, 1), date(2026, 12, 1)):
        make_campaign(month, state="running")
    client, there = signed_in(elena), "/campaigns/2025-01/contacts/"
    query = urlsplit(client.post(there, {"q": "Rosa Flores"}).url).query
    client.get(f"{there}?{query}")
    assert asked() == [("list", "Rosa Flores")]
    others = ["/campaigns/2026-12/contacts/", "/payments/", "/escalations/list/"]
    for page in others:
        assert client.get(f"{page}?{query}").status_code == 200
    client.get("/payments/?s=nothing")
    client.get(f"{there}?{query}")
    assert asked()[1:] == [("list", f"{page} · 1 · {query}") for page in others] + [
        ("list", "/payments/ · 1 · s=nothing")
    ]


def test_who_goes_through_the_book_of_looks_stands_in_it(elena: User, signed_in: Any) -> None:
    client, book = signed_in(elena), reverse("agents:books")
    for query in ("", "?show=searches&page=2", "?q=ana"):
        assert client.get(book + query).status_code == 200
    assert asked() == [("list", f"{book} · 2 · show=searches&page=2"), ("list", f"{book} · 1 · q=ana")]


def test_the_address_of_a_search_is_noted_again_after_a_while(
    elena: User, signed_in: Any, at: Any, time_machine: Any, in_november: None
) -> None:
    """By the same words somebody else may be found by then."""
    client, page = signed_in(elena), reverse("campaigns:do_not_call")
    address = client.post(page, {"q": "Rosa Flores"})["Location"]
    for minute, rows in ((30, 1), (59, 1), (61, 2)):
        time_machine.move_to(at("2026-11-26 10:00") + timedelta(minutes=minute), tick=False)
        assert client.get(address).status_code == 200
        assert len(asked()) == rows
    assert [text.split(" · ")[0] for _where, text in asked()] == ["Rosa Flores", page]
