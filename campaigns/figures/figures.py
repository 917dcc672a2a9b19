"""The figures of a campaign as pages, seals and commands read them: from the counted cells, never from the contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.figures.cells import Day, read_days, sum_cells, sum_day, sum_sides
from campaigns.figures.credited import CREDITED, Credited, credited_of
from campaigns.figures.effects import effects_of
from campaigns.figures.filters import Only
from campaigns.figures.hold_out import Effects
from campaigns.figures.measuring import NOTHING, Counts
from campaigns.models import (
    AgentDay,
    AttemptFigure,
    Campaign,
    Disposition,
    FigureRefresh,
    Report,
    ReportKind,
    Service,
    Unit,
)
from campaigns.models.contacts import CallList
from campaigns.month.measurement import payments_reach
from campaigns.payments.payment_age import payments_known_until


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
class Totals:
    """The whole of what is asked for, and what stands beside it: what the tiles tell."""

    counted_at: datetime | None
    by_state: dict[str, int]
    only: Only
    contacts: Counts
    services: Counts
    effect: Effects | None  # of the whole campaign, once the day of its evaluation is over
    put_aside: int  # contacts of the control group; the effect leaves out those who had paid before the launch
    evaluated_on: date | None
    is_evaluated: bool  # the day is over, and the payments until then are in
    report: str  # which report they come from, in words; '' before it came
    payments_known_until: datetime | None  # None before the first collections report
    credited: Credited | None  # of the services paid after contact, those of which it is less sure

    @property
    def is_provisional(self) -> bool:
        """Whether the month is still to be judged."""
        return self.evaluated_on is not None and not self.is_evaluated

    @property
    def lacks_payments(self) -> bool:
        """Whether the effect was judged before all payments of its day were known: nobody waits for ever for them."""
        day = self.evaluated_on
        return (
            self.effect is not None and day is not None and not payments_reach(until=self.payments_known_until, day=day)
        )


@dataclass(frozen=True)
class Figures(Totals):
    """All of it, for one `Only`."""

    by_service: dict[str, Counts]
    by_list: dict[str, Counts]
    by_zone: dict[str, tuple[Counts, Counts]]
    by_agent: list[AgentFigures]
    by_day: list[DayFigures]
    by_disposition: list[tuple[Disposition, int]]


def read_totals(*, campaign: Campaign, only: Only = Only()) -> Totals:  # noqa: B008
    """Sum the cells of `campaign` for `only`. Four queries, one more for a day, whatever the size of the campaign."""
    of_day = sum_day(campaign=campaign, only=only).totals if only.day else None
    return _totals(campaign, only, sum_sides(campaign=campaign, only=only), of_day)


def _totals(
    campaign: Campaign, only: Only, sides: dict[tuple[str, bool], Counts], of_day: dict[str, Counts] | None
) -> Totals:
    totals = {unit: _both(sides, unit) for unit in Unit.values} if of_day is None else of_day
    refresh = FigureRefresh.objects.filter(campaign=campaign).first()
    contacts = totals.get(Unit.CONTACT, NOTHING)
    return Totals(
        counted_at=refresh.counted_at if refresh else None,
        by_state=refresh.by_state if refresh else {},
        only=only,
        contacts=contacts,
        services=totals.get(Unit.SERVICE, NOTHING),
        # with nobody called there is nothing that calls could have added
        effect=effects_of(refresh.effect) if refresh and only == Only() and contacts.handled else None,
        put_aside=sides.get((Unit.CONTACT, True), NOTHING).items,
        evaluated_on=campaign.evaluated_on,
        is_evaluated=bool(refresh and refresh.effect),
        report=_report_of(campaign, counted_at=refresh.counted_at) if refresh else "",
        payments_known_until=payments_known_until(),
        credited=credited_of(refresh.by_state.get(CREDITED), only=only) if refresh else None,
    )


def read_figures(
    *,
    campaign: Campaign,
    only: Only = Only(),  # noqa: B008
    names: Mapping[int, str] | None = None,
) -> Figures:
    """The totals, and what they are made of. Ten queries at most, whatever the size of the campaign.

    `names` of agents are those the caller has already; only the others are asked for.
    """
    if only.day:
        cells = sum_day(campaign=campaign, only=only)
        totals = _totals(campaign, only, sum_sides(campaign=campaign, only=only), cells.totals)
    else:
        cells = sum_cells(campaign=campaign, only=only)
        totals = _totals(campaign, only, cells.sides, None)
    days = read_days(campaign=campaign, only=only)
    attempts, by_disposition = _attempts(campaign=campaign, only=only)
    parts = cells.parts
    return Figures(
        **vars(totals),
        by_service={s: parts.get((Unit.SERVICE, s), NOTHING) for s in Service.values if only.service in ("", s)},
        by_list={s: parts.get((Unit.CONTACT, s), NOTHING) for s in CallList.values if s in only.lists},
        by_zone=_pairs(cells.zones),
        by_agent=_agents(campaign=campaign, only=only, found=_pairs(cells.agents), names=names or {}),
        by_day=_by_day(days, only, attempts),
        by_disposition=by_disposition,
    )


def _both(sides: dict[tuple[str, bool], Counts], unit: str) -> Counts:
    """Who was called, and who was held out."""
    return sides.get((unit, False), NOTHING) + sides.get((unit, True), NOTHING)


def _report_of(campaign: Campaign, *, counted_at: datetime) -> str:
    """The report that was counted, and which it corrected: `ccvp-12-c.csv (26/11), corrige a ccvp-12-b.csv y
    ccvp-12.csv`.

    A corrected one that came since is not counted yet.
    """
    states = [Report.State.PUBLISHED, Report.State.SUPERSEDED]
    taken = Report.objects.filter(
        kind=ReportKind.CCVP, period=campaign.period, state__in=states, published_at__lte=counted_at
    )
    found = list(taken.order_by("-published_at").values_list("pk", "name", "arrived_at", "supersedes"))
    if not found:
        return ""
    _pk, name, arrived_at, corrects = found[0]
    by_key = {pk: (name, before) for pk, name, _arrived_at, before in found}
    corrected = []
    while corrects in by_key:
        corrected_name, corrects = by_key[corrects]
        corrected.append(corrected_name)
    words = {"name": name, "day": date_format(timezone.localtime(arrived_at), "d/m")}
    if not corrected:
        return _("%(name)s (%(day)s)") % words
    return _("%(name)s (%(day)s), corrige a %(before)s") % {**words, "before": get_text_list(corrected, _("y"))}


def _attempts(*, campaign: Campaign, only: Only) -> tuple[dict[date, int], list[tuple[Disposition, int]]]:
    rows = AttemptFigure.objects.filter(campaign=campaign, cut=only.shortest_cut, part__in=only.lists)
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


def _agents(
    *, campaign: Campaign, only: Only, found: dict[int | None, tuple[Counts, Counts]], names: Mapping[int, str]
) -> list[AgentFigures]:
    """Agents side by side, by name; work without an agent last. Attempts and hours heed service and day, not zone."""
    worked = AgentDay.objects.filter(campaign=campaign, service=only.service)
    if only.day:
        worked = worked.filter(day=only.day)
    at_work = {
        agent: (attempts, quarters)
        for agent, attempts, quarters in worked.order_by()
        .values_list("agent")
        .annotate(Sum("attempts"), Sum("quarters"))
    }
    unnamed = [pk for pk in found if pk is not None and pk not in names]
    names = {**names, **(Agent.objects.filter(pk__in=unnamed).names() if unnamed else {})}
    lines = [
        AgentFigures(agent, names.get(agent, "") if agent else "", contacts, services, *at_work.get(agent or 0, (0, 0)))
        for agent, (contacts, services) in found.items()
    ]
    return sorted(lines, key=lambda line: (line.agent is None, line.name, line.agent or 0))


def _by_day(days: Iterable[Day], only: Only, attempts: dict[date, int]) -> list[DayFigures]:
    found: dict[date, dict[str, Counts]] = {day: {} for day in attempts}
    for day, unit, _part, _agent, _zone, counts in days:
        units = found.setdefault(day, {})
        units[unit] = units.get(unit, NOTHING) + counts
    return [
        DayFigures(day, units.get(Unit.CONTACT, NOTHING), units.get(Unit.SERVICE, NOTHING), attempts.get(day, 0))
        for day, units in sorted(found.items())
    ]


def _pairs(found: dict[tuple[str, Any], Counts]) -> dict[Any, tuple[Counts, Counts]]:
    """By key, what was counted in contacts and in services."""
    keys = dict.fromkeys(key for _unit, key in found)
    return {key: (found.get((Unit.CONTACT, key), NOTHING), found.get((Unit.SERVICE, key), NOTHING)) for key in keys}
