"""The wire: recorded bytes in any pieces, what no Asterisk would say, and what never goes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.actions import ACTIONS, action, ring_agent_then
from telephony.ami import LONGEST_LINE, MOST_LINES, Decoder, Message, NotSendable, encode
from tests.telephony.recordings import SAMPLES, recording

RECORDED = sorted(path.name.removesuffix(".server.bin") for path in (SAMPLES / "bytes").iterdir())
A_CALL = (SAMPLES / "bytes" / "ami-c2c-customer-cause17-busy.server.bin").read_bytes()[:4000]


def decoded(*pieces: bytes) -> list[Message]:
    decoder = Decoder()
    return [message for piece in pieces for message in decoder.feed(piece)]


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_bytes_say_what_their_transcript_says(name: str) -> None:
    decoder = Decoder()
    messages = decoder.feed((SAMPLES / "bytes" / f"{name}.server.bin").read_bytes())
    assert messages == recording(name.removeprefix("ami-")).messages
    assert (decoder.version, decoder.cut, decoder.waiting) == ("13.0.0", 0, 0)


@given(st.lists(st.integers(0, len(A_CALL)), max_size=30))
def test_in_whatever_pieces_bytes_come_they_say_the_same(cuts: list[int]) -> None:
    ends = sorted({0, *cuts, len(A_CALL)})
    assert decoded(*(A_CALL[a:b] for a, b in zip(ends, ends[1:], strict=False))) == decoded(A_CALL)


def test_lines_end_in_lf_alone_too_and_keys_come_in_any_case_and_twice() -> None:
    (message,) = decoded(b"EVENT: UserEvent\nChanVariable: A=1\nchanvariable: B=2\nEmpty:\nNoSpace:x\n\n")
    assert message.event == "UserEvent"
    assert message.all("chanvariable") == ["A=1", "B=2"]
    assert (message.get("empty"), message.get("nospace"), message.get("absent", "-")) == ("", "x", "-")


def test_a_name_in_latin_1_is_read_as_it_was_meant() -> None:
    (message,) = decoded("Event: Newchannel\r\nCallerIDName: Muñoz\r\n\r\n".encode("latin-1"))
    assert message.get("calleridname") == "Muñoz"


def test_an_event_with_a_response_in_it_answers_nothing() -> None:
    (told, answer) = decoded(
        b"Event: OriginateResponse\r\nResponse: Failure\r\n\r\nResponse: Error\r\nActionID: a\r\n\r\n"
    )
    assert (told.is_answer, answer.is_answer, answer.succeeded, answer.action_id) == (False, True, False, "a")


def test_a_line_without_end_costs_no_memory_and_is_not_the_next_message() -> None:
    decoder = Decoder()
    for _ in range(100):
        assert decoder.feed(b"Event: " + b"x" * LONGEST_LINE) == []
        assert decoder.waiting <= 2 * LONGEST_LINE
    assert decoder.cut >= 1
    ended = decoder.feed(b"\r\n\r\nEvent: Ping\r\n\r\n")
    assert ended[-1].event == "Ping"


def test_a_message_without_end_costs_no_memory() -> None:
    decoder = Decoder()
    for _ in range(10):
        decoder.feed(b"Key: value\r\n" * MOST_LINES)
    assert decoder.cut == 1
    (message,) = decoder.feed(b"\r\n")
    assert len(message.pairs) <= MOST_LINES + 1


@given(st.binary(max_size=400))
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    decoder = Decoder()
    decoder.feed(data)
    decoder.feed(b"\n\n")
    assert decoder.feed(b"Event: Ping\n\n")[-1].event == "Ping"


@given(st.sampled_from(sorted(ACTIONS)), st.data())
def test_nothing_anybody_typed_becomes_a_second_header_or_action(name: str, data: st.DataObject) -> None:
    keys = data.draw(st.lists(st.sampled_from([*ACTIONS[name], "Command"]), max_size=4))
    headers = [(key, data.draw(st.text(max_size=60))) for key in keys]
    asked_as = data.draw(st.text(max_size=10) | st.just("a-1"))
    try:
        sent = action(name, headers, action_id=asked_as)
    except NotSendable:
        return
    lines = sent.decode().split("\r\n")
    assert lines[-2:] == ["", ""]
    assert lines[:-2] == [f"Action: {name}", f"ActionID: {asked_as}", *(f"{key}: {value}" for key, value in headers)]
    assert not any(end in line for line in lines for end in "\r\n\x85\u2028\x0b\x0c")


@pytest.mark.parametrize(
    "number", ["", "7071\r\nAction: Command", "70712345\n", "7071234x", "*21", "+59170712345", "7 1"]
)
def test_a_telephone_is_digits(number: str) -> None:
    with pytest.raises(NotSendable):
        ring_agent_then(
            key="a", telephone="PJSIP/1001", number=number, context="out", shown="4251000", seconds=20, takes_keys=True
        )


@pytest.mark.parametrize("name", ["Command", "UpdateConfig", "System", "originate", ""])
def test_what_is_not_of_the_list_is_not_sent(name: str) -> None:
    with pytest.raises(NotSendable):
        action(name, action_id="a")


def test_what_is_longer_than_asterisk_reads_is_not_sent() -> None:
    with pytest.raises(NotSendable):
        encode([("Reason", "x" * 1001)])


@pytest.mark.parametrize("takes_keys", [True, False])
def test_a_click_carries_its_key_wherever_the_switchboard_gives_it_back(takes_keys: bool) -> None:
    sent = ring_agent_then(
        key="k1", telephone="SIP/1001", number="70712345", context="out", shown="", seconds=20, takes_keys=takes_keys
    ).decode()
    assert "ActionID: k1\r\n" in sent
    assert "Variable: __CALLCENTER_ATTEMPT=k1\r\n" in sent
    assert ("ChannelId: k1\r\n" in sent) is takes_keys
