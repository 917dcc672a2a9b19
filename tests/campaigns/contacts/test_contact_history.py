"""The history on a contact's page: what it went through in its list, to whom it is shown, and what that costs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Agent, User
from campaigns.contacts.history import SHOWN, history_of
from campaigns.contacts.life import Verb, take_steps
from campaigns.desk.answers import Answers
from campaigns.desk.giving import give_next
from campaigns.desk.results import record_result
from campaigns.models import Contact, ContactChange, ListEntry

pytestmark = pytest.mark.django_db
TITLE = "Pasos en la lista"
IN_BULK = "UPDATE campaigns_listentry entry SET {steps} WHERE TRUE"


@pytest.fixture(autouse=True)
def now(at, time_machine) -> datetime:
    """A Thursday morning in the middle of the month's calls, for the pages as well."""
    time_machine.move_to(moment := at("2026-11-26 10:00"), tick=False)
    return moment


@pytest.fixture
def refused(make_contact, ana: Agent, now: datetime, result) -> Contact:
    """Ana called her and she did not want it."""
    contact = make_contact(ana)
    given = give_next(agent=ana, now=now)
    record_result(
        agent=ana, contact=contact, fence=given.fence, disposition=result("refused"), answers=Answers(reason="Precio"),
        now=now,
    )  # fmt: skip
    return contact


def pay_in_bulk(now: datetime) -> None:
    with connection.cursor() as cursor:
        take_steps(cursor, update=IN_BULK, steps={Verb.PAY: "TRUE"}, now=now)


def page_of(client, contact: Contact) -> str:
    page = client.get(reverse("campaigns:contact", args=[contact.pk]))
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_supervision_and_auditors_see_who_brought_a_contact_where_and_in_which_call(
    refused: Contact, elena: User, oscar: User, ana: Agent, signed_in
) -> None:
    for person in (elena, oscar):
        page = page_of(signed_in(person), refused)
        assert TITLE in page
        assert f"Por llamar → <strong>Terminado</strong> · {ana.user}" in page
        assert "por la llamada del 26/11 10:00: No desea" in page


def test_a_step_of_many_is_in_the_history_of_each(make_contact, ana: Agent, elena: User, now, signed_in) -> None:
    contacts = [make_contact(ana) for _each in range(3)]
    pay_in_bulk(now)
    assert ContactChange.objects.get().contacts is not None
    for contact in contacts:
        assert "Por llamar → <strong>Pagó</strong> · el programa" in page_of(signed_in(elena), contact)


def test_who_went_through_nothing_has_no_history(make_contact, ana: Agent, elena: User, signed_in) -> None:
    assert TITLE not in page_of(signed_in(elena), make_contact(ana))


def test_an_agent_sees_all_steps_of_her_own_contacts_and_none_of_others(
    refused: Contact, ana: Agent, luis: Agent, now: datetime
) -> None:
    ListEntry.objects.update(state="open")
    pay_in_bulk(now)
    assert [step.to_state for step in history_of(contact=refused, user=ana.user)] == ["paid", "done"]
    assert history_of(contact=refused, user=luis.user) == []


def test_the_last_twenty_steps_are_shown_the_newest_first_in_two_queries(
    refused: Contact, elena: User, now: datetime
) -> None:
    ContactChange.objects.bulk_create(
        ContactChange(
            contact=refused, verb="x", from_state="done", to_state="open", by=elena, at=now + timedelta(minutes=minute)
        )
        for minute in range(1, 31)
    )
    contact = Contact.objects.select_related("campaign").get(pk=refused.pk)
    with CaptureQueriesContext(connection) as asked:
        steps = history_of(contact=contact, user=elena)
        assert {str(step.by) for step in steps} == {str(elena)}
    assert len(asked) == 2  # whether she may see the contact, and its steps
    assert [step.at for step in steps] == [now + timedelta(minutes=minute) for minute in range(30, 30 - SHOWN, -1)]


def test_the_page_asks_no_more_for_a_long_history(refused: Contact, elena: User, now: datetime, signed_in) -> None:
    client = signed_in(elena)
    page_of(client, refused)
    with CaptureQueriesContext(connection) as short:
        page_of(client, refused)
    for minute in range(1, 15):
        ListEntry.objects.update(state="open")
        pay_in_bulk(now + timedelta(minutes=minute))
    with CaptureQueriesContext(connection) as long:
        assert page_of(client, refused).count("→ <strong>Pagó</strong>") == 14
    assert len(long) == len(short)


def test_no_table_is_read_through_for_a_history(refused: Contact) -> None:
    steps = ContactChange.objects.of(refused)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")  # the key alone would walk through all of it
    assert "Seq Scan on campaigns_contactchange" not in (plan := steps.explain())
    assert "BitmapOr" in plan
