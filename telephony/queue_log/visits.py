"""From the lines of one call to its visits: one for each time it entered a queue.

A pure function of all lines of the call, in their order, so it does not matter in which pieces they came. A call keeps
its identity through an overflow or a transfer into another queue; each queue it enters is a visit of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from telephony.queue_log.lines import ANSWERED, GAVE_UP, NOBODY, LogLine

A_DAY = 24 * 3600
LOST_AFTER = 12 * 3600  # seconds of other lines: whoever waits or talks by then has ended, and nobody wrote it down
RESTARTED = "QUEUESTART"
LOST = "lost"


class Outcome(StrEnum):
    """How a caller left a queue; what only waits has none yet."""

    WAITING = "waiting"
    ANSWERED = "answered"
    HUNG_UP = "hung_up"
    TIMED_OUT = "timed_out"
    OTHER = "other"


class Oddity(StrEnum):
    """What the lines of a visit lack, or say against each other. It counts all the same."""

    WITHOUT_ENTERING = "without_entering"
    WITHOUT_CONNECT = "without_connect"
    CONNECTED_TWICE = "connected_twice"
    INTERRUPTED = "interrupted"  # the switchboard began anew meanwhile
    NEVER_ENDED = "never_ended"
    LEFT_UNSEEN = "left_unseen"  # it entered a queue again, and nothing says how it had left
    CLOCK_JUMPED = "clock_jumped"


OUTCOME_OF = {"ABANDON": Outcome.HUNG_UP, "EXITWITHTIMEOUT": Outcome.TIMED_OUT}
WAIT_AT = {"ABANDON": 2, "EXITWITHTIMEOUT": 2, "EXITEMPTY": 2, "WITHDRAW": 2, "EXITWITHKEY": 3}  # place in the data


@dataclass(slots=True)
class Visit:
    """One entry into a queue. Moments are seconds since 1970, `wait` and `talk` seconds; None: not, or not known.

    `nth`: how often the call entered this queue, from 1. `ended`: the event that ended it. `moved_to`: where a
    transfer went. `tried`: how often a telephone rang for it in vain.
    """

    call: str
    queue: str
    nth: int
    entered_at: int
    caller: str = ""
    outcome: Outcome = Outcome.WAITING
    wait: int | None = None
    agent: str = ""
    answered_at: int | None = None
    talk: int | None = None
    ended_at: int | None = None
    ended: str = ""
    moved_to: str = ""
    tried: int = 0
    oddities: set[Oddity] = field(default_factory=set)
    last: tuple[int, int] = (0, 0)  # moment and number of the newest line that told of it

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


def pair(
    lines: Sequence[tuple[int, LogLine]], *, starts: Iterable[tuple[int, int]] = (), newest: int = 0
) -> list[Visit]:
    """The visits of one call, in the order in which it entered.

    `lines`: those of the call, in any order, each with its number in that of writing; `starts`: number and moment of
    each time its switchboard began anew; `newest`: the moment of the newest line there is of it.
    """
    call = _Call()
    for seq, line in sorted(lines, key=lambda one: (one[1].at, one[0])):
        call.take(seq, line)
    call.close(starts=starts, newest=newest)
    return call.visits


class _Call:
    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self._open: dict[str, Visit] = {}  # by queue: who was sent on while she talked is still told of there

    def take(self, seq: int, line: LogLine) -> None:
        visit = self._open.get(line.queue)
        event = line.event
        if event == "ENTERQUEUE":
            visit = self._enter(line)
        elif event == "CONNECT":
            visit = visit or self._orphan(line, entered_at=line.at - (_seconds(line, 0) or 0))
            self._connect(visit, line)
        elif event in ANSWERED:
            visit = visit or self._orphan(line, entered_at=line.at)
            self._complete(visit, line)
        elif event in GAVE_UP:
            visit = visit or self._orphan(line, entered_at=line.at - (_seconds(line, WAIT_AT[event]) or 0))
            self._give_up(visit, line)
        elif visit is not None and event == "RINGNOANSWER":
            visit.tried += 1
        if visit is not None:
            visit.last = (line.at, seq)

    def close(self, *, starts: Iterable[tuple[int, int]], newest: int) -> None:
        self._mend_what_the_clock_split()
        self._cut_what_was_left(starts, newest)

    def _mend_what_the_clock_split(self) -> None:
        """A clock that was set back in the middle of a call puts what was written last before its entering: what was
        written after all else of an open one, and lacks its own entering, is of it.
        """
        for visit in list(self._open.values()):
            parts = (
                one
                for one in self.visits
                if one.queue == visit.queue and one is not visit and Oddity.WITHOUT_ENTERING in one.oddities
            )
            part = next((one for one in parts if one.last[1] > visit.last[1]), None)
            if part is not None:
                self._join(visit, part)

    def _join(self, visit: Visit, part: Visit) -> None:
        self.visits.remove(part)
        if visit.outcome == Outcome.WAITING:
            visit.outcome, visit.agent = part.outcome, part.agent
            visit.answered_at, visit.wait = part.answered_at, part.wait
        visit.talk, visit.moved_to, visit.tried = part.talk, part.moved_to, visit.tried + part.tried
        visit.last = max(visit.last, part.last, key=lambda told: told[1])
        visit.oddities |= {Oddity.CLOCK_JUMPED} | part.oddities - {Oddity.WITHOUT_ENTERING, Oddity.LEFT_UNSEEN}
        if visit.outcome != Outcome.WAITING:
            left_at = part.ended_at if visit.answered_at is None else visit.answered_at
            _check_clock(visit, at=left_at or visit.entered_at)
        if part.ended != LOST:
            visit.ended_at, visit.ended = part.ended_at, part.ended
            del self._open[visit.queue]
        for nth, one in enumerate((one for one in self.visits if one.queue == visit.queue), start=1):
            one.nth = nth

    def _cut_what_was_left(self, starts: Iterable[tuple[int, int]], newest: int) -> None:
        """What is open when the switchboard begins anew was cut off; what is open long after, nobody wrote down."""
        began = sorted((at, seq) for seq, at in starts)
        for visit in self._open.values():
            restarted = next((at for at, seq in began if (at, seq) > visit.last), None)
            since = visit.answered_at or visit.entered_at
            if restarted is not None:
                self._cut(visit, at=restarted, by=RESTARTED, why=Oddity.INTERRUPTED)
            elif newest - since > LOST_AFTER:
                self._cut(visit, at=since, by=LOST, why=Oddity.NEVER_ENDED)

    def _enter(self, line: LogLine) -> Visit:
        for queue, before in list(self._open.items()):
            if before.outcome == Outcome.WAITING or queue == line.queue:
                self._cut(before, at=line.at, by=LOST, why=Oddity.LEFT_UNSEEN)
                del self._open[queue]
        visit = self._begin(line, entered_at=line.at)
        visit.caller = line.data[1] if len(line.data) > 1 else ""
        return visit

    def _begin(self, line: LogLine, *, entered_at: int) -> Visit:
        nth = 1 + sum(1 for one in self.visits if one.queue == line.queue)
        visit = self._open[line.queue] = Visit(line.call, line.queue, nth, entered_at)
        self.visits.append(visit)
        return visit

    def _orphan(self, line: LogLine, *, entered_at: int) -> Visit:
        visit = self._begin(line, entered_at=entered_at)
        visit.oddities.add(Oddity.WITHOUT_ENTERING)
        return visit

    def _connect(self, visit: Visit, line: LogLine) -> None:
        if visit.outcome == Outcome.ANSWERED:
            visit.oddities.add(Oddity.CONNECTED_TWICE)
            return
        _answer(visit, line, wait=_seconds(line, 0), answered_at=line.at)
        if Oddity.WITHOUT_ENTERING in visit.oddities and _seconds(line, 0) is None:
            visit.wait = None  # when it entered nobody knows

    def _complete(self, visit: Visit, line: LogLine) -> None:
        wait, talk = _hold_and_talk(line)
        if visit.outcome != Outcome.ANSWERED:
            visit.oddities.add(Oddity.WITHOUT_CONNECT)
            if Oddity.WITHOUT_ENTERING in visit.oddities:
                visit.entered_at = line.at - (wait or 0) - (talk or 0)
            _answer(visit, line, wait=wait, answered_at=line.at - (talk or 0))
            if Oddity.WITHOUT_ENTERING in visit.oddities and wait is None:
                visit.wait = None
        visit.talk, visit.ended_at, visit.ended = talk, line.at, line.event
        if line.event in ("BLINDTRANSFER", "TRANSFER") and line.data:
            visit.moved_to = line.data[0]
        del self._open[line.queue]

    def _give_up(self, visit: Visit, line: LogLine) -> None:
        if visit.outcome == Outcome.WAITING:
            visit.outcome = OUTCOME_OF.get(line.event, Outcome.OTHER)
            wait = _seconds(line, WAIT_AT[line.event])
            visit.wait = line.at - visit.entered_at if wait is None else wait  # older ones do not say it of every exit
            _check_clock(visit, at=line.at)
            if Oddity.WITHOUT_ENTERING in visit.oddities and wait is None:
                visit.wait = None
        visit.ended_at, visit.ended = line.at, line.event
        del self._open[line.queue]

    def _cut(self, visit: Visit, *, at: int, by: str, why: Oddity) -> None:
        if visit.outcome == Outcome.WAITING:
            visit.outcome = Outcome.OTHER
            visit.wait = None if by == LOST else max(at - visit.entered_at, 0)
        visit.ended_at, visit.ended = at, by
        visit.oddities.add(why)


def _answer(visit: Visit, line: LogLine, *, wait: int | None, answered_at: int) -> None:
    visit.outcome, visit.answered_at = Outcome.ANSWERED, answered_at
    visit.agent = "" if line.agent == NOBODY else line.agent
    visit.wait = answered_at - visit.entered_at if wait is None else wait
    _check_clock(visit, at=answered_at)


def _check_clock(visit: Visit, *, at: int) -> None:
    """A wait that is none, or of which the moments of the lines say another: which is true nobody knows, so it is not
    known.
    """
    wait = visit.wait
    if wait is None or not 0 <= wait <= A_DAY or abs(at - visit.entered_at - wait) > 2:
        visit.oddities.add(Oddity.CLOCK_JUMPED)
        visit.wait = None


def _hold_and_talk(line: LogLine) -> tuple[int | None, int | None]:
    """Of a completed call hold and talk stand first; of a transferred one they are the last but one but two."""
    if line.event.startswith("COMPLETE"):
        return _seconds(line, 0), _seconds(line, 1)
    filled = [one for one in line.data if one]
    return _number(filled[-3] if len(filled) > 2 else ""), _number(filled[-2] if len(filled) > 1 else "")


def _seconds(line: LogLine, place: int) -> int | None:
    return _number(line.data[place]) if len(line.data) > place else None


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
