"""Lines of queue_log become rows, each once, and what they tell of calls is paired anew where they say something new.

In batches, each of them a transaction: whoever is stopped half-way has taken whole batches, and goes on where she was.
In whatever pieces, order and copies the lines come, the rows are the same in the end.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from telephony.models import ChangedDay, LoggedLine, Switchboard
from telephony.queue_log.lines import LogLine, NotALine, read_line
from telephony.queue_log.visits import LOST_AFTER, Visit, pair

BATCH = 25_000  # lines
CALLS = 5_000  # whose lines are read at a time
STARTS = "QUEUESTART"
LINE_COLUMNS = ("id", "switchboard_id", "at", "call", "digest", "ordinal", "text")
NULL = "\\N"  # as COPY writes it
VISIT_COLUMNS = (
    *("switchboard_id", "call", "queue", "nth", "entered_at", "caller", "outcome", "wait", "agent", "answered_at"),
    *("talk", "ended_at", "ended", "moved_to", "tried", "oddities"),
)
A_QUARTER = 900  # seconds: whatever an offset is, days begin with one
_COPY_LINES = f"COPY telephony_loggedline ({', '.join(LINE_COLUMNS)}) FROM STDIN"
_STAGE_LINES = f"""
CREATE TEMP TABLE staged_line ON COMMIT DROP AS SELECT {", ".join(LINE_COLUMNS)} FROM telephony_loggedline LIMIT 0
"""
_INSERT_LINES = f"""
WITH new AS (
    INSERT INTO telephony_loggedline ({", ".join(LINE_COLUMNS)})
    SELECT {", ".join(LINE_COLUMNS)} FROM staged_line ORDER BY id
    ON CONFLICT ON CONSTRAINT logged_line_once DO NOTHING RETURNING call
)
SELECT count(*), coalesce(array_agg(DISTINCT call), '{{}}') FROM new
"""
_HAVE_OTHERS = """
SELECT call FROM telephony_loggedline WHERE switchboard_id = %(board)s AND call = ANY(%(calls)s) AND id < %(first)s
 UNION SELECT call FROM telephony_loggedvisit WHERE switchboard_id = %(board)s AND call = ANY(%(calls)s)
"""
_COPY_VISITS = f"COPY telephony_loggedvisit ({', '.join(VISIT_COLUMNS)}) FROM STDIN"
_WRITE_VISITS = f"""
INSERT INTO telephony_loggedvisit ({", ".join(VISIT_COLUMNS)}) SELECT {", ".join(VISIT_COLUMNS)} FROM staged_visit
ON CONFLICT ON CONSTRAINT logged_visit_once DO UPDATE SET
       {", ".join(f"{name} = EXCLUDED.{name}" for name in VISIT_COLUMNS[4:])}
"""
# A line that came late may have shown that a visit was none.
_DELETE_OTHERS = """
DELETE FROM telephony_loggedvisit old WHERE old.switchboard_id = %(board)s AND old.call = ANY(%(calls)s)
   AND NOT EXISTS (SELECT FROM staged_visit new
                    WHERE new.call = old.call AND new.queue = old.queue AND new.nth = old.nth)
"""
_DAYS_THERE_WERE = """
SELECT DISTINCT (entered_at AT TIME ZONE %(zone)s)::date FROM telephony_loggedvisit
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
            # one at a time, whatever the switchboard: the keys of a batch follow one another
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('queue_log', 0))")
            _take(cursor, board, batch, counted, taken)
    if taken.first is not None:
        told_of = LoggedLine.objects.filter(switchboard=board, pk__gte=taken.first).exclude(call__in=("", STARTS))
        taken.calls = told_of.values("call").distinct().count()
    return taken


class _Counted:
    """Which of the same line in its second each is: a second that ends a batch goes on in the next."""

    def __init__(self) -> None:
        self._at, self._seen = 0, Counter[str]()

    def ordinal(self, at: int, digest: str) -> int:
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
    cursor.execute("SELECT array_agg(nextval('telephony_loggedline_id_seq')) FROM generate_series(1, %s)", [len(read)])
    (keys,) = cursor.fetchone()
    rows, second, moment = [], 0, ""
    for number, (line, text) in zip(keys, read, strict=True):
        if line.at != second:
            second, moment = line.at, datetime.fromtimestamp(line.at, UTC).isoformat()
        digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        call = line.call if line.is_of_a_call else STARTS if line.event == STARTS else ""
        ordinal = counted.ordinal(line.at, digest)
        told = f"{moment}\t{_copied(call)}\t\\\\x{digest}\t{ordinal}\t{_copied(text)}\n"
        rows.append(f"{number}\t{board.pk}\t{told}")
    known = _may_be_known(cursor, board, [line.at for line, _text in read])
    new, calls = _insert(cursor, rows[:known]) if known else (0, set())
    if rows[known:]:
        with cursor.copy(_COPY_LINES) as copy:
            copy.write("".join(rows[known:]))
    fresh = read if new == known else read[known:]
    taken.new += new + len(rows) - known
    if fresh or calls:
        taken.first = taken.first or keys[0]
        theirs = keys[len(read) - len(fresh) :]
        _pair_anew(cursor, board, calls, [(key, line) for key, (line, _text) in zip(theirs, fresh, strict=True)])


def _may_be_known(cursor: CursorWrapper, board: Switchboard, moments: list[int]) -> int:
    """How many of the first ones may have been taken before: those after the newest there is cannot, if they come in
    their order. They are most of a log that is read for the first time, and need not be compared one by one.
    """
    newest = _newest(cursor, board)
    in_order = all(one <= after for one, after in pairwise(moments))
    return bisect_right(moments, newest) if in_order else len(moments)


def _insert(cursor: CursorWrapper, rows: Sequence[str]) -> tuple[int, set[str]]:
    """How many were new, and the calls they are of."""
    cursor.execute("DROP TABLE IF EXISTS staged_line")
    cursor.execute(_STAGE_LINES)
    with cursor.copy("COPY staged_line FROM STDIN") as copy:
        copy.write("".join(rows))
    cursor.execute(_INSERT_LINES)
    new, calls = cursor.fetchone()
    return new, set(calls) - {"", STARTS}


def _pair_anew(cursor: CursorWrapper, board: Switchboard, calls: set[str], fresh: list[tuple[int, LogLine]]) -> None:
    """Write the visits of these calls, of those of the lines that are wholly new, each with its key, and of those that
    were left open. Of calls that have no others than the new lines nothing need be read.
    """
    starts, newest = _starts(cursor, board), _newest(cursor, board)
    lost, started = newest - LOST_AFTER, max((at for _seq, at in starts), default=0)
    cursor.execute(_LEFT_OPEN, {"board": board.pk, "lost": lost, "started": started})
    left_open = {call for (call,) in cursor.fetchall()}
    whole: dict[str, list[tuple[int, LogLine]]] = {}
    if fresh:
        for seq, line in fresh:
            if line.is_of_a_call:
                whole.setdefault(line.call, []).append((seq, line))
        cursor.execute(_HAVE_OTHERS, {"board": board.pk, "calls": list(whole), "first": fresh[0][0]})
        for (call,) in cursor.fetchall():
            del whole[call]
            calls.add(call)
    to_read = sorted((calls | left_open) - whole.keys())
    visits = [one for lines in whole.values() for one in pair(lines, starts=starts, newest=newest)]
    with cursor.copy(_COPY_VISITS) as copy:
        copy.write("".join(_row(board, visit) for visit in visits))
    days = _days_of(visits)
    for begin in range(0, len(to_read), CALLS):
        some = to_read[begin : begin + CALLS]
        read = (pair(lines, starts=starts, newest=newest) for lines in _lines_of(cursor, board, some))
        days |= _write(cursor, board, [one for visits in read for one in visits], of=some)
    mark_changed(days)


def _starts(cursor: CursorWrapper, board: Switchboard) -> list[tuple[int, int]]:
    """Number and second of each time it began anew."""
    cursor.execute(
        "SELECT id, extract(epoch FROM at)::bigint FROM telephony_loggedline WHERE switchboard_id = %s AND call = %s",
        [board.pk, STARTS],
    )
    return cursor.fetchall()


def _newest(cursor: CursorWrapper, board: Switchboard) -> int:
    """The second of its newest line; 0 where there is none."""
    cursor.execute(
        "SELECT extract(epoch FROM max(at))::bigint FROM telephony_loggedline WHERE switchboard_id = %s", [board.pk]
    )
    (newest,) = cursor.fetchone()
    return newest or 0


def _lines_of(cursor: CursorWrapper, board: Switchboard, calls: Sequence[str]) -> Iterator[list[tuple[int, LogLine]]]:
    """The lines of each call."""
    cursor.execute(
        "SELECT call, id, text FROM telephony_loggedline WHERE switchboard_id = %s AND call = ANY(%s)",
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


def _write(cursor: CursorWrapper, board: Switchboard, visits: Sequence[Visit], *, of: Collection[str]) -> set[date]:
    """Write the visits of these calls instead of those there were. Returns the days they are of, or were."""
    columns = ", ".join(VISIT_COLUMNS)
    cursor.execute("DROP TABLE IF EXISTS staged_visit")
    cursor.execute(
        f"CREATE TEMP TABLE staged_visit ON COMMIT DROP AS SELECT {columns} FROM telephony_loggedvisit LIMIT 0"
    )
    with cursor.copy(f"COPY staged_visit ({columns}) FROM STDIN") as copy:
        copy.write("".join(_row(board, visit) for visit in visits))
    cursor.execute(_DAYS_THERE_WERE, {"board": board.pk, "calls": list(of), "zone": settings.TIME_ZONE})
    days = {day for (day,) in cursor.fetchall()}
    cursor.execute(_DELETE_OTHERS, {"board": board.pk, "calls": list(of)})
    cursor.execute(_WRITE_VISITS)
    return days | _days_of(visits)


def _days_of(visits: Iterable[Visit]) -> set[date]:
    hours = {visit.entered_at // A_QUARTER for visit in visits}
    zone = ZoneInfo(settings.TIME_ZONE)
    return {datetime.fromtimestamp(hour * A_QUARTER, zone).date() for hour in hours}


def _row(board: Switchboard, visit: Visit) -> str:
    """As COPY reads it, in the order of VISIT_COLUMNS."""
    odd = ",".join(sorted(visit.oddities))
    return (
        f"{board.pk}\t{_copied(visit.call)}\t{_copied(visit.queue)}\t{visit.nth}\t{_moment(visit.entered_at)}\t"
        f"{_copied(visit.caller[:80])}\t{visit.outcome}\t{_or_null(visit.wait)}\t{_copied(visit.agent[:80])}\t"
        f"{_moment(visit.answered_at)}\t{_or_null(visit.talk)}\t{_moment(visit.ended_at)}\t"
        f"{_copied(visit.ended[:40])}\t{_copied(visit.moved_to[:80])}\t{visit.tried}\t{{{odd}}}\n"
    )


def _or_null(number: int | None) -> int | str:
    return NULL if number is None else number


def _moment(second: int | None) -> str:
    return NULL if second is None else datetime.fromtimestamp(second, UTC).isoformat()


def _copied(text: str) -> str:
    """A text of printable letters as COPY reads it."""
    return text.replace("\\", "\\\\")
