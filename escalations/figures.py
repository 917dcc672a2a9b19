"""How the supervisors' work goes: what is open and how old, what came overdue, how long taking and resolving lasted.

Taking lasts from being raised to the first time somebody took it; resolving to the last time it was resolved or
rejected, so that what was reopened is not resolved until it is again. Both in working time of the centre, with the
time a unit was waited for inside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection
from django.utils import timezone

from escalations.filters import kind_words, known_kind
from escalations.models import Escalation, kind_label
from service_level.days import bounds_of, midnight_of
from service_level.worked_days import WorkedDays
from service_level.working_time import WorkingCalendar, working_calendar

DAYS_SHOWN = 30
LONGEST = 366  # days of one question
OLDEST = 366  # days an age is counted back
AGES = (0, 1, 2, 5, 10)  # working days: a bucket reaches up to each of them, and the last beyond
EARLIEST = 2000  # a year before it is a slip of the pen

OF_A_KIND = """
    (%(kind)s = '' OR e.kind = %(kind)s) AND (%(line)s = '' OR e.line = %(line)s)
    AND (%(zone)s = '' OR e.zone = %(zone)s)
"""
OF_THE_DAYS = "e.raised_at >= %(began)s AND e.raised_at < %(until)s"


@dataclass(frozen=True)
class Span:
    """The days, both inside, on which escalations were raised, and the filters; empty: all."""

    first: date
    last: date
    kind: str = ""
    line: str = ""
    zone: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """For a statement; from the first day's beginning to the end of the last, in La Paz."""
        began, until = bounds_of(self.first, self.last)
        return {"began": began, "until": until, "kind": self.kind, "line": self.line, "zone": self.zone}

    @property
    def words(self) -> str:
        """The filters, for the book of exports."""
        days = f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"
        return ", ".join(word for word in (days, kind_words(self.kind), self.line, self.zone) if word)


@dataclass(frozen=True)
class Lasting:
    """How long something lasted, in seconds: of the working time and of the clock; None while it never happened."""

    median: float | None
    ninetieth: float | None
    clock_median: float | None
    clock_ninetieth: float | None


@dataclass(frozen=True)
class Row:
    """What was raised on the days: all of it, of a kind, or of a zone."""

    name: str
    raised: int
    open: int
    merged: int
    overdue: int
    take: Lasting
    resolve: Lasting

    @property
    def closed(self) -> int:
        return self.raised - self.open - self.merged


@dataclass(frozen=True)
class Age:
    """What is open now and so many working days old; `until` is None for whatever is older than every bucket."""

    since: int
    until: int | None
    open: int
    overdue: int


@dataclass(frozen=True)
class Figures:
    whole: Row
    kinds: list[Row]
    zones: list[Row]
    ages: list[Age]
    by_the_clock: bool  # nobody has filled in the hours of the centre

    @property
    def open(self) -> int:
        return sum(age.open for age in self.ages)

    @property
    def open_overdue(self) -> int:
        return sum(age.overdue for age in self.ages)


def span_of(*, sent: Any, now: datetime) -> Span:
    """The filters of an address. What cannot be read is left out; days the wrong way round are turned."""
    today = timezone.localdate(now)
    first, last = _day(sent.get("first")) or today - timedelta(days=DAYS_SHOWN - 1), _day(sent.get("last")) or today
    first, last = min(first, last), min(max(first, last), today)
    return Span(
        first=min(max(first, last - timedelta(days=LONGEST - 1)), last),
        last=last,
        kind=known_kind(sent.get("kind", "").replace("\x00", "")),
        line="".join(filter(str.isalnum, sent.get("line", "")))[:12],
        zone=sent.get("zone", "").replace("\x00", "").strip()[:80],
    )


def lines_and_zones(*, span: Span) -> tuple[list[str], list[str]]:
    """What can be chosen: the lines and zones of what was raised on the days, and the one that is."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT array_agg(DISTINCT e.line) FILTER (WHERE e.line <> ''),
                   array_agg(DISTINCT e.zone) FILTER (WHERE e.zone <> '')
              FROM escalations_escalation e WHERE {OF_THE_DAYS}
            """,
            span.values,
        )
        lines, zones = cursor.fetchone()
    return sorted({*(lines or []), span.line} - {""}), sorted({*(zones or []), span.zone} - {""})


def figures_of(*, span: Span, now: datetime) -> Figures:
    """All of it, in two statements over what was raised on the days and what is open now."""
    today = timezone.localdate(now)
    raised_first = Escalation.objects.order_by("raised_at").values_list("raised_at", flat=True).first()
    first = max(span.first, timezone.localdate(raised_first)) if raised_first else span.last
    calendar = working_calendar(first=min(first, today - timedelta(days=OLDEST)), last=today)
    days = WorkedDays.over(first=min(first, today), last=today, calendar=calendar)
    rows = _measured(span, days)
    kinds = [replace(row, name=kind_label(row.name)) for grouped, row in rows if grouped == "kind"]
    return Figures(
        whole=next(row for grouped, row in rows if grouped == ""),
        kinds=sorted(kinds, key=_most_first),
        zones=sorted((row for grouped, row in rows if grouped == "zone"), key=_most_first),
        ages=_ages(span, today, calendar),
        by_the_clock=not calendar.hours,
    )


def _measured(span: Span, days: WorkedDays) -> list[tuple[str, Row]]:
    """Rows by what they are grouped by (`kind`, `zone`, or nothing for the whole)."""
    raised, taken, settled = (
        days.up_to(day, moment) for day, moment in (("r", "a.raised_at"), ("t", "f.taken_at"), ("s", "a.settled_at"))
    )
    lasted = ", ".join(
        f"percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {what}{measure})"
        for what in ("to_take", "to_resolve")
        for measure in ("", "_by_clock")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH worked_day AS ({days.relation}), asked AS (
                SELECT e.id, e.kind, e.zone, e.state, e.raised_at, e.settled_at, e.breached_at, e.closed_at
                  FROM escalations_escalation e WHERE {OF_THE_DAYS} AND {OF_A_KIND}
            ), taken AS (
                SELECT c.escalation_id, min(c.at) AS taken_at
                  FROM escalations_change c JOIN asked a ON a.id = c.escalation_id
                 WHERE c.verb = 'take' GROUP BY c.escalation_id
            ), measured AS (
                SELECT a.kind, a.zone, a.closed_at, a.state, a.breached_at,
                       {taken} - {raised} AS to_take, {settled} - {raised} AS to_resolve,
                       extract(epoch FROM f.taken_at - a.raised_at)::float8 AS to_take_by_clock,
                       extract(epoch FROM a.settled_at - a.raised_at)::float8 AS to_resolve_by_clock
                  FROM asked a LEFT JOIN taken f ON f.escalation_id = a.id
                       {days.joined("worked_day", "r", "a.raised_at")}
                       {days.joined("worked_day", "t", "f.taken_at")}
                       {days.joined("worked_day", "s", "a.settled_at")}
            )
            SELECT CASE WHEN grouping(m.kind) = 0 THEN 'kind' WHEN grouping(m.zone) = 0 THEN 'zone' ELSE '' END,
                   COALESCE(k.name, m.zone, ''), count(*), count(*) FILTER (WHERE m.closed_at IS NULL),
                   count(*) FILTER (WHERE m.state = 'merged'), count(m.breached_at),
                   {lasted}
              FROM measured m JOIN escalations_kind k ON k.code = m.kind
             GROUP BY GROUPING SETS ((m.kind, k.name), (m.zone), ())
            """,
            {**span.values, **days.values},
        )
        return [
            (grouped, Row(name, count, still_open, merged, overdue, _lasting(*times[:2]), _lasting(*times[2:])))
            for grouped, name, count, still_open, merged, overdue, *times in cursor.fetchall()
        ]


def _lasting(work: list[float] | None, clock: list[float] | None) -> Lasting:
    return Lasting(*(work or (None, None)), *(clock or (None, None)))


def _ages(span: Span, today: date, calendar: WorkingCalendar) -> list[Age]:
    """What is open now, whenever it was raised, by age. The day it was raised is not counted."""
    reach = _first_days(today, calendar)
    edges = [midnight_of(reach[until]) for until in reversed(AGES)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT width_bucket(e.raised_at, %(edges)s::timestamptz[]), count(*), count(e.breached_at)
              FROM escalations_escalation e WHERE e.closed_at IS NULL AND {OF_A_KIND} GROUP BY 1
            """,
            {**span.values, "edges": edges},
        )
        found = {len(AGES) - bucket: (count, overdue) for bucket, count, overdue in cursor.fetchall()}
    reaches = [*pairwise((-1, *AGES)), (AGES[-1], None)]
    return [Age(last + 1, until, *found.get(place, (0, 0))) for place, (last, until) in enumerate(reaches)]


def _first_days(today: date, calendar: WorkingCalendar) -> dict[int, date]:
    """For each age of AGES the earliest day from which no more working days have passed; clock days without hours."""
    earliest: dict[int, date] = {}
    passed, day = 0, today
    for _back in range(OLDEST):
        earliest |= {until: day for until in AGES if passed <= until}
        if passed > AGES[-1]:
            break
        passed += bool(calendar.stretches_of(day)) or not calendar.hours
        day -= timedelta(days=1)
    return earliest


def _most_first(row: Row) -> tuple[int, str]:
    return -row.raised, row.name


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year >= EARLIEST else None
