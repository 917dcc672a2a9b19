"""One telephone, several contracts: it is dialled by one desk at a time, with its gap and its caps; they are shown
together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from agents.models import Agent
from campaigns.calling.rulebook import read_rules
from campaigns.calling.rules import CallRefused, why_not
from campaigns.contacts import households
from campaigns.desk.answers import Answers
from campaigns.desk.desk_page import lay_desk
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next, open_contact
from campaigns.desk.results import record_result
from campaigns.models import Attempt, CallBack, Campaign, Contact, Disposition, ListEntry
from campaigns.promises_and_callbacks import call_backs

pytestmark = pytest.mark.django_db
SHARED, OWN, THIRD = "+59170712345", "+59144250000", "+59144251111"
At = Callable[..., datetime]
Make = Callable[..., Contact]
Result = Callable[[str], Disposition]


def join(campaign: Campaign) -> None:
    with connection.cursor() as cursor:
        households.lay_out(cursor, campaign=campaign)
        households.keep(cursor, campaign=campaign)


@pytest.fixture
def maria(make_contact: Make, ana: Agent) -> Contact:
    return make_contact(ana, "María Quispe", telephones=[SHARED], position=1)


@pytest.fixture
def juan(make_contact: Make, luis: Agent, maria: Contact) -> Contact:
    """María's son: the same telephone, a contract of his own, in the list of Luis."""
    contact = make_contact(luis, "Juan Quispe", telephones=[SHARED], position=1)
    join(maria.campaign)
    return contact


def called(contact: Contact, agent: Agent, now: datetime, result: Result, code: str = "no_answer") -> None:
    given = open_contact(agent=agent, contact_id=contact.pk, now=now)
    attempt = dial(agent=agent, contact=contact, telephone=contact.telephones[0], now=now)
    record_result(
        agent=agent, contact=contact, fence=attempt.fence, disposition=result(code),
        answers=Answers(telephone=attempt.telephone), now=now + timedelta(minutes=1),
    )  # fmt: skip
    assert given


def codes(contact: Contact, now: datetime, agent: Agent | None = None, telephone: str | None = None) -> list[str]:
    return [reason.code for reason in why_not(contact=contact, now=now, agent=agent, telephone=telephone)]


def test_while_one_has_a_contract_of_the_household_open_nobody_gets_another(
    maria: Contact, juan: Contact, ana: Agent, luis: Agent, at: At
) -> None:
    now = at("2026-11-26 09:00")
    assert give_next(agent=ana, now=now)
    assert codes(juan, now, luis) == ["household_leased"]
    assert give_next(agent=luis, now=now) is None
    assert ListEntry.objects.get(contact=juan).lease_agent is None


def test_a_telephone_on_the_line_is_not_dialled_by_another(
    maria: Contact, juan: Contact, ana: Agent, luis: Agent, at: At
) -> None:
    now = at("2026-11-26 09:00")
    ListEntry.objects.update(household=None)  # a number of too many contracts to be a household
    assert give_next(agent=ana, now=now)
    assert give_next(agent=luis, now=now)
    dial(agent=ana, contact=maria, telephone=SHARED, now=now)
    with pytest.raises(CallRefused, match="Ana .*está llamando a ese teléfono"):
        dial(agent=luis, contact=juan, telephone=SHARED, now=now)
    assert codes(juan, now, luis) == ["telephones_busy"]
    assert Attempt.objects.count() == 1


def test_the_gap_between_two_calls_holds_for_the_telephone(
    maria: Contact, juan: Contact, ana: Agent, luis: Agent, at: At, result: Result
) -> None:
    now = at("2026-11-26 09:00")
    called(maria, ana, now, result)
    later = at("2026-11-26 09:05")
    reasons = why_not(contact=juan, now=later, agent=luis)
    assert [reason.code for reason in reasons] == ["telephones_resting"]
    assert reasons[0].sentence == (
        "A ese teléfono se llamó a las 09:00 por otro contrato: entre dos llamadas pasan 120 minutos."
    )
    assert reasons[0].until == at("2026-11-26 11:00")
    assert give_next(agent=luis, now=later) is None
    assert ListEntry.objects.get(contact=juan).ready_at == at("2026-11-26 11:00")
    assert give_next(agent=luis, now=at("2026-11-26 11:01"))


def test_the_cap_of_a_day_holds_for_the_telephone(
    maria: Contact, juan: Contact, ana: Agent, luis: Agent, at: At, result: Result
) -> None:
    for hour in ("09:00", "13:00", "18:30"):
        ListEntry.objects.filter(contact=maria).update(ready_at=at("2026-11-26 08:00"))
        called(maria, ana, at(f"2026-11-26 {hour}"), result)
    reasons = why_not(contact=juan, now=at("2026-11-26 19:00"), agent=luis, telephone=SHARED)
    assert [reason.code for reason in reasons] == ["telephones_resting"]
    assert "hoy 3 veces" in reasons[0].sentence
    assert reasons[0].until == at("2026-11-27 08:30")


def test_the_cap_of_a_campaign_holds_for_the_telephone_and_ends_the_attempts_of_whoever_has_no_other(
    maria: Contact, juan: Contact, ana: Agent, luis: Agent, at: At, result: Result
) -> None:
    now = at("2026-11-26 09:00")
    for number in range(8):
        when = at("2026-11-25 09:00") + timedelta(minutes=number)
        Attempt.objects.create(
            campaign=maria.campaign, contact=maria, agent=ana, telephone=SHARED, fence=50 + number, dialled_at=when,
            day=when.date(), disposition=result("no_answer"), resulted_at=when,
        )  # fmt: skip
    reasons = why_not(contact=juan, now=now, agent=luis)
    assert (reasons[0].code, reasons[0].until) == ("telephones_resting", None)
    assert "8 veces este mes" in reasons[0].sentence
    assert give_next(agent=luis, now=now) is None
    assert ListEntry.objects.get(contact=juan).state == "exhausted"
    assert why_not(contact=juan, now=now, agent=luis)[0].sentence == (
        "A su teléfono ya se llamó todas las veces de la campaña, contando a otros contratos."
    )


def test_with_another_telephone_the_contact_is_called_on_that_one(
    maria: Contact, make_contact: Make, ana: Agent, luis: Agent, at: At, result: Result
) -> None:
    rosa = make_contact(luis, "Rosa Quispe", telephones=[SHARED, OWN])
    join(maria.campaign)
    called(maria, ana, at("2026-11-26 09:00"), result)
    now = at("2026-11-26 09:05")
    assert codes(rosa, now, luis) == []
    assert give_next(agent=luis, now=now)
    assert codes(rosa, now, luis, SHARED) == ["telephone_too_soon"]
    assert dial(agent=luis, contact=rosa, telephone=OWN, now=now)


def test_an_agreed_call_overrides_the_gap_but_not_a_call_on_the_line(
    maria: Contact, juan: Contact, ana: Agent, luis: Agent, at: At, result: Result
) -> None:
    called(maria, ana, at("2026-11-26 09:00"), result)
    now = at("2026-11-26 09:30")
    CallBack.objects.create(
        campaign=juan.campaign, contact=juan, agent=luis, due_at=now, created_at=at("2026-11-26 08:00"),
        reach=call_backs.CallBack.Reach.PERSONAL,
    )  # fmt: skip
    assert codes(juan, now, luis, SHARED) == []
    Attempt.objects.create(
        campaign=maria.campaign, contact=maria, agent=ana, telephone=SHARED, fence=99, dialled_at=now, day=now.date()
    )
    assert codes(juan, now, luis, SHARED) == ["telephones_busy"]


def test_an_agreed_call_that_must_wait_keeps_nobody_from_the_rest_of_the_list(
    maria: Contact, juan: Contact, make_contact: Make, ana: Agent, luis: Agent, at: At
) -> None:
    now = at("2026-11-26 09:30")
    CallBack.objects.create(campaign=juan.campaign, contact=juan, agent=luis, due_at=now, created_at=now)
    other = make_contact(luis, "Pedro Rojas", telephones=[THIRD], position=5)
    assert give_next(agent=ana, now=now).contact_id == maria.pk
    assert give_next(agent=luis, now=now).contact_id == other.pk
    assert ListEntry.objects.get(contact=juan).fence == 1
    assert codes(juan, now, luis) == ["household_leased"]


def test_an_agreed_call_is_dialled_from_the_desk_though_its_telephone_rests(
    maria: Contact, juan: Contact, ana: Agent, luis: Agent, at: At, result: Result
) -> None:
    called(maria, ana, at("2026-11-26 09:00"), result)
    now = at("2026-11-26 09:30")
    CallBack.objects.create(campaign=juan.campaign, contact=juan, agent=luis, due_at=now, created_at=now)
    given = give_next(agent=luis, now=now)
    desk = lay_desk(agent=luis, book=read_rules(now=now), given=given)
    assert (desk.telephone, [line.against for line in desk.card.telephones]) == (SHARED, [""])
    assert dial(agent=luis, contact=juan, telephone=SHARED, now=now)


def test_who_was_told_in_the_same_call_is_opened_and_recorded_without_a_second_one(
    maria: Contact, make_contact: Make, ana: Agent, at: At, result: Result
) -> None:
    juan = make_contact(ana, "Juan Quispe", telephones=[SHARED], position=9)
    join(maria.campaign)
    called(maria, ana, at("2026-11-26 09:00"), result, "third_party")
    now = at("2026-11-26 09:02")
    given = open_contact(agent=ana, contact_id=juan.pk, now=now)
    assert not isinstance(given, list)
    with pytest.raises(CallRefused, match="por otro contrato"):
        dial(agent=ana, contact=juan, telephone=SHARED, now=now)
    done = record_result(
        agent=ana, contact=juan, fence=given.fence, disposition=result("already_paid"), now=now, answers=Answers()
    )
    assert done.attempt.telephone == ""


def test_the_desk_shows_the_household_and_which_telephone_rests(
    maria: Contact, make_contact: Make, ana: Agent, luis: Agent, at: At, result: Result, time_machine: Any,
    signed_in: Callable[[Any], Client],
) -> None:  # fmt: skip
    rosa = make_contact(luis, "Rosa Quispe", telephones=[SHARED, OWN])
    stranger = make_contact(luis, "Pedro Rojas", telephones=[THIRD])
    join(maria.campaign)
    called(maria, ana, at("2026-11-26 09:00"), result)
    time_machine.move_to(at("2026-11-26 09:05"), tick=False)
    page = signed_in(luis).get(reverse("campaigns:contact", args=[rosa.pk])).content.decode()
    assert [words in page for words in ("En el mismo hogar", "María Quispe", "lista de Ana")] == [True] * 3
    assert "descansa hasta el 26/11 11:00" in page
    other = signed_in(luis).get(reverse("campaigns:contact", args=[stranger.pk])).content.decode()
    assert "En el mismo hogar" not in other


def test_the_desk_says_that_a_card_is_the_same_wherever_it_was_issued(
    make_contact: Make, ana: Agent, december: Campaign, signed_in: Callable[[Any], Client]
) -> None:
    rosa = make_contact(ana, telephones=[OWN], identity_card="4830168 CB")
    make_contact(ana, telephones=[THIRD], identity_card="4830168")
    join(december)
    page = signed_in(ana).get(reverse("campaigns:contact", args=[rosa.pk])).content.decode()
    assert "mismo carnet" in page


def test_a_household_is_who_shares_a_telephone_or_a_card_over_any_number_of_steps(
    make_contact: Make, ana: Agent, december: Campaign
) -> None:
    first = make_contact(ana, telephones=[OWN])
    second = make_contact(ana, telephones=[OWN, THIRD], identity_card="77")
    third = make_contact(ana, telephones=[], identity_card="77")
    fourth = make_contact(ana, telephones=[SHARED], identity_card="78")
    many = [make_contact(ana, telephones=["+59133300000"]) for _number in range(households.AT_MOST + 1)]
    join(december)
    found = dict(ListEntry.objects.values_list("contact_id", "household"))
    assert [found[one.pk] for one in (first, second, third, fourth)] == [first.pk, first.pk, first.pk, None]
    assert {found[one.pk] for one in many} == {None}
    Contact.objects.filter(pk=fourth.pk).update(telephones=[SHARED, THIRD])
    with connection.cursor() as cursor:
        households.lay_out(cursor, campaign=december, around=[fourth.pk])
        households.keep(cursor, campaign=december, around=[fourth.pk])
    assert ListEntry.objects.get(contact=fourth).household == first.pk
    assert ListEntry.objects.filter(household=first.pk).count() == 4


def test_a_long_chain_is_one_household(make_contact: Make, ana: Agent, december: Campaign) -> None:
    chain = [make_contact(ana, telephones=[f"+5917{number:07}", f"+5917{number + 1:07}"]) for number in range(9)]
    join(december)
    assert set(ListEntry.objects.values_list("household", flat=True)) == {chain[0].pk}


def test_what_would_grow_beyond_a_household_is_none(make_contact: Make, ana: Agent, december: Campaign) -> None:
    for number in range(60):
        make_contact(ana, telephones=[f"+5917{number:07}", f"+5917{number + 1:07}"])
    join(december)
    assert set(ListEntry.objects.values_list("household", flat=True)) == {None}
