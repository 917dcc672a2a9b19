"""The calls of a month by both accounts of a switchboard: what it wrote in `queue_log`, and what its link (AMI) told.

They are one entry into a queue where caller's channel, queue and how often she came into it are the same. What came
before the first and after the last call of a day that the link told is not compared: nobody listened. The indicator is
made of the log; where the two differ somebody should look why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from service_level.days import bounds_of
from service_level.months import after
from telephony.models import LoggedVisit, QueueCall

SHOWN = 200  # of one kind
EARLIER = timedelta(hours=2)  # of one account a call may begin on the day, or month, before
BOTH, ONLY_LOGGED, ONLY_HEARD, OTHERWISE = "both", "only_logged", "only_heard", "otherwise"
KINDS: Mapping[str, str | Promise] = {
    BOTH: gettext_lazy("Dicen lo mismo"),
    ONLY_LOGGED: gettext_lazy("Solo están en el registro"),
    ONLY_HEARD: gettext_lazy("Solo las dijo el enlace"),
    OTHERWISE: gettext_lazy("Para uno fue atendida y para el otro no"),
}
# What is not over yet has no end to be compared.
_BESIDE = """
WITH logged AS (
    SELECT id, switchboard_id, call AS uid, queue, entered_at, outcome, ended_at,
           row_number() OVER (PARTITION BY switchboard_id, call, queue ORDER BY entered_at, nth) AS times
      FROM telephony_loggedvisit WHERE entered_at >= %(earlier)s AND entered_at < %(ends)s
), heard AS (
    SELECT key, switchboard_id, uid, queue, joined_at, answered_at, outcome, state,
           row_number() OVER (PARTITION BY switchboard_id, uid, queue ORDER BY joined_at) AS times
      FROM telephony_queuecall WHERE joined_at >= %(earlier)s AND joined_at < %(ends)s AND NOT is_handed_on
), listened AS (
    SELECT switchboard_id, (joined_at AT TIME ZONE %(zone)s)::date AS day,
           min(joined_at) - interval '2 seconds' AS since, max(joined_at) + interval '2 seconds' AS until
      FROM heard GROUP BY 1, 2
), beside AS (
    SELECT l.id, h.key, switchboard_id, uid, queue, COALESCE(l.entered_at, h.joined_at) AS at, l.outcome AS logged,
           CASE WHEN h.key IS NULL THEN '' WHEN h.state <> 'over' THEN h.state ELSE h.outcome END AS heard,
           CASE WHEN h.key IS NULL THEN 'only_logged' WHEN l.id IS NULL THEN 'only_heard'
                WHEN l.ended_at IS NULL OR h.state <> 'over' OR h.outcome = 'unknown' THEN 'both'
                WHEN (l.outcome = 'answered') <> (h.answered_at IS NOT NULL) THEN 'otherwise' ELSE 'both' END AS kind
      FROM logged l FULL JOIN heard h USING (switchboard_id, uid, queue, times)
)
"""
_COMPARED = """beside b JOIN listened USING (switchboard_id)
 WHERE listened.day = (b.at AT TIME ZONE %(zone)s)::date AND b.at BETWEEN since AND until AND b.at >= %(begins)s"""
_COUNTS = f"{_BESIDE} SELECT kind, count(*) FROM {_COMPARED} GROUP BY 1"
_ROWS = f"""{_BESIDE} SELECT b.id, b.uid, b.queue, b.at, b.logged, b.heard FROM {_COMPARED} AND kind = %(kind)s
 ORDER BY b.at, b.uid LIMIT %(most)s"""
_UNHEARD = f"""{_BESIDE} SELECT (b.at AT TIME ZONE %(zone)s)::date AS day, count(*)
  FROM beside b LEFT JOIN listened l ON l.switchboard_id = b.switchboard_id
                                    AND l.day = (b.at AT TIME ZONE %(zone)s)::date
                                    AND b.at BETWEEN l.since AND l.until
 WHERE l.day IS NULL AND b.at >= %(begins)s GROUP BY 1 ORDER BY 1"""


@dataclass(frozen=True)
class Beside:
    """How many of each of KINDS; `unheard`: days in a row in which nobody listened, or not all day, the first and the
    last of them, with the calls the log has of that time.
    """

    counts: dict[str, int]
    unheard: list[tuple[date, date, int]]

    @property
    def compared(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Pair:
    """One entry into a queue; `visit`: the key of the one in the log; `logged`, `heard`: how it ended, in words."""

    visit: int | None
    uid: str
    queue: str
    at: datetime
    logged: str
    heard: str


def lay_beside(month: date) -> Beside:
    """Two statements."""
    asked = _asked(month)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, asked)
        counts = dict(cursor.fetchall())
        cursor.execute(_UNHEARD, asked)
        return Beside({kind: counts.get(kind, 0) for kind in KINDS}, _in_a_row(cursor.fetchall()))


def pairs_of(month: date, kind: str) -> list[Pair]:
    """The first of one kind, the oldest first. KeyError for a kind there is not."""
    KINDS[kind]
    outcomes = {str(one): str(one.label) for one in QueueCall.Outcome} | {
        str(one): str(one.label) for one in QueueCall.State
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {**_asked(month), "kind": kind, "most": SHOWN})
        rows = cursor.fetchall()
    return [
        Pair(visit, uid, queue, at, str(LoggedVisit.Outcome(logged).label) if logged else "", outcomes.get(heard, ""))
        for visit, uid, queue, at, logged, heard in rows
    ]


def _in_a_row(days: Sequence[tuple[date, int]]) -> list[tuple[date, date, int]]:
    """Days in their order with a count of each, as stretches without a day between."""
    found: list[tuple[date, date, int]] = []
    for day, calls in days:
        if found and day - found[-1][1] == timedelta(days=1):
            first, _last, before = found.pop()
            found.append((first, day, before + calls))
        else:
            found.append((day, day, calls))
    return found


def _asked(month: date) -> dict[str, Any]:
    begins, ends = bounds_of(month, after(month) - timedelta(days=1))
    return {"begins": begins, "ends": ends, "earlier": begins - EARLIER, "zone": settings.TIME_ZONE}
