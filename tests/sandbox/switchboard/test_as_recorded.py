"""The played switchboard against recordings of a real one: the same events, in the same order, with the same fields.

Real parties were Local channels there, with two halves; the second half is left out. What is said of variables and of
the dialplan's steps is of that dialplan, and the answer to a click has no place of its own in the order.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache

import pytest

from telephony.ami import Message
from tests.sandbox.switchboard.playing import WITHOUT_END, Board, Plain
from tests.telephony.recordings import recording

pytestmark = pytest.mark.processes

RECORDED = (
    *("c2c-answer-customer-hangs-up", "c2c-customer-cause17-busy", "c2c-connection-lost-recovery-after-reconnect"),
    *("inbound-answered-agent-hangs-up", "inbound-blind-transfer", "inbound-attended-transfer", "proto-queue-actions"),
    *("inbound-abandoned-while-ringing", "inbound-ring-no-answer-then-second-agent", "inbound-exit-with-timeout"),
)
OF_THAT_DIALPLAN = ("VarSet", "Newexten", "UserEvent", "LocalBridge", "DeviceStateChange", "SuccessfulAuth")
NO_PLACE = ("OriginateResponse", "QueueMemberStatus", "QueueMemberAdded", "QueueMemberRemoved")
NUMBER = "70712345"


@lru_cache
def recorded_fields() -> dict[str, set[tuple[str, ...]]]:
    """Of every event that was recorded, the fields it came with, in their order."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for name in RECORDED:
        for message in recording(name).messages:
            kind = message.event or f"answer {message.get('message')}"
            found.setdefault(kind, set()).add(tuple(key for key, _value in message.pairs))
    return found


def order(messages: list[Message], begins: str, ends: str) -> list[str]:
    """The events from the first `begins` to the first `ends`, without what has no place of its own."""
    events = [
        one.event
        for one in messages
        if one.event and one.event not in (*OF_THAT_DIALPLAN, *NO_PLACE) and not one.get("channel").endswith(";2")
    ]
    start = events.index(begins)
    return events[start : events.index(ends, start) + 1]


async def clicked(board: Board, client: Plain, key: str, exten: str, number: str) -> None:
    """One click from the first ring to the end."""
    client.say(
        f"Action: Originate;ActionID: {key};Channel: PJSIP/{exten};Context: callcenter-out;Exten: {number};Priority: 1;"
        f"CallerID: {number};Timeout: 20000;Async: true;ChannelId: {key};Variable: CALLCENTER_SHOWN=4251000"
    )
    await client.until(lambda message: message.event == "Hangup" and message.get("uniqueid") == key)


@pytest.mark.parametrize(
    ("name", "number"), [("answer-customer-hangs-up", NUMBER), ("customer-cause17-busy", "70712390")]
)
def test_a_click_is_told_in_the_recorded_order(newer: Board, name: str, number: str) -> None:
    async def test() -> None:
        client = await Plain.connect(newer)
        await client.sign_in()
        await clicked(newer, client, f"order-{number}", "1001", number)
        ours, theirs = (
            order(said, "Newchannel", "BridgeDestroy" if name.startswith("answer") else "HangupRequest")
            for said in (client.heard, recording(f"c2c-{name}").messages)
        )
        assert ours == theirs
        client.writer.close()

    asyncio.run(test())


@pytest.mark.parametrize(
    ("name", "line", "call"),
    [
        ("answered-agent-hangs-up", "101", {"patience": WITHOUT_END, "talk": 4, "ends": "agent"}),
        ("abandoned-while-ringing", "102", {"patience": 5}),
    ],
)
def test_a_call_at_a_queue_is_told_in_the_recorded_order(
    newer: Board, name: str, line: str, call: dict[str, object]
) -> None:
    async def test() -> None:
        exten, picks_up = ("1002", "never") if name.startswith("abandoned") else ("1003", 3)
        newer.turn(extensions={exten: {"picks_up": picks_up}})
        client = await Plain.connect(newer)
        await client.sign_in()
        await client.answer(f"Action: QueueAdd;Queue: {line};Interface: PJSIP/{exten}", "add")
        newer.do("call-in", line=line, **call)
        await client.until(lambda message: message.event == "Hangup" and message.get("context") == "from-trunk")
        last = "QueueCallerLeave" if name.startswith("abandoned") else "Hangup"
        ours, theirs = (
            order(said, "QueueCallerJoin", last) for said in (client.heard, recording(f"inbound-{name}").messages)
        )
        assert ours == theirs
        client.writer.close()

    asyncio.run(test())


def test_each_event_and_answer_has_the_fields_it_was_recorded_with(newer: Board) -> None:
    async def test() -> None:
        newer.turn(extensions={"1004": {"picks_up": 1}, "1005": {"picks_up": "never"}, "1006": {"picks_up": 1}})
        client = await Plain.connect(newer)
        await client.sign_in()
        for number in (NUMBER, "70712390"):
            await clicked(newer, client, f"fields-{number}", "1004", number)
        for exten, line in (("1004", "103"), ("1005", "104")):
            added = f"Action: QueueAdd;Queue: {line};Interface: PJSIP/{exten};MemberName: Ana"
            await client.answer(added, f"add-{exten}")
        await client.answer("Action: QueuePause;Interface: PJSIP/1005;Paused: true;Reason: Lunch", "pause")
        await client.answer("Action: QueuePause;Interface: PJSIP/1005;Paused: false", "go-on")
        newer.do("call-in", line="104", patience=20)
        await client.until(lambda message: message.event == "QueueCallerAbandon")
        newer.turn(talks=[WITHOUT_END, WITHOUT_END])
        newer.do("call-in", line="103", patience=WITHOUT_END, talk=WITHOUT_END)
        call = await client.until(lambda message: message.event == "AgentConnect")
        await client.answer("Action: QueueStatus;Queue: 103", "status")
        await client.until(lambda message: message.event == "QueueStatusComplete")
        await client.answer("Action: CoreShowChannels", "channels")
        await client.until(lambda message: message.event == "CoreShowChannelsComplete")
        asked = f"Channel: {call.get('destchannel')};Context: from-internal;Exten: 1006"
        await client.answer(f"Action: Atxfer;{asked}", "ask-first")
        await client.until(lambda message: message.event == "DialEnd" and "PJSIP/1006" in message.get("destchannel"))
        newer.do("hang-up", extension="1004")
        await client.until(lambda message: message.event == "AttendedTransfer")
        there = next(one["channel"] for one in newer.state()["channels"] if "1006" in one["channel"])
        await client.answer(f"Action: BlindTransfer;Channel: {there};Context: from-internal;Exten: 1099", "blindly")
        await client.answer("Action: QueueRemove;Queue: 103;Interface: PJSIP/1004", "remove")
        newer.do("hang-up", extension="1099")
        client.writer.close()

        known, compared = recorded_fields(), set[str]()
        for message in client.heard:
            kind = message.event or f"answer {message.get('message')}"
            if kind in known and kind != "UserEvent":
                compared.add(kind)
                assert tuple(key for key, _value in message.pairs) in known[kind], message
        events = {kind for kind in compared if not kind.startswith("answer")}
        assert {"DialBegin", "BridgeEnter", "AgentComplete", "AttendedTransfer", "BlindTransfer"} <= events
        assert len(events) >= 38, sorted(known.keys() - compared)

    asyncio.run(test())
