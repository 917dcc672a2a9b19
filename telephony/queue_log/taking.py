"""Lines of queue_log become rows, each once, and what they tell of calls is paired anew where they say something new.

In batches, each of them a transaction: whoever is stopped half-way has taken whole batches, and goes on where she was.
In whatever pieces, order and copies the lines come, the rows are the same in the end.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from telephony.models import ChangedDay, LoggedLine, Switchboard
from telephony.queue_log.lines import LONGEST, LogLine, NotALine, read_line
from telephony.queue_log.visits import LOST_AFTER, Visit, pair

BATCH = 50_000  # lines
CALLS = 5_000  # whose lines are read at a time
STARTS = "QUEUESTART"
LINE_COLUMNS = ("id", "switchboard_id", "at", "call", "digest", "ordinal", "text")
VISIT_COLUMNS = (
    *("call", "queue", "nth", "entered_at", "caller", "outcome", "wait", "agent", "answered_at", "talk", "ended_at"),
    *("ended", "moved_to", "tried", "oddities"),
)
_INSERT_LINES = f"""
INSERT INTO telephony_loggedline ({", ".join(LINE_COLUMNS)})
SELECT {", ".join(LINE_COLUMNS)} FROM staged_line ORDER BY id
ON CONFLICT ON CONSTRAINT logged_line_once DO NOTHING RETURNING call
"""
_WRITE_VISITS = f"""
INSERT INTO telephony_loggedvisit (switchboard_id, {", ".join(VISIT_COLUMNS)})
SELECT %(board)s, {", ".join(VISIT_COLUMNS)} FROM staged_visit
ON CONFLICT ON CONSTRAINT logged_visit_once DO UPDATE SET
       {", ".join(f"{name} = EXCLUDED.{name}" for name in VISIT_COLUMNS[3:])}
"""
# A line that came late may have shown that a visit was none.
_DELETE_OTHERS = """
DELETE FROM telephony_loggedvisit old WHERE old.switchboard_id = %(board)s AND old.call = ANY(%(calls)s)
   AND NOT EXISTS (SELECT FROM staged_visit new
                    WHERE new.call = old.call AND new.queue = old.queue AND new.nth = old.nth)
"""
_DAYS = """
SELECT (entered_at AT TIME ZONE %(zone)s)::date FROM staged_visit
 UNION SELECT (entered_at AT TIME ZONE %(zone)s)::date FROM telephony_loggedvisit
        WHERE switchboard_id = %(board)s AND call = ANY(%(calls)s)
"""
# What is open, and was begun before the switchboard began anew or so long ago that it must have ended.
_LEFT_OPEN = """
SELECT DISTINCT call FROM telephony_loggedvisit
 WHERE switchboard_id = %(board)s AND ended_at IS NULL
   AND (coalesce(answered_at, entered_at) < to_timestamp(%(lost)s) OR entered_at <= to_timestamp(%(started)s))
"""


@dataclass
class Taken:
    """What came of it: lines that were read, those that were new, those that were none, and of how many calls the
    new ones told.
    """

    lines: int = 0
    new: int = 0
    unreadable: int = 0
    calls: int = 0
    first: int | None = None  # the key of the first that was new
    examples: list[str] = field(default_factory=list)


def take_lines(*, board: Switchboard, lines: Iterable[str]) -> Taken:
    """Take lines of the queue_log of a switchboard, without their ends. The same again changes nothing."""
    taken, counted, told = Taken(), _Counted(), iter(lines)
    while batch := list(islice(told, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"queue_log {board.pk}"])
            _take(cursor, board, batch, counted, taken)
    if taken.first is not None:
        told_of = LoggedLine.objects.filter(switchboard=board, pk__gte=taken.first).exclude(call__in=("", STARTS))
        taken.calls = told_of.values("call").distinct().count()
    return taken


class _Counted:
    """Which of the same line in its second each is: a second that ends a batch goes on in the next."""

    def __init__(self) -> None:
        self._at, self._seen = 0, Counter[bytes]()

    def ordinal(self, at: int, digest: bytes) -> int:
        if at != self._at:
            self._at, self._seen = at, Counter()
        self._seen[digest] += 1
        return self._seen[digest]


def _take(cursor: CursorWrapper, board: Switchboard, batch: Sequence[str], counted: _Counted, taken: Taken) -> None:
    read: list[tuple[LogLine, str]] = []
    for text in batch:
        taken.lines += 1
        try:
            read.append((read_line(text), text))
        except NotALine:
            taken.unreadable += 1
            if len(taken.examples) < 3:
                taken.examples.append(text[:80])
    if not read:
        return
    cursor.execute("SELECT nextval('telephony_loggedline_id_seq') FROM generate_series(1, %s)", [len(read)])
    numbers = [number for (number,) in cursor.fetchall()]
    cursor.execute("DROP TABLE IF EXISTS staged_line")
    cursor.execute("CREATE TEMP TABLE staged_line (LIKE telephony_loggedline) ON COMMIT DROP")
    with cursor.copy(f"COPY staged_line ({', '.join(LINE_COLUMNS)}) FROM STDIN") as copy:
        for number, (line, text) in zip(numbers, read, strict=True):
            digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
            call = line.call if line.is_of_a_call else STARTS if line.event == STARTS else ""
            at = datetime.fromtimestamp(line.at, UTC)
            copy.write_row((number, board.pk, at, call, digest, counted.ordinal(line.at, digest), text[:LONGEST]))
    cursor.execute(_INSERT_LINES)
    new = [call for (call,) in cursor.fetchall()]
    taken.new += len(new)
    taken.first = taken.first or (numbers[0] if new else None)
    calls = set(new) - {"", STARTS}
    if new:
        _pair_anew(cursor, board, calls, fresh=list(zip(numbers, read, strict=True)) if len(new) == len(read) else [])


def _pair_anew(
    cursor: CursorWrapper, board: Switchboard, calls: set[str], *, fresh: Sequence[tuple[int, tuple[LogLine, str]]]
) -> None:
    """Write the visits of these calls, and of those that were left open. `fresh`: the lines that came, if all were new:
    calls that have no others need not be read.
    """
    starts, newest = _starts_and_newest(cursor, board)
    lost, started = newest - LOST_AFTER, max((at for _seq, at in starts), default=0)
    cursor.execute(_LEFT_OPEN, {"board": board.pk, "lost": lost, "started": started})
    left_open = {call for (call,) in cursor.fetchall()}
    whole: dict[str, list[tuple[int, LogLine]]] = {}
    if fresh:
        first = fresh[0][0]
        cursor.execute(
            "SELECT DISTINCT call FROM telephony_loggedline WHERE switchboard_id = %s AND call = ANY(%s) AND id < %s",
            [board.pk, list(calls), first],
        )
        had_others = {call for (call,) in cursor.fetchall()}
        for seq, (line, _text) in fresh:
            if line.is_of_a_call and line.call not in had_others:
                whole.setdefault(line.call, []).append((seq, line))
    to_read = sorted((calls | left_open) - whole.keys())
    visits = [one for lines in whole.values() for one in pair(lines, starts=starts, newest=newest)]
    days = _write(cursor, board, visits, others_of=())
    for begin in range(0, len(to_read), CALLS):
        some = to_read[begin : begin + CALLS]
        read = (pair(lines, starts=starts, newest=newest) for lines in _lines_of(cursor, board, some))
        days |= _write(cursor, board, [one for visits in read for one in visits], others_of=some)
    mark_changed(days)


def _starts_and_newest(cursor: CursorWrapper, board: Switchboard) -> tuple[list[tuple[int, int]], int]:
    cursor.execute(
        "SELECT id, extract(epoch FROM at)::bigint FROM telephony_loggedline WHERE switchboard_id = %s AND call = %s",
        [board.pk, STARTS],
    )
    starts = cursor.fetchall()
    cursor.execute(
        "SELECT extract(epoch FROM max(at))::bigint FROM telephony_loggedline WHERE switchboard_id = %s", [board.pk]
    )
    (newest,) = cursor.fetchone()
    return starts, newest or 0


def _lines_of(cursor: CursorWrapper, board: Switchboard, calls: Sequence[str]) -> Iterator[list[tuple[int, LogLine]]]:
    """The lines of each call, by their moment and then as they came."""
    cursor.execute(
        "SELECT call, id, text FROM telephony_loggedline WHERE switchboard_id = %s AND call = ANY(%s) ORDER BY at, id",
        [board.pk, list(calls)],
    )
    found: dict[str, list[tuple[int, LogLine]]] = {}
    for call, seq, text in cursor.fetchall():
        found.setdefault(call, []).append((seq, read_line(text)))
    yield from found.values()


def mark_changed(days: Collection[date]) -> None:
    """These days are to be counted again. Last thing of a transaction: who counts one meanwhile is waited for, and
    whoever comes to it in the order of days. What is marked already is written too, so that she waits.
    """
    changed = [ChangedDay(day=day) for day in sorted(days)]
    ChangedDay.objects.bulk_create(changed, update_conflicts=True, unique_fields=["day"], update_fields=["day"])


def _write(
    cursor: CursorWrapper, board: Switchboard, visits: Sequence[Visit], *, others_of: Collection[str]
) -> set[date]:
    """Write visits, and take away what else there was of these calls. Returns the days they are of, or were."""
    columns = ", ".join(VISIT_COLUMNS)
    cursor.execute("DROP TABLE IF EXISTS staged_visit")
    cursor.execute(
        f"CREATE TEMP TABLE staged_visit ON COMMIT DROP AS SELECT {columns} FROM telephony_loggedvisit LIMIT 0"
    )
    with cursor.copy(f"COPY staged_visit ({columns}) FROM STDIN") as copy:
        for visit in visits:
            copy.write_row(_row(visit))
    cursor.execute(_DAYS, {"board": board.pk, "calls": list(others_of), "zone": settings.TIME_ZONE})
    days = {day for (day,) in cursor.fetchall()}
    if others_of:
        cursor.execute(_DELETE_OTHERS, {"board": board.pk, "calls": list(others_of)})
    cursor.execute(_WRITE_VISITS, {"board": board.pk})
    return days


def _row(visit: Visit) -> tuple[Any, ...]:
    return (
        visit.call, visit.queue[:80], visit.nth, _moment(visit.entered_at), visit.caller[:80], str(visit.outcome),
        visit.wait, visit.agent[:80], _moment(visit.answered_at), visit.talk, _moment(visit.ended_at), visit.ended[:40],
        visit.moved_to[:80], visit.tried, sorted(str(one) for one in visit.oddities),
    )  # fmt: skip


def _moment(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
