"""Lines of queue_log become rows, each once, and what they tell of calls is paired anew where they say something new.

In batches, each of them a transaction: whoever is stopped half-way has taken whole batches, and goes on where she was.
In whatever pieces, order and copies the lines come, the rows are the same in the end.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

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
    *("call", "queue", "nth", "entered_at", "caller", "outcome", "wait", "agent", "answered_at", "talk", "ended_at"),
    *("ended", "moved_to", "tried", "oddities"),
)
MOMENTS = ("entered_at", "answered_at", "ended_at")  # seconds since 1970 while they are staged
_STAGE_LINES = """
CREATE TEMP TABLE staged_line (id bigint, at bigint, call text, digest text, ordinal smallint, text text) ON COMMIT DROP
"""
# Which calls the new ones are of is asked where not all are new: else they are at hand.
_INSERT_LINES = f"""
WITH new AS (
    INSERT INTO telephony_loggedline ({", ".join(LINE_COLUMNS)})
    SELECT id, %(board)s, to_timestamp(at), call, decode(digest, 'hex'), ordinal, text FROM staged_line ORDER BY id
    ON CONFLICT ON CONSTRAINT logged_line_once DO NOTHING RETURNING call
)
SELECT count(*), CASE WHEN count(*) < %(all)s THEN array_agg(DISTINCT call) END FROM new
"""
_WRITE_VISITS = f"""
INSERT INTO telephony_loggedvisit (switchboard_id, {", ".join(VISIT_COLUMNS)})
SELECT %(board)s, {", ".join(f"to_timestamp({name})" if name in MOMENTS else name for name in VISIT_COLUMNS)}
  FROM staged_visit
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
SELECT (to_timestamp(entered_at) AT TIME ZONE %(zone)s)::date FROM staged_visit
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
    cursor.execute(
        "SELECT setval('telephony_loggedline_id_seq', nextval('telephony_loggedline_id_seq') + %s) - %s",
        [len(read) - 1, len(read) - 1],
    )
    (first,) = cursor.fetchone()
    cursor.execute("DROP TABLE IF EXISTS staged_line")
    cursor.execute(_STAGE_LINES)
    staged = []
    for number, (line, text) in enumerate(read, first):
        digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        call = line.call if line.is_of_a_call else STARTS if line.event == STARTS else ""
        ordinal = counted.ordinal(line.at, digest)
        staged.append(f"{number}\t{line.at}\t{_copied(call)}\t{digest}\t{ordinal}\t{_copied(text)}\n")
    with cursor.copy("COPY staged_line FROM STDIN") as copy:
        copy.write("".join(staged))
    cursor.execute(_INSERT_LINES, {"board": board.pk, "all": len(read)})
    new, calls_of_some = cursor.fetchone()
    taken.new += new
    if new == 0:
        return
    taken.first = taken.first or first
    if new == len(read):
        calls = {line.call for line, _text in read if line.is_of_a_call}
        _pair_anew(cursor, board, calls, fresh=list(enumerate(read, first)))
    else:
        _pair_anew(cursor, board, set(calls_of_some) - {"", STARTS}, fresh=[])


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
    kept = ", ".join(f"0::bigint AS {name}" if name in MOMENTS else name for name in VISIT_COLUMNS)
    cursor.execute(f"CREATE TEMP TABLE staged_visit ON COMMIT DROP AS SELECT {kept} FROM telephony_loggedvisit LIMIT 0")
    with cursor.copy(f"COPY staged_visit ({columns}) FROM STDIN") as copy:
        copy.write("".join(map(_row, visits)))
    cursor.execute(_DAYS, {"board": board.pk, "calls": list(others_of), "zone": settings.TIME_ZONE})
    days = {day for (day,) in cursor.fetchall()}
    if others_of:
        cursor.execute(_DELETE_OTHERS, {"board": board.pk, "calls": list(others_of)})
    cursor.execute(_WRITE_VISITS, {"board": board.pk})
    return days


def _row(visit: Visit) -> str:
    """As COPY reads it, in the order of VISIT_COLUMNS."""
    odd = ",".join(sorted(visit.oddities))
    return (
        f"{_copied(visit.call)}\t{_copied(visit.queue[:80])}\t{visit.nth}\t{visit.entered_at}\t"
        f"{_copied(visit.caller[:80])}\t{visit.outcome}\t{_or_null(visit.wait)}\t{_copied(visit.agent[:80])}\t"
        f"{_or_null(visit.answered_at)}\t{_or_null(visit.talk)}\t{_or_null(visit.ended_at)}\t"
        f"{_copied(visit.ended[:40])}\t{_copied(visit.moved_to[:80])}\t{visit.tried}\t{{{odd}}}\n"
    )


def _or_null(number: int | None) -> int | str:
    return NULL if number is None else number


def _copied(text: str) -> str:
    """A text of printable letters as COPY reads it."""
    return text.replace("\\", "\\\\")
