"""The visits of a time once more from the lines themselves, whatever rows were made of them; and what tells those lines
from any others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import connection

from telephony.queue_log.lines import read_line
from telephony.queue_log.taking import STARTS
from telephony.queue_log.visits import Visit, pair

MARGIN = timedelta(days=1)  # a call that begins in the time has its lines in it, or a day around it
_BOARDS = """
SELECT s.id, s.name,
       (SELECT extract(epoch FROM max(at))::bigint FROM telephony_loggedline l WHERE l.switchboard_id = s.id),
       coalesce((SELECT array_agg(ARRAY[l.id, extract(epoch FROM l.at)::bigint]) FROM telephony_loggedline l
                  WHERE l.switchboard_id = s.id AND l.call = %s), '{}')
  FROM telephony_switchboard s ORDER BY s.name
"""
_LINES = """
SELECT call, id, text FROM telephony_loggedline
 WHERE switchboard_id = %(board)s AND call IN (
         SELECT call FROM telephony_loggedline WHERE switchboard_id = %(board)s AND at >= %(since)s AND at < %(until)s
            AND call NOT IN ('', %(starts)s))
 ORDER BY call
"""
_DIGESTS = """
SELECT (at AT TIME ZONE %(zone)s)::date AS day, digest, ordinal FROM telephony_loggedline
 WHERE switchboard_id = %(board)s AND (at >= %(begins)s AND at < %(ends)s
       OR at >= %(ends)s AND at < %(until)s AND call IN (
            SELECT call FROM telephony_loggedline WHERE switchboard_id = %(board)s AND at >= %(since)s AND at < %(ends)s
               AND call NOT IN ('', %(starts)s)))
 ORDER BY at, digest, ordinal
"""
FETCHED = 20_000
Sent = dict[str, int | str | datetime]


def visits_from_lines(begins: datetime, ends: datetime) -> Iterator[Visit]:
    """Those that entered in that time, of all switchboards; whatever their number, some thousand lines in memory."""
    first, last = begins.timestamp(), ends.timestamp()
    for board, _name, newest, starts in _boards():
        sent: Sent = {"board": board, "since": begins - MARGIN, "until": ends + MARGIN, "starts": STARTS}
        told = ((call, int(seq), read_line(text)) for call, seq, text in _rows(_LINES, sent))
        began = [(seq, at) for seq, at in starts]
        for _call, lines in groupby(told, key=lambda one: one[0]):
            visits = pair([(seq, line) for _of, seq, line in lines], starts=began, newest=newest)
            yield from (visit for visit in visits if first <= visit.entered_at < last)


def fingerprints(begins: datetime, ends: datetime) -> list[tuple[str, date, int, str]]:
    """Of each switchboard and day with lines in that time: how many, and the sha-256 of their digests in their order.
    What a call of the last day wrote in the next is of it, too. Whose number was forgotten since leaves it as it was.
    """
    found = []
    for board, name, _newest, _starts in _boards():
        sent: Sent = {"board": board, "begins": begins, "ends": ends, "zone": settings.TIME_ZONE, "starts": STARTS}
        sent |= {"since": ends - MARGIN, "until": ends + MARGIN}
        for day, rows in groupby(_rows(_DIGESTS, sent), key=lambda one: one[0]):
            told, lines = hashlib.sha256(), 0
            for _day, digest, ordinal in rows:
                told.update(bytes(digest) + ordinal.to_bytes(2))
                lines += 1
            found.append((name, day, lines, told.hexdigest()))
    return found


def _boards() -> list[tuple[int, str, int, list[list[int]]]]:
    with connection.cursor() as cursor:
        cursor.execute(_BOARDS, [STARTS])
        return [(pk, name, newest or 0, starts) for pk, name, newest, starts in cursor.fetchall()]


def _rows(sql: str, sent: Sent) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Some thousand at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, sent)
        while rows := cursor.fetchmany(FETCHED):
            yield from rows
