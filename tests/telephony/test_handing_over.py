"""Orders played through: a listener, a switchboard of either generation over TCP, and what she finds on her page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from agents.models import Agent
from agents.presence import sign_in
from agents.states import open_state
from escalations.models import Escalation
from inbound.lost_callers.calling_back import call_back_the_lost
from inbound.ringing.own_calls import own_calls
from telephony.call_orders import give_order
from telephony.models import CallOrder, Extension, QueueCall, Switchboard
from telephony.seats import sit_down
from tests.sandbox.switchboard.playing import SECRET, WITHOUT_END, Board, playing
from tests.telephony.a_listener import Running, is_linked, until

pytestmark = pytest.mark.django_db(transaction=True)
Kind = CallOrder.Kind


@pytest.fixture(params=["13.0.0", "1.3"])
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Board]:
    with playing(request.param, tmp_path, "--members", "1001", "--picks-up", "3") as board:
        board.turn(talks=[WITHOUT_END, WITHOUT_END])
        yield board


@pytest.fixture
def running(played: Board, ana: Agent) -> Iterator[Running]:
    row = Switchboard.objects.create(name="Central", host="127.0.0.1", port=played.port, user="callcenter", is_on=True)
    Extension.objects.create(switchboard=row, number="1001")
    sign_in(user=ana.user, now=timezone.now())
    extension = Extension.objects.select_related("switchboard").get()
    sit_down(agent=ana, extension=extension, now=timezone.now())
    running = Running(row, secret=SECRET)
    try:
        running.listen()
        until(lambda: is_linked(row), "linked")
        yield running
    finally:
        running.close()


@pytest.fixture
def call(running: Running, played: Board) -> QueueCall:
    """Somebody called, and Ana lifted her telephone."""
    played.do("call-in", line="101", number="70712345", patience=WITHOUT_END, talk=WITHOUT_END)
    return until(lambda: QueueCall.objects.filter(state="talking", agent__isnull=False).first(), "she talks")


def give(call: QueueCall, kind: str, number: str = "") -> CallOrder:
    assert call.agent is not None
    return give_order(agent=call.agent, call=call, kind=Kind(kind), number=number, now=timezone.now())


def comes_to(order: CallOrder, *states: str) -> str:
    def reached() -> bool:
        order.refresh_from_db()
        return order.state in states

    until(reached, f"the order comes to {states}, and not only to {order.state}")
    return order.state


def state_of(agent: Agent) -> str:
    there = open_state(agent)
    return there.state if there else ""


def ends_as(call: QueueCall) -> str:
    until(lambda: QueueCall.objects.get(pk=call.pk).outcome, "the call ends")
    return QueueCall.objects.get(pk=call.pk).outcome


def test_it_is_hung_up(call: QueueCall, played: Board) -> None:
    assert comes_to(give(call, "hang_up"), "done", "refused", "unknown") == "done"
    assert ends_as(call) == "done"
    assert not played.state()["channels"]


def test_it_is_handed_over_to_a_colleague(call: QueueCall, played: Board) -> None:
    assert comes_to(give(call, "blind", "1002"), "done", "refused", "unknown") == "done"
    assert ends_as(call) == "transferred"
    until(lambda: played.state()["extensions"]["1002"]["state"] == "in_use", "the colleague speaks")
    assert [one["channel"] for one in played.state()["channels"] if "1001" in one["channel"]] == []


@pytest.mark.parametrize("kind", ["blind", "attended"])
def test_the_colleague_who_sits_there_is_on_that_call(
    kind: str, call: QueueCall, played: Board, ana: Agent, luis: Agent
) -> None:
    """She is dialled nobody meanwhile, sees who it is and what line it came by, and it ends at hers."""
    there = Extension.objects.create(switchboard=call.switchboard, number="1002")
    sign_in(user=luis.user, now=timezone.now())
    sit_down(agent=luis, extension=there, now=timezone.now())
    order = give(call, kind, "1002")
    if kind == "attended":
        comes_to(order, "taken")
        until(lambda: played.state()["extensions"]["1002"]["state"] == "in_use", "the colleague answered")
        comes_to(give(call, "hang_up"), "done")
    assert ends_as(call) == "transferred"
    until(lambda: state_of(luis) == "on_a_call", "the colleague is on a call")
    (hers,) = own_calls(agent=luis)
    assert (hers.is_hers, hers.call.queue, hers.call.uid, hers.call.number) == (True, "101", call.uid, "+59170712345")
    assert hers.call.is_handed_on
    assert state_of(ana) != "on_a_call"
    assert not QueueCall.objects.filter(state__in=["waiting", "ringing"]).exists()
    played.do("hang-up", extension="1002")
    until(lambda: not own_calls(agent=luis), "it is over")
    until(lambda: state_of(luis) != "on_a_call", "the colleague is free of it")
    assert QueueCall.objects.get(pk=hers.call.pk).outcome == "done"
    assert QueueCall.objects.count() == 2


def test_a_telephone_that_rings_for_her_in_vain_leaves_a_call_to_be_made(
    call: QueueCall, played: Board, ana: Agent, luis: Agent
) -> None:
    """His page shows her while it rings; nobody lifts it, she hangs up, and is found."""
    there = Extension.objects.create(switchboard=call.switchboard, number="1002")
    sign_in(user=luis.user, now=timezone.now())
    sit_down(agent=luis, extension=there, now=timezone.now())
    played.turn(extensions={"1002": {"picks_up": "never"}}, rings=WITHOUT_END)
    give(call, "blind", "1002")
    until(lambda: state_of(luis) == "ringing", "his telephone rings for her")
    (hers,) = own_calls(agent=luis)
    assert (hers.is_hers, hers.call.queue, hers.call.number, hers.call.state) == (False, "101", call.number, "ringing")
    played.do("decline", extension="1002")
    until(lambda: state_of(luis) == "available", "it rings no more")
    until(lambda: QueueCall.objects.get(pk=hers.call.pk).outcome == "not_answered", "she is gone")
    assert not own_calls(agent=luis)
    assert QueueCall.objects.count() == 2
    later = timezone.now() + timedelta(minutes=3)
    assert call_back_the_lost(now=later) == 1
    card = Escalation.objects.get()
    assert (card.kind.code, card.telephone) == ("lost_call", "+59170712345")
    assert "le transfirió a 1002: nadie le contestó" in card.reason
    assert str(ana) in card.reason
    assert call_back_the_lost(now=later) == 0


def test_who_is_handed_over_to_a_number_outside_is_lost_only_where_nobody_answers(
    call: QueueCall, played: Board
) -> None:
    played.turn(talks=[1, 1])
    give(call, "blind", "70700001")
    assert ends_as(call) == "transferred"
    until(lambda: not played.state()["channels"], "it is over")
    assert not QueueCall.objects.filter(is_handed_on=True).exists()


def test_it_is_handed_over_to_another_line(call: QueueCall, played: Board) -> None:
    assert comes_to(give(call, "blind", "102"), "done", "refused", "unknown") == "done"
    assert ends_as(call) == "transferred"
    there = until(lambda: QueueCall.objects.filter(queue="102").first(), "it waits in the other queue")
    assert (there.uid, there.number) == (call.uid, "+59170712345")


def test_where_there_is_no_such_number_the_call_goes_on(call: QueueCall, played: Board) -> None:
    order = give(call, "blind", "12")
    assert comes_to(order, "done", "refused", "unknown") == "refused"
    assert order.why == ("no_such_place" if played.is_older else "other")
    assert QueueCall.objects.get(pk=call.pk).state == "talking"


def test_she_asks_first_and_hands_over_by_hanging_up(call: QueueCall, played: Board) -> None:
    order = give(call, "attended", "1002")
    comes_to(order, "taken")
    until(lambda: QueueCall.objects.get(pk=call.pk).held_at, "the caller is on hold")
    until(lambda: played.state()["extensions"]["1002"]["state"] == "in_use", "the colleague answered")
    assert comes_to(give(call, "hang_up"), "done", "refused", "unknown") == "done"
    assert ends_as(call) == "transferred"
    assert comes_to(order, "done", "refused", "unknown") == "done"
    assert len(played.state()["channels"]) == 2


def test_whom_she_asked_does_not_answer_and_she_speaks_with_the_caller_again(call: QueueCall, played: Board) -> None:
    played.turn(extensions={"1002": {"picks_up": "never"}}, rings=5)
    order = give(call, "attended", "1002")
    assert comes_to(order, "done", "refused", "unknown") == "refused"
    assert order.why == "came_back"
    assert QueueCall.objects.get(pk=call.pk).state == "talking"
    assert comes_to(give(call, "hang_up"), "done", "refused", "unknown") == "done"
    assert ends_as(call) == "done"
