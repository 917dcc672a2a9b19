"""Months side by side on the same day of their campaigns; when customers answer, and at which attempt.

Whole days only: a day that is still being called would make the month that runs look worse than those before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.figures.cells import sum_campaigns
from campaigns.figures.patterns import LAST_NUMBER
from campaigns.models import Campaign, HourFigure
from campaigns.month.periods import day_of
from screens.charts import Chart, columns_by, day_by_day

MONTHS = 4  # side by side, the present one among them
SUMS = ("handled", "contacted", "promised", "attempts", "services_paid", "services_paid_after_contact")

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


@dataclass(frozen=True)
class SideBySide:
    """Months after `days` whole days of calls; no months before the first of them is over."""

    days: int
    months: list[Month]
    chart: Chart | None


def side_by_side(*, campaign: Campaign, now: datetime) -> SideBySide:
    """This month and those before it that were called, the newest first. Four queries."""
    earlier = Campaign.objects.filter(period__lt=campaign.period, launched_at__isnull=False).order_by("-period")
    days = max(0, (day_of(now) - campaign.calls_from).days)
    if not days:
        return SideBySide(0, [], None)
    shown = [campaign, *earlier[: MONTHS - 1]]
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"campaigns": [one.pk for one in shown], "days": days})
        rows = cursor.fetchall()
    items = {pk: counts.items for pk, counts in sum_campaigns(campaigns=shown).items()}
    months = [_month(one, items[one.pk], [row for row in rows if row[0] == one.pk]) for one in shown]
    return SideBySide(days, months, _chart(campaign, months, rows, days))


def _month(campaign: Campaign, items: int, rows: Sequence[Sequence[Any]]) -> Month:
    sums = {name: int(sum(row[2 + place] for row in rows)) for place, name in enumerate(SUMS)}
    return Month(campaign, date_format(campaign.period, "F Y").capitalize(), items, **sums)


def _chart(campaign: Campaign, months: list[Month], rows: Sequence[Sequence[Any]], days: int) -> Chart:
    """Contacted of a hundred contacts, day by day; the days of earlier months stand on those of this one."""
    shown = min(days, (campaign.calls_until - campaign.calls_from).days + 1)
    series = {}
    for month in months:
        if not month.items:
            continue
        reached = {row[1]: int(row[3]) for row in rows if row[0] == month.campaign.pk}
        points, total = [], 0
        for number in range(1, shown + 1):
            total += reached.get(number, 0)
            day = campaign.calls_from + timedelta(days=number - 1)
            points.append((day, round(100 * total / month.items, 2)))
        series[month.name] = points
    return day_by_day(title=_("Contactados de cada 100 contactos, en el mismo día de cada campaña"), series=series)


@dataclass(frozen=True)
class Answered:
    """Attempts of one hour, or of one number, and how many reached the customer; None where a month has none."""

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


def patterns_charts(patterns: Patterns) -> list[Chart]:
    """By hour and by number; none without attempts in this month."""
    shown = [
        _reached(_("Intentos por hora del día"), _("Hora"), patterns.by_hour),
        _reached(_("Intentos por número de intento"), _("Intento"), patterns.by_number),
    ]
    return [chart for chart in shown if chart.rows]


def _reached(title: str, label: str, lines: list[Answered]) -> Chart:
    told, quiet = _("Habló con el cliente"), _("No habló con el cliente")
    values = {
        line.name: {told: line.contacted, quiet: line.attempts - line.contacted} for line in lines if line.attempts
    }
    return columns_by(title=title, values=values, label=label)


def _answered(rows: list[tuple[bool, int, int, int]], named: Any) -> list[Answered]:
    found: dict[int, list[int]] = {}
    for mine, key, tried, reached in rows:
        sums = found.setdefault(key, [0, 0, 0, 0])
        sums[0 if mine else 2] += tried
        sums[1 if mine else 3] += reached
    return [Answered(named(key), *sums) for key, sums in sorted(found.items())]


def _hour(hour: int) -> str:
    return f"{hour:02d}:00"


def _number(number: int) -> str:
    return _("%(n)s.º y más") % {"n": number} if number == LAST_NUMBER else _("%(n)s.º") % {"n": number}


def first_whole_day(campaign: Campaign) -> date:
    """The day from which months can be compared."""
    return campaign.calls_from + timedelta(days=1)
