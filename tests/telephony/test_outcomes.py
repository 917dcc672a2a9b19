"""What became of a clicked call: every recorded one, and the orders in which the same may be told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.events import (
    CallPlaced,
    CallResult,
    ChannelBegan,
    ChannelSeen,
    DialBegan,
    DialEnded,
    Event,
    HungUp,
    KeyTold,
    Leg,
)
from telephony.outcomes import ClickedCall, Outcome, Phase
from telephony.vocabularies import Vocabulary
from tests.telephony.recordings import Recording, all_names, recording

RECORDED = {
    "agent-busy": "agent_busy",
    "agent-cause17-busy": "agent_busy",
    "agent-cause20-absent": "agent_absent",
    "agent-cause34-congestion": "agent_congestion",
    "agent-congestion": "agent_congestion",
    "agent-declines": "agent_refused",
    "agent-extension-missing": "agent_absent",
    "agent-hangs-up-while-customer-rings": "cancelled",
    "agent-noanswer-originate-timeout": "agent_no_answer",
    "agent-unknown-technology": "agent_absent",
    "answer-agent-hangs-up": "answered",
    "answer-customer-hangs-up": "answered",
    "application-dial": "answered",
    "callerid-utf8": "answered",
    "cancel-by-uniqueid": "cancelled",
    "cancel-while-agent-rings": "cancelled",
    "cancel-while-customer-rings": "cancelled",
    "cancel-while-talking": "answered",
    "connection-lost-first-connection": "unknown",
    "customer-busy": "busy",
    "customer-cause1-unallocated": "unallocated",
    "customer-cause17-busy": "busy",
    "customer-cause18": "out_of_reach",
    "customer-cause20-subscriber-absent": "out_of_reach",
    "customer-cause21-rejected": "rejected",
    "customer-cause27-out-of-order": "out_of_reach",
    "customer-cause28-invalid-number": "unallocated",
    "customer-cause3-no-route": "out_of_reach",
    "customer-cause34": "congestion",
    "customer-cause38": "congestion",
    "customer-chanunavail-no-such-destination": "failed",
    "customer-chanunavail-unknown-technology": "failed",
    "customer-congestion": "congestion",
    "customer-early-media-then-busy": "busy",
    "customer-local-optimised": "answered",
    "customer-noanswer-cause19": "no_answer",
    "customer-noanswer-dial-timeout": "no_answer",
    "customer-two-destinations": "answered",
    "earlymedia-true": "answered",
    "error-channel-missing": "not_placed",
    "error-channel-without-slash": "not_placed",
    "error-channelid-too-long": "not_placed",
    "error-extension-does-not-exist": "not_placed",
    "error-invalid-priority-label": "not_placed",
    "error-invalid-timeout": "not_placed",
    "error-permission-denied": "not_placed",
    "error-priority-missing": "answered",
    "no-channelid": "answered",
    "no-otherchannelid": "answered",
    "repeated-header": "agent_busy",
    "synchronous": "answered",
    "synchronous-failure": "not_placed",
    "with-timestampevents-and-channelvars": "answered",
}
SEVERAL_CONNECTIONS = {
    "connection-lost": "of somebody who listens beside",
    "connection-lost-recovery-after-reconnect": "the second half",
    "duplicate-channelid": "two attempts under one key: ours has its own",
}


def clicked(read: Recording) -> ClickedCall:
    """The attempt of a recording; there the key of the channel and that of the action are two, with us they are one."""
    asked = read.asked("Originate")[0]
    return ClickedCall(asked.get("ChannelId") or asked["ActionID"])


def events_of(read: Recording, call: ClickedCall) -> list[Event]:
    action = read.asked("Originate")[0]["ActionID"] if read.asked("Originate") else ""
    found, words = [], Vocabulary(read.version)
    for message in read.messages:
        if message.is_answer and message.action_id == action and not message.succeeded:
            call.refused()
        for event in words.read(message):
            ours = isinstance(event, CallPlaced) and event.action_id == action
            found.append(replace(event, action_id=call.key) if ours else event)
    return found


def test_each_recording_of_a_click_is_in_the_table() -> None:
    names = {name.removeprefix("c2c-") for name in all_names("c2c-")}
    assert names == RECORDED.keys() | SEVERAL_CONNECTIONS.keys()


@pytest.mark.parametrize(("name", "outcome"), RECORDED.items())
def test_a_recorded_call_has_the_result_it_had(name: str, outcome: str) -> None:
    read = recording(f"c2c-{name}")
    call = clicked(read)
    for event in events_of(read, call):
        call.take(event)
    assert (call.outcome, call.is_over) == (outcome, outcome != "unknown")


@pytest.mark.parametrize("name", [name for name, outcome in RECORDED.items() if outcome != "not_placed"])
def test_without_the_word_of_the_dialplan_the_dials_tell_the_same(name: str) -> None:
    """It does not come when Asterisk dies, or where a site has not put it into its dialplan."""
    read = recording(f"c2c-{name}")
    call = clicked(read)
    for event in events_of(read, call):
        if not isinstance(event, CallResult):
            call.take(event)
    assert call.outcome == RECORDED[name]


def test_a_call_goes_on_without_its_listener_and_is_known_when_it_is_back() -> None:
    before, after = (
        recording("c2c-connection-lost-first-connection"),
        recording("c2c-connection-lost-recovery-after-reconnect"),
    )
    call = clicked(before)
    for event in events_of(before, call):
        call.take(event)
    assert (call.outcome, call.phase) == (Outcome.UNKNOWN, Phase.AGENT_RINGS)
    for event in events_of(after, call):
        call.take(event)
    assert (call.outcome, call.phase) == (Outcome.ANSWERED, Phase.OVER)


def seen(call: ClickedCall, *channels: ChannelSeen) -> Phase:
    for one in channels:
        call.take(one)
    return call.phase


HER_TELEPHONE = Leg("key", linked="key", channel="PJSIP/1001-0000002a")
AT_THE_TRUNK = Leg("1.2", linked="key", channel="PJSIP/trunk-0000002b")


def test_who_answered_while_the_link_was_away_talks() -> None:
    call = ClickedCall("key")
    call.take(ChannelBegan(HER_TELEPHONE))
    assert seen(call, ChannelSeen(HER_TELEPHONE, False, 3, "")) == Phase.AGENT_RINGS
    assert seen(call, ChannelSeen(HER_TELEPHONE, True, 9, ""), ChannelSeen(AT_THE_TRUNK, False, 2, "")) == (
        Phase.CUSTOMER_RINGS
    )
    assert seen(call, ChannelSeen(HER_TELEPHONE, True, 19, "b"), ChannelSeen(AT_THE_TRUNK, True, 12, "b")) == (
        Phase.TALKING
    )
    call.take(HungUp(AT_THE_TRUNK, 16))
    call.take(HungUp(HER_TELEPHONE, 16))
    assert (call.outcome, call.is_over) == (Outcome.ANSWERED, True)


def test_an_older_switchboard_says_it_by_the_other_end_of_the_bridge() -> None:
    """In whatever order: her telephone is known by its key from before."""
    agent, customer = replace(HER_TELEPHONE, uid="3.1", linked=""), replace(AT_THE_TRUNK, linked="")
    call = ClickedCall("key")
    call.take(KeyTold(agent, "key"))
    assert seen(call, ChannelSeen(customer, True, 12, "1.2+3.1"), ChannelSeen(agent, True, 19, "3.1+1.2")) == (
        Phase.TALKING
    )


@pytest.mark.parametrize(
    "half", ["Local/1001@agent-phone-000002ba;2", "PJSIP/1001-0000002c"], ids=["the other half", "what is behind it"]
)
def test_what_her_own_telephone_is_made_of_is_no_customer(half: str) -> None:
    agent = replace(HER_TELEPHONE, channel="Local/1001@agent-phone-000002ba;1")
    behind = Leg("1.3", linked="key", channel=half)
    assert seen(ClickedCall("key"), ChannelSeen(behind, True, 4, ""), ChannelSeen(agent, True, 4, "")) == (
        Phase.AGENT_RINGS
    )
    assert seen(ClickedCall("key"), ChannelSeen(agent, True, 4, ""), ChannelSeen(behind, True, 4, "b")) == (
        Phase.AGENT_RINGS
    )


def test_a_failure_that_carries_the_uid_of_another_call_is_not_that_calls() -> None:
    read = recording("c2c-duplicate-channelid")
    first, second = read.asked("Originate")
    assert first["ChannelId"] == second["ChannelId"]
    call = ClickedCall(first["ChannelId"])
    for event in events_of(read, call):
        call.take(event)
    assert call.outcome == Outcome.ANSWERED


def test_the_phases_of_a_call_come_one_after_the_other() -> None:
    read = recording("c2c-answer-customer-hangs-up")
    call, phases = clicked(read), [Phase.ASKED]
    for event in events_of(read, call):
        call.take(event)
        if call.phase != phases[-1]:
            phases.append(call.phase)
    assert phases == ["asked", "agent_rings", "customer_rings", "talking", "over"]


AGENT, CUSTOMER = Leg("key"), Leg("1.2")
OF_A_BUSY_CUSTOMER = (
    CallPlaced("key", "key", answered=True, reason=4),
    DialEnded(None, AGENT, "ANSWER"),
    DialBegan(AGENT, CUSTOMER),
    DialEnded(AGENT, CUSTOMER, "BUSY"),
    CallResult(AGENT, "", "BUSY", 17, machine=False),
    HungUp(CUSTOMER, 17),
    HungUp(AGENT, 17),
)


@given(st.permutations(OF_A_BUSY_CUSTOMER))
def test_the_order_of_what_is_told_changes_nothing(events: list[Event]) -> None:
    call = ClickedCall("key")
    for event in events:
        call.take(event)
    assert call.outcome == Outcome.BUSY


LIFTED = (CallPlaced("key", "key", answered=True, reason=4), DialEnded(None, AGENT, "ANSWER"))


def test_who_hung_up_before_anything_was_dialled_cancelled_it() -> None:
    """The dialplan comes to its end without a `Dial`: it has no status to tell."""
    call = ClickedCall("key")
    for event in (*LIFTED, CallResult(AGENT, "key", "", 16, machine=False), HungUp(AGENT, 16)):
        call.take(event)
    assert (call.outcome, call.is_settled) == (Outcome.CANCELLED, True)


def test_where_a_telephone_was_dialled_an_empty_status_is_no_cancelling_of_hers() -> None:
    call = ClickedCall("key")
    for event in (*LIFTED, DialBegan(AGENT, CUSTOMER), CallResult(AGENT, "key", "", 16, machine=False)):
        call.take(event)
    call.take(HungUp(AGENT, 16))
    assert call.outcome == Outcome.FAILED


def test_without_the_word_of_the_dialplan_nobody_knows_that_nothing_was_dialled() -> None:
    call = ClickedCall("key")
    for event in (*LIFTED, HungUp(AGENT, 16)):
        call.take(event)
    assert call.outcome == Outcome.FAILED


def test_an_answering_machine_is_no_customer() -> None:
    call = ClickedCall("key")
    call.take(CallResult(AGENT, "key", "ANSWER", 16, machine=True))
    assert call.outcome == Outcome.MACHINE


def test_who_was_not_heard_of_to_the_end_is_unknown() -> None:
    call = ClickedCall("key")
    call.take(CallPlaced("key", "key", answered=True, reason=4))
    call.take(DialBegan(AGENT, CUSTOMER))
    assert (call.outcome, call.phase) == (Outcome.UNKNOWN, Phase.CUSTOMER_RINGS)
