"""The figures of the lines are counted anew where visits came or changed: half hours and days, and their months.

A month at a time, in one transaction: who reads sees the old figures or the new ones. Every visit is in one row of each
grain, whatever its queue is, so nothing is left out unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max, Min
from django.db.models.functions import TruncDate

from service_level.days import LA_PAZ, bounds_of
from service_level.models import Formula, LineFigure, MeasuredQueue
from service_level.months import after, month_of
from telephony.models import ChangedDay, LoggedVisit
from telephony.queue_log.taking import mark_changed

COUNTS = (
    *("answered", "within", "hung_up", "timed_out", "other", "waiting", "counted", "unknown", "odd"),
    *("wait_total", "wait_median", "wait_ninth", "longest", "talked", "talk_total"),
)
_COUNT = f"""
WITH lines AS (
    SELECT DISTINCT ON (queue) queue, line, counts_for_att FROM service_level_measuredqueue
     WHERE since <= %(month)s ORDER BY queue, since DESC
), visits AS (
    SELECT coalesce(lines.line, v.queue) AS line, coalesce(lines.counts_for_att, false) AS counts_for_att,
           v.outcome, v.wait, v.talk, v.oddities <> '{{}}' AS is_odd, v.outcome = 'answered' AS answered,
           CASE v.outcome WHEN 'answered' THEN true
                          WHEN 'hung_up' THEN coalesce(v.wait, %(shortest)s) >= %(shortest)s
                          WHEN 'timed_out' THEN %(timed_out)s WHEN 'other' THEN %(other)s ELSE false END AS counts,
           date_bin('30 minutes', v.entered_at AT TIME ZONE %(zone)s, timestamp '2000-01-01') AS half,
           date_trunc('day', v.entered_at AT TIME ZONE %(zone)s) AS day,
           date_trunc('month', v.entered_at AT TIME ZONE %(zone)s) AS month
      FROM telephony_loggedvisit v LEFT JOIN lines ON lines.queue = v.queue
     WHERE v.entered_at >= %(begins)s AND v.entered_at < %(ends)s
)
INSERT INTO service_level_linefigure (grain, line, counts_for_att, began_at, {", ".join(COUNTS)})
SELECT %(grain)s, line, counts_for_att, (CASE %(grain)s WHEN 'half_hour' THEN half WHEN 'day' THEN day ELSE month END)
           AT TIME ZONE %(zone)s,
       count(*) FILTER (WHERE answered),
       count(*) FILTER (WHERE answered AND wait <= %(seconds)s),
       count(*) FILTER (WHERE outcome = 'hung_up'),
       count(*) FILTER (WHERE outcome = 'timed_out'),
       count(*) FILTER (WHERE outcome = 'other'),
       count(*) FILTER (WHERE outcome = 'waiting'),
       count(*) FILTER (WHERE counts),
       count(*) FILTER (WHERE answered AND wait IS NULL),
       count(*) FILTER (WHERE is_odd),
       coalesce(sum(wait) FILTER (WHERE answered), 0),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY wait) FILTER (WHERE answered),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY wait) FILTER (WHERE answered),
       max(wait),
       count(*) FILTER (WHERE answered AND talk IS NOT NULL),
       coalesce(sum(talk) FILTER (WHERE answered), 0)
  FROM visits GROUP BY 2, 3, 4
"""


def count_changed() -> int:
    """Count the days anew of which something came. Returns how many."""
    days = sorted(ChangedDay.objects.values_list("day", flat=True))
    return sum(_count_month(month, list(some)) for month, some in groupby(days, key=month_of))


def count_anew_for(row: Formula | MeasuredQueue, *, was_since: date | None = None) -> date:
    """A row of what is counted by was written, changed or taken away: all days from its month on are to be counted
    again, or from where it stood before if that is earlier. Call it inside the transaction of the change. Returns the
    month from which.
    """
    since = min(row.since, was_since or row.since)
    begins, _ends = bounds_of(since, since)
    found = LoggedVisit.objects.filter(entered_at__gte=begins)
    days = found.annotate(day=TruncDate("entered_at", tzinfo=LA_PAZ)).values_list("day", flat=True).distinct()
    mark_changed(list(days))
    return since


def days_to_be_counted(month: date) -> list[date]:
    """Those of the month whose figures are of before still."""
    found = ChangedDay.objects.filter(day__gte=month, day__lt=after(month))
    return list(found.order_by("day").values_list("day", flat=True))


def months_with_figures() -> Iterator[date]:
    """From the first month there are calls of to the last, the gaps between them too."""
    ends = LineFigure.objects.filter(grain=LineFigure.Grain.MONTH).aggregate(
        first=Min("began_at"), last=Max("began_at")
    )
    month = ends["first"] and month_of(ends["first"].astimezone(LA_PAZ).date())
    while month and month <= ends["last"].astimezone(LA_PAZ).date():
        yield month
        month = after(month)


def formula_of(month: date) -> Formula:
    """The one in force in that month; before the first, the first."""
    in_force = Formula.objects.filter(since__lte=month).order_by("-since").first()
    return in_force or Formula.objects.earliest("since")


def _count_month(month: date, days: list[date]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"figures of {month}"])
        for day in days:
            # waits for whoever writes visits of that day, and sees them then
            ChangedDay.objects.filter(day=day).delete()
            _count(cursor, LineFigure.Grain.HALF_HOUR, month, day, day)
            _count(cursor, LineFigure.Grain.DAY, month, day, day)
        _count(cursor, LineFigure.Grain.MONTH, month, month, after(month) - timedelta(days=1))
    return len(days)


def _count(cursor: CursorWrapper, grain: LineFigure.Grain, month: date, first: date, last: date) -> None:
    begins, ends = bounds_of(first, last)
    LineFigure.objects.filter(grain=grain, began_at__gte=begins, began_at__lt=ends).delete()
    formula = formula_of(month)
    cursor.execute(
        _COUNT,
        {
            "grain": str(grain),
            "month": month,
            "begins": begins,
            "ends": ends,
            "seconds": formula.seconds,
            "shortest": formula.shortest_hang_up,
            "timed_out": formula.counts_timed_out,
            "other": formula.counts_other,
            "zone": settings.TIME_ZONE,
        },
    )
