"""The page of a month: its lines with where each figure leads, its days, and what its evidence covers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from screens.charts import Chart, columns_by, day_by_day
from screens.templatetags.screens import figure
from service_level.days import LA_PAZ, midnight_of
from service_level.indicator.calls import ATT, Asked
from service_level.indicator.figures import Counts, Grain, Month, days_of, figures_between, hours_of, left_of
from service_level.indicator.why import BadHalf, said_of
from service_level.models import Formula
from service_level.months import after, before, written
from service_level.working_time import working_calendar
from telephony.queue_log.evidence import days_without_a_line


@dataclass(frozen=True)
class Row:
    """What is counted, in one row: of a line, a day or a half hour. `href`: its own page; '' none."""

    words: str
    counts: Counts
    asked: Asked
    formula: Formula
    href: str = ""
    note: str = ""

    def leads(self, which: str) -> str:
        """The address of its calls of one kind."""
        address = reverse("service_level:calls", args=[written(self.asked.month), self.asked.line])
        query = self.asked.but(which)
        return f"{address}?{query}" if query else address

    @property
    def opens(self) -> dict[str, str]:
        """Where each of its figures leads, by the name it has in WHICH; a zero leads nowhere."""
        counts = self.counts
        found = {
            "registered": (counts.registered, ""),
            "answered": (counts.answered, "answered"),
            "within": (counts.within, "within"),
            "missed": (counts.missed, "missed"),
            "abandoned": (counts.abandoned, "abandoned"),
            "hung_up": (counts.hung_up, "hung_up"),
            "timed_out": (counts.timed_out, "timed_out"),
            "other": (counts.other, "other"),
            "odd": (counts.odd, "odd"),
            "unknown": (counts.unknown, "unknown"),
            "waiting": (counts.waiting, "waiting"),
        }
        return {name: self.leads(which) if count else "" for name, (count, which) in found.items()}

    @property
    def left(self) -> int:
        return max(left_of(self.counts, self.formula), 0)

    @property
    def over(self) -> int:
        return max(-left_of(self.counts, self.formula), 0)

    @property
    def level(self) -> str:
        return level_in_words(self.counts.level)

    @property
    def look(self) -> str:
        """Whether it meets the target, as a badge shows it; '' without calls."""
        if self.counts.level is None:
            return ""
        return "bad" if self.over else "ok"


def level_in_words(level: Decimal | None) -> str:
    return _("sin datos") if level is None else f"{figure(level, 2)} %"


def points_in_words(apart: Decimal | None) -> str:
    """A difference of two levels: `+1,25`."""
    return "" if apart is None else f"{'−' if apart < 0 else '+'}{figure(abs(apart), 2)}"


def around(this: date, address: Callable[[date], str], *, today: date) -> list[tuple[str, str]]:
    """The month before, and the one after that has begun: each with the address it has."""
    months = [before(this), *([after(this)] if after(this) <= today else [])]
    return [(address(month), month_in_words(month)) for month in months]


def month_in_words(month: date) -> str:
    return formats.date_format(month, "F Y")


def of_whole_month(month: date, line: str) -> Asked:
    return Asked(month, line, month, after(month) - timedelta(days=1))


def day_rows(month: date, *, line: str, formula: Formula) -> list[Row]:
    """Each day with calls, of a line."""
    return [
        Row(
            f"{formats.date_format(day, 'D')} {day:%d/%m}",
            counts,
            Asked(month, line, day, day),
            formula,
            href=f"{reverse('service_level:line', args=[written(month), line])}?day={day.isoformat()}",
        )
        for day, counts in days_of(month, line=line).items()
    ]


def days_below(month: date, *, formula: Formula) -> list[date]:
    """Days on which more were missed than the target allows, of the lines the regulator counts."""
    return [day for day, counts in days_of(month).items() if counts.counted and left_of(counts, formula) < 0]


def lines_of_day(day: date, *, figures: Month) -> list[Row]:
    """Each line with calls on a day, those the regulator counts first."""
    this, names = figures.month, {one.number: one.name for one in figures.lines}
    counted = figures_between(Grain.DAY, day, day)
    return [
        Row(
            f"{one.line} {names.get(one.line, '')}".strip(),
            Counts.of(one),
            Asked(this, one.line, day, day),
            figures.formula,
            href=f"{reverse('service_level:line', args=[written(this), one.line])}?day={day.isoformat()}",
        )
        for one in sorted(counted, key=lambda one: (not one.counts_for_att, one.line))
    ]


def bad_rows(found: Iterable[BadHalf], *, asked: Asked, formula: Formula) -> list[tuple[Row, str]]:
    """Half hours below the target, each with why."""
    return [
        (
            Row(f"{one.begins:%H:%M}–{one.ends:%H:%M}", one.counts, replace(asked, half=one.begins), formula),
            said_of(one),
        )
        for one in found
    ]


def half_rows(day: date, *, line: str, formula: Formula) -> Iterator[Row]:
    """Each half hour of a day with calls, of a line."""
    counted: dict[datetime, Counts] = {}
    for one in figures_between(Grain.HALF_HOUR, day, day, line=line):
        begins = one.began_at.astimezone(LA_PAZ)
        counted[begins] = counted[begins] + Counts.of(one) if begins in counted else Counts.of(one)
    for begins, counts in counted.items():
        asked = Asked(day.replace(day=1), line, day, day, half=begins)
        yield Row(f"{begins:%H:%M}", counts, asked, formula)


def charts_of(month: date, *, line: str = "", formula: Formula) -> list[Chart]:
    """Day by day, the budget of errors and by the hour: of the lines the regulator counts, or of one line; none without
    calls.
    """
    days = days_of(month, line=line)
    some = (
        _days_chart(days, month, line=line, formula=formula),
        None if line else _budget_chart(days, month, formula=formula),
        _hours_chart(month, line=line),
    )
    return [chart for chart in some if chart]


def _days_chart(counted: Mapping[date, Counts], month: date, *, line: str, formula: Formula) -> Chart | None:
    """The level of each day beside the target; None without calls."""
    days = {day: counts.level for day, counts in counted.items() if counts.level is not None}
    if not days:
        return None
    series = {
        _("A tiempo (%)"): list(days.items()),
        _("Meta (%)"): [(day, formula.target) for day in days],
    }
    address = reverse("service_level:calls", args=[written(month), line or ATT])
    leads = {_("A tiempo (%)"): {day: f"{address}?first={day}&last={day}" for day in days}}
    return day_by_day(title=_("Día a día, a tiempo de cada cien"), series=series, leads=leads)


def _budget_chart(counted: Mapping[date, Counts], month: date, *, formula: Formula) -> Chart | None:
    """How many were missed until the end of each day, beside how many the calls until then allow; None without any."""
    if not counted:
        return None
    missed, allowed, so_far = [], [], Counts()
    for day, counts in counted.items():
        so_far += counts
        missed.append((day, so_far.missed))
        allowed.append((day, so_far.missed + left_of(so_far, formula)))
    series = {_("Fuera de plazo"): missed, _("Permitidas"): allowed}
    address = f"{reverse('service_level:calls', args=[written(month), ATT])}?which=missed"
    leads = {_("Fuera de plazo"): {day: f"{address}&first={day}&last={day}" for day in counted}}
    return day_by_day(title=_("Presupuesto de errores, acumulado"), series=series, leads=leads)


def _hours_chart(month: date, *, line: str) -> Chart | None:
    """How many came at each hour of the day, and how many of them were missed; None without calls."""
    values = {
        f"{hour:02}": {_("A tiempo"): counts.within, _("Fuera de plazo"): counts.missed}
        for hour, counts in hours_of(month, line=line).items()
        if counts.counted
    }
    if not values:
        return None
    return columns_by(title=_("A qué hora entraron"), values=values, unit=_("llamadas"), label=_("Hora"))


def uncovered(month: date, *, now: datetime) -> list[date]:
    """Days of the month that are over, in which the centre worked and no switchboard wrote a line."""
    last, today = after(month) - timedelta(days=1), now.astimezone(LA_PAZ).date()
    calendar = working_calendar(first=month, last=last)
    days = (month + timedelta(days=ahead) for ahead in range(last.day))
    return days_without_a_line({day: midnight_of(day) for day in days if day < today and calendar.stretches_of(day)})
