"""The figures of a campaign as pages, seals and commands read them: from the counted cells, never from the contacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.figures.credited import CREDITED, Credited, credited_of
from campaigns.figures.effects import effects_of
from campaigns.figures.filters import Only
from campaigns.figures.hold_out import Effects
from campaigns.figures.measuring import Counts
from campaigns.models import (
    AgentDay,
    AttemptFigure,
    Campaign,
    Cut,
    DayFigure,
    Disposition,
    FigureRefresh,
    Report,
    ReportKind,
    Service,
    Unit,
)
from campaigns.models.contacts import CallList

COUNT_COLUMNS = tuple(f.name for f in fields(Counts))
DAY_COLUMNS = (
    "handled",
    "contacted",
    "promised",
    "paid",
    "paid_after_contact",
    "amount_paid",
    "amount_paid_after_contact",
)


@dataclass(frozen=True)
class AgentFigures:
    """One line of the agents side by side."""

    agent: int | None
    name: str
    contacts: Counts
    services: Counts
    attempts: int
    quarters: int

    @property
    def hours(self) -> Decimal:
        return Decimal(self.quarters) / 4

    @property
    def attempts_an_hour(self) -> Decimal | None:
        return (self.attempts / self.hours).quantize(Decimal("0.1")) if self.quarters else None


@dataclass(frozen=True)
class DayFigures:
    """What happened on a day."""

    day: date
    contacts: Counts
    services: Counts
    attempts: int


@dataclass(frozen=True)
class Figures:
    """All of it, for one `Only`."""

    counted_at: datetime | None
    by_state: dict[str, int]
    only: Only
    contacts: Counts
    services: Counts
    by_service: dict[str, Counts]
    by_list: dict[str, Counts]
    by_zone: dict[str, tuple[Counts, Counts]]
    by_agent: list[AgentFigures]
    by_day: list[DayFigures]
    by_disposition: list[tuple[Disposition, int]]
    effect: Effects | None  # of the whole campaign, once the day of its evaluation is over
    put_aside: int  # contacts of the control group; the effect leaves out those who had paid before the launch
    evaluated_on: date | None
    is_evaluated: bool  # the day is over, and the payments until then are in
    report: str  # which report they come from, in words; '' before it came
    credited: Credited | None  # of the services paid after contact, those of which it is less sure

    @property
    def is_provisional(self) -> bool:
        """Whether the month is still to be judged."""
        return self.evaluated_on is not None and not self.is_evaluated


def read_figures(*, campaign: Campaign, only: Only = Only()) -> Figures:  # noqa: B008
    """Sum the cells of `campaign` for `only`. Eight queries at most, whatever the size of the campaign."""
    refresh = FigureRefresh.objects.filter(campaign=campaign).first()
    cells = _cells(campaign=campaign, only=only)
    days = _days(campaign=campaign, only=only)
    if only.day:
        totals, by_part, by_zone, by_agent = _of_one_day(_days(campaign=campaign, only=only, on=only.day), only)
    else:
        totals, by_part, by_zone, by_agent = cells.totals, cells.parts, cells.zones, cells.agents
    attempts, by_disposition = _attempts(campaign=campaign, only=only)
    return Figures(
        counted_at=refresh.counted_at if refresh else None,
        by_state=refresh.by_state if refresh else {},
        only=only,
        contacts=totals.get(Unit.CONTACT, Counts()),
        services=totals.get(Unit.SERVICE, Counts()),
        by_service={s: by_part.get((Unit.SERVICE, s), Counts()) for s in Service.values if only.service in ("", s)},
        by_list={s: by_part.get((Unit.CONTACT, s), Counts()) for s in CallList.values if s in only.lists},
        by_zone=_pairs(by_zone),
        by_agent=_agents(campaign=campaign, only=only, found=_pairs(by_agent)),
        by_day=_by_day(days, only, attempts),
        by_disposition=by_disposition,
        effect=effects_of(refresh.effect) if refresh and only == Only() and _handled(totals) else None,
        put_aside=cells.put_aside,
        evaluated_on=campaign.evaluated_on,
        is_evaluated=bool(refresh and refresh.effect),
        report=_report_of(campaign),
        credited=credited_of(refresh.by_state.get(CREDITED), only=only) if refresh else None,
    )


def _handled(totals: dict[str, Counts]) -> int:
    """With nobody called there is nothing that calls could have added."""
    return totals[Unit.CONTACT].handled if Unit.CONTACT in totals else 0


def _report_of(campaign: Campaign) -> str:
    """The report of the month, and which one it corrected: `ccvp-2026-12-b.csv (26/11), corrige a ccvp-2026-12.csv`."""
    taken = Report.objects.filter(kind=ReportKind.CCVP, period=campaign.period, state=Report.State.PUBLISHED)
    report = taken.select_related("supersedes").first()
    if report is None:
        return ""
    words = {"name": report.name, "day": date_format(timezone.localtime(report.arrived_at), "d/m")}
    if report.supersedes is None:
        return _("%(name)s (%(day)s)") % words
    return _("%(name)s (%(day)s), corrige a %(before)s") % {**words, "before": report.supersedes.name}


@dataclass
class _Cells:
    totals: dict[str, Counts]
    parts: dict[tuple[str, str], Counts]
    zones: dict[tuple[str, str], Counts]
    agents: dict[tuple[str, int | None], Counts]
    put_aside: int = 0


def _where(only: Only) -> tuple[str, dict[str, Any]]:
    """The condition of `only` on cells, the service apart: a part is a call list or a service, by unit."""
    words: list[str] = []
    values: dict[str, Any] = {}
    if only.service:
        words.append("(part = %(service)s OR (unit = 'contact' AND part = 'BOTH'))")
        values["service"] = only.service
    if only.agent is not None:
        words.append("agent_id = %(agent)s")
        values["agent"] = only.agent
    if only.zone:
        words.append("zone = %(zone)s")
        values["zone"] = only.zone
    return " AND ".join(["TRUE", *words]), values


def _cells(*, campaign: Campaign, only: Only) -> _Cells:
    where, values = _where(only)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT GROUPING(part, agent_id, zone, held_out), unit, part, agent_id, zone, held_out,
                       {", ".join(f"sum({c})" for c in COUNT_COLUMNS)}
                  FROM campaigns_figurecell WHERE campaign_id = %(campaign)s AND {where}
                 GROUP BY GROUPING SETS ((unit), (unit, part), (unit, agent_id), (unit, zone), (unit, held_out))""",
            {"campaign": campaign.pk, **values},
        )
        rows = cursor.fetchall()
    found = _Cells({}, {}, {}, {})
    sides: dict[bool, Counts] = {}
    for grouping, unit, part, agent, zone, held_out, *sums in rows:
        counts = Counts(*sums)
        if grouping == 0b1111:
            found.totals[unit] = counts
        elif grouping == 0b0111:
            found.parts[unit, part] = counts
        elif grouping == 0b1011:
            found.agents[unit, agent] = counts
        elif grouping == 0b1101:
            found.zones[unit, zone] = counts
        elif unit == Unit.CONTACT:
            sides[held_out] = counts
    found.put_aside = sides.get(True, Counts()).items
    return found


Day = tuple[date, str, str, int | None, str, Counts]


def _days(*, campaign: Campaign, only: Only, on: date | None = None) -> list[Day]:
    """(day, unit, part, agent, zone, counts) of the parts asked for; agent and zone are told only of one day, `on`."""
    rows = DayFigure.objects.filter(campaign=campaign, cut=only.cut)
    if on is not None:
        rows = rows.filter(day=on)
    if only.agent is not None:
        rows = rows.filter(agent=only.agent)
    elif only.zone:
        rows = rows.filter(zone=only.zone)
    sums = {f"sum_{c}": Sum(c) for c in DAY_COLUMNS}
    keys = ("day", "unit", "part", *(("agent", "zone") if on is not None else ()))
    found = []
    for row in rows.order_by().values(*keys).annotate(**sums):
        if only.service and row["part"] not in ([only.service] if row["unit"] == Unit.SERVICE else only.lists):
            continue
        told: dict[str, Any] = {c: row[f"sum_{c}"] or 0 for c in DAY_COLUMNS}
        counts = Counts(**told)
        found.append((row["day"], row["unit"], row["part"], row.get("agent"), row.get("zone", ""), counts))
    return found


def _of_one_day(
    days: list[Day], only: Only
) -> tuple[
    dict[str, Counts],
    dict[tuple[str, str], Counts],
    dict[tuple[str, str], Counts],
    dict[tuple[str, int | None], Counts],
]:
    totals: dict[str, Counts] = {}
    parts: dict[tuple[str, str], Counts] = {}
    zones: dict[tuple[str, str], Counts] = {}
    agents: dict[tuple[str, int | None], Counts] = {}
    for _day, unit, part, agent, zone, counts in days:
        totals[unit] = totals.get(unit, Counts()) + counts
        parts[unit, part] = parts.get((unit, part), Counts()) + counts
        if only.cut == Cut.ZONE:
            zones[unit, zone] = zones.get((unit, zone), Counts()) + counts
        else:
            agents[unit, agent] = agents.get((unit, agent), Counts()) + counts
    return totals, parts, zones, agents


def _attempts(*, campaign: Campaign, only: Only) -> tuple[dict[date, int], list[tuple[Disposition, int]]]:
    rows = AttemptFigure.objects.filter(campaign=campaign, cut=only.cut, part__in=only.lists)
    if only.agent is not None:
        rows = rows.filter(agent=only.agent)
    elif only.zone:
        rows = rows.filter(zone=only.zone)
    by_day: dict[date, int] = {}
    by_disposition: dict[int, int] = {}
    for day, disposition, attempts in rows.order_by().values_list("day", "disposition").annotate(Sum("attempts")):
        by_day[day] = by_day.get(day, 0) + attempts
        if only.day in (None, day):
            by_disposition[disposition] = by_disposition.get(disposition, 0) + attempts
    names = Disposition.objects.in_bulk(list(by_disposition))
    counted = [(names[pk], attempts) for pk, attempts in by_disposition.items()]
    return by_day, sorted(counted, key=lambda pair: (-pair[1], pair[0].position, pair[0].pk))


def _agents(*, campaign: Campaign, only: Only, found: dict[int | None, tuple[Counts, Counts]]) -> list[AgentFigures]:
    """Agents side by side, by name; work without an agent last. Attempts and hours heed service and day, not zone."""
    worked = AgentDay.objects.filter(campaign=campaign, service=only.service)
    if only.day:
        worked = worked.filter(day=only.day)
    at_work = {
        row["agent"]: (row["a"], row["q"])
        for row in worked.order_by().values("agent").annotate(a=Sum("attempts"), q=Sum("quarters"))
    }
    names = {
        agent.pk: str(agent)
        for agent in Agent.objects.filter(pk__in=[pk for pk in found if pk is not None]).select_related("user")
    }
    lines = [
        AgentFigures(agent, names.get(agent, "") if agent else "", contacts, services, *at_work.get(agent or 0, (0, 0)))
        for agent, (contacts, services) in found.items()
    ]
    return sorted(lines, key=lambda line: (line.agent is None, line.name, line.agent or 0))


def _by_day(days: Iterable[Day], only: Only, attempts: dict[date, int]) -> list[DayFigures]:
    found: dict[date, dict[str, Counts]] = {day: {} for day in attempts}
    for day, unit, _part, _agent, _zone, counts in days:
        units = found.setdefault(day, {})
        units[unit] = units.get(unit, Counts()) + counts
    return [
        DayFigures(day, units.get(Unit.CONTACT, Counts()), units.get(Unit.SERVICE, Counts()), attempts.get(day, 0))
        for day, units in sorted(found.items())
    ]


def _pairs(found: dict[tuple[str, Any], Counts]) -> dict[Any, tuple[Counts, Counts]]:
    """By key, what was counted in contacts and in services."""
    keys = dict.fromkeys(key for _unit, key in found)
    return {key: (found.get((Unit.CONTACT, key), Counts()), found.get((Unit.SERVICE, key), Counts())) for key in keys}


def read_totals(*, campaigns: Iterable[Campaign]) -> dict[int, Counts]:
    """The contacts of each campaign, in one query."""
    keys = [campaign.pk for campaign in campaigns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT campaign_id, {", ".join(f"sum({c})" for c in COUNT_COLUMNS)} FROM campaigns_figurecell
                 WHERE campaign_id = ANY(%s) AND unit = 'contact' GROUP BY campaign_id""",
            [keys],
        )
        found = {pk: Counts(*sums) for pk, *sums in cursor.fetchall()}
    return {pk: found.get(pk, Counts()) for pk in keys}
