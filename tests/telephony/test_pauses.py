"""Pauses at the switchboard and states of agents: one follows the other, nobody is in two states, and nothing loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest

from agents.models import Agent, AgentState, By, PauseReason
from agents.pausing import begin_pause, end_pause, reasons_to_pause
from agents.states import Event as Change
from agents.states import change_state, open_state
from telephony.events import Event, Member, MemberPaused, MemberRemoved, MemberSeen
from telephony.models import Extension, Seat, Switchboard
from telephony.pauses import AT_THE_TELEPHONE, Asked, Pause, Pauses

pytestmark = pytest.mark.django_db
HERS = "Local/1001@from-queue/n"
IN_101, IN_102 = Member("101", HERS), Member("102", HERS)


class Exchange:
    """A switchboard with two queues that does what it is asked, and tells it; seconds pass when they are let pass."""

    def __init__(self, board: Switchboard, now: datetime) -> None:
        self.pauses, self.now, self.asked = Pauses(board.pk), now, list[Asked]()
        self.members = {IN_101: Pause(False), IN_102: Pause(False)}
        self.tell(*(MemberSeen(member, 1, False, "") for member in self.members))

    def tell(self, *events: Event, is_news: bool = True) -> None:
        for event in events:
            self.pauses.take(event, at=self.now, is_news=is_news)

    def passes(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)

    def compare(self, *, does: bool = True) -> list[Asked]:
        """What is asked for now; it `does` it, or says nothing."""
        asked = self.pauses.differing(now=self.now)
        self.asked += asked
        for one in asked if does else ():
            self.set(one.pause, self.members)
        return asked

    def set(self, pause: Pause, members: Iterable[Member]) -> None:
        """Whoever did it: as asked for, or at the telephone."""
        for member in members:
            self.members[member] = pause
            self.tell(MemberPaused(member, pause.is_on, pause.reason or ""))


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-26 09:00")


@pytest.fixture
def lunch() -> PauseReason:
    return PauseReason.objects.get(code="REFRIGERIO")


@pytest.fixture
def exchange(ana: Agent, now: datetime) -> Exchange:
    """Ana sits at a telephone that is a member of two queues, and is available."""
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    Seat.objects.create(agent=ana, extension=Extension.objects.create(switchboard=board, number="1001"), since=now)
    change_state(agent=ana, event=Change.SIGNED_IN, now=now, by=By.DESK)
    return Exchange(board, now)


def state_of(agent: Agent) -> tuple[str, str]:
    there = open_state(agent)
    return (there.state, there.reason.code if there.reason else "") if there else ("", "")


def does(agent: Agent, exchange: Exchange, event: Change) -> None:
    change_state(agent=agent, event=event, now=exchange.now, by=By.DESK)


def test_who_takes_calls_is_paused_in_no_queue_and_who_does_not_in_all(
    exchange: Exchange, ana: Agent, lunch: PauseReason
) -> None:
    assert exchange.compare() == []
    for event, pause in (
        (Change.ANSWERED, None),
        (Change.HUNG_UP, Pause(True, "wrap-up")),
        (Change.WRAPPED_UP, Pause(False)),
    ):
        exchange.passes()
        does(ana, exchange, event)
        assert exchange.compare() == ([Asked(HERS, pause)] if pause else [])
    begin_pause(agent=ana, reason=lunch, now=exchange.now)
    assert exchange.compare() == [Asked(HERS, Pause(True, "REFRIGERIO"))]
    assert exchange.compare() == []
    end_pause(agent=ana, now=exchange.now)
    assert exchange.compare() == [Asked(HERS, Pause(False))]
    change_state(agent=ana, event=Change.WENT_AWAY, now=exchange.now, by=By.CLOCK)
    assert exchange.compare() == [Asked(HERS, Pause(True, "away"))]
    does(ana, exchange, Change.SIGNED_OUT)
    assert exchange.compare() == [Asked(HERS, Pause(True, "signed-out"))]
    assert state_of(ana) == ("", "")
    assert AgentState.objects.filter(agent=ana, by=By.TELEPHONE).count() == 0  # echoes change nothing


def test_the_headers_of_what_is_asked_for() -> None:
    assert Asked(HERS, Pause(True, "away")).headers == [("Interface", HERS), ("Paused", "true"), ("Reason", "away")]
    assert Asked(HERS, Pause(False)).headers == [("Interface", HERS), ("Paused", "false")]


def test_a_telephone_at_which_nobody_sits_is_left_alone(exchange: Exchange) -> None:
    Seat.objects.all().delete()
    exchange.set(Pause(True, "x"), exchange.members)
    assert exchange.compare() == []


@pytest.mark.parametrize("said", ["REFRIGERIO", "refrigerio"])
def test_a_pause_made_at_the_telephone_is_hers(said: str, exchange: Exchange, ana: Agent) -> None:
    exchange.passes()
    exchange.set(Pause(True, said), [IN_101])
    assert state_of(ana) == ("paused", "REFRIGERIO")
    assert AgentState.objects.get(agent=ana, ended_at=None).by == By.TELEPHONE
    assert exchange.compare() == [Asked(HERS, Pause(True, "REFRIGERIO"))]  # in the other queue as well
    exchange.passes()
    exchange.set(Pause(False), [IN_102])
    assert state_of(ana) == ("available", "")
    exchange.compare()
    assert set(exchange.members.values()) == {Pause(False)}
    assert exchange.compare() == []


@pytest.mark.parametrize("said", ["", "Auto-Pause", "no such reason"])
def test_a_pause_for_no_reason_known_here_has_the_telephones_own(said: str, exchange: Exchange, ana: Agent) -> None:
    exchange.passes()
    exchange.set(Pause(True, said), exchange.members)
    assert state_of(ana) == ("paused", AT_THE_TELEPHONE)
    assert AT_THE_TELEPHONE not in [reason.code for reason in reasons_to_pause()], "nobody chooses it at the desk"
    assert exchange.compare() == [Asked(HERS, Pause(True, AT_THE_TELEPHONE))]  # and is called so there
    assert exchange.compare() == []
    assert AgentState.objects.filter(agent=ana, state="paused").count() == 1


def test_where_the_table_has_no_such_step_the_switchboard_is_brought_back(exchange: Exchange, ana: Agent) -> None:
    does(ana, exchange, Change.ANSWERED)
    exchange.passes()
    exchange.set(Pause(True, "REFRIGERIO"), exchange.members)
    assert state_of(ana) == ("on_a_call", "")
    assert exchange.compare() == [Asked(HERS, Pause(False))]
    does(ana, exchange, Change.SIGNED_OUT)
    exchange.compare()
    exchange.passes()
    exchange.set(Pause(False), exchange.members)  # a telephone signs nobody in
    assert state_of(ana) == ("", "")
    assert exchange.compare() == [Asked(HERS, Pause(True, "signed-out"))]


def test_an_echo_that_is_late_undoes_nothing(exchange: Exchange, ana: Agent, lunch: PauseReason) -> None:
    begin_pause(agent=ana, reason=lunch, now=exchange.now)
    (first,) = exchange.compare(does=False)
    end_pause(agent=ana, now=exchange.now)
    assert exchange.compare() == []  # as far as it is told she is not paused there
    exchange.passes()
    exchange.set(first.pause, exchange.members)
    assert state_of(ana) == ("available", "")
    assert exchange.compare() == [Asked(HERS, Pause(False))]


def test_what_is_not_told_is_asked_for_once_more_and_then_every_minute(exchange: Exchange, ana: Agent) -> None:
    does(ana, exchange, Change.SIGNED_OUT)
    asked = []
    for second in range(130):
        asked += [second for _one in exchange.compare(does=False)]
        exchange.passes()
    assert asked == [0, 5, 65, 125]


def test_what_is_refused_is_asked_for_again_after_a_minute(exchange: Exchange, ana: Agent) -> None:
    does(ana, exchange, Change.SIGNED_OUT)
    (asked,) = exchange.compare(does=False)
    exchange.pauses.refused(asked, said="Interface not found", now=exchange.now)
    exchange.passes(59)
    assert exchange.compare(does=False) == []
    exchange.passes(1)
    assert exchange.compare(does=False) == [asked]
    change_state(agent=ana, event=Change.SIGNED_IN, now=exchange.now, by=By.DESK)
    exchange.set(Pause(True, "x"), exchange.members)
    assert state_of(ana)[0] == "paused"
    assert len(exchange.compare()) == 1  # something else is asked for at once


def test_whoever_undoes_it_every_time_is_not_fought_without_end(exchange: Exchange, ana: Agent) -> None:
    does(ana, exchange, Change.SIGNED_OUT)
    exchange.compare()
    for _tenth in range(200):
        exchange.passes(0.1)
        if exchange.members[IN_101].is_on:
            exchange.set(Pause(False), exchange.members)
        exchange.compare()
    assert len(exchange.asked) <= 7
    exchange.passes(10)
    exchange.compare()
    assert set(exchange.members.values()) == {Pause(True, "signed-out")}


def test_what_another_heard_before_is_no_news(exchange: Exchange, ana: Agent) -> None:
    exchange.tell(MemberPaused(IN_101, True, "REFRIGERIO"), is_news=False)
    assert state_of(ana) == ("available", "")
    assert exchange.compare() == [Asked(HERS, Pause(False))]


def test_a_switchboard_that_does_not_say_the_reason_is_not_asked_to_change_it(
    exchange: Exchange, ana: Agent, lunch: PauseReason
) -> None:
    exchange.tell(*(MemberSeen(member, 1, True, "") for member in exchange.members))
    begin_pause(agent=ana, reason=lunch, now=exchange.now)
    assert exchange.compare() == []


def test_a_member_that_comes_is_brought_in_line_and_one_that_goes_is_forgotten(exchange: Exchange, ana: Agent) -> None:
    does(ana, exchange, Change.SIGNED_OUT)
    exchange.compare()
    assert exchange.compare() == []
    exchange.tell(MemberSeen(Member("103", HERS), 1, False, ""))
    assert exchange.compare(does=False) == [Asked(HERS, Pause(True, "signed-out"))]
    exchange.tell(*(MemberRemoved(member) for member in (IN_101, IN_102, Member("103", HERS))))
    exchange.passes(9)
    assert exchange.compare() == []
