"""Agreed calls: possible hours only, wider and wider past their time, never lost."""

import pytest

from campaigns.models import CallBack, ListEntry
from campaigns.promises_and_callbacks.call_backs import CallBackRefused, agree, cancel, reschedule, widen_overdue

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(make_contact, ana, at):
    return agree(
        agent=ana,
        contact=make_contact(ana),
        due_at=at("2026-11-26 11:00"),
        now=at("2026-11-26 09:00"),
        note="Con su hija",
    )


@pytest.mark.parametrize(
    ("moment", "reach", "moved"),
    [
        ("2026-11-26 11:29", "personal", (0, 0)),
        ("2026-11-26 11:30", "team", (1, 0)),
        ("2026-11-26 12:59", "team", (1, 0)),
        ("2026-11-26 13:00", "supervisor", (0, 1)),
    ],
)
def test_past_its_time_a_call_goes_to_the_team_and_then_to_supervision(agreed, at, moment, reach, moved):
    widened = widen_overdue(now=at(moment))
    agreed.refresh_from_db()
    assert agreed.reach == reach
    assert (widened.to_team, widened.to_supervisor) == moved
    assert widen_overdue(now=at(moment)).to_team == 0


def test_without_a_team_it_goes_straight_to_supervision(agreed, at):
    CallBack.objects.update(team=None)
    widen_overdue(now=at("2026-11-26 11:30"))
    agreed.refresh_from_db()
    assert agreed.reach == "supervisor"


def test_a_payment_cancels_it_in_the_open(agreed, at):
    ListEntry.objects.update(state="paid")
    assert widen_overdue(now=at("2026-11-26 10:00")).cancelled == 1
    agreed.refresh_from_db()
    assert (agreed.state, agreed.note, agreed.why) == ("cancelled", "Con su hija", "Pagó antes de la llamada.")


def test_a_call_may_be_moved_and_given_to_somebody(agreed, luis, at):
    moved = reschedule(call_back=agreed, due_at=at("2026-11-27 09:00"), now=at("2026-11-26 12:00"), agent=luis)
    assert (moved.agent, moved.due_at, moved.reach) == (luis, at("2026-11-27 09:00"), "personal")
    assert ListEntry.objects.get().ready_at == at("2026-11-27 09:00")


def test_it_is_not_moved_to_an_impossible_hour(agreed, at):
    with pytest.raises(CallBackRefused, match="27/11 08:30") as refused:
        reschedule(call_back=agreed, due_at=at("2026-11-26 21:00"), now=at("2026-11-26 12:00"))
    assert refused.value.suggested == at("2026-11-27 08:30")


def test_it_is_cancelled_with_a_reason_only(agreed, at):
    now = at("2026-11-26 10:00")
    with pytest.raises(CallBackRefused, match="Escriba por qué"):
        cancel(call_back=agreed, reason=" ", now=now)
    cancelled = cancel(call_back=agreed, reason="Ya no hace falta", now=now)
    assert (cancelled.state, cancelled.note, cancelled.why) == ("cancelled", "Con su hija", "Ya no hace falta")
    with pytest.raises(CallBackRefused, match="ya no está pendiente"):
        cancel(call_back=agreed, reason="Otra vez", now=now)


def test_one_pending_call_a_contact(agreed, ana, at):
    agree(agent=ana, contact=agreed.contact, due_at=at("2026-11-26 15:00"), now=at("2026-11-26 10:00"))
    assert CallBack.objects.filter(state="pending").count() == 1
    agreed.refresh_from_db()
    assert agreed.state == "done"


def test_at_the_end_of_the_campaign_no_hour_is_left(make_contact, ana, at):
    with pytest.raises(CallBackRefused, match="Ya no queda horario") as refused:
        agree(agent=ana, contact=make_contact(ana), due_at=at("2026-11-30 21:00"), now=at("2026-11-30 19:50"))
    assert refused.value.suggested is None
