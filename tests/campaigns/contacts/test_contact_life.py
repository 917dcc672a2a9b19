"""The life of a contact: every pair of state and verb, the history of each step, and many at once like one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from django.db import connection

from agents.models import Agent, User
from campaigns.contacts.life import LEADS_TO, STEPS, Actor, ContactRefused, Verb, check_can, take_step, take_steps
from campaigns.desk.answers import Answers
from campaigns.desk.correcting import correct_result
from campaigns.desk.giving import give_next
from campaigns.desk.results import record_result
from campaigns.invariants import check_invariants
from campaigns.models import Attempt, Contact, ContactChange, DoNotCall, ListEntry
from tests.databases import undone

At = Callable[[str], datetime]
State = ListEntry.State
PLAIN = "UPDATE campaigns_listentry entry SET {steps} WHERE TRUE"


@pytest.fixture
def now(at: At) -> datetime:
    return at("2026-11-26 10:00")


@pytest.fixture
def stands(make_contact: Callable[..., Contact], ana: Agent) -> Callable[[str], ListEntry]:
    """The entry of a contact that stands in a state: `stands("paid")`."""
    return lambda state: make_contact(ana, state=state).entry


@pytest.fixture
def called(ana: Agent, now: datetime) -> Callable[[ListEntry], Attempt]:
    """A call of Ana's."""
    return lambda entry: Attempt.objects.create(
        campaign=entry.campaign, contact=entry.contact, agent=ana, fence=1, dialled_at=now, day=now.date()
    )


def steps_of(contact: Contact) -> list[tuple[str, str, str]]:
    return list(ContactChange.objects.of(contact).order_by("pk").values_list("verb", "from_state", "to_state"))


@pytest.mark.parametrize("state", State)
def test_each_step_is_of_the_table_or_refused(
    state: State, stands, called, elena: User, ana: Agent, now: datetime, subtests: pytest.Subtests
) -> None:
    stood = stands(state)
    acting = {
        Actor.DESK: lambda entry: {"by": ana.user, "attempt": called(entry)},
        Actor.SUPERVISION: lambda _entry: {"by": elena},
        Actor.CENTRE: lambda _entry: {},
    }
    for verb, actor in product(Verb, Actor):
        with subtests.test(verb.value, actor=actor.value), undone():
            entry = ListEntry.objects.get(pk=stood.pk)
            who = acting[actor](entry)
            lines = (line for line in STEPS if (line.verb, line.from_state) == (verb, state))
            step = next((line for line in lines if actor in line.who), None)
            if step is None:
                with pytest.raises(ContactRefused, match=r"\w+\.$"):
                    take_step(verb, entry=entry, now=now, **who)
                assert not ContactChange.objects.exists()
                continue
            assert check_can(verb, entry=entry, **who) == step
            take_step(verb, entry=entry, now=now, **who)
            entry.refresh_from_db()
            change = ContactChange.objects.get()
            assert (entry.state, entry.state_before) == (step.to_state, state)
            assert (change.contact_id, change.verb, change.from_state, change.to_state) == (
                entry.contact_id, verb, state, step.to_state,
            )  # fmt: skip
            assert (change.at, change.by, change.attempt) == (now, who.get("by"), who.get("attempt"))


def test_each_verb_leads_to_one_state_and_no_step_stands_twice() -> None:
    assert set(LEADS_TO) == set(Verb)
    assert all(step.to_state == LEADS_TO[step.verb] for step in STEPS)
    assert len({(step.verb, step.from_state) for step in STEPS}) == len(STEPS)
    assert all(step.from_state != step.to_state for step in STEPS)


@pytest.mark.parametrize("actor", [Actor.CENTRE, Actor.SUPERVISION])
@pytest.mark.parametrize("verb", Verb)
def test_many_at_once_take_the_same_steps_as_one_by_one(
    verb: Verb, actor: Actor, stands, elena: User, now: datetime
) -> None:
    entries = [stands(state) for state in State]
    by = elena if actor == Actor.SUPERVISION else None
    lines = [step for step in STEPS if step.verb == verb and actor in step.who]
    with connection.cursor() as cursor:
        if not lines:
            with pytest.raises(ValueError, match="never takes"):
                take_steps(cursor, update=PLAIN, steps={verb: "TRUE"}, now=now, by=by)
            return
        assert take_steps(cursor, update=PLAIN, steps={verb: "TRUE"}, now=now, by=by) == len(entries)
    expected = {step.from_state: step.to_state for step in lines}
    for entry, state in zip(entries, State, strict=True):
        entry.refresh_from_db()
        assert entry.state == expected.get(state, state)
        assert steps_of(entry.contact) == ([(verb, state, expected[state])] if state in expected else [])
    assert set(ContactChange.objects.values_list("by", "at", "attempt")) == {(by and by.pk, now, None)}


def test_the_first_condition_that_holds_decides_and_its_values_stay_values(stands, now: datetime) -> None:
    paid, left = stands("paid"), stands("paid")
    steps = {Verb.OWE_UNCALLED: "entry.fence = 7", Verb.OWE_AGAIN: "TRUE"}
    ListEntry.objects.filter(pk=paid.pk).update(fence=7)
    update = "UPDATE campaigns_listentry entry SET position = %s, {steps} WHERE entry.contact_id = ANY(%s)"
    with connection.cursor() as cursor:
        assert take_steps(cursor, update=update, values=[9, [paid.pk, left.pk]], steps=steps, now=now) == 2
    assert steps_of(paid.contact) == [("owe_uncalled", "paid", "done")]
    assert steps_of(left.contact) == [("owe_again", "paid", "open")]
    assert set(ListEntry.objects.values_list("position", flat=True)) == {9}


def test_a_step_of_many_is_one_row_and_of_one_is_hers(stands, now: datetime) -> None:
    many, one = [stands("open") for _each in range(3)], stands("paid")
    with connection.cursor() as cursor:
        take_steps(cursor, update=PLAIN, steps={Verb.PAY: "TRUE", Verb.OWE_AGAIN: "TRUE"}, now=now)
    rows = ContactChange.objects.order_by("verb").values_list("verb", "contact", "contacts")
    assert [(verb, contact, sorted(contacts or ())) for verb, contact, contacts in rows] == [
        ("owe_again", one.pk, []), ("pay", None, sorted(entry.pk for entry in many)),
    ]  # fmt: skip
    assert check_invariants_of_history() == set()
    ListEntry.objects.filter(pk=many[1].pk).update(state="done")
    assert check_invariants_of_history() == {"state_is_its_history"}


def check_invariants_of_history() -> set[str]:
    return {"state_is_its_history", "history_is_of_the_table"} & {found.name for found in check_invariants()}


def test_verbs_that_lead_the_same_way_are_not_mixed(stands, now: datetime) -> None:
    stands("open")
    steps = {Verb.FORBID: "FALSE", Verb.PAY: "TRUE", Verb.OWE_AGAIN: "TRUE"}
    with connection.cursor() as cursor:
        take_steps(cursor, update=PLAIN, steps=steps, now=now)
        mixed = {Verb.FIND_TELEPHONE: "TRUE", Verb.LOSE_TELEPHONES: "TRUE"}
        with pytest.raises(ValueError, match="never takes"):
            take_steps(cursor, update=PLAIN, steps=mixed, now=now)


def test_a_statement_without_a_step_writes_no_history(stands, now: datetime) -> None:
    entry = stands("open")
    with connection.cursor() as cursor:
        assert take_steps(cursor, update=PLAIN, steps={}, now=now) == 1
    assert steps_of(entry.contact) == []


def test_a_result_and_its_correction_are_written_down_with_their_call(
    make_contact, ana: Agent, now: datetime, result
) -> None:
    contact = make_contact(ana)
    given = give_next(agent=ana, now=now)
    recorded = record_result(
        agent=ana, contact=contact, fence=given.fence, disposition=result("refused"), answers=Answers(reason="Precio"),
        now=now,
    )  # fmt: skip
    correct_result(agent=ana, attempt=recorded.attempt, disposition=result("do_not_call"), now=now)
    assert steps_of(contact) == [
        ("finish", "open", "done"), ("take_back", "done", "open"), ("finish", "open", "done"),
    ]  # fmt: skip
    assert set(contact.changes.values_list("by", "attempt")) == {(ana.user_id, recorded.attempt.pk)}
    assert not {"state_is_its_history", "history_is_of_the_table"} & {found.name for found in check_invariants()}


def test_what_giving_finds_against_a_contact_is_written_down(make_contact, ana: Agent, now: datetime) -> None:
    contact = make_contact(ana)
    DoNotCall.objects.create(contract=contact.contract, reason="Carta", since=now)
    assert give_next(agent=ana, now=now) is None
    assert steps_of(contact) == [("forbid", "open", "done")]
    assert set(contact.changes.values_list("by", "attempt")) == {(None, None)}


def test_a_result_of_somebody_who_paid_meanwhile_leaves_her_paid(make_contact, ana: Agent, now: datetime, result):
    held = {"fence": 1, "lease_agent": ana, "lease_until": now + timedelta(minutes=5)}
    contact = make_contact(ana, state="exhausted", paid_on=date(2026, 11, 25), paid_known_at=now, **held)
    record_result(agent=ana, contact=contact, fence=1, disposition=result("no_answer"), now=now)
    assert steps_of(contact) == [("leave_paid", "exhausted", "paid")]
