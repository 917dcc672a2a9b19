"""How long the campaigns' calls take, by result: what the switchboard told of the agent, else from dialling on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from agents.models import Agent
from campaigns.figures.handling import results_handled
from campaigns.models import Attempt, AttemptCall, Contact, Disposition
from telephony.handling import Handling
from telephony.models import OutgoingCall, Switchboard
from tests.agents.a_talk import talked

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)
Told = Callable[..., Attempt]


@pytest.fixture
def told(
    ana: Agent,
    make_contact: Callable[..., Contact],
    at: Callable[[str], datetime],
    result: Callable[[str], Disposition],
) -> Told:
    """`told("no_answer", 40)`: a call of Ana's at 10:00 whose result came so many seconds later."""

    def tell(code: str, seconds: int, *, agent: Agent = ana, began: str = "2026-11-25 10:00", **more: Any) -> Attempt:
        contact = make_contact(agent)
        values = {"telephone": contact.telephones[0], "fence": 1, **more}
        return Attempt.objects.create(
            campaign=contact.campaign, contact=contact, agent=agent, dialled_at=at(began), day=at(began).date(),
            resulted_at=at(began) + timedelta(seconds=seconds), disposition=result(code), **values,
        )  # fmt: skip

    return tell


@pytest.fixture
def by_the_switchboard(ana: Agent, at: Callable[[str], datetime]) -> Callable[..., None]:
    """Calls it made for an attempt: `(talk, wrap_up)` in seconds of each, one after the other."""
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")

    def make(attempt: Attempt, *calls: tuple[int, int]) -> None:
        for number, (talk, wrap_up) in enumerate(calls):
            began = at("2026-11-25 10:00") + timedelta(minutes=number * 10)
            call = OutgoingCall.objects.create(
                switchboard=board, agent=attempt.agent, telephone="PJSIP/1001", number=attempt.telephone, dialled="7",
                state="over", outcome="answered", asked_at=began, ended_at=began,
            )  # fmt: skip
            AttemptCall.objects.create(call=call, attempt=attempt, began_it=not number)
            talked(agent=attempt.agent, call=call.key, began=began, talk=talk, wrap_up=wrap_up)

    return make


@pytest.fixture
def handled(at: Callable[[str], datetime]) -> Callable[..., list[Handling]]:
    return lambda *agents: results_handled(
        agents=[agent.pk for agent in agents], first=DAY, last=DAY, now=at("2026-11-25 20:00")
    )


def numbers(found: list[Handling]) -> list[tuple[str, int, int, int]]:
    return [(one.code, one.calls, one.seconds, one.by_states) for one in found]


def test_a_call_dialled_by_hand_lasts_to_its_result(
    told: Told, ana: Agent, luis: Agent, handled: Callable[..., list[Handling]]
) -> None:
    told("no_answer", 40)
    told("no_answer", 20)
    told("promise", 200)
    told("promise", 100, agent=luis)
    told("promise", 999, began="2026-11-26 00:00")
    assert numbers(handled(ana)) == [("promise", 1, 200, 0), ("no_answer", 2, 60, 0)]
    assert numbers(handled(ana, luis))[0] == ("promise", 2, 300, 0)


def test_what_was_no_call_or_was_left_without_a_result_took_no_known_time(
    told: Told, ana: Agent, handled: Callable[..., list[Handling]]
) -> None:
    told("already_paid", 0, telephone="")
    told("no_result", 900)
    assert handled(ana) == []


def test_what_her_telephone_told_of_the_agent_comes_before_what_the_page_knows(
    told: Told, ana: Agent, handled: Callable[..., list[Handling]], by_the_switchboard: Callable[..., None]
) -> None:
    """Its result came an hour later; she talked 60 s and wrapped up 15, after a call of 5 s that broke."""
    by_the_switchboard(told("promise", 3600), (5, 0), (60, 15))
    told("promise", 100)
    assert numbers(handled(ana)) == [("promise", 2, 180, 1)]


def test_it_asks_as_much_of_many_calls_as_of_one(
    told: Told, ana: Agent, handled: Callable[..., list[Handling]], django_assert_num_queries: Any
) -> None:
    for _call in range(5):
        told("no_answer", 40)
    with django_assert_num_queries(3):
        handled(ana)
