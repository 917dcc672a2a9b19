"""Many desks at once on a real PostgreSQL: no contact is ever shared, nothing is called after it was paid."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date

import pytest
from django.db import connection, transaction

from agents.models import Agent, Role, Skill, Team, User
from campaigns.calling.rules import CallRefused
from campaigns.desk.answers import Answers
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next
from campaigns.desk.lease_sweep import sweep_leases
from campaigns.desk.results import record_result
from campaigns.models import Attempt, CallBack, ListEntry
from campaigns.promises_and_callbacks.call_backs import agree
from tests.campaigns.together import at_once, somebody_waits_for_a_lock
from tests.processes.house import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
TAKERS = 200


@pytest.fixture
def now(at):
    return at("2026-11-26 10:00")


@pytest.fixture
def team(db):
    """Two hundred agents of one team."""
    north = Team.objects.create(name="Norte")
    users = User.objects.bulk_create([User(username=f"agente{number}", role=Role.AGENT) for number in range(TAKERS)])
    return Agent.objects.bulk_create([Agent(user=user, team=north) for user in users])


def leased():
    return list(ListEntry.objects.filter(lease_agent__isnull=False).values_list("lease_agent", "contact_id"))


def test_two_hundred_takers_of_the_teams_agreed_calls_never_share_one(team, make_contact, at, now):
    """Everybody is offered the same agreed calls of the team, a hundred for two hundred."""
    for _number in range(100):
        contact = make_contact(team[0], call_list="INTERNET")
        agree(agent=team[0], contact=contact, due_at=at("2026-11-26 09:50"), now=at("2026-11-26 09:00"), personal=False)
    skill = Skill.objects.get_or_create(code="INTERNET", defaults={"name": "Internet"})[0]
    Agent.skills.through.objects.bulk_create(
        [Agent.skills.through(agent_id=agent.pk, skill_id=skill.pk) for agent in team]
    )
    given = at_once(lambda agent: give_next(agent=agent, now=now), team)
    contacts = [found.contact_id for found in given if found]
    assert max(Counter(contacts).values()) == 1
    assert sorted(contact for _agent, contact in leased()) == sorted(contacts)
    assert len(contacts) == 100


def test_two_hundred_takers_of_their_own_lists_get_each_their_first(team, make_contact, now):
    firsts = {agent.pk: [make_contact(agent).pk for _number in range(2)][0] for agent in team}
    given = at_once(lambda agent: (agent.pk, give_next(agent=agent, now=now).contact_id), team)
    assert dict(given) == firsts


def test_two_tabs_of_one_agent_open_one_contact(team, make_contact, now):
    for _number in range(30):
        make_contact(team[0])
    given = at_once(lambda agent: give_next(agent=agent, now=now), [team[0]] * 30)
    assert len({(found.contact_id, found.fence) for found in given}) == 1
    assert len(leased()) == 1


def test_two_tabs_record_one_result(team, make_contact, now, result):
    contact = make_contact(team[0])
    found = give_next(agent=team[0], now=now)
    disposition = result("no_answer")
    recorded = at_once(
        lambda agent: (
            record_result(agent=agent, contact=contact, fence=found.fence, disposition=disposition, now=now).repeated
        ),
        [team[0]] * 20,
    )
    assert recorded.count(False) == 1
    assert Attempt.objects.count() == 1
    assert ListEntry.objects.get().attempts == 1


def test_two_clicks_on_call_dial_once(team, make_contact, now):
    contact = make_contact(team[0])
    give_next(agent=team[0], now=now)
    calls = at_once(
        lambda agent: dial(agent=agent, contact=contact, telephone=contact.telephones[0], now=now).pk, [team[0]] * 20
    )
    assert len(set(calls)) == 1
    assert Attempt.objects.count() == 1


def test_a_payment_that_is_being_taken_in_is_waited_for_and_stops_the_call(team, make_contact, now):
    contact = make_contact(team[0])
    give_next(agent=team[0], now=now)
    paying, may_commit = threading.Event(), threading.Event()

    def pay() -> None:
        with transaction.atomic():
            ListEntry.objects.filter(contact=contact).update(state="paid", paid_on=date(2026, 11, 26))
            paying.set()
            may_commit.wait(60)
        connection.close()

    payment = threading.Thread(target=pay)
    payment.start()
    assert paying.wait(60)
    outcome: list[str] = []

    def call() -> None:
        try:
            dial(agent=team[0], contact=contact, telephone=contact.telephones[0], now=now)
            outcome.append("dialled")
        except CallRefused as refused:
            outcome.append(refused.reasons[0].code)
        finally:
            connection.close()

    calling = threading.Thread(target=call)
    calling.start()
    wait_until(somebody_waits_for_a_lock, what="the call waits for the payment's transaction")
    assert not outcome
    may_commit.set()
    payment.join()
    calling.join(60)
    assert outcome == ["paid"]
    assert not Attempt.objects.exists()


def test_the_sweep_and_a_late_result_leave_one_result(team, make_contact, now, at, result):
    contact = make_contact(team[0])
    found = give_next(agent=team[0], now=now)
    dial(agent=team[0], contact=contact, telephone=contact.telephones[0], now=now)
    disposition, later = result("refused"), at("2026-11-26 10:30")

    def act(which: str) -> None:
        if which == "sweep":
            sweep_leases(now=later)
        else:
            record_result(
                agent=team[0],
                contact=contact,
                fence=found.fence,
                disposition=disposition,
                answers=Answers(reason="Precio"),
                now=later,
            )

    at_once(act, ["sweep", "result"])
    attempt = Attempt.objects.get()
    assert attempt.disposition == disposition
    assert (ListEntry.objects.get().state, ListEntry.objects.get().attempts) == ("done", 1)


def test_a_crash_between_the_lease_and_the_page_loses_nothing(team, make_contact, now):
    contact = make_contact(team[0])

    @transaction.atomic
    def give_and_die() -> None:
        give_next(agent=team[0], now=now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        give_and_die()
    assert not leased()
    assert give_next(agent=team[0], now=now).contact_id == contact.pk


def test_an_agreed_call_is_taken_by_one_of_the_team(team, make_contact, at, now):
    contact = make_contact(team[0])
    agree(agent=team[0], contact=contact, due_at=at("2026-11-26 09:50"), now=at("2026-11-26 09:00"))
    CallBack.objects.update(reach="team", agent=team[1])
    given = at_once(lambda agent: give_next(agent=agent, now=now), team[:2] * 10)
    assert len({found.contact_id for found in given if found}) == 1
    assert len(leased()) == 1
