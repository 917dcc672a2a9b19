"""Whether the agents can make the calls of a campaign in the working hours that are left, and what would help.

Calls needed are contacts × expected attempts (less those already made); calls possible are hours × calls an hour ×
weight, inside working hours and calling windows, holidays out, until the last day; less the part of them in which the
lines need these agents, where it is known (campaigns/month/hours.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from fractions import Fraction
from math import ceil, floor

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.assignment.quotas import rounded
from campaigns.models import AssignmentShare, CallingPolicy, Campaign
from campaigns.models.contacts import CallList
from campaigns.month.hours import calling_calendar, part_left
from service_level.days import bounds_of
from service_level.working_time import (
    WorkingCalendar,
    when_worked,
    working_days_between,
    working_time_between,
)

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Worker:
    """An agent in the plan."""

    agent_id: int
    name: str
    weight: Decimal


@dataclass(frozen=True)
class Load:
    """Contacts of one list that one agent (or nobody: None) still has, and the calls they are expected to take."""

    agent_id: int | None
    call_list: str
    contacts: int
    calls: Decimal


@dataclass(frozen=True)
class Part:
    """One agent or one list in the plan."""

    name: str
    contacts: int
    hours_needed: float
    hours_there: float
    missing: int

    @property
    def fits(self) -> bool:
        return self.missing == 0


@dataclass(frozen=True)
class Plan:
    """What the plan says. `missing` are contacts for which there is no time, or nobody; `hours_left` of an agent, of
    which the lines leave the part `free`, or nobody knows (None: all of them count).
    """

    contacts: int
    unassigned: int
    missing: int
    agents_calling: int
    hours_left: float
    free: float | None
    days_left: int
    done_at: datetime | None
    verdict: str
    remedies: list[str] = field(default_factory=list)
    by_agent: dict[int, Part] = field(default_factory=dict)
    by_list: dict[str, Part] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        return self.missing == 0

    @property
    def hours_for_calls(self) -> float:
        return self.hours_left * (1.0 if self.free is None else self.free)


def plan_of(*, campaign: Campaign, now: datetime) -> Plan:
    """The capacity plan of a campaign as it is assigned now."""
    policy = CallingPolicy.objects.in_force()
    workers = [
        Worker(share.agent_id, str(share.agent), share.weight)
        for share in AssignmentShare.objects.filter(
            campaign=campaign, is_included=True, agent__is_on_duty=True, agent__user__is_active=True
        ).select_related("agent__user")
    ]
    calendar = calling_calendar(campaign)
    begins, until = bounds_of(campaign.calls_from, campaign.calls_until)
    start = max(now, begins)
    return plan(
        loads=_loads(campaign, policy.attempts_expected),
        workers=workers,
        calendar=calendar,
        start=start,
        until=until,
        calls_an_hour=policy.calls_an_hour,
        attempts_expected=policy.attempts_expected,
        free=part_left(calling={worker.agent_id for worker in workers}, calendar=calendar, start=start, until=until),
    )


def plan(
    *,
    loads: Sequence[Load],
    workers: Sequence[Worker],
    calendar: WorkingCalendar,
    start: datetime,
    until: datetime,
    calls_an_hour: int,
    attempts_expected: Decimal,
    free: float | None = None,
) -> Plan:
    """The same from facts at hand: pure arithmetic."""
    whole = working_time_between(start, until, calendar=calendar) / HOUR
    part = 1.0 if free is None else free
    hours_left = whole * part
    known = {worker.agent_id: worker for worker in workers}
    by_agent: dict[int, Part] = {}
    missing_of: dict[str, float] = dict.fromkeys(CallList.values, 0.0)
    longest = timedelta(0)
    for agent_id in sorted({load.agent_id for load in loads if load.agent_id in known} - {None}, key=lambda a: a or 0):
        assert agent_id is not None  # noqa: S101 - taken out of the set above
        worker = known[agent_id]
        mine = [load for load in loads if load.agent_id == agent_id]
        contacts = sum(load.contacts for load in mine)
        needed = float(sum((load.calls for load in mine), Decimal(0))) / calls_an_hour
        own_hours = hours_left * float(worker.weight)
        missing = 0 if needed <= own_hours else min(contacts, ceil(contacts * (1 - own_hours / needed) - 1e-9))
        longest = max(longest, timedelta(hours=needed / float(worker.weight) / part) if part else timedelta.max)
        by_agent[agent_id] = Part(worker.name, contacts, needed, own_hours, missing)
        for load in mine:
            missing_of[load.call_list] += missing * load.contacts / contacts if contacts else 0
    orphans = dict.fromkeys(CallList.values, 0)
    for load in loads:
        if load.agent_id not in known:
            orphans[load.call_list] += load.contacts
    by_list = _by_list(loads, missing_of, orphans, by_agent, calls_an_hour)
    missing = sum(part.missing for part in by_agent.values()) + sum(orphans.values())
    contacts = sum(load.contacts for load in loads)
    done_at = when_worked(start, longest, until=until, calendar=calendar) if missing == 0 and contacts else None
    days_left = working_days_between(start, until, calendar=calendar)
    return Plan(
        contacts=contacts,
        unassigned=sum(orphans.values()),
        missing=missing,
        agents_calling=len(by_agent),
        hours_left=whole,
        free=free,
        days_left=days_left,
        done_at=done_at,
        verdict=_verdict(contacts, missing, len(by_agent), done_at),
        remedies=_remedies(by_agent, workers, orphans, hours_left, days_left, calls_an_hour, attempts_expected),
        by_agent=by_agent,
        by_list=by_list,
    )


def _by_list(
    loads: Sequence[Load],
    missing_of: Mapping[str, float],
    orphans: Mapping[str, int],
    by_agent: Mapping[int, Part],
    calls_an_hour: int,
) -> dict[str, Part]:
    parts = {}
    whole = sum(part.missing for part in by_agent.values())  # the lists add up to it, however they are parted
    lacking = rounded([Fraction(missing_of[name]) for name in CallList.values], to=whole)
    for name, missing in zip(CallList.values, lacking, strict=True):
        mine = [load for load in loads if load.call_list == name]
        contacts = sum(load.contacts for load in mine)
        if not contacts:
            continue
        needed = float(sum((load.calls for load in mine), Decimal(0))) / calls_an_hour
        there = 0.0
        for load in mine:
            part = by_agent.get(load.agent_id or 0)
            if part and part.contacts:
                there += part.hours_there * load.contacts / part.contacts
        parts[name] = Part(str(CallList(name).label), contacts, needed, there, missing + orphans[name])
    return parts


def _verdict(contacts: int, missing: int, agents: int, done_at: datetime | None) -> str:
    if not contacts:
        return _("No quedan contactos por llamar.")
    if missing == 0 and done_at is not None:
        day = date_format(timezone.localtime(done_at).date(), "SHORT_DATE_FORMAT")
        sentence = ngettext(
            "Alcanza con %(n)s agente hasta el %(day)s.", "Alcanza con %(n)s agentes hasta el %(day)s.", agents
        )
        return sentence % {"n": agents, "day": day}
    return ngettext("Falta tiempo para %(n)s contacto.", "Faltan %(n)s contactos.", missing) % {
        "n": number_format(missing, force_grouping=True)
    }


def _remedies(
    by_agent: Mapping[int, Part],
    workers: Sequence[Worker],
    orphans: Mapping[str, int],
    hours_left: float,
    days_left: int,
    calls_an_hour: int,
    attempts_expected: Decimal,
) -> list[str]:
    """What would help, each by itself enough for the contacts that have an agent but no time."""
    found = [
        _("Lista %(list)s: asigne a un agente que atienda ese servicio.") % {"list": CallList(name).label}
        for name, number in orphans.items()
        if number
    ]
    needed = sum(part.hours_needed for part in by_agent.values())
    short = sum(max(0.0, part.hours_needed - part.hours_there) for part in by_agent.values())
    if short <= 1e-9:
        return found
    weight = sum(float(worker.weight) for worker in workers if worker.agent_id in by_agent)
    even = hours_left * weight
    if needed <= even:
        found.append(_("Repartir de nuevo: hay tiempo, pero no donde están los contactos."))
        return found
    short = needed - even
    if hours_left > 0:
        more = ceil(short / hours_left - 1e-9)
        found.append(
            ngettext("Con %(n)d agente más a jornada completa.", "Con %(n)d agentes más a jornada completa.", more)
            % {"n": more}
        )
    if days_left and weight:
        hours = Decimal(short / weight / days_left).quantize(Decimal("0.1"), ROUND_CEILING)
        if hours <= 6:
            found.append(
                _("Con %(hours)s horas más por agente y día.") % {"hours": number_format(hours, decimal_pos=1)}
            )
    if even > 0:
        attempts = (attempts_expected * Decimal(even / needed)).quantize(Decimal("0.1"), ROUND_DOWN)
        if attempts >= 1:
            found.append(
                _("Con %(attempts)s intentos por contacto en vez de %(now)s.")
                % {
                    "attempts": number_format(attempts, decimal_pos=1),
                    "now": number_format(attempts_expected, decimal_pos=1),
                }
            )
    found.append(
        _("Si no, se llama por orden de prioridad y quedan sin llamar los últimos %(n)s.")
        % {"n": number_format(floor(sum(part.missing for part in by_agent.values())), force_grouping=True)}
    )
    return found


def _loads(campaign: Campaign, attempts_expected: Decimal) -> list[Load]:
    """Open contacts by owner and list; who was tried already needs fewer calls, one at least."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT owner_id, call_list, count(*), sum(greatest(%s - attempts, 1))
              FROM campaigns_listentry WHERE campaign_id = %s AND state = 'open'
             GROUP BY owner_id, call_list
            """,
            [attempts_expected, campaign.pk],
        )
        return [Load(*row) for row in cursor.fetchall()]
