"""The page on which contacts change hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from agents.models import Agent, Search, User
from campaigns.assignment.assigning import open_lists
from campaigns.models import Campaign, Contact, ListEntry, Reassignment
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment, owners

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User | Agent], Client]
PAGE = "/campaigns/2026-12/reassign/"


@pytest.fixture(autouse=True)
def _on_the_28th() -> Iterator[None]:
    with time_machine.travel(moment("2026-11-28 09:00"), tick=False):
        yield


@pytest.fixture
def running(house_rules: None, ana: Agent, luis: Agent, marta: Agent) -> Campaign:
    campaign = make_campaign()
    add_contacts(campaign, 30)
    add_contacts(campaign, 15, "BOTH", start=100)
    open_lists(campaign=campaign, now=moment("2026-11-25 08:00"))
    Campaign.objects.update(state="running", launched_at=moment("2026-11-25 09:00"))
    campaign.refresh_from_db()
    return campaign


def test_the_preview_counts_before_anything_moves(
    running: Campaign, ana: Agent, luis: Agent, elena: User, signed_in: SignedIn
) -> None:
    page = signed_in(elena).get(PAGE, {"do": "reassign", "from": ana.pk, "to": luis.pk}).content.decode()
    assert "¿Reasignar 15 contactos a Luis?" in page
    assert owners(running) == {"Ana": 15, "Luis": 15, "Marta": 15}


@pytest.mark.parametrize(
    ("do", "data", "after"),
    [
        ("reassign", {"from": "ana", "to": "luis"}, {"Luis": 30, "Marta": 15}),
        ("reassign", {"from": "ana", "to": "luis", "lists": "BOTH"}, {"Ana": 10, "Luis": 20, "Marta": 15}),
        ("take_back", {"from": "ana"}, {None: 15, "Luis": 15, "Marta": 15}),
        ("rebalance", {"to": "ana"}, {"Ana": 45}),
    ],
)
def test_what_was_previewed_is_done_when_confirmed(
    running: Campaign, elena: User, signed_in: SignedIn, do: str, data: dict[str, str], after: dict[str, int]
) -> None:
    ids = {agent.user.username: agent.pk for agent in Agent.objects.select_related("user")}
    answer = signed_in(elena).post(
        PAGE, {"do": do, "reason": "Baja", **{name: ids.get(value, value) for name, value in data.items()}}
    )
    assert answer.status_code == 302
    assert owners(running) == after
    change = Reassignment.objects.get()
    assert (change.verb, change.by, change.reason) == (do, elena, "Baja")


def test_a_single_contact_may_be_given_to_somebody(
    running: Campaign, ana: Agent, luis: Agent, elena: User, signed_in: SignedIn
) -> None:
    one = ListEntry.objects.filter(owner=ana).first()
    assert one is not None
    page = signed_in(elena).get(PAGE, {"contact": one.pk, "to": luis.pk}).content.decode()
    assert Contact.objects.get(pk=one.pk).contract in page
    signed_in(elena).post(PAGE, {"do": "reassign", "contact": one.pk, "to": luis.pk})
    assert owners(running) == {"Ana": 14, "Luis": 16, "Marta": 15}


def test_the_last_change_is_undone_from_the_page(
    running: Campaign, ana: Agent, luis: Agent, elena: User, signed_in: SignedIn
) -> None:
    client = signed_in(elena)
    client.post(PAGE, {"do": "reassign", "from": ana.pk, "to": luis.pk})
    change = Reassignment.objects.get()
    assert "Deshacer" in client.get(PAGE).content.decode()
    client.post(f"{PAGE}{change.pk}/undo/")
    assert owners(running) == {"Ana": 15, "Luis": 15, "Marta": 15}
    assert "deshecho" in client.get(PAGE).content.decode()


def test_who_stays_after_an_undo_is_named_with_why(
    running: Campaign, ana: Agent, luis: Agent, elena: User, signed_in: SignedIn
) -> None:
    client = signed_in(elena)
    client.post(PAGE, {"do": "reassign", "from": ana.pk, "to": luis.pk})
    one = Reassignment.objects.get().moved.first()
    assert one is not None
    ListEntry.objects.filter(pk=one.contact_id).update(lease_agent=luis, lease_until=moment("2026-11-28 09:20"))
    page = client.get(PAGE).content.decode()
    assert "¿Devolver 14 contactos a quien los tenía? 1 se llamó, está abierto o cambió otra vez" in page
    page = client.post(f"{PAGE}{Reassignment.objects.get().pk}/undo/", follow=True).content.decode()
    assert "14 contactos volvieron a quien los tenía. 1 queda donde está." in page
    name = Contact.objects.get(pk=one.contact_id).name
    assert f"{name}</a> quedó con Luis: estaba abierto en un escritorio" in page
    assert Search.objects.filter(user=elena, asked=PAGE).exists()


def test_nothing_chosen_moves_nothing_and_says_so(running: Campaign, elena: User, signed_in: SignedIn) -> None:
    answer = signed_in(elena).post(PAGE, {"do": "reassign", "from": "x", "to": "999999"}, follow=True)
    assert "Elija al menos un agente" in answer.content.decode()
    assert not Reassignment.objects.exists()


def test_before_the_launch_the_page_points_to_the_proposal(running: Campaign, elena: User, signed_in: SignedIn) -> None:
    Campaign.objects.update(state="proposed")
    assert "todavía no se lanzó" in signed_in(elena).get(PAGE).content.decode()


def test_only_who_steers_opens_the_page(running: Campaign, oscar: User, ana: Agent, signed_in: SignedIn) -> None:
    for person in (oscar, ana):
        assert signed_in(person).get(PAGE).status_code == 403
        assert signed_in(person).post(PAGE).status_code == 403


def test_a_change_of_another_month_is_not_found(running: Campaign, elena: User, signed_in: SignedIn) -> None:
    assert signed_in(elena).post(f"{PAGE}1/undo/").status_code == 404


def test_the_page_of_a_contact_leads_to_giving_it_to_somebody(
    running: Campaign, ana: Agent, elena: User, oscar: User, signed_in: SignedIn
) -> None:
    one = ListEntry.objects.filter(owner=ana).first()
    assert one is not None
    link = f"{PAGE}?contact={one.pk}"
    assert link in signed_in(elena).get(f"/desk/contacts/{one.pk}/").content.decode()
    assert link not in signed_in(oscar).get(f"/desk/contacts/{one.pk}/").content.decode()
