"""A dialplan says how a call ended where the switchboard comes to it, `h`, and with the words the house reads."""

from __future__ import annotations

import pytest

from telephony.ami import Message
from telephony.checking.findings import Finding, State, dialplan_of

THERE = Message((("response", "Success"),))
DIALS = ("_X.", "Dial", "SIP/trunk/${EXTEN},30")
WHOLE = "ClickToCallResult,Attempt: ${CALLCENTER_ATTEMPT},DialStatus: ${DIALSTATUS},HangupCause: ${HANGUPCAUSE}"


def listed(*steps: tuple[str, str, str], has_to_tell: bool = True) -> Finding:
    said = [
        Message((("event", "ListDialplan"), ("extension", where), ("application", does), ("appdata", data)))
        for where, does, data in steps
    ]
    return dialplan_of("context", "callcenter-out", THERE, said, has_to_tell=has_to_tell)


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (("h", "UserEvent", WHOLE), State.OK),
        (("h", "userevent", "clicktocallresult,dialstatus:${DIALSTATUS}"), State.OK),
        (("h", "UserEvent", "ClickToCallResult,Attempt: ${NOPE}"), State.MISSING),
        (("h", "UserEvent", "ClickToCallResult,DialStatus: ${NOPE}"), State.MISSING),
        (("h", "UserEvent", "ClickToCallResults,DialStatus: ${DIALSTATUS}"), State.MISSING),
        (("foo", "UserEvent", WHOLE), State.MISSING),
        (("_X.", "UserEvent", WHOLE), State.MISSING),
        (("h", "NoOp", WHOLE), State.MISSING),
    ],
)
def test_only_what_tells_how_a_call_ended_counts(step: tuple[str, str, str], state: State) -> None:
    assert listed(DIALS, step).state == state


def test_it_says_what_is_wrong() -> None:
    assert "extensión h" in listed(DIALS, ("foo", "UserEvent", WHOLE)).do
    assert "${DIALSTATUS}" in listed(DIALS, ("h", "UserEvent", "ClickToCallResult,DialStatus: ${X}")).do


def test_the_other_context_has_nothing_to_tell() -> None:
    assert listed(DIALS, has_to_tell=False).state == State.OK
