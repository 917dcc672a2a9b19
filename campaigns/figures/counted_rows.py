"""The rows a figure counts, by the very definitions it is counted by (campaigns/figures/measuring.py)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models.expressions import RawSQL

from campaigns.figures import measuring
from campaigns.figures.filters import Only
from campaigns.figures.patterns import LAST_NUMBER, LEAVING_ROWS, NUMBERED_CALLS
from campaigns.models import Campaign

# `measured_contact` and `measured_service` as a count lays them out, here for one statement
_CONTACTS = f"WITH measured_contact AS ({measuring.CONTACT_ROWS})"
_SERVICES = f"{_CONTACTS}, measured_service AS ({measuring.SERVICE_ROWS})"
_NAMED = re.compile(r"%\((\w+)\)s")

# Which of the contacts of a burn-down a day is asked for.
LEAVING = {
    "called": "state <> 'open' AND is_called AND day = %(day)s",
    "uncalled": "state <> 'open' AND NOT is_called AND day = %(day)s",
    "yet": "(state = 'open' OR day > %(day)s)",
}


def counted_contacts(*, campaign: Campaign, figure: str, only: Only) -> RawSQL:
    """The keys of the contacts that `figure` counts for `only`, for `pk__in`. What left the report is in no figure."""
    where, values = _where(figure, only, parts=only.lists)
    query = f"{_CONTACTS} SELECT contact_id FROM measured_contact WHERE state <> 'gone' AND {where}"
    return _query(query, {**measuring.values_of(campaign), **values})


def counted_services(*, campaign: Campaign, figure: str, only: Only) -> RawSQL:
    """The keys of the renewals that `figure` counts for `only`, for `pk__in`."""
    where, values = _where(figure, only, parts=[only.service] if only.service else [])
    query = f"{_SERVICES} SELECT renewal_id FROM measured_service WHERE {where}"
    return _query(query, {**measuring.values_of(campaign), **values})


def leaving_contacts(*, campaign: Campaign, how: str, day: date) -> RawSQL:
    """The keys of the contacts that left the list on a day, `called` or `uncalled`, or were `yet` to be called at its
    end, for `pk__in`.
    """
    query = f"SELECT contact_id FROM ({LEAVING_ROWS}) AS leaving WHERE {LEAVING[how]}"
    values = {"campaign": campaign.pk, "zone": settings.TIME_ZONE, "launched": campaign.launched_at, "day": day}
    return _query(query, values)


def numbered_calls(*, campaign: Campaign, hour: int | None, number: int | None, is_reached: bool | None) -> RawSQL:
    """The keys of the calls that count as an attempt: of an hour of the day, the how-manieth of their contact, with the
    customer spoken to or not; None asks for all. For `pk__in`.
    """
    asked = {"hour": hour, "number": number, "is_reached": is_reached}
    where = " AND ".join(f"{name} = %({name})s" for name, value in asked.items() if value is not None) or "TRUE"
    query = f"SELECT id FROM ({NUMBERED_CALLS}) AS numbered WHERE {where}"
    values = {"campaign": campaign.pk, "zone": settings.TIME_ZONE, "last": LAST_NUMBER, "since": date.min}
    return _query(query, {**values, **asked})


def _where(figure: str, only: Only, *, parts: list[str]) -> tuple[str, dict[str, Any]]:
    words = [f"({measuring.CONDITIONS[figure]})"]
    if parts:
        words.append("part = ANY(%(parts)s)")
    if only.agent is not None:
        words.append("agent_id = %(agent)s")
    if only.day and figure in measuring.DAY_OF:
        words.append(f"{measuring.DAY_OF[figure]} = %(day)s")
    if only.until and figure in measuring.DAY_OF:
        words.append(f"{measuring.DAY_OF[figure]} <= %(until)s")
    return " AND ".join(words), {"parts": parts, "agent": only.agent, "day": only.day, "until": only.until}


def _query(sql: str, values: dict[str, Any]) -> RawSQL:
    """A part of a larger query has its values by place, not by name."""
    given = [values[name] for name in _NAMED.findall(sql)]
    return RawSQL(_NAMED.sub("%s", sql), given)  # noqa: S611  # our own text, and no value is in it
