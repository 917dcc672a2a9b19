"""How many people each coming half hour needs, worked out once a day and kept: a page works out nothing.

Agents attend all lines, so that the calls of all of them are one queue: how many are needed is asked of their sum. Of
each line its calls and its handling time are kept beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import ceil

from django.db import transaction
from django.db.models import Avg, Count, F, Q, Sum
from django.db.models.functions import Extract

from agents.models import AgentState
from service_level.days import LA_PAZ, bounds_of, midnight_of
from service_level.indicator.counting import formula_of
from service_level.indicator.figures import Grain
from service_level.models import ForecastTrial, Formula, LineFigure, StaffingNeed, StaffingPolicy, StaffingRun
from service_level.months import month_of
from service_level.staffing.erlang import Traffic, agents_needed, answered
from service_level.staffing.expected import HELD_OUT, LOOKS_BACK, WEEK, Calls, expect, held_out, trend_of
from service_level.working_time import WorkingCalendar, working_calendar
from telephony.models import LoggedVisit

AHEAD = timedelta(days=27)  # after today: the end of a month is seen from its beginning
KEPT = timedelta(days=400)  # what was planned
HALF = timedelta(minutes=30)
MEASURES = timedelta(weeks=8)  # how far back patience and wrap-up are measured
FEWEST = 50  # who hung up, calls that were wrapped up: of fewer nothing is measured
WRAP_UP = 30.0  # seconds, while nobody measured or said it
TALK = 180.0  # seconds, of a line of which no conversation is known
SHRINKS = 30  # conversations of the line that a half hour's own mean is worth as much as
HARDLY_ANY = 0.05  # calls: fewer need nobody


@dataclass
class LinePast:
    """Of a line: calls by day and half hour, and by half hour how many were spoken with and for how many seconds."""

    calls: dict[date, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    talks: dict[int, tuple[int, int]] = field(default_factory=dict)

    def talk(self, half: int) -> float:
        """Seconds a conversation lasts in that half hour: its own mean, drawn to that of the line."""
        talked, seconds = (sum(one) for one in zip(*self.talks.values(), strict=True)) if self.talks else (0, 0)
        usual = seconds / talked if talked else TALK
        own_talked, own_seconds = self.talks.get(half, (0, 0))
        return (own_seconds + SHRINKS * usual) / (own_talked + SHRINKS)


@dataclass(frozen=True)
class Measured:
    """`patience` and `wrap_up` in seconds, and of how many calls each; no patience: everybody waits for ever. None
    wrapped up: the policy says how long it takes.
    """

    patience: float | None
    hung_up: int
    wrap_up: float
    wrapped_up: int | None


def keep_needs(*, now: datetime) -> StaffingRun | None:
    """What the coming weeks need, worked out anew where that was not done today; None without a day to go by."""
    today = now.astimezone(LA_PAZ).date()
    run = StaffingRun.objects.filter(pk=1).first()
    if run and run.made_at >= midnight_of(today):
        return run
    past = _read_past(today)
    days = sorted({day for line in past.values() for day in line.calls})
    if not days:
        return None
    calendar = working_calendar(first=days[0], last=today + AHEAD)
    policy = StaffingPolicy.objects.in_force()
    measured = _measure(policy, now=now)
    every = {line: {day: one.calls.get(day, {}) for day in days} for line, one in past.items()}
    needs = list(_needs(past, every, calendar, measured, policy, now=now))
    trials = [
        ForecastTrial(line=line, calls=off.calls, error=off.error, naive=off.naive)
        for line, calls in {"": _all_of(every), **every}.items()
        if (off := held_out(calls, today=today, calendar=calendar))
    ]
    with transaction.atomic():
        StaffingNeed.objects.filter(Q(began_at__gt=now) | Q(began_at__lt=now - KEPT)).delete()
        StaffingNeed.objects.bulk_create(needs, batch_size=2000)
        ForecastTrial.objects.all().delete()
        ForecastTrial.objects.bulk_create(trials)
        return StaffingRun.objects.update_or_create(
            pk=1,
            defaults={
                "made_at": now, "first": days[0], "days": len(days), "patience": measured.patience,
                "hung_up": measured.hung_up, "wrap_up": measured.wrap_up, "wrapped_up": measured.wrapped_up,
                "shrinkage": policy.shrinkage,
            },
        )[0]  # fmt: skip


def agents_by_half_hour(start: datetime, until: datetime) -> dict[datetime, int]:
    """How many agents all lines together need, by when a half hour begins; those between, the one `start` is in too."""
    rows = StaffingNeed.objects.filter(line="", began_at__gt=start - HALF, began_at__lt=until)
    return {began_at.astimezone(LA_PAZ): agents or 0 for began_at, agents in rows.values_list("began_at", "agents")}


def work_out_anew() -> None:
    """Whatever was worked out of what is to come is out of date: the clock does it again."""
    StaffingRun.objects.all().delete()


def _needs(
    past: Mapping[str, LinePast],
    every: Mapping[str, Mapping[date, Calls]],
    calendar: WorkingCalendar,
    measured: Measured,
    policy: StaffingPolicy,
    *,
    now: datetime,
) -> Iterator[StaffingNeed]:
    today = now.astimezone(LA_PAZ).date()
    trends = {line: trend_of(calls, origin=today, calendar=calendar) for line, calls in every.items()}
    days = [today + timedelta(days=number) for number in range(AHEAD.days + 1)]
    formulas = {month: formula_of(month) for month in {month_of(day) for day in days}}
    for day in days:
        formula = formulas[month_of(day)]
        told = {
            line: expect(calls, day, origin=today, trend=trends[line], calendar=calendar)
            for line, calls in every.items()
        }
        for half in range(48):
            begins = midnight_of(day) + HALF * half
            calls = {line: each[half] for line, each in told.items() if each.get(half, 0) >= HARDLY_ANY}
            if begins <= now or not calls:
                continue
            handling = {line: past[line].talk(half) + measured.wrap_up for line in calls}
            for line, expected in calls.items():
                yield StaffingNeed(line=line, began_at=begins, calls=expected, handling=handling[line])
            in_all = sum(calls.values())
            mean = sum(calls[line] * handling[line] for line in calls) / in_all
            agents, level = _agents_for(round(in_all, 1), round(mean), measured.patience, formula)
            yield StaffingNeed(
                line="", began_at=begins, calls=in_all, handling=mean, agents=agents, level=level,
                seats=ceil(agents * 100 / (100 - policy.shrinkage)),
            )  # fmt: skip


def _agents_for(calls: float, handling: float, patience: float | None, formula: Formula) -> tuple[int, float]:
    return _agents(calls, handling, patience, float(formula.target) / 100, formula.seconds)


@lru_cache(maxsize=4096)
def _agents(calls: float, handling: float, patience: float | None, target: float, seconds: int) -> tuple[int, float]:
    """How many, and the level they reach. Where no number is enough (a target of 100 %), as many as hardly miss one."""
    traffic = Traffic(calls=calls, handling=handling, patience=patience)
    agents = agents_needed(traffic, seconds=seconds, target=min(target, 0.999)) or 0
    return agents, answered(agents, traffic, seconds=seconds).level


def _all_of(every: Mapping[str, Mapping[date, Calls]]) -> dict[date, dict[int, int]]:
    found: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for days in every.values():
        for day, calls in days.items():
            for half, count in calls.items():
                found[day][half] += count
            found[day]  # noqa: B018  # a day without calls is one too
    return found


def _read_past(today: date) -> dict[str, LinePast]:
    """By line; what came until yesterday, as far back as the held-out weeks look."""
    begins, _ends = bounds_of(today - LOOKS_BACK - WEEK * (HELD_OUT + 1), today)
    found: dict[str, LinePast] = defaultdict(LinePast)
    rows = LineFigure.objects.filter(grain=Grain.HALF_HOUR, began_at__gte=begins, began_at__lt=midnight_of(today))
    came = F("answered") + F("hung_up") + F("timed_out") + F("other")
    for line, began_at, calls, talked, talk in rows.values_list("line", "began_at", came, "talked", "talk_total"):
        here = began_at.astimezone(LA_PAZ)
        half, past = here.hour * 2 + here.minute // 30, found[line]
        past.calls[here.date()][half] = past.calls[here.date()].get(half, 0) + calls
        known = past.talks.get(half, (0, 0))
        past.talks[half] = known[0] + talked, known[1] + talk
    return found


def _measure(policy: StaffingPolicy, *, now: datetime) -> Measured:
    """Patience: all the seconds that were waited / how many hung up, as of a patience that does not age. Where the
    policy says one, that.
    """
    since = now - MEASURES
    Outcome = LoggedVisit.Outcome
    waits = LoggedVisit.objects.filter(entered_at__gte=since, outcome__in=[Outcome.ANSWERED, Outcome.HUNG_UP])
    waited = waits.aggregate(seconds=Sum("wait"), hung_up=Count("pk", filter=Q(outcome=Outcome.HUNG_UP)))
    hung_up = waited["hung_up"]
    measured = waited["seconds"] / hung_up if hung_up >= FEWEST and waited["seconds"] else None
    lasted = Extract(F("ended_at") - F("began_at"), "epoch")
    wrapping = AgentState.objects.filter(state=AgentState.State.WRAPPING_UP, began_at__gte=since)
    wrapped = wrapping.exclude(ended_at=None).aggregate(seconds=Avg(lasted), calls=Count("pk"))
    wrapped_up = wrapped["calls"] if wrapped["calls"] >= FEWEST else 0
    wrap_up, said = float(wrapped["seconds"]) if wrapped_up else WRAP_UP, policy.wrap_up_seconds
    return Measured(
        patience=policy.patience_seconds or measured,
        hung_up=0 if policy.patience_seconds else hung_up,
        wrap_up=wrap_up if said is None else float(said),
        wrapped_up=wrapped_up if said is None else None,
    )
