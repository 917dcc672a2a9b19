"""Every verb in every state, by everybody; what a launch needs and what a close settles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest

from agents.models import Agent, User
from campaigns.invariants import check_invariants
from campaigns.models import Attempt, CallBack, Campaign, CampaignChange, Contact, ListEntry
from campaigns.month import lifecycle
from campaigns.month.lifecycle import STEPS, Actor, CampaignRefused, Verb
from escalations.calls import calls_to_make
from escalations.models import Escalation

At = Callable[..., datetime]
State = Campaign.State
VERBS = {
    Verb.PROPOSE: lifecycle.propose,
    Verb.LAUNCH: lifecycle.launch,
    Verb.PAUSE: lifecycle.pause,
    Verb.RESUME: lifecycle.resume,
    Verb.CLOSE: partial(lifecycle.close, note="Ya no hace falta."),
    Verb.CORRECT: partial(lifecycle.correct, note="Se corrigió."),
    Verb.WITHDRAW: partial(lifecycle.withdraw, note="No era el suyo."),
}


@pytest.fixture
def december(db: None, at: At) -> Campaign:
    return Campaign.objects.create(
        period=date(2026, 12, 1),
        calls_from=date(2026, 11, 25),
        calls_until=date(2026, 11, 30),
        report_due_at=at("2026-11-25 09:00"),
        created_at=at("2026-11-24 00:05"),
    )


def owned_contact(campaign: Campaign, owner: Agent | None, contract: str = "100", **entry: Any) -> Contact:
    contact = Contact.objects.create(
        campaign=campaign, contract=contract, call_list="TV", name="Rosa", name_key="ROSA", amount_due=99,
        due_on=date(2026, 11, 30), telephones=["+59170712345"],
    )  # fmt: skip
    ListEntry.objects.create(
        contact=contact, campaign=campaign, call_list="TV", owner=owner, ready_at=campaign.created_at, **entry
    )
    return contact


def in_state(campaign: Campaign, state: str, launched_at: datetime | None) -> Campaign:
    campaign.state = state
    campaign.launched_at = launched_at if state in (State.RUNNING, State.PAUSED, State.CLOSED) else None
    campaign.save()
    return campaign


@pytest.mark.parametrize("actor", list(Actor))
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_in_every_state_either_is_in_the_table_or_refuses_with_a_sentence(
    december: Campaign, ana: Agent, elena: User, at: At, verb: Verb, state: str, actor: Actor
) -> None:
    owned_contact(december, ana)
    in_state(december, state, at("2026-11-25 09:00"))
    line = next((s for s in STEPS if (s.verb, s.from_state) == (verb, state) and actor in s.who), None)
    unlaunched = state in (State.EXPECTED, State.PROPOSED)
    now = at("2026-12-01 00:01") if verb == Verb.CLOSE and unlaunched else at("2026-11-26 10:00")
    by = elena if actor == Actor.SUPERVISION else None
    if line is None:
        with pytest.raises(CampaignRefused, match=r"\w+ .*\."):
            VERBS[verb](campaign=december, by=by, now=now)
        assert not CampaignChange.objects.exists()
        december.refresh_from_db()
        assert december.state == state
        return
    assert VERBS[verb](campaign=december, by=by, now=now).state == line.to_state == december.state
    change = CampaignChange.objects.get()
    assert (change.verb, change.from_state, change.to_state, change.by, change.at) == (
        verb, state, line.to_state, by, now,
    )  # fmt: skip


def test_the_table_has_one_line_for_a_verb_and_a_state() -> None:
    assert len({(step.verb, step.from_state) for step in STEPS}) == len(STEPS)


def test_a_closed_campaign_stays_closed() -> None:
    assert [step for step in STEPS if step.from_state == State.CLOSED] == []


def test_an_agent_and_an_auditor_steer_nothing(december: Campaign, ana: Agent, oscar: User, at: At) -> None:
    owned_contact(december, ana)
    in_state(december, State.PROPOSED, None)
    for person in (ana.user, oscar):
        with pytest.raises(CampaignRefused, match="Solo supervisión"):
            lifecycle.launch(campaign=december, by=person, now=at("2026-11-25 10:00"))


def test_a_campaign_is_not_launched_after_its_last_day(december: Campaign, ana: Agent, elena: User, at: At) -> None:
    owned_contact(december, ana)
    in_state(december, State.PROPOSED, None)
    over = at("2026-12-01 00:00")
    with pytest.raises(CampaignRefused, match="terminaron el 30/11/2026"):
        lifecycle.launch(campaign=december, by=elena, now=over)
    assert "terminaron" in lifecycle.why_not(Verb.LAUNCH, campaign=december, now=over, by=elena)


def test_a_campaign_launched_the_evening_before_waits_for_its_first_day(
    december: Campaign, ana: Agent, elena: User, at: At
) -> None:
    owned_contact(december, ana)
    in_state(december, State.PROPOSED, None)
    assert lifecycle.launch(campaign=december, by=elena, now=at("2026-11-24 18:00")).state == State.RUNNING


def test_a_launch_needs_contacts_that_belong_to_somebody(december: Campaign, elena: User, at: At) -> None:
    owned_contact(december, None)
    in_state(december, State.PROPOSED, None)
    with pytest.raises(CampaignRefused, match="reparta"):
        lifecycle.launch(campaign=december, by=elena, now=at("2026-11-25 10:00"))


def test_the_first_launch_keeps_its_time_through_a_pause(december: Campaign, ana: Agent, elena: User, at: At) -> None:
    owned_contact(december, ana)
    in_state(december, State.PROPOSED, None)
    lifecycle.launch(campaign=december, by=elena, now=at("2026-11-25 10:00"))
    lifecycle.pause(campaign=december, by=elena, now=at("2026-11-26 10:00"), note="Corte de luz")
    lifecycle.resume(campaign=december, by=elena, now=at("2026-11-26 11:00"))
    assert december.launched_at == at("2026-11-25 10:00")
    assert CampaignChange.objects.filter(note="Corte de luz").count() == 1


def test_a_close_lets_go_of_leases_and_hands_agreed_calls_over_but_keeps_open_attempts(
    december: Campaign, ana: Agent, elena: User, at: At
) -> None:
    now = at("2026-11-28 12:00")
    contact = owned_contact(december, ana, lease_agent=ana, lease_until=at("2026-11-28 12:10"), fence=3)
    in_state(december, State.RUNNING, at("2026-11-25 10:00"))
    Attempt.objects.create(
        campaign=december, contact=contact, agent=ana, telephone="+59170712345", fence=3, dialled_at=now, day=now.date()
    )
    CallBack.objects.create(
        campaign=december, contact=contact, agent=ana, due_at=at("2026-11-29 10:00"), note="Con su hija", created_at=now
    )
    lifecycle.close(campaign=december, by=elena, now=now, note="Fin anticipado.")
    entry = ListEntry.objects.get()
    assert (entry.lease_agent, entry.lease_until, entry.fence, entry.owner) == (None, None, 3, ana)
    call_back = CallBack.objects.get()
    assert (call_back.state, call_back.settled_at) == ("cancelled", now)
    assert (call_back.note, call_back.why) == ("Con su hija", "La campaña cerró: pasó a las llamadas por hacer.")
    assert Attempt.objects.get().resulted_at is None
    assert CampaignChange.objects.get().note == (
        "Fin anticipado. 1 llamada acordada pasa a las llamadas por hacer. 1 contacto estaba abierto."
    )


@pytest.mark.parametrize("by_itself", [False, True])
def test_who_was_promised_a_call_is_still_called_after_the_close(
    december: Campaign, ana: Agent, luis: Agent, elena: User, at: At, by_itself: bool
) -> None:
    rosa, paid = owned_contact(december, ana), owned_contact(december, ana, "200", state="paid")
    in_state(december, State.RUNNING, at("2026-11-25 10:00"))
    for contact, hour in ((rosa, "2026-11-29 10:00"), (paid, "2026-11-29 11:00")):
        CallBack.objects.create(
            campaign=december, contact=contact, agent=ana, due_at=at(hour), note="Con su hija",
            created_at=at("2026-11-28 09:00"),
        )  # fmt: skip
    if by_itself:
        lifecycle.close_overdue(now=at("2026-12-01 00:01"))
        lifecycle.close_overdue(now=at("2026-12-01 00:06"))
    else:
        lifecycle.close(campaign=december, by=elena, now=at("2026-11-28 12:00"), note="Fin anticipado.")
    card = Escalation.objects.get()
    assert (card.kind_id, card.contract, card.telephone, card.due_at, card.raised_by) == (
        "callback_promise", "100", "+59170712345", at("2026-11-29 10:00"), ana.user,
    )  # fmt: skip
    assert card.promised == "Le llamamos el 29/11/2026 10:00."
    assert card.reason.endswith("Con su hija")
    assert calls_to_make(by=ana.user, now=at("2026-11-29 08:00")) == [card]
    assert calls_to_make(by=luis.user, now=at("2026-12-01 08:00")) == [card]
    assert [call.why for call in CallBack.objects.order_by("due_at")] == [
        "La campaña cerró: pasó a las llamadas por hacer.", "La campaña cerró y ya no hacía falta llamar.",
    ]  # fmt: skip
    found = [finding.name for finding in check_invariants()]
    assert "promised_call_has_its_card" not in found
    Escalation.objects.update(key="another")
    assert "promised_call_has_its_card" in [finding.name for finding in check_invariants()]


def test_a_person_who_closes_says_why(december: Campaign, ana: Agent, elena: User, at: At) -> None:
    in_state(december, State.RUNNING, at("2026-11-25 10:00"))
    with pytest.raises(CampaignRefused, match="por qué"):
        lifecycle.close(campaign=december, by=elena, now=at("2026-11-28 12:00"), note="  ")


def test_a_campaign_closes_by_itself_after_its_last_day_and_once(december: Campaign, ana: Agent, at: At) -> None:
    owned_contact(december, ana)
    in_state(december, State.RUNNING, at("2026-11-25 10:00"))
    assert lifecycle.close_overdue(now=at("2026-11-30 23:59")) == []
    assert lifecycle.close_overdue(now=at("2026-12-01 00:00")) == [december]
    assert lifecycle.close_overdue(now=at("2026-12-01 00:05")) == []
    assert CampaignChange.objects.count() == 1


def test_a_month_without_report_closes_too_and_before_its_end_does_not(december: Campaign, at: At) -> None:
    with pytest.raises(CampaignRefused, match="se cierra sola"):
        lifecycle.close(campaign=december, by=None, now=at("2026-11-28 10:00"), note="")
    assert lifecycle.close_overdue(now=at("2026-12-02 08:00")) == [december]
