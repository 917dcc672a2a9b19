"""A desk that died in the middle of a call, and the one that takes its contact: neither is left without a next step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError

from agents.models import Agent, Role, Skill, Team, User
from campaigns.calling.rules import CallRefused
from campaigns.desk.answers import Answers
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next, open_contact
from campaigns.desk.lease_sweep import sweep_leases
from campaigns.desk.leases import ReturnRefused, release
from campaigns.desk.results import StaleResult, record_result
from campaigns.invariants import check_invariants
from campaigns.models import Attempt, CallBack, ListEntry
from campaigns.promises_and_callbacks.call_backs import CallBackRefused, agree, cancel, reschedule, widen_overdue
from tests.campaigns.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = 12


@pytest.fixture
def now(at):
    return at("2026-11-26 10:00")


@pytest.fixture
def team(db):
    """Two dozen agents of one team, who work Internet."""
    north = Team.objects.create(name="Norte")
    users = User.objects.bulk_create([User(username=f"agente{n}", role=Role.AGENT) for n in range(2 * PAIRS)])
    agents = Agent.objects.bulk_create([Agent(user=user, team=north) for user in users])
    skill = Skill.objects.get_or_create(code="INTERNET", defaults={"name": "Internet"})[0]
    Agent.skills.through.objects.bulk_create(Agent.skills.through(agent=one, skill=skill) for one in agents)
    return agents


@pytest.fixture
def died_calling(team, make_contact, at, now):
    """Half of them dialled an agreed call of the team at ten and were not seen again: (agent, contact, fence)."""
    calls = []
    for agent in team[:PAIRS]:
        contact = make_contact(agent)
        agree(agent=agent, contact=contact, due_at=at("2026-11-26 09:50"), now=at("2026-11-26 09:00"))
        given = give_next(agent=agent, now=now)
        dial(agent=agent, contact=contact, telephone=contact.telephones[0], now=now)
        calls.append((agent, contact, given.fence))
    CallBack.objects.update(reach="team")
    return calls


def broken() -> set[str]:
    return {finding.name for finding in check_invariants()}


def test_whoever_takes_the_contact_of_a_dead_desk_leaves_it_no_open_call(team, died_calling, now, result):
    """Takers, late results and the sweep in the same moment."""
    later, disposition = now + timedelta(minutes=30), result("no_answer")

    def act(thing):
        verb, agent, contact, fence = thing
        try:
            if verb == "take":
                give_next(agent=agent, now=later)
            elif verb == "sweep":
                sweep_leases(now=later)
            else:
                record_result(agent=agent, contact=contact, fence=fence, disposition=disposition, now=later)
        except StaleResult:
            pass

    things = [("take", agent, None, 0) for agent in team[PAIRS:]]
    things += [("result", *call) for call in died_calling[::2]] + [("sweep", None, None, 0)] * 4
    at_once(act, things)
    assert "open_call_has_its_lease" not in broken()
    assert not Attempt.objects.filter(resulted_at=None, agent__in=team[:PAIRS:2]).exists()
    sweep_leases(now=later)
    for agent, _contact, _fence in died_calling:
        found = give_next(agent=agent, now=later)
        assert found is None or found.kind != "unfinished"
    assert broken() == set()


def test_a_contact_taken_without_any_sweep_frees_the_desk_it_came_from(team, died_calling, now):
    """The clock may stand still: who takes the contact closes the call that was left in it."""
    ana, contact, _fence = died_calling[0]
    taken = open_contact(agent=team[-1], contact_id=contact.pk, now=now + timedelta(minutes=30))
    assert (taken.contact_id, taken.fence) == (contact.pk, 2)
    left = Attempt.objects.get(contact=contact)
    assert (left.agent, left.disposition.code) == (ana, "no_result")
    assert ListEntry.objects.get(contact=contact).attempts == 1
    assert broken() == set()


def test_a_call_and_a_give_back_of_the_same_moment_do_not_lose_one_another(team, make_contact, now):
    for agent in team[:PAIRS]:
        contact = make_contact(agent)
        fence = give_next(agent=agent, now=now).fence

        def act(verb, agent=agent, contact=contact, fence=fence):
            try:
                if verb == "dial":
                    dial(agent=agent, contact=contact, telephone=contact.telephones[0], now=now)
                else:
                    release(agent=agent, contact_id=contact.pk, fence=fence, now=now)
            except (ReturnRefused, CallRefused):
                return

        at_once(act, ["dial", "give back"])
        assert Attempt.objects.filter(contact=contact).exists() == (
            ListEntry.objects.get(contact=contact).lease_agent_id == agent.pk
        )


def test_two_tabs_open_two_contacts_and_one_of_them_is_told_that_the_desk_is_busy(team, make_contact, now):
    for agent in team[:PAIRS]:
        pair = [make_contact(agent), make_contact(agent)]
        opened = at_once(lambda contact, agent=agent: open_contact(agent=agent, contact_id=contact.pk, now=now), pair)
        refused = [answer for answer in opened if isinstance(answer, list)]
        assert [[reason.code for reason in answer] for answer in refused] == [["desk_busy"]]


def test_results_moved_hours_cancellations_and_sweeps_never_wait_for_one_another_in_a_ring(
    team, make_contact, at, now, result
):
    """One order of locks: entry, then agreed call and attempts. Many rounds over the same contacts."""
    disposition, contacts = result("call_back"), []
    for agent in team[:4]:
        contact = make_contact(agent)
        agree(agent=agent, contact=contact, due_at=at("2026-11-26 09:50"), now=at("2026-11-26 09:00"))
        contacts.append((agent, contact))

    def act(thing):
        verb, agent, contact, moment = thing
        try:
            agreed = CallBack.objects.filter(contact=contact, state="pending").first()
            if verb == "result":
                found = give_next(agent=agent, now=moment)
                if found is not None:
                    record_result(
                        agent=agent, contact=contact, fence=found.fence, disposition=disposition, now=moment,
                        answers=Answers(call_back_at=moment + timedelta(minutes=5)),
                    )  # fmt: skip
            elif verb == "move" and agreed:
                reschedule(call_back=agreed, due_at=moment + timedelta(minutes=5), now=moment)
            elif verb == "cancel" and agreed:
                cancel(call_back=agreed, reason="Ya no hace falta", now=moment)
            elif verb == "sweep":
                sweep_leases(now=moment)
                widen_overdue(now=moment)
        except (CallBackRefused, StaleResult):
            pass
        except OperationalError as error:
            return str(error)
        return ""

    said: set[str] = set()
    for number in range(25):
        moment = now + timedelta(minutes=10 * number)
        said |= set(
            at_once(
                act,
                [
                    (verb, agent, contact, moment)
                    for agent, contact in contacts
                    for verb in ("result", "move", "move", "cancel" if number % 5 == 4 else "move", "sweep")
                ],
            )
        )
    assert said == {""}
    assert broken() == set()
