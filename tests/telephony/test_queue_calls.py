"""Calls in queues: every recorded one becomes a row with a true end, and its agents are in one state each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from agents.models import Agent, AgentState, By
from agents.presence import sign_in, sign_out
from agents.states import Event as Change
from agents.states import change_state, open_state
from escalations.models import Escalation
from inbound.lost_callers.calling_back import call_back_the_lost
from telephony.channels import number_of
from telephony.events import (
    CallerSeen,
    ChannelSeen,
    DialBegan,
    DialEnded,
    Event,
    HungUp,
    Joined,
    Leg,
    Member,
    MemberConnected,
    MemberRung,
    MemberRungInVain,
    MemberSeen,
    QueueJoined,
    Transferred,
)
from telephony.holding import let_go, take_hold
from telephony.models import CallOrder, Extension, Listening, QueueCall, QueueRing, Seat, Switchboard
from telephony.seats import sit_down
from telephony.unfollowed import close_the_unwatched
from telephony.vocabularies import Vocabulary
from telephony.watching import Watch, hear
from tests.agents.promises import broken
from tests.telephony.recordings import all_names, recording

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("America/La_Paz"))
ANA, LUIS = "Local/1001@agents/n", "Local/1002@agents/n"
CALLER, TELEPHONE = Leg("1.1", channel="SIP/trunk-1", number="70712345"), Leg("1.2", channel="SIP/1001-2")


@pytest.fixture
def board() -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)


@pytest.fixture
def watch(board: Switchboard) -> Watch:
    held = take_hold(switchboard=board, holder="test", now=NOW)
    assert held is not None
    watch = Watch(held)
    watch.held_for_test = held  # type: ignore[attr-defined]
    return watch


def sits(agent: Agent, board: Switchboard, number: str) -> None:
    extension = Extension.objects.create(switchboard=board, number=number)
    Seat.objects.create(agent=agent, extension=extension, since=NOW)
    change_state(agent=agent, event=Change.SIGNED_IN, now=NOW, by=By.DESK)


@pytest.fixture
def seated(board: Switchboard, ana: Agent, luis: Agent) -> None:
    sits(ana, board, "1001")
    sits(luis, board, "1002")


def tell(watch: Watch, *events: Event, at: datetime = NOW + timedelta(minutes=1)) -> None:
    hear(held=watch.held_for_test, events=events, now=at)  # type: ignore[attr-defined]
    watch.apply(now=at)


def state_of(agent: Agent) -> str:
    there = open_state(agent)
    return there.state if there else ""


# what the README of the recordings says became of each; who answered it, by extension
RECORDED = {
    "inbound-abandoned-no-agent-logged-in": [("101", "not_answered", None)],
    "inbound-abandoned-while-ringing": [("101", "not_answered", None)],
    "inbound-answered-agent-hangs-up": [("101", "done", "ana")],
    "inbound-answered-caller-hangs-up": [("101", "done", "ana")],
    "inbound-attended-transfer": [("101", "transferred", "ana")],
    "inbound-blind-transfer": [("101", "transferred", "ana")],
    "inbound-exit-with-timeout": [("101", "not_answered", None)],
    "inbound-exit-with-timeout-while-ringing": [("101", "not_answered", None)],
    "inbound-member-busy": [("101", "not_answered", None)],
    "inbound-pause-unpause-meanwhile": [("101", "done", "ana")],
    "inbound-ring-no-answer-then-second-agent": [("101", "done", "luis")],
    "inbound-ringall-two-agents": [("103", "done", "ana")],
    "inbound-timeout-overflow-second-queue": [("101", "not_answered", None), ("102", "done", "luis")],
}


def test_every_recorded_case_is_here() -> None:
    assert all_names("inbound") == sorted(RECORDED)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_call_ends_as_it_did(name: str, watch: Watch, seated: None, ana: Agent, luis: Agent) -> None:
    told = recording(name)
    reader = Vocabulary(told.version)
    events = [event for message in told.messages if not message.is_answer for event in reader.read(message)]
    for second, event in enumerate(events):
        tell(watch, event, at=NOW + timedelta(minutes=1, seconds=second))
    calls = QueueCall.objects.order_by("joined_at").select_related("agent__user")
    found = [(call.queue, call.outcome, call.agent and call.agent.user.username) for call in calls]
    assert found == RECORDED[name]
    assert all((call.answered_at is None) == (call.outcome == "not_answered") for call in calls)
    assert not QueueRing.objects.filter(ended_at=None).exists()
    answered = {call.agent_id for call in calls if call.agent_id}
    for agent in (ana, luis):
        assert state_of(agent) == ("wrapping_up" if agent.pk in answered else "available")
        stretches = AgentState.objects.filter(agent=agent).order_by("began_at", "pk")
        ends = [(one.ended_at, two.began_at) for one, two in zip(stretches, stretches[1:], strict=False)]
        assert all(ended == began for ended, began in ends)


def test_it_rings_at_her_telephone_and_she_lifts_it(watch: Watch, seated: None, ana: Agent) -> None:
    member = Member("101", "SIP/1001")
    tell(watch, QueueJoined("101", CALLER, 1))
    tell(watch, MemberRung(member, CALLER, TELEPHONE))
    call = QueueCall.objects.visible_to(ana.user).get()
    assert (call.state, call.number, state_of(ana)) == ("ringing", "+59170712345", "ringing")
    tell(watch, MemberConnected(member, CALLER, TELEPHONE, 60))
    call.refresh_from_db()
    assert (call.state, call.agent, call.agent_channel, state_of(ana)) == ("talking", ana, "SIP/1001-2", "on_a_call")
    tell(watch, HungUp(TELEPHONE, 16), HungUp(CALLER, 16))
    call.refresh_from_db()
    assert (call.outcome, state_of(ana)) == ("done", "wrapping_up")


def test_a_withheld_number_is_none(watch: Watch) -> None:
    tell(watch, QueueJoined("101", Leg("1.1", number="anonymous"), 1))
    assert QueueCall.objects.get().number == ""


def test_what_was_not_heard_to_begin_is_there_all_the_same(watch: Watch, seated: None, ana: Agent) -> None:
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 30))
    call = QueueCall.objects.get()
    assert (call.agent, call.state) == (ana, "talking")
    assert call.answered_at is not None
    assert call.answered_at - call.joined_at == timedelta(seconds=30)


def test_after_a_loss_who_is_gone_has_ended_and_who_waits_has_joined(watch: Watch, seated: None, ana: Agent) -> None:
    tell(watch, QueueJoined("101", CALLER, 1), MemberRung(Member("101", "SIP/1001"), CALLER, TELEPHONE))
    waits = Leg("7.7", number="44250001")
    seen: list[Event] = [CallerSeen("102", waits, 1, 90), ChannelSeen(waits, True, 90, "")]
    assert watch.reconcile(seen=seen, now=NOW + timedelta(minutes=2)) == 1
    gone, joined = (
        QueueCall.objects.order_by("joined_at", "uid").filter(uid="1.1").get(),
        QueueCall.objects.get(uid="7.7"),
    )
    assert (gone.outcome, state_of(ana)) == ("unknown", "available")
    assert joined.joined_at == NOW + timedelta(seconds=30)


@pytest.mark.parametrize("is_older", [False, True])
@pytest.mark.parametrize("was_heard_to_ring", [True, False])
def test_a_telephone_that_rings_across_a_loss_rings_on(
    watch: Watch, seated: None, ana: Agent, luis: Agent, is_older: bool, was_heard_to_ring: bool
) -> None:
    tell(watch, QueueJoined("101", CALLER, 1))
    if was_heard_to_ring:
        tell(watch, MemberRung(Member("101", "SIP/1001"), CALLER, TELEPHONE))
        tell(watch, MemberRung(Member("101", "SIP/1002"), CALLER, Leg("1.3", channel="SIP/1002-3")))
    began = NOW + timedelta(minutes=1)
    linked = "" if is_older else CALLER.uid
    seen: list[Event] = [
        ChannelSeen(replace(CALLER, linked=linked), True, 70, ""), CallerSeen("101", CALLER, 1, 70),
        ChannelSeen(replace(TELEPHONE, linked=linked), False, 9, "", rings=True),
    ]  # fmt: skip
    assert watch.reconcile(seen=seen, now=NOW + timedelta(minutes=2)) == 0
    call, rings = QueueCall.objects.get(), QueueRing.objects.filter(ended_at=None)
    if is_older and not was_heard_to_ring:  # it does not say for whom that telephone rings
        assert (call.state, list(rings), state_of(ana)) == ("waiting", [], "available")
        return
    assert (call.state, state_of(ana), state_of(luis)) == ("ringing", "ringing", "available")
    assert [(one.agent, one.began_at == began) for one in rings] == [(ana, was_heard_to_ring)]
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 75), at=NOW + 3 * MINUTE)
    assert (QueueCall.objects.get().agent, state_of(ana)) == (ana, "on_a_call")


def test_who_rings_for_somebody_else_rings_for_nobody_here(watch: Watch, seated: None, ana: Agent) -> None:
    tell(watch, QueueJoined("101", CALLER, 1))
    seen: list[Event] = [
        CallerSeen("101", CALLER, 1, 70), ChannelSeen(CALLER, True, 70, ""),
        ChannelSeen(replace(TELEPHONE, linked="5.5"), False, 9, "", rings=True),
    ]  # fmt: skip
    watch.reconcile(seen=seen, now=NOW + timedelta(minutes=2))
    assert (QueueCall.objects.get().state, state_of(ana)) == ("waiting", "available")


SECOND, OF_THE_SECOND = Leg("2.1", channel="SIP/trunk-4", number="70799999"), Leg("2.2", channel="SIP/1001-5")
MINUTE = timedelta(minutes=1)


def talks_to_two(watch: Watch) -> None:
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3), at=NOW + MINUTE)
    tell(watch, MemberRung(Member("103", "SIP/1001"), SECOND, OF_THE_SECOND), at=NOW + 2 * MINUTE)
    tell(watch, MemberConnected(Member("103", "SIP/1001"), SECOND, OF_THE_SECOND, 3), at=NOW + 2 * MINUTE)


@pytest.mark.parametrize("first", [0, 1], ids=["the first ends first", "the second ends first"])
def test_who_talks_to_two_is_on_a_call_until_both_are_over(watch: Watch, seated: None, ana: Agent, first: int) -> None:
    talks_to_two(watch)
    ends = [HungUp(TELEPHONE, 16), HungUp(OF_THE_SECOND, 16)]
    tell(watch, ends[first], at=NOW + 3 * MINUTE)
    going_on = QueueCall.objects.under_way().get()
    there = open_state(ana)
    assert there is not None
    assert (there.state, there.call) == ("on_a_call", going_on.key)
    tell(watch, ends[1 - first], at=NOW + 5 * MINUTE)
    talked = AgentState.objects.filter(agent=ana, state="on_a_call", ended_at__isnull=False)
    assert sum((one.ended_at - one.began_at for one in talked if one.ended_at), timedelta()) == 4 * MINUTE
    there = open_state(ana)
    assert there is not None
    assert (there.state, there.call) == ("wrapping_up", going_on.key)


def test_a_second_call_that_rings_in_vain_ends_nothing(watch: Watch, seated: None, ana: Agent) -> None:
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    tell(watch, MemberRung(Member("103", "SIP/1001"), SECOND, OF_THE_SECOND))
    tell(watch, MemberRungInVain(Member("103", "SIP/1001"), SECOND))
    assert state_of(ana) == "on_a_call"


def test_who_signs_in_in_the_middle_of_her_call_is_on_it(watch: Watch, seated: None, ana: Agent) -> None:
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    sign_out(user=ana.user, now=NOW + 2 * MINUTE)
    assert open_state(ana) is None
    again = sign_in(user=ana.user, now=NOW + 3 * MINUTE)
    assert again is not None
    assert (again.state, again.call) == ("on_a_call", QueueCall.objects.get().key)
    assert sign_in(user=ana.user, now=NOW + 3 * MINUTE) == again  # at a second machine
    tell(watch, HungUp(TELEPHONE, 16), at=NOW + 4 * MINUTE)
    assert state_of(ana) == "wrapping_up"
    assert broken() == {}


@pytest.mark.parametrize("signs_in_first", [True, False])
def test_who_sits_down_at_a_telephone_that_is_in_a_call_is_on_it(
    watch: Watch, board: Switchboard, ana: Agent, signs_in_first: bool
) -> None:
    extension = Extension.objects.create(switchboard=board, number="1001")
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    steps = [partial(sign_in, user=ana.user), partial(sit_down, agent=ana, extension=extension)]
    for step in steps if signs_in_first else reversed(steps):
        step(now=NOW + 2 * MINUTE)
    call = QueueCall.objects.get()
    assert (call.agent, state_of(ana)) == (ana, "on_a_call")
    tell(watch, HungUp(TELEPHONE, 16), at=NOW + 4 * MINUTE)
    assert state_of(ana) == "wrapping_up"


def test_who_sits_down_takes_nobodys_call_away(watch: Watch, seated: None, ana: Agent, marta: Agent) -> None:
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    change_state(agent=marta, event=Change.SIGNED_IN, now=NOW, by=By.DESK)
    extension = Extension.objects.select_related("switchboard").get(number="1001")
    sit_down(agent=marta, extension=extension, now=NOW + 2 * MINUTE, instead=True)
    assert QueueCall.objects.get().agent == ana
    assert (state_of(ana), state_of(marta)) == ("on_a_call", "available")


def bridged(leg: Leg, seconds: int, other: Leg, *, is_older: bool) -> ChannelSeen:
    """As either generation tells it: newer ones name the bridge, older ones the channel at its other end."""
    bridge = f"{leg.uid}+{other.uid}" if is_older else "5b0c-bridge"
    return ChannelSeen(replace(leg, linked="" if is_older else CALLER.uid), True, seconds, bridge)


@pytest.mark.parametrize("is_older", [False, True])
@pytest.mark.parametrize("was_heard_to_ring", [True, False])
def test_who_was_answered_while_the_link_was_away_talks(
    watch: Watch, seated: None, ana: Agent, luis: Agent, is_older: bool, was_heard_to_ring: bool
) -> None:
    tell(watch, QueueJoined("101", CALLER, 1))
    if was_heard_to_ring:
        tell(watch, MemberRung(Member("101", "SIP/1001"), CALLER, TELEPHONE))
        tell(watch, MemberRung(Member("101", "SIP/1002"), CALLER, Leg("1.3", channel="SIP/1002-3")))
    back = NOW + timedelta(minutes=2)
    seen: list[Event] = [
        bridged(CALLER, 70, TELEPHONE, is_older=is_older), bridged(TELEPHONE, 20, CALLER, is_older=is_older),
        MemberSeen(Member("101", "SIP/1001"), 2, False, ""),
    ]  # fmt: skip
    assert watch.reconcile(seen=seen, now=back) == 0
    call = QueueCall.objects.get()
    assert (call.state, call.agent, call.agent_uid, call.agent_channel) == ("talking", ana, "1.2", "SIP/1001-2")
    assert call.answered_at == back - timedelta(seconds=20)  # her telephone is in it since then
    assert (state_of(ana), state_of(luis)) == ("on_a_call", "available")
    assert not QueueRing.objects.filter(ended_at=None).exists()
    tell(watch, HungUp(CALLER, 16), at=back + timedelta(minutes=3))
    call.refresh_from_db()
    assert (call.outcome, state_of(ana)) == ("done", "wrapping_up")


def test_who_is_in_no_queue_any_more_does_not_wait(watch: Watch, seated: None, ana: Agent) -> None:
    tell(watch, QueueJoined("101", CALLER, 1), MemberRung(Member("101", "SIP/1001"), CALLER, TELEPHONE))
    back = NOW + timedelta(minutes=2)
    alone = ChannelSeen(CALLER, True, 70, "")
    assert watch.reconcile(seen=[alone], now=back) == 0  # of the queues nothing was told
    assert QueueCall.objects.get().left_at is None
    assert watch.reconcile(seen=[alone, MemberSeen(Member("101", "SIP/1001"), 1, False, "")], now=back) == 0
    call = QueueCall.objects.get()
    assert (call.state, call.left_at, state_of(ana)) == ("waiting", back, "available")
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 70), at=back)  # it was on its way
    assert QueueCall.objects.get().state == "talking"


def test_a_caller_who_is_in_the_queue_waits_whatever_her_channel_does(watch: Watch, seated: None, ana: Agent) -> None:
    tell(watch, QueueJoined("101", CALLER, 1))
    seen: list[Event] = [
        bridged(CALLER, 70, TELEPHONE, is_older=False), bridged(TELEPHONE, 20, CALLER, is_older=False),
        CallerSeen("101", CALLER, 1, 70),
    ]  # fmt: skip
    watch.reconcile(seen=seen, now=NOW + timedelta(minutes=2))
    assert (QueueCall.objects.get().state, state_of(ana)) == ("waiting", "available")


def test_a_call_of_which_nobody_hears_any_more_is_over_and_nobody_knows_how(
    watch: Watch, seated: None, ana: Agent
) -> None:
    tell(watch, QueueJoined("101", CALLER, 1), MemberRung(Member("101", "SIP/1001"), CALLER, TELEPHONE))
    last_heard = Listening.objects.get().lease_until
    assert last_heard is not None
    assert close_the_unwatched(now=last_heard + timedelta(seconds=50)) == 0
    assert close_the_unwatched(now=last_heard + timedelta(seconds=70)) == 1
    assert QueueCall.objects.get().outcome == "unknown"
    assert not QueueRing.objects.filter(ended_at=None).exists()
    assert state_of(ana) == "available"


@pytest.mark.parametrize("why", ["LinkLost: it closed the connection", ""], ids=["lost", "stopped"])
def test_a_call_goes_on_while_the_link_is_away_for_less_than_a_minute(
    watch: Watch, seated: None, ana: Agent, why: str
) -> None:
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    lost = NOW + timedelta(minutes=1)
    let_go(held=watch.held_for_test, now=lost, why=why)  # type: ignore[attr-defined]
    assert close_the_unwatched(now=lost + timedelta(seconds=5)) == 0
    assert close_the_unwatched(now=lost + timedelta(seconds=55)) == 0
    assert (QueueCall.objects.get().state, state_of(ana)) == ("talking", "on_a_call")
    assert close_the_unwatched(now=lost + timedelta(seconds=65)) == 1
    assert (QueueCall.objects.get().outcome, state_of(ana)) == ("unknown", "wrapping_up")


def test_who_takes_the_link_up_again_at_once_goes_on_with_the_same_calls(
    board: Switchboard, watch: Watch, seated: None, ana: Agent
) -> None:
    waits = Leg("7.7", number="44250001")
    tell(watch, QueueJoined("102", waits, 1), MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    lost = NOW + timedelta(minutes=1)
    let_go(held=watch.held_for_test, now=lost, why="")  # type: ignore[attr-defined]
    back = lost + timedelta(seconds=1)
    held = take_hold(switchboard=board, holder="second", now=back)
    assert held is not None
    seen: list[Event] = [ChannelSeen(leg, True, 90, "") for leg in (CALLER, TELEPHONE, waits)]
    seen.append(CallerSeen("102", waits, 1, 61))
    assert close_the_unwatched(now=back) == 0
    assert Watch(held).reconcile(seen=seen, now=back) == 0
    assert sorted(QueueCall.objects.values_list("uid", "state")) == [("1.1", "talking"), ("7.7", "waiting")]
    assert state_of(ana) == "on_a_call"


def test_another_listener_goes_on_from_the_rows(watch: Watch, seated: None, ana: Agent) -> None:
    tell(watch, MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    anew = Watch(watch.held_for_test)  # type: ignore[attr-defined]
    anew.held_for_test = watch.held_for_test  # type: ignore[attr-defined]
    tell(anew, HungUp(TELEPHONE, 16))
    assert QueueCall.objects.get().outcome == "done"


@pytest.mark.parametrize(
    ("interface", "number"),
    [("PJSIP/1001", "1001"), ("SIP/1001", "1001"), ("Local/1001@from-queue/n", "1001"), ("Agent/x", ""), ("", "")],
)
def test_what_a_queue_calls_a_member(interface: str, number: str) -> None:
    assert number_of(interface) == number


def test_who_is_answered_at_no_telephone_of_ours_was_not_left_alone(watch: Watch, seated: None, luis: Agent) -> None:
    """She is handed over to several telephones at once; it rings at Luis', and somebody nobody knows lifts another."""
    hers, nobodys = Leg("1.5", channel="SIP/1002-5"), Leg("1.6", channel="SIP/1077-6")
    tell(watch, QueueJoined("101", CALLER, 1), MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    tell(watch, Transferred(TELEPHONE, CALLER, None, "600", came_about=True))
    tell(watch, DialBegan(CALLER, hers), DialBegan(CALLER, nobodys))
    assert state_of(luis) == "ringing"
    tell(watch, Joined("b", CALLER), Joined("b", nobodys), DialEnded(CALLER, hers, "CANCEL"))
    assert state_of(luis) == "available"
    tell(watch, HungUp(nobodys, 16), HungUp(CALLER, 16))
    assert QueueCall.objects.get(is_handed_on=True).outcome == "done"


def test_who_was_asked_and_had_not_lifted_when_she_hung_up_is_to_be_heard(watch: Watch, seated: None) -> None:
    """A switchboard goes on to ring at his telephone; nobody lifts it, and she hangs up as whoever had enough does."""
    tell(watch, QueueJoined("101", CALLER, 1), MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    tell(watch, Transferred(TELEPHONE, CALLER, None, "", came_about=True), HungUp(TELEPHONE, 16))
    tell(watch, HungUp(CALLER, 16), at=NOW + timedelta(minutes=1))
    assert sorted(call.outcome for call in QueueCall.objects.all()) == ["not_answered", "transferred"]


@pytest.mark.parametrize("there", [True, False], ids=["she is in it still", "her telephone has left"])
def test_who_was_handed_over_in_the_moment_the_link_was_lost_is_followed(
    there: bool, watch: Watch, seated: None, ana: Agent
) -> None:
    """What the switchboard answered to the order was heard, and not that her telephone left the call."""
    tell(watch, QueueJoined("101", CALLER, 1), MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    call = QueueCall.objects.get()
    CallOrder.objects.create(
        call=call,
        agent=ana,
        kind="blind",
        number="1077",
        state="done",
        asked_at=NOW,
        sent_at=NOW,
        ended_at=NOW,
        fence=1,
    )
    seen: list[Event] = [ChannelSeen(CALLER, True, 70, ""), *([ChannelSeen(TELEPHONE, True, 60, "")] if there else [])]
    watch.reconcile(seen=seen, now=NOW + timedelta(minutes=1))
    tell(watch, HungUp(CALLER, 17), at=NOW + timedelta(minutes=2))
    outcomes = sorted(one.outcome for one in QueueCall.objects.all())  # two of one moment have no order
    assert outcomes == (["done"] if there else ["not_answered", "transferred"])


@pytest.mark.parametrize(("kind", "state"), [("blind", "done"), ("blind", "sent"), ("attended", "taken")])
def test_who_is_gone_when_the_link_is_back_and_was_being_handed_over_is_found(
    kind: str, state: str, watch: Watch, seated: None, ana: Agent
) -> None:
    """Not even that her telephone left the call was heard; whether somebody spoke with her nobody knows."""
    caller = replace(CALLER, number="70712345")
    tell(watch, QueueJoined("101", caller, 1), MemberConnected(Member("101", "SIP/1001"), caller, TELEPHONE, 3))
    call = QueueCall.objects.get()
    ended = NOW if state == "done" else None
    CallOrder.objects.create(
        call=call, agent=ana, kind=kind, number="1077", state=state, asked_at=NOW, sent_at=NOW, ended_at=ended, fence=1
    )
    QueueCall.objects.update(held_at=NOW if kind == "attended" else None)
    watch.reconcile(seen=[], now=NOW + timedelta(minutes=1))
    her_own, handed_on = QueueCall.objects.order_by("is_handed_on")
    assert (her_own.outcome, handed_on.outcome, handed_on.is_handed_on) == ("unknown", "unknown", True)
    assert call_back_the_lost(now=NOW + timedelta(minutes=4)) == 1
    assert "iba a transferirle a 1077" in Escalation.objects.get().reason
    assert (CallOrder.objects.get().state == "done") == (state == "done")


def test_who_was_being_handed_over_and_is_with_her_after_all_is_not_called(
    watch: Watch, seated: None, ana: Agent
) -> None:
    """The link was away for so long that nobody waited for it; it is the same talk when it is back."""
    tell(watch, QueueJoined("101", CALLER, 1), MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    call = QueueCall.objects.get()
    CallOrder.objects.create(
        call=call, agent=ana, kind="blind", number="1077", state="sent", asked_at=NOW, sent_at=NOW, fence=1
    )
    Listening.objects.update(lost_at=NOW + timedelta(minutes=1))
    assert close_the_unwatched(now=NOW + timedelta(minutes=3)) == 1
    seen = [ChannelSeen(CALLER, True, 200, "b"), ChannelSeen(TELEPHONE, True, 190, "b")]
    Watch(watch.held_for_test).reconcile(seen=seen, now=NOW + timedelta(minutes=4))  # type: ignore[attr-defined]
    call.refresh_from_db()
    assert (call.state, call.ended_at) == ("talking", None)
    assert call_back_the_lost(now=NOW + timedelta(minutes=7)) == 0


def test_who_is_handed_over_to_a_machine_was_left_alone_by_nobody(watch: Watch, seated: None) -> None:
    tell(watch, QueueJoined("101", CALLER, 1), MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    tell(watch, Transferred(TELEPHONE, CALLER, None, "*98", came_about=True))
    tell(watch, HungUp(CALLER, 16), at=NOW + timedelta(minutes=2))
    assert [call.outcome for call in QueueCall.objects.all()] == ["transferred"]


@pytest.mark.parametrize(("cause", "seconds"), [(34, 30), (66, 0), (16, 1)])
def test_who_is_handed_over_to_where_nothing_leads_was_left_alone(
    cause: int, seconds: int, watch: Watch, seated: None
) -> None:
    tell(watch, QueueJoined("101", CALLER, 1), MemberConnected(Member("101", "SIP/1001"), CALLER, TELEPHONE, 3))
    tell(watch, Transferred(TELEPHONE, CALLER, None, "70711198", came_about=True))
    tell(watch, HungUp(CALLER, cause), at=NOW + timedelta(minutes=1, seconds=seconds))
    assert sorted(call.outcome for call in QueueCall.objects.all()) == ["not_answered", "transferred"]
