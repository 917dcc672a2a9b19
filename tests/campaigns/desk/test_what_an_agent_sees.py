"""Which customers an agent sees: those her work needs, while their campaign is open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from campaigns.desk.answers import Answers
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next
from campaigns.desk.results import record_result
from campaigns.models import Attempt, CallBack, Contact, ListEntry, PaymentPromise
from campaigns.promises_and_callbacks.call_backs import agree, cancel

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at):
    with time_machine.travel(at("2026-11-26 10:00"), tick=False):
        yield at("2026-11-26 10:00")


@pytest.fixture
def situations(make_contact, ana, luis, now, at, result):
    """A contact for each way an agent may have to do with one, by its name; Luis owns what is not Ana's."""

    def agreed(owner, reach, **more):
        contact = make_contact(owner)
        agree(agent=owner, contact=contact, due_at=at("2026-11-26 15:00"), now=now)
        CallBack.objects.filter(contact=contact).update(reach=reach, **more)
        return contact

    def attended():
        contact = make_contact(ana)
        given = give_next(agent=ana, now=now)
        record_result(
            agent=ana, contact=contact, fence=given.fence, disposition=result("promise"), now=now,
            answers=Answers(promised_on=date(2026, 11, 27), promised_amount=Decimal(100)),
        )  # fmt: skip
        return contact

    attended_before = attended()
    ListEntry.objects.filter(contact=attended_before).update(owner=luis)
    return {
        "attended by her, of another list now": attended_before,
        "of her list": make_contact(ana),
        "open at her desk, of another list": make_contact(
            luis, lease_agent=ana, lease_until=at("2026-11-26 10:10"), fence=1
        ),
        "agreed with her": agreed(luis, "personal", agent=ana),
        "agreed with her and made": agreed(luis, "personal", agent=ana, state="done", settled_at=now),
        "agreed, gone to her team": agreed(luis, "team"),
        "agreed, gone to supervision from her team": agreed(luis, "supervisor"),
        "agreed with a teammate": agreed(luis, "personal"),
        "of her team, cancelled": agreed(luis, "team", state="cancelled", settled_at=now),
        "of a teammate's list": make_contact(luis),
    }


NEEDED = {
    "attended by her, of another list now",
    "of her list",
    "open at her desk, of another list",
    "agreed with her",
    "agreed, gone to her team",
    "agreed, gone to supervision from her team",
}


@pytest.mark.parametrize("state", ["running", "paused"])
def test_she_sees_what_her_work_needs_while_the_campaign_is_open(situations, ana, december, state):
    december.state = state
    december.save()
    visible = set(Contact.objects.visible_to(ana.user))
    assert {name for name, contact in situations.items() if contact in visible} == NEEDED


@pytest.mark.parametrize("state", ["closed", "proposed"])
def test_she_sees_nobody_of_a_campaign_that_is_over_or_not_launched(situations, ana, elena, oscar, december, state):
    december.state = state
    december.save()
    for model in (Contact, ListEntry, Attempt, CallBack, PaymentPromise):
        assert not model.objects.visible_to(ana.user).exists(), model
        assert model.objects.visible_to(elena).exists()
        assert model.objects.visible_to(oscar).exists()


def test_a_stranger_of_another_team_sees_none_of_them(situations, marta):
    assert not Contact.objects.visible_to(marta.user).exists()


def test_the_call_that_was_in_the_air_at_the_close_still_gets_its_result(make_contact, ana, december, signed_in, now):
    """The desk shows it, and after its result the customer is gone."""
    contact = make_contact(ana)
    given = give_next(agent=ana, now=now)
    dial(agent=ana, contact=contact, telephone=contact.telephones[0], now=now)
    december.state = "closed"
    december.save()
    ListEntry.objects.update(lease_agent=None, lease_until=None)
    client = signed_in(ana)
    assert client.get(reverse("campaigns:contact", args=[contact.pk])).status_code == 200
    fields = {"contact": contact.pk, "fence": given.fence, "disposition": "no_answer"}
    answer = client.post(reverse("campaigns:desk_result"), fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert contact.name not in answer.content.decode()
    assert Attempt.objects.get().disposition.code == "no_answer"
    assert client.get(reverse("campaigns:contact", args=[contact.pk])).status_code == 404


def test_the_agenda_of_an_agent_holds_what_waits_for_her(situations, ana, signed_in):
    page = signed_in(ana).get(reverse("campaigns:agenda")).content.decode()
    for name in ("agreed with her", "agreed, gone to her team"):
        assert situations[name].contract in page
    for name in ("agreed with a teammate", "agreed with her and made", "of her team, cancelled"):
        assert situations[name].contract not in page


def test_a_settled_agreed_call_of_the_team_is_no_page_of_hers(situations, ana, signed_in, now):
    agreed = CallBack.objects.get(contact=situations["agreed, gone to her team"])
    address = reverse("campaigns:call_back", args=[agreed.pk])
    assert signed_in(ana).get(address).status_code == 200
    cancel(call_back=agreed, reason="Ya no hace falta", now=now)
    assert signed_in(ana).get(address).status_code == 404


def test_her_day_keeps_its_figures_after_the_close_and_no_customer(situations, ana, december, signed_in):
    contact, client = situations["attended by her, of another list now"], signed_in(ana)
    address = reverse("campaigns:my_day")
    Attempt.objects.update(note="Vive en la calle Sucre")
    page = client.get(address, {"day": "2026-11-26"}).content.decode()
    assert contact.name in page
    december.state = "closed"
    december.save()
    page = client.get(address, {"day": "2026-11-26"}).content.decode()
    assert "Pagará" in page
    assert contact.name not in page
    assert "calle Sucre" not in page


def test_a_page_that_is_late_answers_with_a_sentence_to_who_typed_in_it(make_contact, ana, luis, signed_in, now):
    """Her lease ran out and the contact was given to Luis; she had typed, and never dialled."""
    contact = make_contact(ana, "Rosa Flores")
    given = give_next(agent=ana, now=now)
    fields = {"contact": contact.pk, "fence": given.fence, "disposition": "no_answer", "note": "Llamó ella"}
    client = signed_in(ana)
    client.post(reverse("campaigns:desk_draft"), fields)
    ListEntry.objects.update(owner=luis, lease_agent=None, lease_until=None)
    answer = client.post(reverse("campaigns:desk_result"), fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "El resultado no se registró. Lo que escribió: «Llamó ella»." in answer.content.decode()
    assert signed_in(luis).post(reverse("campaigns:desk_result"), fields).status_code != 404
