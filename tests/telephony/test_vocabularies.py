"""What each generation of Asterisk says, in our words: recorded calls, and the same of an older one by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from telephony.ami import Decoder, Message
from telephony.events import (
    Event,
    Held,
    Joined,
    KeyTold,
    MemberConnected,
    MemberDone,
    MemberPaused,
    MemberRung,
    MemberRungInVain,
    Parted,
    QueueGivenUp,
    QueueJoined,
    QueueLeft,
    Transferred,
)
from telephony.outcomes import ClickedCall
from telephony.vocabularies import Vocabulary
from tests.telephony.recordings import SAMPLES, all_names, recording

OF_A_QUEUE = (QueueJoined, QueueLeft, QueueGivenUp, MemberRung, MemberRungInVain, MemberConnected, MemberDone)
ANNA = "Local/1001@agents/n"


def told(name: str) -> list[Event]:
    read = recording(name)
    words = Vocabulary(read.version)
    return [event for message in read.messages for event in words.read(message)]


def kinds(events: Sequence[Event], *of: type) -> list[str]:
    return [type(event).__name__ for event in events if isinstance(event, of)]


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("answered-agent-hangs-up", ["QueueJoined", "MemberRung", "MemberConnected", "MemberDone", "QueueLeft"]),
        ("answered-caller-hangs-up", ["QueueJoined", "MemberRung", "MemberConnected", "MemberDone", "QueueLeft"]),
        ("abandoned-no-agent-logged-in", ["QueueJoined", "QueueGivenUp", "QueueLeft"]),
        ("abandoned-while-ringing", ["QueueJoined", "MemberRung", "QueueGivenUp", "QueueLeft"]),
        ("exit-with-timeout", ["QueueJoined", "QueueGivenUp", "QueueLeft"]),
    ],
)
def test_a_call_at_a_queue_is_told_step_by_step(name: str, steps: list[str]) -> None:
    seen = kinds(told(f"inbound-{name}"), *OF_A_QUEUE)
    assert sorted(seen) == sorted(steps)
    assert seen[0] == "QueueJoined"


def test_whom_it_rang_at_and_for_how_long_they_spoke() -> None:
    events = told("inbound-answered-caller-hangs-up")
    (joined,) = [one for one in events if isinstance(one, QueueJoined)]
    (rung,) = [one for one in events if isinstance(one, MemberRung)]
    (connected,) = [one for one in events if isinstance(one, MemberConnected)]
    (done,) = [one for one in events if isinstance(one, MemberDone)]
    assert joined.leg.uid == rung.caller.uid == connected.caller.uid == done.caller.uid
    assert joined.leg.number.isdigit()
    assert rung.member.interface == connected.member.interface == ANNA
    assert rung.telephone is not None
    assert connected.telephone is not None
    assert rung.telephone.uid == connected.telephone.uid != joined.leg.uid
    assert (done.reason, done.talked >= 1) == ("caller", True)


def test_two_rung_at_once_are_two_and_one_answers() -> None:
    events = told("inbound-ringall-two-agents")
    rung = {one.member.interface for one in events if isinstance(one, MemberRung)}
    answered = [one.member.interface for one in events if isinstance(one, MemberConnected)]
    assert (len(rung), len(answered)) == (2, 1)
    assert answered[0] in rung


def test_a_pause_is_told_with_its_reason() -> None:
    paused = [
        (one.is_paused, one.reason) for one in told("inbound-pause-unpause-meanwhile") if isinstance(one, MemberPaused)
    ]
    assert paused
    assert {is_paused for is_paused, _reason in paused} == {True, False}
    assert all(reason for is_paused, reason in paused if is_paused)


@pytest.mark.parametrize(("name", "is_blind"), [("blind-transfer", True), ("attended-transfer", False)])
def test_a_transfer_says_who_handed_whom_over(name: str, is_blind: bool) -> None:
    events = told(f"inbound-{name}")
    caller = next(one.leg for one in events if isinstance(one, QueueJoined))
    (handed,) = [one for one in events if isinstance(one, Transferred)]
    assert handed.came_about
    assert handed.whom.uid == caller.uid
    assert (bool(handed.extension), handed.to is None) == (is_blind, is_blind)


def test_who_hangs_up_before_the_one_she_asks_has_lifted_hands_over_to_nobody_yet() -> None:
    recorded = next(one for one in recording("inbound-attended-transfer").messages if one.event == "AttendedTransfer")
    said = dict(recorded.pairs) | {"transfertargetchannelstatedesc": "Ringing"}
    (handed,) = Vocabulary("13.0.0").read(Message(tuple(said.items())))
    assert isinstance(handed, Transferred)
    assert (handed.to, handed.extension, handed.came_about) == (None, "", True)


@pytest.mark.parametrize("name", all_names(""))
def test_nothing_recorded_breaks_a_vocabulary_and_what_is_left_out_is_counted(name: str) -> None:
    for version in ("13.0.0", "1.3"):
        words = Vocabulary(version)
        read = [event for message in recording(name).messages for event in words.read(message)]
        told_of = [message for message in recording(name).messages if message.event]
        assert len(read) + words.unknown.total() <= 2 * len(told_of)


def of_an_older_one(name: str) -> list[Message]:
    decoder = Decoder()
    text = (SAMPLES / "asterisk_11" / f"{name}.txt").read_text()
    messages = decoder.feed(text.replace("\n", "\r\n").encode())
    assert Vocabulary(decoder.version).is_older
    return messages


def test_an_older_one_tells_of_a_clicked_call_by_its_variable() -> None:
    words, call = Vocabulary("1.3"), ClickedCall("k7")
    phases = []
    for message in of_an_older_one("click-answered"):
        for event in words.read(message):
            call.take(event)
            phases.append(str(call.phase))
    assert list(dict.fromkeys(phases)) == ["asked", "agent_rings", "customer_rings", "talking", "over"]
    assert call.outcome == "answered"


def test_an_older_one_tells_of_a_busy_customer() -> None:
    words, call = Vocabulary("1.3"), ClickedCall("k8")
    for message in of_an_older_one("click-busy"):
        for event in words.read(message):
            call.take(event)
    assert (call.outcome, call.is_over) == ("busy", True)


def test_an_older_one_tells_of_a_call_at_a_queue() -> None:
    words = Vocabulary("1.3")
    events = [event for message in of_an_older_one("queue-answered") for event in words.read(message)]
    assert kinds(events, *OF_A_QUEUE) == ["QueueJoined", "MemberRung", "QueueLeft", "MemberConnected", "MemberDone"]
    (rung,) = [one for one in events if isinstance(one, MemberRung)]
    (connected,) = [one for one in events if isinstance(one, MemberConnected)]
    assert (rung.member.interface, connected.member.interface, connected.waited) == ("SIP/1001", "SIP/1001", 4)
    assert connected.telephone is not None
    assert connected.telephone.uid == "1764075604.12"
    assert [one.is_on for one in events if isinstance(one, Held)] == [True, False]
    assert {one.leg.uid for one in events if isinstance(one, Joined)} == {"1764075600.11", "1764075604.12"}
    assert {one.leg.uid for one in events if isinstance(one, Parted)} == {"1764075600.11", "1764075604.12"}
    assert [(one.is_paused, one.reason) for one in events if isinstance(one, MemberPaused)] == [(True, "Almuerzo")]


def test_only_our_own_variable_tells_a_key() -> None:
    words = Vocabulary("1.3")
    (message,) = Decoder().feed(b"Event: VarSet\nUniqueid: 1.1\nVariable: DIALSTATUS\nValue: BUSY\n\n")
    assert words.read(message) == ()
    (message,) = Decoder().feed(b"Event: VarSet\nUniqueid: 1.1\nVariable: __CALLCENTER_ATTEMPT\nValue: k1\n\n")
    (event,) = words.read(message)
    assert isinstance(event, KeyTold)
    assert event.key == "k1"
