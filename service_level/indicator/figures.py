"""The indicator of a month, read from the counted figures: each line, those the regulator counts, and all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, cast

from django.db.models import Max, Sum
from django.db.models.functions import ExtractHour

from service_level.days import LA_PAZ, bounds_of
from service_level.indicator.counting import formula_of
from service_level.models import Formula, LineFigure, MeasuredQueue
from service_level.months import after

Grain = LineFigure.Grain
HUNDREDTH = Decimal("0.01")
SUMS = (
    *("answered", "within", "hung_up", "timed_out", "other", "waiting", "counted", "unknown", "odd"),
    *("wait_total", "talked", "talk_total"),
)


@dataclass(frozen=True)
class Counts:
    """Calls of one or more lines; waits and talk in seconds. `median` and `ninth` are those of one line alone."""

    answered: int = 0
    within: int = 0
    hung_up: int = 0
    timed_out: int = 0
    other: int = 0
    waiting: int = 0
    counted: int = 0
    unknown: int = 0
    odd: int = 0
    wait_total: int = 0
    talked: int = 0
    talk_total: int = 0
    longest: int | None = None
    median: float | None = None
    ninth: float | None = None

    @classmethod
    def of(cls, figure: LineFigure) -> Counts:
        sums = {name: getattr(figure, name) for name in SUMS}
        return cls(**sums, longest=figure.longest, median=figure.wait_median, ninth=figure.wait_ninth)

    def __add__(self, other: Counts) -> Counts:
        longest = max((one.longest for one in (self, other) if one.longest is not None), default=None)
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in SUMS}, longest=longest)

    @property
    def registered(self) -> int:
        """All calls that came in and are over with their queue."""
        return self.answered + self.abandoned

    @property
    def abandoned(self) -> int:
        """Entered the switchboard and was not answered (the procedure's sense): hung up, or left otherwise."""
        return self.hung_up + self.timed_out + self.other

    @property
    def missed(self) -> int:
        """Those that count and were not answered in time."""
        return self.counted - self.within

    @property
    def level(self) -> Decimal | None:
        """Percent with two decimals; None without calls."""
        return percent(self.within, self.counted)

    @property
    def best(self) -> Decimal | None:
        """The level if every answer of which the wait is unknown had been in time (as they count, it is the worst)."""
        return percent(self.within + self.unknown, self.counted)

    @property
    def mean_wait(self) -> float | None:
        known = self.answered - self.unknown
        return self.wait_total / known if known else None

    @property
    def mean_talk(self) -> float | None:
        return self.talk_total / self.talked if self.talked else None


@dataclass(frozen=True)
class Line:
    """`number` is the name of the queue where nobody wrote down whose it is."""

    number: str
    name: str
    counts_for_att: bool
    is_known: bool
    counts: Counts


@dataclass(frozen=True)
class Month:
    """A month's indicator. `formula`: what it is counted by."""

    month: date
    formula: Formula
    lines: list[Line]

    @property
    def att(self) -> Counts:
        """What is owed to the regulator."""
        return _sum(line.counts for line in self.lines if line.counts_for_att)

    @property
    def all(self) -> Counts:
        return _sum(line.counts for line in self.lines)

    @property
    def holds(self) -> bool | None:
        """Whether the target is met as it stands; None without calls."""
        return None if self.att.level is None else left_of(self.att, self.formula) >= 0


def read_month(month: date, *, line: str = "") -> Month:
    """Each line there is, or had calls, in the order of its number; `line`: that one alone."""
    begins, _ends = bounds_of(month, month)
    found: dict[tuple[str, bool], Counts] = {}
    for figure in LineFigure.objects.filter(grain=Grain.MONTH, began_at=begins):
        found[figure.line, figure.counts_for_att] = Counts.of(figure)
    known: dict[tuple[str, bool], str] = {}
    for queue in queues_of(month):
        known.setdefault((queue.line, queue.counts_for_att), queue.name)
    numbers = {number for number, _counts in known}
    lines = [
        Line(
            number,
            known.get((number, counts_for_att), ""),
            counts_for_att,
            number in numbers,
            found.get((number, counts_for_att), Counts()),
        )
        for number, counts_for_att in known.keys() | found.keys()
        if line in ("", number)
    ]
    return Month(month, formula_of(month), sorted(lines, key=lambda one: (not one.counts_for_att, one.number)))


def queues_of(month: date) -> list[MeasuredQueue]:
    """What each queue is in that month."""
    rows = MeasuredQueue.objects.filter(since__lte=month).order_by("queue", "-since").distinct("queue")
    return sorted(rows, key=lambda one: (one.line, one.queue))


def figures_between(grain: LineFigure.Grain, first: date, last: date, *, line: str = "") -> list[LineFigure]:
    """The figures that begin on these days, the oldest first."""
    begins, ends = bounds_of(first, last)
    found = LineFigure.objects.filter(grain=grain, began_at__gte=begins, began_at__lt=ends)
    return list((found.filter(line=line) if line else found).order_by("began_at", "line"))


def days_of(month: date, *, line: str = "") -> dict[date, Counts]:
    """Each day with calls: of the lines the regulator counts, or of one line."""
    days: dict[date, Counts] = {}
    for figure in figures_between(Grain.DAY, month, after(month) - timedelta(days=1), line=line):
        if line or figure.counts_for_att:
            day = figure.began_at.astimezone(LA_PAZ).date()
            days[day] = days[day] + Counts.of(figure) if day in days else Counts.of(figure)
    return days


def counted_until(month: date) -> datetime | None:
    """The begin of the last half hour of the month of which there are calls."""
    begins, ends = bounds_of(month, after(month) - timedelta(days=1))
    found = LineFigure.objects.filter(grain=Grain.HALF_HOUR, began_at__gte=begins, began_at__lt=ends)
    return found.aggregate(last=Max("began_at"))["last"]


def left_of(counts: Counts, formula: Formula) -> int:
    """How many more of the calls that came could have been missed and the target held; negative: so many too many."""
    allowed = (counts.counted * (100 - formula.target) / 100).to_integral_value(ROUND_FLOOR)
    return int(allowed) - counts.missed


def hours_of(month: date, *, line: str = "") -> dict[int, Counts]:
    """Each hour of the day with calls in that month: of the lines the regulator counts, or of one line."""
    begins, ends = bounds_of(month, after(month) - timedelta(days=1))
    found = LineFigure.objects.filter(grain=Grain.HALF_HOUR, began_at__gte=begins, began_at__lt=ends)
    found = found.filter(line=line) if line else found.filter(counts_for_att=True)
    hours = found.annotate(hour=ExtractHour("began_at", tzinfo=LA_PAZ)).values("hour").order_by("hour")
    summed = cast("Iterable[dict[str, Any]]", hours.annotate(**{f"{name}_in_all": Sum(name) for name in SUMS}))
    return {one["hour"]: Counts(**{name: one[f"{name}_in_all"] for name in SUMS}) for one in summed}


def percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100) * part / whole).quantize(HUNDREDTH, ROUND_HALF_UP) if whole else None


def as_plain(month: Month) -> dict[str, Any]:
    """Figures as plain data: whole numbers, and the level as a text, so that no digit is lost."""
    lines: dict[str, Counts] = {}
    for line in month.lines:
        lines[line.number] = lines[line.number] + line.counts if line.number in lines else line.counts
    return {
        "lines": {number: plain_counts(counts) for number, counts in sorted(lines.items())},
        "totals": {"att": plain_counts(month.att), "all": plain_counts(month.all)},
    }


def plain_counts(counts: Counts) -> dict[str, Any]:
    level = counts.level
    return {
        "received": counts.registered,
        "answered": counts.answered,
        "within": counts.within,
        "hung_up": counts.hung_up,
        "timed_out": counts.timed_out,
        "other": counts.other,
        "level": None if level is None else str(level),
    }


def _sum(several: Iterable[Counts]) -> Counts:
    total = Counts()
    for counts in several:
        total += counts
    return replace(total, median=None, ninth=None)
