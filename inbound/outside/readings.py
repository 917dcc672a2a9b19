"""What the house itself reads off the calendar for a step: `house.*` look-ups. Pure, the clock handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from service_level.days import LA_PAZ, midnight_of

HOUSE = "house."  # look-ups that ask no other system begin with it
INSTALLATION_DAYS = 10  # 103.5: within 1 to 10 days since the sale or the transfer
FRIDAY = 4
HOURS_BEFORE_A_VISIT = 1  # 103.12: whoever goes there has to be told
VISIT_WITHIN = timedelta(days=INSTALLATION_DAYS)  # 103.12 begins the order anew, and its term is that of 103.5
BEFORE_A_VISIT = timedelta(hours=HOURS_BEFORE_A_VISIT)
NOON = time(12)


def installation_term(*, sold_on: str, now: datetime) -> dict[str, Any] | None:
    """Whether a sale is inside its term (103.5): the tenth day is, the eleventh is not. ISO day in, None if it is none.

    `days` since the sale, `is_inside`, `last_day` of the term (ISO) and `overdue_days` past it. A sale dated after
    today is inside: nothing of its term has passed.
    """
    try:
        sold = date.fromisoformat(sold_on.strip()[:10])
        last_day = sold + timedelta(days=INSTALLATION_DAYS)
    except (ValueError, OverflowError):
        return None
    days = (now.astimezone(LA_PAZ).date() - sold).days
    return {
        "days": max(days, 0),
        "is_inside": days <= INSTALLATION_DAYS,
        "last_day": last_day.isoformat(),
        "overdue_days": max(days - INSTALLATION_DAYS, 0),
    }


def public_phone_window(*, now: datetime) -> dict[str, Any]:
    """Whether a public telephone's fault waits for the weekend's person in charge (4639999.6 and 7).

    From Monday 00:00 until Friday 12:00 the damage is registered; 12:00:00 of Friday already belongs to the weekend,
    which lasts until Sunday 23:59:59, La Paz. `until`: the last moment of the window `now` is in (ISO).
    """
    local = now.astimezone(LA_PAZ)
    monday = local.date() - timedelta(days=local.weekday())
    noon = datetime.combine(monday + timedelta(days=FRIDAY), NOON, LA_PAZ)
    next_monday = midnight_of(monday + timedelta(days=7))
    is_weekend = local >= noon
    ends = (next_monday if is_weekend else noon) - timedelta(seconds=1)
    return {"is_weekend": is_weekend, "until": ends.isoformat()}


def visit_notice(*, day: str, hour: str) -> dict[str, str] | None:
    """Until when a visit must have been arranged (103.12): an hour before it. `day` in ISO form and `hour` as HH:MM, of
    La Paz, as they come in; None if they are none.
    """
    try:
        until = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour)) - BEFORE_A_VISIT
    except (ValueError, OverflowError):
        return None
    return {"day": until.date().isoformat(), "hour": f"{until:%H:%M}"}


def read(name: str, arguments: Mapping[str, str], *, now: datetime) -> dict[str, Any] | None:
    """A reading by the name of its look-up (`house.installation_term`). KeyError for a name nobody knows."""
    if name == "house.installation_term":
        return installation_term(sold_on=arguments.get("sold_on", ""), now=now)
    if name == "house.public_phone_window":
        return public_phone_window(now=now)
    if name == "house.visit_notice":
        return visit_notice(day=arguments.get("day", ""), hour=arguments.get("hour", ""))
    raise KeyError(name)
