"""Orders for a call: given once, sent once, and each with a true end, whatever the switchboard says or does not say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from agents import keeping
from agents.models import Agent
from telephony.actions import action
from telephony.ami import NotSendable
from telephony.call_orders import (
    OrderRefused,
    as_action,
    close_forgotten_orders,
    give_order,
    hands_over,
    next_order,
    note_answer,
)
from telephony.events import Held, HungUp, Leg, QueueJoined, Transferred
from telephony.forgetting import forget_numbers
from telephony.models import CallOrder, Listening, QueueCall, Switchboard
from telephony.watching import Watch, hear
from tests.telephony.a_listener import linked

pytestmark = pytest.mark.django_db
Kind = CallOrder.Kind
CALLER, HERS = Leg("1.1", channel="SIP/trunk-1", number="70712345"), Leg("1.2", channel="SIP/1001-2")


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-26 09:00")


@pytest.fixture
def board() -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)


@pytest.fixture
def held(board: Switchboard, now: datetime) -> Listening:
    with linked(board, now) as held:
        return held


@pytest.fixture
def call(held: Listening, ana: Agent, now: datetime) -> QueueCall:
    """Ana talks."""
    return QueueCall.objects.create(
        switchboard_id=held.pk, queue="101", uid=CALLER.uid, channel=CALLER.channel, state="talking", agent=ana,
        telephone="SIP/1001", agent_uid=HERS.uid, agent_channel=HERS.channel, joined_at=now, answered_at=now,
    )  # fmt: skip


def stands(order: CallOrder) -> tuple[str, str]:
    order.refresh_from_db()
    return order.state, order.why


def tell(held: Listening, *events: object, at: datetime) -> None:
    hear(held=held, events=events, now=at)  # type: ignore[arg-type]
    Watch(held).apply(now=at)


def sent(order: CallOrder, held: Listening, now: datetime) -> CallOrder:
    found = next_order(held=held, now=now)
    assert found == order
    return found


def test_an_order_is_given_once_and_sent_once(call: QueueCall, held: Listening, ana: Agent, now: datetime) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.BLIND, number="1002", now=now)
    assert give_order(agent=ana, call=call, kind=Kind.BLIND, number="1002", now=now) == order
    with pytest.raises(OrderRefused, match="otra transferencia"):
        give_order(agent=ana, call=call, kind=Kind.ATTENDED, number="1002", now=now)
    assert next_order(held=held, now=now) == order
    assert next_order(held=held, now=now) is None
    hang_up = give_order(agent=ana, call=call, kind=Kind.HANG_UP, now=now)
    assert give_order(agent=ana, call=call, kind=Kind.HANG_UP, now=now) == hang_up


def test_whoever_lost_the_hold_sends_nothing(call: QueueCall, held: Listening, ana: Agent, now: datetime) -> None:
    give_order(agent=ana, call=call, kind=Kind.HANG_UP, now=now)
    Listening.objects.filter(pk=held.pk).update(fence=held.fence + 1)
    assert next_order(held=held, now=now) is None


def test_an_order_of_a_while_ago_is_not_sent_any_more(
    call: QueueCall, held: Listening, ana: Agent, now: datetime
) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.HANG_UP, now=now)
    assert next_order(held=held, now=now + timedelta(seconds=7)) is None
    assert close_forgotten_orders(now=now + timedelta(seconds=7)) == 1
    assert stands(order) == ("refused", "not_sent")


@pytest.mark.parametrize("number", ["", "10 02", "*72", "1002\r\nAction: Hangup", "１００２", "1" * 19])
def test_only_digits_are_dialled(number: str, call: QueueCall, ana: Agent, now: datetime) -> None:
    with pytest.raises(OrderRefused, match="cifras"):
        give_order(agent=ana, call=call, kind=Kind.BLIND, number=number, now=now)


def test_nobody_orders_for_a_call_she_is_not_in(call: QueueCall, luis: Agent, ana: Agent, now: datetime) -> None:
    with pytest.raises(OrderRefused, match="ya no está"):
        give_order(agent=luis, call=call, kind=Kind.HANG_UP, now=now)
    QueueCall.objects.update(state="over", outcome="done", ended_at=now)
    with pytest.raises(OrderRefused, match="ya no está"):
        give_order(agent=ana, call=call, kind=Kind.HANG_UP, now=now)


def test_without_a_link_nothing_is_ordered(call: QueueCall, ana: Agent, now: datetime) -> None:
    Listening.objects.update(connected_at=None)
    with pytest.raises(OrderRefused, match="en su teléfono"):
        give_order(agent=ana, call=call, kind=Kind.HANG_UP, now=now)


@pytest.mark.parametrize(
    ("kind", "is_older", "name", "headers"),
    [
        ("hang_up", False, "Hangup", [("Channel", "SIP/1001-2")]),
        ("blind", False, "BlindTransfer", [("Channel", "SIP/1001-2"), ("Context", "from-internal"), ("Exten", "102")]),
        (
            *("blind", True, "Redirect"),
            [("Channel", "SIP/trunk-1"), ("Context", "from-internal"), ("Exten", "102"), ("Priority", "1")],
        ),
        (
            *("attended", True, "Atxfer"),
            [("Channel", "SIP/1001-2"), ("Context", "from-internal"), ("Exten", "102"), ("Priority", "1")],
        ),
    ],
)
def test_the_action_of_an_order(
    kind: str, is_older: bool, name: str, headers: list[tuple[str, str]], call: QueueCall, ana: Agent
) -> None:
    order = CallOrder(call=call, agent=ana, kind=kind, number="" if kind == "hang_up" else "102")
    assert as_action(order, is_older=is_older) == (name, headers)
    assert action(name, headers, action_id="1")


def test_what_is_no_number_and_no_channel_goes_nowhere() -> None:
    for header in (("Exten", "102\r\nAction: x"), ("Exten", "*72"), ("Channel", "uid-1"), ("Priority", "1")):
        with pytest.raises(NotSendable):
            action("BlindTransfer", [header], action_id="1")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("No such channel", "no_call"),
        ("Channel does not exist: SIP/1", "no_call"),
        ("Redirect failed, extension does not exist.", "no_such_place"),
        ("Permission denied", "not_allowed"),
        ("Transfer failed", "other"),
    ],
)
def test_a_refusal_is_put_into_words(
    said: str, why: str, call: QueueCall, held: Listening, ana: Agent, now: datetime
) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.BLIND, number="102", now=now)
    note_answer(order=sent(order, held, now), succeeded=False, said=said, now=now)
    assert stands(order) == ("refused", why)
    assert order.said == said
    give_order(agent=ana, call=call, kind=Kind.BLIND, number="103", now=now)  # and she may try another


def test_a_caller_who_was_moved_was_transferred_though_only_her_leg_is_told_to_end(
    call: QueueCall, held: Listening, ana: Agent, now: datetime
) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.BLIND, number="102", now=now)
    note_answer(order=sent(order, held, now), succeeded=True, said="Redirect successful", now=now)
    tell(held, HungUp(HERS, 16), QueueJoined("102", CALLER, 1), at=now + timedelta(seconds=1))
    assert stands(order) == ("done", "")
    first, second = QueueCall.objects.order_by("joined_at")
    assert (first.outcome, second.queue, second.state) == ("transferred", "102", "waiting")


@pytest.mark.parametrize(("leg", "outcome"), [(HERS, "transferred"), (CALLER, "done")], ids=["hers", "the caller's"])
def test_she_who_asked_first_hands_over_by_hanging_up(
    leg: Leg, outcome: str, call: QueueCall, held: Listening, ana: Agent, now: datetime
) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.ATTENDED, number="1002", now=now)
    note_answer(order=sent(order, held, now), succeeded=True, said="", now=now)
    assert stands(order) == ("taken", "")
    tell(held, Held(HERS, True), at=now + timedelta(seconds=1))
    assert hands_over(call)
    assert close_forgotten_orders(now=now + timedelta(minutes=5)) == 0
    tell(held, HungUp(leg, 16), at=now + timedelta(seconds=9))
    assert stands(order) == (("done", "") if outcome == "transferred" else ("unknown", "not_told"))
    assert QueueCall.objects.get().outcome == outcome


def test_whom_she_asked_did_not_answer_and_the_call_goes_on(
    call: QueueCall, held: Listening, ana: Agent, now: datetime
) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.ATTENDED, number="1002", now=now)
    note_answer(order=sent(order, held, now), succeeded=True, said="", now=now)
    tell(held, Held(HERS, True), Held(HERS, False), at=now + timedelta(seconds=1))
    assert stands(order) == ("refused", "came_back")
    tell(held, HungUp(HERS, 16), at=now + timedelta(seconds=9))
    assert QueueCall.objects.get().outcome == "done"


def test_a_switchboard_that_tells_of_the_transfer_is_believed(
    call: QueueCall, held: Listening, ana: Agent, now: datetime
) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.ATTENDED, number="1002", now=now)
    sent(order, held, now)
    tell(held, Transferred(HERS, CALLER, Leg("1.9"), "", came_about=True), at=now + timedelta(seconds=1))
    assert stands(order) == ("done", "")
    note_answer(order=order, succeeded=True, said="", now=now)  # its answer comes late, and changes nothing
    assert stands(order) == ("done", "")


def test_a_consultation_that_is_not_seen_to_begin_blocks_no_other(
    call: QueueCall, held: Listening, ana: Agent, now: datetime
) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.ATTENDED, number="1002", now=now)
    note_answer(order=sent(order, held, now), succeeded=True, said="", now=now)
    assert close_forgotten_orders(now=now + timedelta(seconds=11)) == 1
    assert stands(order) == ("unknown", "not_told")
    give_order(agent=ana, call=call, kind=Kind.BLIND, number="1002", now=now)


def test_what_was_sent_and_not_answered_is_unknown(call: QueueCall, held: Listening, ana: Agent, now: datetime) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.HANG_UP, now=now)
    sent(order, held, now)
    assert close_forgotten_orders(now=now + timedelta(minutes=2)) == 1
    assert stands(order) == ("unknown", "link_lost")


def test_a_hung_up_call_was_hung_up(call: QueueCall, held: Listening, ana: Agent, now: datetime) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.HANG_UP, now=now)
    sent(order, held, now)
    tell(held, HungUp(HERS, 16), at=now + timedelta(seconds=1))
    assert stands(order) == ("done", "")
    assert QueueCall.objects.get().outcome == "done"


def test_the_number_of_an_order_is_forgotten_with_the_others(
    call: QueueCall, held: Listening, ana: Agent, now: datetime
) -> None:
    order = give_order(agent=ana, call=call, kind=Kind.BLIND, number="70712345", now=now)
    close_forgotten_orders(now=now + timedelta(minutes=1))
    assert forget_numbers(held=keeping.Held(), before=now + timedelta(hours=1), only_look=True) == 1
    assert forget_numbers(held=keeping.Held(), before=now + timedelta(hours=1)) == 1
    order.refresh_from_db()
    assert (order.number, order.state) == ("", "refused")
