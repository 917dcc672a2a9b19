"""Months side by side on the same day of their campaigns; when customers answer, and at which attempt.

Whole days only: a day that is still being called would make the month that runs look worse than those before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db import connection
from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.figures.cells import sum_campaigns
from campaigns.figures.filters import Only
from campaigns.figures.openings import Openings
from campaigns.figures.patterns import LAST_NUMBER
from campaigns.models import Campaign, HourFigure, Unit
from campaigns.month.measurement import payments_count_until
from campaigns.month.periods import day_of
from screens.charts import Chart, columns_by, day_by_day

MONTHS = 4  # side by side, the present one among them
SUMS = ("handled", "contacted", "promised", "attempts", "services_paid", "services_paid_after_contact")
ROWS = {  # the figure and the unit whose rows a sum counts
    **{name: (name, Unit.CONTACT) for name in ("handled", "contacted", "promised", "attempts")},
    "services_paid": ("paid", Unit.SERVICE),
    "services_paid_after_contact": ("paid_after_contact", Unit.SERVICE),
}

_DAYS = """
WITH shown AS (
  SELECT id, calls_from FROM campaigns_campaign WHERE id = ANY(%(campaigns)s)
), lines AS (
  SELECT campaign_id, day, CASE WHEN unit = 'contact' THEN handled ELSE 0 END AS handled,
         CASE WHEN unit = 'contact' THEN contacted ELSE 0 END AS contacted,
         CASE WHEN unit = 'contact' THEN promised ELSE 0 END AS promised, 0 AS attempts,
         CASE WHEN unit = 'service' THEN paid ELSE 0 END AS services_paid,
         CASE WHEN unit = 'service' THEN paid_after_contact ELSE 0 END AS services_paid_after_contact
    FROM campaigns_dayfigure WHERE campaign_id = ANY(%(campaigns)s) AND cut = 'agent'
   UNION ALL
  SELECT campaign_id, day, 0, 0, 0, attempts, 0, 0
    FROM campaigns_attemptfigure WHERE campaign_id = ANY(%(campaigns)s) AND cut = 'agent'
)
SELECT id, greatest(day - calls_from + 1, 1) AS number, sum(handled), sum(contacted), sum(promised), sum(attempts),
       sum(services_paid), sum(services_paid_after_contact)
  FROM shown JOIN lines ON lines.campaign_id = shown.id
 WHERE day - calls_from < %(days)s
 GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Month:
    """A campaign until the same day of its calls. `items`: all its contacts, as its last count knows them."""

    campaign: Campaign
    name: str
    items: int
    handled: int
    contacted: int
    promised: int
    attempts: int
    services_paid: int
    services_paid_after_contact: int
    leads: dict[str, str]  # by figure, the rows it counts; '' where there are none


@dataclass(frozen=True)
class SideBySide:
    """Months after `days` whole days of calls; no months before the first of them is over."""

    days: int
    months: list[Month]
    chart: Chart | None
    calls_are_over: bool = False  # of this month: what still comes in are its payments


def side_by_side(*, campaign: Campaign, now: datetime) -> SideBySide:
    """This month and those before it that were called, the newest first. Four queries.

    Not further than the last day on which its payments count: from then on its figures stand.
    """
    earlier = Campaign.objects.filter(period__lt=campaign.period, launched_at__isnull=False).order_by("-period")
    ends = payments_count_until(campaign=campaign) + timedelta(days=1)
    days = max(0, (min(day_of(now), ends) - campaign.calls_from).days)
    if not days:
        return SideBySide(0, [], None)
    shown = [campaign, *earlier[: MONTHS - 1]]
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"campaigns": [one.pk for one in shown], "days": days})
        rows = cursor.fetchall()
    items = {pk: counts.items for pk, counts in sum_campaigns(campaigns=shown).items()}
    months = [_month(one, items[one.pk], [row for row in rows if row[0] == one.pk], days) for one in shown]
    calls_are_over = _day_of(campaign, days) > campaign.calls_until
    return SideBySide(days, months, _chart(campaign, months, rows, days), calls_are_over)


def _month(campaign: Campaign, items: int, rows: Sequence[Sequence[Any]], days: int) -> Month:
    sums = {name: int(sum(row[2 + place] for row in rows)) for place, name in enumerate(SUMS)}
    opens, last = Openings(campaign, Only()), _day_of(campaign, days)
    leads = {name: opens.until(last, figure, unit=unit) if sums[name] else "" for name, (figure, unit) in ROWS.items()}
    leads["items"] = opens.figure("items") if items else ""
    return Month(campaign, date_format(campaign.period, "F Y").capitalize(), items, **sums, leads=leads)


def _day_of(campaign: Campaign, number: int) -> date:
    return campaign.calls_from + timedelta(days=number - 1)


def _chart(campaign: Campaign, months: list[Month], rows: Sequence[Sequence[Any]], days: int) -> Chart:
    """Contacted of a hundred contacts, day by day; the days of earlier months stand on those of this one."""
    shown = min(days, (campaign.calls_until - campaign.calls_from).days + 1)
    series, leads = {}, {}
    for month in months:
        if not month.items:
            continue
        reached = {row[1]: int(row[3]) for row in rows if row[0] == month.campaign.pk}
        opens = Openings(month.campaign, Only())
        points, opened, total = [], {}, 0
        for number in range(1, shown + 1):
            total += reached.get(number, 0)
            day = _day_of(campaign, number)
            points.append((day, round(100 * total / month.items, 2)))
            opened[day] = opens.until(_day_of(month.campaign, number), "contacted") if total else ""
        series[month.name], leads[month.name] = points, opened
    title = _("Contactados de cada 100 contactos, en el mismo día de cada campaña")
    return day_by_day(title=title, series=series, leads=leads)


@dataclass(frozen=True)
class Answered:
    """Attempts of one hour, or of one number, and how many reached the customer; None where a month has none."""

    key: int
    name: str
    attempts: int
    contacted: int
    attempts_before: int
    contacted_before: int


@dataclass(frozen=True)
class Patterns:
    """When customers answered, in this month and the one called before it (None without one)."""

    by_hour: list[Answered]
    by_number: list[Answered]
    before: Campaign | None


def read_patterns(*, campaign: Campaign) -> Patterns:
    """Two queries."""
    before = Campaign.objects.filter(period__lt=campaign.period, launched_at__isnull=False).order_by("-period").first()
    both = [one.pk for one in (campaign, before) if one]
    rows = HourFigure.objects.filter(campaign__in=both).order_by().values("campaign", "hour", "number")
    sums = [
        (row["campaign"] == campaign.pk, row["hour"], row["number"], row["tried"], row["reached"])
        for row in rows.annotate(tried=Sum("attempts"), reached=Sum("contacted"))
    ]
    by_hour = _answered([(mine, hour, tried, reached) for mine, hour, _n, tried, reached in sums], _hour)
    by_number = _answered([(mine, number, tried, reached) for mine, _h, number, tried, reached in sums], _number)
    return Patterns(by_hour, by_number, before)


def patterns_charts(patterns: Patterns, *, opens: Openings) -> list[Chart]:
    """By hour and by number, each bar leading to its calls; none without attempts in this month."""
    shown = [
        _reached(_("Intentos por hora del día"), _("Hora"), patterns.by_hour, opens, "hour"),
        _reached(_("Intentos por número de intento"), _("Intento"), patterns.by_number, opens, "number"),
    ]
    return [chart for chart in shown if chart.rows]


def answers_of(patterns: Patterns, *, opens: Openings) -> dict[str, list[tuple[Answered, str]]]:
    """The lines by hour and by number, each with where the calls lead in which the customer was spoken to."""
    lines = {"hour": patterns.by_hour, "number": patterns.by_number}
    return {
        by: [
            (line, opens.attempts(is_reached=True, **{by: line.key}) if line.contacted else "")  # type: ignore[arg-type]
            for line in found
        ]
        for by, found in lines.items()
    }


def _reached(title: str, label: str, lines: list[Answered], opens: Openings, by: Literal["hour", "number"]) -> Chart:
    told, quiet = _("Habló con el cliente"), _("No habló con el cliente")
    values = {
        line.name: {told: line.contacted, quiet: line.attempts - line.contacted} for line in lines if line.attempts
    }
    leads = {
        line.name: {
            words: opens.attempts(is_reached=words == told, hour=line.key if by == "hour" else None,
                                  number=line.key if by == "number" else None)
            for words in (told, quiet)
        }
        for line in lines
    }  # fmt: skip
    return columns_by(title=title, values=values, label=label, leads=leads)


def _answered(rows: list[tuple[bool, int, int, int]], named: Any) -> list[Answered]:
    found: dict[int, list[int]] = {}
    for mine, key, tried, reached in rows:
        sums = found.setdefault(key, [0, 0, 0, 0])
        sums[0 if mine else 2] += tried
        sums[1 if mine else 3] += reached
    return [Answered(key, named(key), *sums) for key, sums in sorted(found.items())]


def _hour(hour: int) -> str:
    return f"{hour:02d}:00"


def _number(number: int) -> str:
    return _("%(n)s.º y más") % {"n": number} if number == LAST_NUMBER else _("%(n)s.º") % {"n": number}


def first_whole_day(campaign: Campaign) -> date:
    """The day from which months can be compared."""
    return campaign.calls_from + timedelta(days=1)
