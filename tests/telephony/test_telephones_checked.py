"""A telephone the switchboard calls by another technology than the row says is missing: no call would reach it."""

from __future__ import annotations

import pytest

from telephony.ami import Message
from telephony.checking.findings import State, Telephone, telephone_of

SIP, PJSIP = Telephone("1001", "SIP/1001"), Telephone("1001", "PJSIP/1001")


def said(*pairs: tuple[str, str]) -> Message:
    return Message(tuple(pairs))


def hint(channel: str, status: str = "0") -> Message:
    return said(("response", "Success"), ("hint", channel), ("status", status))


NO_HINT = said(("response", "Success"), ("status", "-1"))


@pytest.mark.parametrize(
    ("telephone", "answer", "members", "state"),
    [
        (PJSIP, hint("PJSIP/1001"), [], State.OK),
        (PJSIP, hint("SIP/1001"), [], State.MISSING),
        (SIP, hint("SIP/1001&Custom:DND1001"), [], State.OK),
        (PJSIP, hint("SIP/1001&PJSIP/1001"), [], State.OK),
        (PJSIP, NO_HINT, [said(("location", "SIP/1001"), ("status", "1"))], State.MISSING),
        (PJSIP, NO_HINT, [said(("interface", "Local/1001@from-queue/n"), ("status", "1"))], State.UNKNOWN),
        (PJSIP, hint("SIP/1002"), [], State.OK),
        (PJSIP, hint("PJSIP/1001", "4"), [], State.MISSING),
    ],
)
def test_a_telephone_is_looked_for_by_what_it_would_be_called(
    telephone: Telephone, answer: Message, members: list[Message], state: State
) -> None:
    assert telephone_of(telephone, answer, members).state == state


def test_it_says_by_which_name_the_switchboard_has_it() -> None:
    assert "La central tiene SIP/1001" in telephone_of(PJSIP, hint("SIP/1001"), []).words
