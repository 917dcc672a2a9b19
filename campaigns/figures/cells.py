"""The counted cells of a campaign, summed for what is asked: of the whole month, or of one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Sum

from campaigns.figures.filters import Only
from campaigns.figures.measuring import NOTHING, Counts
from campaigns.models import Campaign, Cut, DayFigure, Unit

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
Day = tuple[date, str, str, int | None, str, Counts]


@dataclass
class Cells:
    """Counts by unit, and by unit and whether held out, part, agent or zone."""

    sides: dict[tuple[str, bool], Counts] = field(default_factory=dict)
    totals: dict[str, Counts] = field(default_factory=dict)
    parts: dict[tuple[str, str], Counts] = field(default_factory=dict)
    agents: dict[tuple[str, int | None], Counts] = field(default_factory=dict)
    zones: dict[tuple[str, str], Counts] = field(default_factory=dict)


def sum_sides(*, campaign: Campaign, only: Only) -> dict[tuple[str, bool], Counts]:
    """By unit and whether held out. One query over the cells of the agents."""
    return _sums(campaign=campaign, only=only, cut=_of_agents(only), keys=["held_out"])["held_out"]


def sum_cells(*, campaign: Campaign, only: Only) -> Cells:
    """By side, part, agent and zone; without the totals. Two queries."""
    found = _sums(campaign=campaign, only=only, cut=_of_agents(only), keys=["held_out", "part", "agent_id"])
    of_zones = Cut.ZONE if only.agent is None else Cut.BOTH
    zones = _sums(campaign=campaign, only=only, cut=of_zones, keys=["zone"])["zone"]
    return Cells(sides=found["held_out"], parts=found["part"], agents=found["agent_id"], zones=zones)


def read_days(*, campaign: Campaign, only: Only, on: date | None = None) -> list[Day]:
    """(day, unit, part, agent, zone, counts) of the parts asked for; agent and zone are told only of one day, `on`."""
    rows = DayFigure.objects.filter(campaign=campaign, cut=only.shortest_cut if on is None else only.cut)
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
        found.append((row["day"], row["unit"], row["part"], row.get("agent"), row.get("zone", ""), Counts(**told)))
    return found


def sum_day(*, campaign: Campaign, only: Only) -> Cells:
    """What happened on the day asked for."""
    found = Cells()
    for _day, unit, part, agent, zone, counts in read_days(campaign=campaign, only=only, on=only.day):
        found.totals[unit] = found.totals.get(unit, NOTHING) + counts
        found.parts[unit, part] = found.parts.get((unit, part), NOTHING) + counts
        if only.cut == Cut.ZONE:
            found.zones[unit, zone] = found.zones.get((unit, zone), NOTHING) + counts
        else:
            found.agents[unit, agent] = found.agents.get((unit, agent), NOTHING) + counts
    return found


def _of_agents(only: Only) -> Cut:
    return Cut.BOTH if only.zone else Cut.AGENT


def _sums(*, campaign: Campaign, only: Only, cut: Cut, keys: Sequence[str]) -> dict[str, dict[tuple[str, Any], Counts]]:
    """For each key, the counts by unit and its value."""
    where, values = _where(only)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT GROUPING({", ".join(keys)}), unit, {", ".join(keys)},
                       {", ".join(f"sum({c})" for c in COUNT_COLUMNS)}
                  FROM campaigns_figurecell WHERE campaign_id = %(campaign)s AND cut = %(cut)s AND {where}
                 GROUP BY unit, GROUPING SETS ({", ".join(f"({key})" for key in keys)})""",
            {"campaign": campaign.pk, "cut": cut, **values},
        )
        rows = cursor.fetchall()
    found: dict[str, dict[tuple[str, Any], Counts]] = {key: {} for key in keys}
    for grouping, unit, *told in rows:
        # the one bit that is not set, from the right, stands for the key of this row
        place = next(n for n in range(len(keys)) if not grouping & 1 << (len(keys) - 1 - n))
        found[keys[place]][unit, told[place]] = Counts.of(told[len(keys) :])
    return found


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


def sum_campaigns(*, campaigns: Sequence[Campaign]) -> dict[int, Counts]:
    """The contacts of each campaign, in one query."""
    keys = [campaign.pk for campaign in campaigns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT campaign_id, {", ".join(f"sum({c})" for c in COUNT_COLUMNS)} FROM campaigns_figurecell
                 WHERE campaign_id = ANY(%s) AND cut = 'zone' AND unit = 'contact' GROUP BY campaign_id""",
            [keys],
        )
        found = {pk: Counts.of(sums) for pk, *sums in cursor.fetchall()}
    return {pk: found.get(pk, NOTHING) for pk in keys}
