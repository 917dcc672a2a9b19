"""An agent's pace: whom she is to have spoken with today so that her goal of the month comes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent
from campaigns.models import Attempt, Campaign, Contact, Disposition, Goal, ListEntry
from campaigns.steering.own_pace import OwnPace, own_pace

pytestmark = pytest.mark.django_db
MORNING = "2026-11-26 08:00"  # the second of the days of calls


@pytest.fixture
def spoke(
    ana: Agent,
    make_contact: Callable[..., Contact],
    at: Callable[[str], datetime],
    result: Callable[[str], Disposition],
) -> Callable[..., None]:
    """`spoke("2026-11-26 09:00")`: Ana speaks with a customer for the first time."""

    def speak(moment: str, *, agent: Agent = ana, contact: Contact | None = None) -> Contact:
        contact = contact or make_contact(agent)
        Attempt.objects.create(
            campaign=contact.campaign, contact=contact, agent=agent, telephone=contact.telephones[0],
            fence=Attempt.objects.count(), dialled_at=at(moment), day=at(moment).date(), resulted_at=at(moment),
            disposition=result("promise"),
        )  # fmt: skip
        first = ListEntry.objects.filter(contact=contact, contacted_at=None)
        first.update(contacted_at=at(moment), contacted_by=agent, handled_at=at(moment), handled_by=agent)
        return contact

    return speak


@pytest.fixture
def goal(december: Campaign, ana: Agent) -> Goal:
    return Goal.objects.create(campaign=december, agent=ana, contacted=21)


def test_without_a_goal_there_is_no_pace(
    december: Campaign, ana: Agent, at: Any, django_assert_num_queries: Any
) -> None:
    Goal.objects.create(campaign=december, contacted=500)  # of the whole month
    Goal.objects.create(campaign=december, agent=ana, services_paid=9)
    with django_assert_num_queries(1):
        assert own_pace(user=ana.user, now=at(MORNING)) is None


def test_what_is_missing_in_the_morning_is_shared_out_over_the_days_left(
    goal: Goal, ana: Agent, luis: Agent, spoke: Callable[..., Contact], at: Callable[[str], datetime]
) -> None:
    days = own_pace(user=ana.user, now=at(MORNING))
    assert days is not None
    wanted = days.wanted
    for clock in ("08:10", "08:20"):
        spoke(f"2026-11-25 {clock}")
    yesterday = own_pace(user=ana.user, now=at(MORNING))
    assert yesterday is not None
    assert (yesterday.today, yesterday.done, yesterday.goal) == (0, 2, 21)
    assert yesterday.wanted < wanted
    spoke("2026-11-26 09:00", contact=spoke("2026-11-26 08:30"))  # twice with the same customer
    spoke("2026-11-26 09:00", agent=luis)
    assert own_pace(user=ana.user, now=at("2026-11-26 10:00")) == OwnPace(1, yesterday.wanted, 3, 21)


def test_who_reached_the_goal_of_the_month_is_asked_for_no_more(
    goal: Goal, ana: Agent, spoke: Callable[..., Contact], at: Callable[[str], datetime]
) -> None:
    Goal.objects.update(contacted=1)
    spoke("2026-11-25 09:00")
    pace = own_pace(user=ana.user, now=at(MORNING))
    assert pace is not None
    assert (pace.wanted, pace.is_reached) == (0, True)


def test_a_month_that_rests_or_is_over_asks_for_nothing(goal: Goal, ana: Agent, at: Callable[[str], datetime]) -> None:
    assert own_pace(user=ana.user, now=at("2026-12-01 08:00")) is None
    Campaign.objects.update(state="paused")
    assert own_pace(user=ana.user, now=at(MORNING)) is None
