"""One line of `queue_log`, as `app_queue` of Asterisk 11 and newer writes it: `epoch|call|queue|agent|event|data…`.

Nothing is quoted, so a `|` in a member's name shifts what follows it: the event is looked for. Source: *Queue Logs* of
the Asterisk documentation, and recordings (tests/telephony/samples/queue_log).
"""

from __future__ import annotations

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
EVENT_AT = 4  # its place in a line


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
    if parts[place] not in KNOWN:  # of a name with a bar in it, or of an event of the dialplan's
        place = next((n for n in range(EVENT_AT + 1, len(parts)) if parts[n] in KNOWN), EVENT_AT)
    is_too_long = len(parts[1]) > LONGEST_CALL or len(parts[2]) > LONGEST_QUEUE
    if is_too_long or not parts[place].isupper() or not text.isprintable():
        raise NotALine(text[:80])
    return LogLine(at, parts[1], parts[2], "|".join(parts[3:place]), parts[place], tuple(parts[place + 1 :]))
