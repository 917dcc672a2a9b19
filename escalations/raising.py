"""Handing over to the supervisors, and until when it has to be settled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from agents.models import User
from escalations.letters import write_at_once
from escalations.lifecycle import Verb, write_down
from escalations.models import Escalation, Kind
from service_level.working_time import LA_PAZ, LOOK_AHEAD, WorkingCalendar, before_by, when_worked, working_calendar

END_OF_DAY = time(23, 59, 59)


def raise_escalation(
    *,
    key: str,
    kind: str,
    line: str,
    reason: str,
    details: Mapping[str, Any],
    by: User,
    due_at: datetime | None = None,
    now: datetime,
    contract: str = "",
    customer_name: str = "",
    telephone: str = "",
    zone: str = "",
    promised: str = "",
) -> Escalation:
    """Hand something over. The same `key` hands over once, whatever is said the second time; returns the row there is.

    `details` are what the step asked for, by field, JSON-able. `due_at` left out: the limit of its kind. Call it inside
    the transaction of the step, so that both are there or neither. Raises ValueError for a kind nobody knows.
    """
    there = Escalation.objects.filter(key=key).first()  # a step clicked twice costs no more than this
    if there is not None:
        return there
    rules = Kind.objects.filter(code=kind).first()
    if rules is None:
        raise ValueError(f"{kind!r} is no kind of escalation")
    due_at = due_at or due_by(now=now, working_hours=float(rules.limit_hours))
    found, is_new = Escalation.objects.get_or_create(
        key=key,
        defaults={
            "kind": rules,
            "line": line,
            "contract": contract[:24],
            "customer_name": customer_name[:120],
            "telephone": telephone[:16],
            "zone": zone[:80],
            "reason": reason,
            "details": dict(details),
            "promised": promised[:200],
            "due_at": due_at,
            "warn_at": warning_of(rules, due_at=due_at, now=now),
            "raised_at": now,
            "raised_by": by,
        },
    )
    if is_new:
        write_down(found, verb=Verb.RAISE, from_state="", by=by, now=now, note="")
        write_at_once(found, now=now)
    return found


def warning_of(kind: Kind, *, due_at: datetime, now: datetime) -> datetime:
    """From when on a card is marked as nearly due: so much working time of its kind before."""
    calendar = working_calendar(first=now.date(), last=max(now, due_at).date())
    return before_by(due_at, timedelta(hours=float(kind.warn_hours)), since=now, calendar=calendar)


def due_by(
    *, now: datetime, working_hours: float = 0, working_days: int = 0, days: int = 0, end_of_day: bool = False
) -> datetime:
    """When something raised now is due, by the centre's calendar. Give one of the four.

    `working_hours` of the centre; `working_days`: the close of the so-many-th day after this one that is worked;
    `days` of the customer's calendar, the whole last day; `end_of_day`: the close of today, or of the next day that is
    worked when today's work is over.
    """
    now = now.astimezone(LA_PAZ)
    if days:
        return datetime.combine(now.date() + timedelta(days=days), END_OF_DAY, LA_PAZ)
    calendar = working_calendar(first=now.date(), last=(now + LOOK_AHEAD).date())
    if end_of_day or working_days:
        return _close_of(0 if end_of_day else working_days, now, calendar)
    amount = timedelta(hours=working_hours)
    return when_worked(now, amount, until=now + LOOK_AHEAD, calendar=calendar) or now + amount


def _close_of(days_later: int, now: datetime, calendar: WorkingCalendar) -> datetime:
    """The close of the day that is worked so many days after this one; 0 is today while it lasts, else the next."""
    left = days_later
    for ahead in range(LOOK_AHEAD.days):
        day = now.date() + timedelta(days=ahead)
        stretches = calendar.stretches_of(day)
        if not stretches or stretches[-1][1] <= now:
            continue
        if ahead == 0 and days_later:
            continue
        left -= 1
        if left <= 0:
            return stretches[-1][1]
    return datetime.combine(now.date() + timedelta(days=days_later), END_OF_DAY, LA_PAZ)
