"""Why a day went wrong: its half hours below the target, and what was out of the ordinary in each.

The ordinary is the same half hour on like days before: the mean of what came, how long a call was spoken, and how many
agents were there for calls, by the history of their states. What is said is what was measured; that nothing was out of
the ordinary is said too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import mean
from typing import Any, cast

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import AgentState
from screens.templatetags.screens import figure, lasting
from service_level.days import LA_PAZ, bounds_of
from service_level.indicator.figures import SUMS, Counts, Grain, left_of
from service_level.indicator.forecast import kind_of_day
from service_level.models import Formula, LineFigure, StaffingNeed
from service_level.working_time import working_calendar

State = AgentState.State
HALF = timedelta(minutes=30)
LOOKS_BACK = timedelta(weeks=8)
LIKE_DAYS = 8  # the newest of them
FEWEST = 3  # of which an ordinary half hour is told
MORE = 1.25  # times the ordinary from which on it is told, and FEWER below which
FEWER = 0.8
MORE_CALLS = 3  # at the least: of two calls instead of one nothing is said
AT_WORK = (State.AVAILABLE, State.RINGING, State.ON_A_CALL, State.WRAPPING_UP)
PAUSING = (State.PAUSED, State.AWAY)
_PEOPLE = """
SELECT half.begins,
       sum(seconds) FILTER (WHERE s.state = ANY(%(at_work)s)) / %(half)s,
       sum(seconds) FILTER (WHERE s.state = ANY(%(pausing)s)) / %(half)s
  FROM unnest(%(halves)s::timestamptz[]) AS half(begins)
  JOIN agents_agentstate s
    ON tstzrange(s.began_at, s.ended_at) && tstzrange(half.begins, half.begins + interval '30 minutes')
 CROSS JOIN LATERAL (
       SELECT extract(epoch FROM least(coalesce(s.ended_at, %(now)s), half.begins + interval '30 minutes')
                                 - greatest(s.began_at, half.begins)) AS seconds) during
 GROUP BY 1
"""


@dataclass(frozen=True)
class People:
    """How many agents were there for calls, and how many paused, in the mean of a half hour."""

    at_work: float
    pausing: float


@dataclass(frozen=True)
class BadHalf:
    """A half hour in which more were missed than the target allows. `why`: sentences; `are_agents_compared`: whether
    it is known how many there usually are; `is_plan_known`: and how many were planned.
    """

    begins: datetime
    counts: Counts
    why: list[str]
    are_agents_compared: bool
    is_plan_known: bool

    @property
    def ends(self) -> datetime:
        return self.begins + HALF


def bad_halves(day: date, *, line: str = "", formula: Formula, now: datetime) -> list[BadHalf]:
    """Those of a day, in order: of the lines the regulator counts, or of one line. Four queries."""
    counted = _halves(day - LOOKS_BACK, day, line=line)
    days = _like_days(day, {begins.date() for begins in counted})
    bad = {
        begins: counts
        for begins, counts in counted.items()
        if begins.date() == day and counts.counted and left_of(counts, formula) < 0
    }
    past = {begins: [datetime.combine(one, begins.time(), LA_PAZ) for one in days] for begins in bad}
    plans = planned_agents(list(bad))
    people = people_there([*bad, *(one for several in past.values() for one in several)], now=now)
    found = []
    for begins, counts in bad.items():
        usual = [people[one] for one in past[begins] if one in people]
        why = [*_why(counts, [counted.get(one, Counts()) for one in past[begins]])]
        there = people.get(begins)
        if there is None and not counts.answered:  # who answered without having signed in is not counted
            there = People(0, 0)
        if is_known := there is not None and len(usual) >= FEWEST and mean(one.at_work for one in usual) > 0:
            why += _why_of_people(there, usual)
        planned = plans.get(begins) if there is not None else None
        if there is not None and planned is not None and there.at_work <= planned * FEWER:
            said = {"n": figure(there.at_work, 1), "planned": figure(planned)}
            why.append(_("Según el plan de dotación debían ser %(planned)s; atendían %(n)s.") % said)
        found.append(BadHalf(begins, counts, why, is_known, is_plan_known=planned is not None))
    return found


def said_of(bad: BadHalf) -> str:
    """All its sentences; where nothing was out of the ordinary that, and of what it is not known."""
    if bad.why:
        return " ".join(bad.why)
    if bad.are_agents_compared:
        return _("Nada de lo que se mide fue distinto de lo habitual.")
    if bad.is_plan_known:
        return _("Las llamadas fueron las habituales, y atendían casi tantos agentes como pedía el plan, o más.")
    return _("Las llamadas fueron las habituales; cuántos agentes atendían no se puede comparar.")


def planned_agents(halves: Sequence[datetime]) -> dict[datetime, int]:
    """How many agents *Dotación* had planned for all lines in these half hours, where it had."""
    kept = StaffingNeed.objects.filter(line="", began_at__in=halves, agents__isnull=False)
    return {begins.astimezone(LA_PAZ): agents for begins, agents in kept.values_list("began_at", "agents") if agents}


def _halves(first: date, last: date, *, line: str) -> dict[datetime, Counts]:
    begins, ends = bounds_of(first, last)
    found = LineFigure.objects.filter(grain=Grain.HALF_HOUR, began_at__gte=begins, began_at__lt=ends)
    found = found.filter(line=line) if line else found.filter(counts_for_att=True)
    sums = found.values("began_at").order_by("began_at").annotate(**{f"{name}_in_all": Sum(name) for name in SUMS})
    return {
        one["began_at"].astimezone(LA_PAZ): Counts(**{name: one[f"{name}_in_all"] for name in SUMS})
        for one in cast("Iterable[dict[str, Any]]", sums)
    }


def _like_days(day: date, with_calls: Iterable[date]) -> list[date]:
    """The newest days before it of its kind on which calls came; of its part of the week alone where those are few."""
    calendar = working_calendar(first=day - LOOKS_BACK, last=day)
    week, is_busy = kind_of_day(day, calendar)
    before = sorted((one for one in with_calls if one < day), reverse=True)
    kinds = {one: kind_of_day(one, calendar) for one in before}
    alike = [one for one in before if kinds[one] == (week, is_busy)]
    if len(alike) < FEWEST:
        alike = [one for one in before if kinds[one][0] == week]
    return alike[:LIKE_DAYS]


def people_there(halves: Sequence[datetime], *, now: datetime) -> Mapping[datetime, People]:
    """Of the half hours in which anybody was signed in."""
    if not halves:
        return {}
    said: dict[str, Any] = {"halves": list(halves), "half": HALF.total_seconds(), "now": now}
    said |= {"at_work": [str(one) for one in AT_WORK], "pausing": [str(one) for one in PAUSING]}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, said)
        rows = cursor.fetchall()
    return {
        begins.astimezone(LA_PAZ): People(float(at_work or 0), float(pausing or 0)) for begins, at_work, pausing in rows
    }


def _why(counts: Counts, usual: Sequence[Counts]) -> Iterator[str]:
    if len(usual) < FEWEST:
        yield _("No hay con qué comparar: son menos de tres días parecidos.")
    else:
        calls = mean(one.registered for one in usual)
        if counts.registered >= calls * MORE and counts.registered - calls >= MORE_CALLS:
            said = {"n": figure(counts.registered), "usual": figure(calls, 1)}
            yield _("Entraron %(n)s llamadas; suelen ser %(usual)s.") % said
        talks = [one.talk_total for one in usual], [one.talked for one in usual]
        talk = sum(talks[0]) / sum(talks[1]) if sum(talks[1]) else None
        if talk and counts.mean_talk and counts.mean_talk >= talk * MORE:
            said = {"n": lasting(counts.mean_talk), "usual": lasting(talk)}
            yield _("Cada conversación duró %(n)s; suele durar %(usual)s.") % said
    if counts.unknown:
        text = ngettext(
            "De una no se conoce la espera, y cuenta como tarde.",
            "De %(n)s no se conoce la espera, y cuentan como tarde.",
            counts.unknown,
        )
        yield text % {"n": figure(counts.unknown)}
    elif counts.odd:
        text = ngettext("Una tiene anomalías en el registro.", "%(n)s tienen anomalías en el registro.", counts.odd)
        yield text % {"n": figure(counts.odd)}


def _why_of_people(there: People, usual: Sequence[People]) -> Iterator[str]:
    """Agents attend all lines: they are those of the centre."""
    at_work = mean(one.at_work for one in usual)
    if there.at_work <= at_work * FEWER:
        said = {"n": figure(there.at_work, 1), "usual": figure(at_work, 1)}
        yield _("Atendían %(n)s agentes en todo el centro; suelen ser %(usual)s.") % said
        pausing = mean(one.pausing for one in usual)
        if there.pausing >= pausing * MORE and there.pausing - pausing >= FEWER:
            said = {"n": figure(there.pausing, 1), "usual": figure(pausing, 1)}
            yield _("En pausa o ausentes %(n)s; suelen ser %(usual)s.") % said
