"""What a desk is given, in which order, and how it is kept and given back."""

from datetime import timedelta

import pytest

from agents.models import PauseReason
from agents.pausing import begin_pause, end_pause
from campaigns.calling.rules import Reason
from campaigns.desk import giving
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next, open_contact, open_instead, why_nothing
from campaigns.desk.lease_sweep import sweep_leases
from campaigns.desk.leases import ReturnRefused, release, renew_lease
from campaigns.models import Attempt, CallBack, DoNotCall, ListEntry, RetiredTelephone
from campaigns.promises_and_callbacks.call_backs import agree

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at):
    return at("2026-11-26 10:00")


def entry(contact):
    return ListEntry.objects.get(contact=contact)


def test_the_first_of_the_list_is_given_and_leased(make_contact, ana, now):
    make_contact(ana, position=2)
    first = make_contact(ana, position=1)
    given = give_next(agent=ana, now=now)
    assert (given.contact_id, given.fence, given.kind) == (first.pk, 1, "list")
    assert entry(first).lease_agent == ana
    assert entry(first).lease_until == now + timedelta(minutes=10)


def test_a_reload_and_a_second_tab_find_the_same_contact(make_contact, ana, now):
    make_contact(ana), make_contact(ana)
    first = give_next(agent=ana, now=now)
    again = give_next(agent=ana, now=now + timedelta(minutes=1))
    assert (again.contact_id, again.fence, again.kind) == (first.contact_id, first.fence, "open")


def test_a_desk_that_comes_back_after_its_lease_ran_out_finds_its_contact(make_contact, ana, now):
    make_contact(ana)
    first = give_next(agent=ana, now=now)
    again = give_next(agent=ana, now=now + timedelta(minutes=40))
    assert again.contact_id == first.contact_id
    assert again.lease_until == now + timedelta(minutes=50)


def test_agents_get_what_they_own_and_nothing_else(make_contact, ana, luis, now):
    make_contact(luis), make_contact(None)
    assert give_next(agent=ana, now=now) is None


def test_what_is_not_ready_is_passed_over(make_contact, ana, at, now):
    make_contact(ana, ready_at=at("2026-11-26 10:01"), position=1)
    make_contact(ana, state="paid", position=2)
    second = make_contact(ana, position=3)
    assert give_next(agent=ana, now=now).contact_id == second.pk


@pytest.fixture
def who_answers(make_contact, december, ana):
    """Contacts of Ana in the order of their places: of no part of the day, of the afternoon, two of the morning."""
    type(december).objects.filter(pk=december.pk).update(follows_answers=True)
    return [make_contact(ana, position=place, answers_in=part) for place, part in enumerate((None, 2, 1, 1))]


def test_who_answers_in_this_part_of_the_day_comes_first_and_then_the_order_of_the_list(who_answers, ana, at, now):
    given = []
    for _time in range(4):
        found = give_next(agent=ana, now=now)
        given.append(found.contact_id)
        ListEntry.objects.filter(contact_id=found.contact_id).update(
            lease_agent=None, lease_until=None, state="done", last_attempt_at=at("2026-11-26 09:00")
        )
    pks = [contact.pk for contact in who_answers]
    assert given == [pks[2], pks[3], pks[0], pks[1]]


def test_in_the_afternoon_it_is_those_of_the_afternoon(who_answers, ana, at):
    assert give_next(agent=ana, now=at("2026-11-26 14:00")).contact_id == who_answers[1].pk


def test_who_answers_now_but_must_not_be_called_is_passed_over_for_the_next_who_does(who_answers, ana, now):
    DoNotCall.objects.create(contract=who_answers[2].contract, reason="Lo pidió", since=now)
    assert give_next(agent=ana, now=now).contact_id == who_answers[3].pk


def test_a_month_that_does_not_follow_it_keeps_the_order_of_the_list(who_answers, december, ana, now):
    type(december).objects.filter(pk=december.pk).update(follows_answers=False)
    assert give_next(agent=ana, now=now).contact_id == who_answers[0].pk


def test_what_the_rules_forbid_is_set_aside_with_its_row_corrected(make_contact, ana, now):
    refused, retired, spent, good = (make_contact(ana, position=place) for place in range(4))
    DoNotCall.objects.create(contract=refused.contract, reason="Lo pidió", since=now)
    for telephone in retired.telephones:
        RetiredTelephone.objects.create(contract=retired.contract, telephone=telephone, reason="x", retired_at=now)
    ListEntry.objects.filter(contact=spent).update(attempts=8)
    assert give_next(agent=ana, now=now).contact_id == good.pk
    assert [entry(contact).state for contact in (refused, retired, spent)] == ["done", "not_callable", "exhausted"]
    assert ListEntry.objects.filter(lease_agent__isnull=False).count() == 1


def test_a_row_that_is_ahead_of_its_rules_gets_its_hour(make_contact, ana, at, now):
    early = make_contact(ana, attempts=1, attempts_on_day=1, last_attempt_at=at("2026-11-26 09:30"))
    assert give_next(agent=ana, now=now) is None
    assert entry(early).ready_at == at("2026-11-26 12:30")


def test_own_agreed_calls_come_first_then_the_teams_then_the_list(make_contact, ana, luis, marta, at):
    make_contact(ana, position=1)
    own, teams, strangers = make_contact(ana, position=9), make_contact(luis), make_contact(marta)
    for agent, contact in ((ana, own), (luis, teams), (marta, strangers)):
        agree(agent=agent, contact=contact, due_at=at("2026-11-26 10:00"), now=at("2026-11-26 09:00"))
    CallBack.objects.exclude(agent=ana).update(reach="team")
    now, order = at("2026-11-26 10:01"), []
    for _turn in range(4):
        given = give_next(agent=ana, now=now)
        if given is None:
            break
        order.append((given.contact_id, given.kind))
        CallBack.objects.filter(contact=given.contact_id).update(state="done")
        ListEntry.objects.filter(pk=given.contact_id).update(lease_agent=None, lease_until=None, state="done")
    assert [kind for _contact, kind in order] == ["call_back", "call_back", "list"]
    assert [contact for contact, _kind in order[:2]] == [own.pk, teams.pk]


def test_a_team_call_goes_only_to_who_has_its_services(make_contact, make_agent, luis, at):
    only_tv = make_agent("Tomás", skills=("TV",))
    contact = make_contact(luis, call_list="BOTH")
    agree(agent=luis, contact=contact, due_at=at("2026-11-26 10:00"), now=at("2026-11-26 09:00"), personal=False)
    assert give_next(agent=only_tv, now=at("2026-11-26 10:05")) is None


def test_a_paid_customer_is_not_called_back_and_the_agenda_says_why(make_contact, ana, at):
    contact, words = make_contact(ana), "Con su hija"
    agree(agent=ana, contact=contact, due_at=at("2026-11-26 10:00"), now=at("2026-11-26 09:00"), note=words)
    ListEntry.objects.update(state="paid")
    assert give_next(agent=ana, now=at("2026-11-26 10:05")) is None
    agreed = CallBack.objects.get()
    assert (agreed.state, agreed.note, agreed.why) == ("cancelled", "Con su hija", "Ya pagó.")


def test_a_pause_and_a_closed_window_give_nothing_but_keep_what_is_open(make_contact, ana, at, now):
    make_contact(ana)
    begin_pause(agent=ana, reason=PauseReason.objects.get(code="ALMUERZO"), now=now)
    assert give_next(agent=ana, now=now) is None
    assert end_pause(agent=ana, now=now)
    assert give_next(agent=ana, now=at("2026-11-26 08:29")) is None
    given = give_next(agent=ana, now=at("2026-11-26 19:59"))
    assert give_next(agent=ana, now=at("2026-11-26 20:03")).contact_id == given.contact_id


def test_an_attempt_without_result_comes_before_everything(make_contact, ana, now):
    contact = make_contact(ana)
    make_contact(ana)
    given = give_next(agent=ana, now=now)
    attempt = dial(agent=ana, contact=contact, telephone=contact.telephones[0], now=now)
    ListEntry.objects.update(lease_agent=None, lease_until=None)  # the campaign was closed meanwhile
    again = give_next(agent=ana, now=now)
    assert (again.kind, again.contact_id, again.attempt_id) == ("unfinished", given.contact_id, attempt.pk)


def test_nothing_says_why_and_until_when(make_contact, ana, at, now):
    empty = why_nothing(agent=ana, now=at("2026-11-24 10:00"))
    assert [reason.code for reason in empty.reasons] == ["no_campaign"]
    make_contact(ana, ready_at=at("2026-11-26 12:30"))
    waiting = why_nothing(agent=ana, now=now)
    assert [reason.code for reason in waiting.reasons] == ["all_waiting"]
    assert waiting.until == at("2026-11-26 12:30")
    ListEntry.objects.update(state="done")
    assert [reason.code for reason in why_nothing(agent=ana, now=now).reasons] == ["list_done"]
    closed = why_nothing(agent=ana, now=at("2026-11-28 13:00"))
    assert [reason.code for reason in closed.reasons] == ["outside_window", "list_done"]


def test_an_agreed_call_that_is_due_and_waits_is_told_with_its_hour(make_contact, ana, at, now):
    contact = make_contact(ana)
    agree(agent=ana, contact=contact, due_at=at("2026-11-26 09:50"), now=at("2026-11-26 09:00"))
    ListEntry.objects.update(ready_at=at("2026-11-26 10:20"))  # its household was open at another desk
    assert give_next(agent=ana, now=now) is None
    nothing = why_nothing(agent=ana, now=now)
    assert [reason.code for reason in nothing.reasons] == ["all_waiting"]
    assert nothing.until == at("2026-11-26 10:20")


def test_what_is_open_at_another_desk_is_told_as_not_free(make_contact, ana, luis, now):
    contact = make_contact(ana)
    ListEntry.objects.update(lease_agent=luis, lease_until=now + timedelta(minutes=5))
    assert give_next(agent=ana, now=now) is None
    assert [reason.code for reason in why_nothing(agent=ana, now=now).reasons] == ["not_free"]
    ListEntry.objects.update(lease_agent=None, lease_until=None)
    assert give_next(agent=ana, now=now).contact_id == contact.pk


def test_a_lease_is_renewed_by_its_own_desk_and_fence_only(make_contact, ana, luis, now):
    contact = make_contact(ana)
    given = give_next(agent=ana, now=now)
    later = now + timedelta(minutes=8)
    assert renew_lease(agent=ana, contact_id=contact.pk, fence=given.fence, now=later, minutes=10)
    assert entry(contact).lease_until == later + timedelta(minutes=10)
    assert not renew_lease(agent=luis, contact_id=contact.pk, fence=given.fence, now=later, minutes=10)
    assert not renew_lease(agent=ana, contact_id=contact.pk, fence=given.fence - 1, now=later, minutes=10)


def test_what_is_given_back_is_not_given_again_at_once(make_contact, ana, now):
    first, second = make_contact(ana, position=1), make_contact(ana, position=2)
    given = give_next(agent=ana, now=now)
    release(agent=ana, contact_id=first.pk, fence=given.fence, now=now)
    assert give_next(agent=ana, now=now).contact_id == second.pk


def test_nobody_gives_back_what_is_not_open_at_her_desk(make_contact, ana, luis, now):
    contact = make_contact(luis)
    before = entry(contact).ready_at
    release(agent=ana, contact_id=contact.pk, fence=entry(contact).fence, now=now)
    assert entry(contact).ready_at == before


def test_a_call_without_result_cannot_be_given_back(make_contact, ana, now):
    contact = make_contact(ana)
    given = give_next(agent=ana, now=now)
    dial(agent=ana, contact=contact, telephone=contact.telephones[0], now=now)
    with pytest.raises(ReturnRefused, match="registre primero"):
        release(agent=ana, contact_id=contact.pk, fence=given.fence, now=now)


def test_an_agreed_call_that_is_due_cannot_be_given_back_but_a_pause_keeps_it(make_contact, ana, at):
    contact = make_contact(ana)
    agree(agent=ana, contact=contact, due_at=at("2026-11-26 10:00"), now=at("2026-11-26 09:00"))
    given = give_next(agent=ana, now=at("2026-11-26 10:00"))
    with pytest.raises(ReturnRefused, match="agenda"):
        release(agent=ana, contact_id=contact.pk, fence=given.fence, now=at("2026-11-26 10:01"))
    release(agent=ana, contact_id=contact.pk, fence=given.fence, now=at("2026-11-26 10:01"), for_now=True)
    assert entry(contact).lease_agent is None


def test_a_chosen_contact_whose_agreed_call_vanished_meanwhile_is_worth_another_try(
    make_contact, ana, now, monkeypatch
):
    chosen = make_contact(ana)
    found = (chosen.pk, 1, ["call_back_later"])  # as the statement saw it; by now nothing waits
    monkeypatch.setattr(giving, "take_contact", lambda **_asked: found)
    (reason,) = open_contact(agent=ana, contact_id=chosen.pk, now=now)
    assert (reason.code, reason.until) == ("changed", None)
    assert "intente otra vez" in reason.sentence


def test_a_chosen_contact_is_opened_or_says_why_not(make_contact, ana, luis, at, now):
    mine, waiting, other = make_contact(ana), make_contact(ana, ready_at=at("2026-11-26 12:00")), make_contact(luis)
    for contact, code in ((waiting, "retry_delay"), (other, "of_another")):
        reasons = open_contact(agent=ana, contact_id=contact.pk, now=now)
        assert [reason.code for reason in reasons] == [code]
        assert entry(contact).lease_agent is None
    assert open_contact(agent=ana, contact_id=mine.pk, now=now).kind == "chosen"
    busy = open_contact(agent=ana, contact_id=waiting.pk, now=now)
    assert [reason.code for reason in busy] == ["desk_busy"]
    assert isinstance(busy[0], Reason)


def test_a_chosen_contact_is_opened_in_place_of_the_one_that_is_open(make_contact, ana, at, now):
    open_now, chosen, waiting = make_contact(ana), make_contact(ana), make_contact(ana, ready_at=at("2026-11-26 12:00"))
    assert give_next(agent=ana, now=now).contact_id == open_now.pk
    assert [reason.code for reason in open_instead(agent=ana, contact=waiting, now=now)] == ["retry_delay"]
    assert entry(open_now).lease_agent == ana, "what cannot be opened takes nothing away"
    assert open_instead(agent=ana, contact=chosen, now=now).contact_id == chosen.pk
    assert (entry(open_now).lease_agent, entry(open_now).ready_at <= now) == (None, True)
    dial(agent=ana, contact=chosen, telephone=chosen.telephones[0], now=now)
    (busy,) = open_instead(agent=ana, contact=open_now, now=now)
    assert (busy.code, "registre primero el resultado" in busy.sentence) == ("desk_busy", True)
    assert entry(chosen).lease_agent == ana


def test_the_sweep_frees_expired_leases_and_closes_the_call_of_a_dead_desk(make_contact, ana, luis, at, now):
    called, untouched, alive = make_contact(ana), make_contact(luis), make_contact(None)
    ListEntry.objects.filter(contact=alive).update(owner=None)
    give_next(agent=ana, now=now)
    give_next(agent=luis, now=now)
    dial(agent=ana, contact=called, telephone=called.telephones[0], now=now)
    assert sweep_leases(now=now + timedelta(minutes=9)).freed == 0
    swept = sweep_leases(now=now + timedelta(minutes=10))
    assert (swept.freed, swept.without_result) == (2, 1)
    attempt = Attempt.objects.get()
    assert attempt.disposition.code == "no_result"
    row = entry(called)
    assert (row.attempts, row.handled_at, row.lease_agent) == (1, None, None)
    assert row.ready_at == at("2026-11-26 12:30")
    assert entry(untouched).ready_at == at("2026-11-24 06:00")
    assert sweep_leases(now=now + timedelta(minutes=11)).freed == 0
