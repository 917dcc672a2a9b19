"""The rules are asked again at the moment of dialling."""

import pytest

from campaigns.calling.rules import CallRefused
from campaigns.desk.dialling import dial, telephone_link
from campaigns.desk.giving import give_next
from campaigns.models import Attempt, DoNotCall, ListEntry, RetiredTelephone

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at):
    return at("2026-11-26 10:00")


@pytest.fixture
def opened(make_contact, ana, now):
    contact = make_contact(ana)
    give_next(agent=ana, now=now)
    return contact


def test_a_call_is_an_open_attempt(opened, ana, now):
    attempt = dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    assert (attempt.fence, attempt.resulted_at, str(attempt.day)) == (1, None, "2026-11-26")
    assert telephone_link(attempt.telephone) == "tel:+59170700001"


def test_the_same_click_twice_is_one_attempt(opened, ana, now):
    first = dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    assert dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now) == first
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize(
    ("arrives", "code"),
    [
        (lambda contact: ListEntry.objects.filter(contact=contact).update(state="paid"), "paid"),
        (
            lambda contact: DoNotCall.objects.create(contract=contact.contract, since="2026-11-26T09:00-04:00"),
            "do_not_call",
        ),
        (
            lambda contact: DoNotCall.objects.create(telephone=contact.telephones[0], since="2026-11-26T09:00-04:00"),
            "telephone_do_not_call",
        ),
        (
            lambda contact: RetiredTelephone.objects.create(
                contract=contact.contract, telephone=contact.telephones[0], retired_at="2026-11-26T09:00-04:00"
            ),
            "telephone_retired",
        ),
        (lambda contact: type(contact.campaign).objects.update(state="paused"), "campaign_not_running"),
    ],
)
def test_what_arrives_between_giving_and_dialling_stops_the_call(opened, ana, now, arrives, code):
    arrives(opened)
    with pytest.raises(CallRefused) as stopped:
        dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    assert [reason.code for reason in stopped.value.reasons] == [code]
    assert not Attempt.objects.exists()


def test_the_window_is_held_at_the_moment_of_dialling(opened, ana, at):
    with pytest.raises(CallRefused, match="horario"):
        dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=at("2026-11-26 20:00"))


def test_nobody_dials_what_is_not_open_at_her_desk(opened, luis, now):
    with pytest.raises(CallRefused, match="ya no está abierto"):
        dial(agent=luis, contact=opened, telephone=opened.telephones[0], now=now)


def test_the_result_comes_before_the_next_call(opened, ana, now):
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    with pytest.raises(CallRefused, match="Registre primero"):
        dial(agent=ana, contact=opened, telephone=opened.telephones[1], now=now)
