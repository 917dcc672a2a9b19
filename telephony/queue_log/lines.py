"""One line of `queue_log`, as `app_queue` of Asterisk 11 and newer writes it: `epoch|call|queue|agent|event|data…`.

Nothing is quoted, so a `|` in a member's name shifts what follows it: the event is looked for. Source: *Queue Logs* of
the Asterisk documentation, and recordings (tests/telephony/samples/queue_log).
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

ANSWERED = frozenset(
    {"COMPLETECALLER", "COMPLETEAGENT", "BLINDTRANSFER", "ATTENDEDTRANSFER", "TRANSFER"}
)  # how it ended
GAVE_UP = frozenset({"ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY", "WITHDRAW"})
OF_A_CALL = frozenset(
    {"ENTERQUEUE", "CONNECT", "RINGNOANSWER", "RINGCANCELED", "AGENTDUMP", "SYSCOMPAT", *ANSWERED, *GAVE_UP}
)
OF_THE_HOUSE = frozenset(
    {
        *("QUEUESTART", "CONFIGRELOAD", "ADDMEMBER", "REMOVEMEMBER", "PENALTY", "RINGINUSE"),
        *("PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "AGENTLOGIN", "AGENTLOGOFF"),
        *("AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "CALLERIDCHANGE"),
    }
)
KNOWN = OF_A_CALL | OF_THE_HOUSE
LONGEST = 2000  # characters; of a line of queue_log there are some two hundred
LONGEST_CALL, LONGEST_QUEUE = 150, 80  # as Asterisk makes them (AST_MAX_UNIQUEID, AST_MAX_EXTENSION)
EARLIEST, LATEST = 946_684_800, 7_258_118_400  # 2000 to 2200, in seconds since 1970
NOBODY = "NONE"
NAMELESS = "(sin cola)"  # where the name of the queue is missing
AGENT_AT, EVENT_AT = 3, 4  # their places in a line
# how many numbers follow at least where a member is told: so an event is told from a word a dialplan wrote
NUMBERS_AFTER = {
    **dict.fromkeys(("CONNECT", "COMPLETECALLER", "COMPLETEAGENT"), 2),
    **dict.fromkeys(("BLINDTRANSFER", "ATTENDEDTRANSFER", "TRANSFER"), 2),
    "RINGNOANSWER": 1,
}


class NotALine(ValueError):
    """It is no line of queue_log."""


class LogLine(NamedTuple):
    """`at`: seconds since 1970 by the switchboard's clock. `data`: as many fields as were written."""

    at: int
    call: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...]

    @property
    def is_of_a_call(self) -> bool:
        return self.event in OF_A_CALL


def read_line(text: str) -> LogLine:
    """What a line says, without its end. An event nobody knows is one of the dialplan's own. Raises NotALine."""
    parts = text.split("|")
    if len(parts) <= EVENT_AT or len(text) > LONGEST or not parts[0].isdecimal() or not parts[0].isascii():
        raise NotALine(text[:80])
    at = int(parts[0])
    if not EARLIEST <= at < LATEST:
        raise NotALine(text[:80])
    place = EVENT_AT
    if parts[place] not in KNOWN and parts[AGENT_AT] != NOBODY:  # of a name with a bar in it, or of the dialplan's own
        place = next((n for n in range(EVENT_AT + 1, len(parts)) if _is_event(parts, n)), EVENT_AT)
    is_too_long = len(parts[1]) > LONGEST_CALL or len(parts[2]) > LONGEST_QUEUE
    if is_too_long or not parts[place].isupper() or not (text.isprintable() or _is_readable(text)):
        raise NotALine(text[:80])
    queue = parts[2] or NAMELESS
    return LogLine(at, parts[1], queue, "|".join(parts[AGENT_AT:place]), parts[place], tuple(parts[place + 1 :]))


def _is_event(parts: list[str], place: int) -> bool:
    """Whether an event stands there, by its word and by the numbers that app_queue writes after it."""
    event = parts[place]
    if event not in KNOWN:
        return False
    several = NUMBERS_AFTER.get(event, 0)
    return sum(one.removeprefix("-").isdecimal() for one in parts[place + 1 :]) >= several


def _is_readable(text: str) -> bool:
    """Whether all that is not printable in it is a space of another width."""
    return all(one.isprintable() or unicodedata.category(one) == "Zs" for one in text)
