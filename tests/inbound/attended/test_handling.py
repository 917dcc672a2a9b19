"""How long calls of the lines take: from the flow's beginning to its end, or to the end of a later wrap-up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from agents.models import Agent
from inbound.attended.handling import LinesHandled, handled_without_flow, lines_handled
from inbound.models import ServiceLine, Walk
from telephony.handling import Handling, added_up
from telephony.models import QueueCall, Switchboard
from tests.agents.a_talk import talked
from tests.inbound.a_walk import BILLING, FLOW, publish

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)
NOON = "2026-11-25 12:00"
Attended = Callable[..., Walk]


@pytest.fixture
def line(at: Callable[[str], datetime]) -> ServiceLine:
    return publish(FLOW, at(NOON), line="101")


@pytest.fixture
def attended(line: ServiceLine, at: Callable[[str], datetime]) -> Attended:
    """`attended(ana, 300)`: a call whose flow took so many seconds; None is under way."""

    def attend(
        agent: Agent, seconds: int | None, *, began: str = NOON, of: ServiceLine = line, call: QueueCall | None = None
    ) -> Walk:
        ended = None if seconds is None else at(began) + timedelta(seconds=seconds)
        return Walk.objects.create(
            line=of, version=of.versions.latest("pk"), agent=agent, began_at=at(began), ended_at=ended, call=call,
            result="told" if ended else "", result_label="Daño reiterado" if ended else "",
        )  # fmt: skip

    return attend


@pytest.fixture
def queue_call(ana: Agent, at: Callable[[str], datetime]) -> Callable[..., QueueCall]:
    """`queue_call(talk=240, wrap_up=30)`: a call of the switchboard that Ana answered at noon."""
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")

    def make(*, talk: int, wrap_up: int) -> QueueCall:
        call = QueueCall.objects.create(
            switchboard=board, queue="101", uid=str(uuid.uuid4()), agent=ana, joined_at=at(NOON), answered_at=at(NOON),
            state="over", outcome="done", ended_at=at(NOON) + timedelta(seconds=talk),
        )  # fmt: skip
        talked(agent=ana, call=call.key, began=at(NOON), talk=talk, wrap_up=wrap_up)
        return call

    return make


@pytest.fixture
def handled(at: Callable[[str], datetime]) -> Callable[..., LinesHandled]:
    return lambda *agents: lines_handled(
        agents=[agent.pk for agent in agents], first=DAY, last=DAY, now=at("2026-11-25 20:00")
    )


def test_without_a_switchboard_a_call_takes_as_long_as_its_flow(
    attended: Attended, ana: Agent, luis: Agent, handled: Callable[..., LinesHandled], at: Callable[[str], datetime]
) -> None:
    attended(ana, 300)
    attended(luis, 100)
    attended(ana, None)  # counted, and not in the mean: nobody knows how long it will take
    attended(ana, 900, began="2026-11-24 23:59:59")
    attended(ana, 60, of=publish(BILLING, at(NOON), line="102"))
    found = handled(ana, luis)
    assert found.lines == [
        Handling("101 Línea 101", "101", 3, 2, 400, 0),
        Handling("102 Línea 102", "102", 1, 1, 60, 0),
    ]
    assert [line.average for line in found.lines] == [200, 60]
    assert [(line, one.calls) for line, one in found.results] == [("101 Línea 101", 2), ("102 Línea 102", 1)]
    assert [line.calls for line in handled(luis).lines] == [1]


def test_wrap_up_after_the_flow_is_of_the_call_and_is_counted_once(
    attended: Attended, ana: Agent, handled: Callable[..., LinesHandled], queue_call: Callable[..., QueueCall]
) -> None:
    """Her flow ended 10 s into the wrap-up of 30: the call took 270 s, neither 250 nor 280."""
    attended(ana, 250, call=queue_call(talk=240, wrap_up=30))
    assert handled(ana).lines == [Handling("101 Línea 101", "101", 1, 1, 270, 1)]


def test_a_flow_that_goes_on_after_the_wrap_up_lasts_to_its_end(
    attended: Attended, ana: Agent, handled: Callable[..., LinesHandled], queue_call: Callable[..., QueueCall]
) -> None:
    attended(ana, 500, call=queue_call(talk=240, wrap_up=30))
    assert handled(ana).lines[0].seconds == 500


def test_all_of_several_lines_is_not_the_mean_of_their_means() -> None:
    rows = [Handling("101", "101", 3, 3, 300, 0), Handling("102", "102", 2, 1, 500, 1)]
    assert added_up(rows, name="Total") == Handling("Total", "", 5, 4, 800, 1)
    assert added_up(rows, name="Total").average == 200
    assert added_up([], name="Total").average is None


def test_it_is_one_statement(
    attended: Attended, ana: Agent, handled: Callable[..., LinesHandled], django_assert_num_queries
) -> None:
    for _call in range(5):
        attended(ana, 60)
    with django_assert_num_queries(1):
        handled(ana)


def test_a_call_answered_without_its_flow_is_told_apart_with_its_talk_and_wrap_up(
    attended: Attended,
    ana: Agent,
    luis: Agent,
    handled: Callable[..., LinesHandled],
    queue_call: Callable[..., QueueCall],
    at: Callable[[str], datetime],
) -> None:
    attended(ana, 250, call=queue_call(talk=240, wrap_up=30))
    other = {"agent": ana, "joined_at": at(NOON), "queue": "999", "switchboard": Switchboard.objects.get()}
    QueueCall.objects.create(uid="2", answered_at=at(NOON), state="talking", **other)
    QueueCall.objects.create(uid="3", state="over", outcome="not_answered", ended_at=at(NOON), **other)
    late = at("2026-11-25 13:00")
    missed = QueueCall.objects.create(
        switchboard=other["switchboard"], queue="101", uid="4", agent=ana, joined_at=late, answered_at=late,
        state="over", outcome="done", ended_at=late + timedelta(seconds=100),
    )  # fmt: skip
    talked(agent=ana, call=missed.key, began=late, talk=100, wrap_up=20)
    days = {"first": DAY, "last": DAY, "now": at("2026-11-25 20:00")}
    assert handled_without_flow(agents=[ana.pk, luis.pk], **days) == [
        Handling("101 Línea 101", "101", 1, 1, 120, 1),
        Handling("999", "999", 1, 0, 0, 0),  # under way, of a queue no line has
    ]
    assert handled_without_flow(agents=[luis.pk], **days) == []
    assert [line.calls for line in handled(ana).lines] == [1]
