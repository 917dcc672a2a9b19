"""The rows a figure counts, by the very definitions it is counted by (campaigns/figures/measuring.py)."""

from __future__ import annotations

import re
from typing import Any

from django.db.models.expressions import RawSQL

from campaigns.figures import measuring
from campaigns.figures.filters import Only
from campaigns.models import Campaign

# `measured_contact` and `measured_service` as a count lays them out, here for one statement
_CONTACTS = f"WITH measured_contact AS ({measuring.CONTACT_ROWS})"
_SERVICES = f"{_CONTACTS}, measured_service AS ({measuring.SERVICE_ROWS})"
_NAMED = re.compile(r"%\((\w+)\)s")


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


def _where(figure: str, only: Only, *, parts: list[str]) -> tuple[str, dict[str, Any]]:
    words = [f"({measuring.CONDITIONS[figure]})"]
    if parts:
        words.append("part = ANY(%(parts)s)")
    if only.agent is not None:
        words.append("agent_id = %(agent)s")
    if only.day and figure in measuring.DAY_OF:
        words.append(f"{measuring.DAY_OF[figure]} = %(day)s")
    return " AND ".join(words), {"parts": parts, "agent": only.agent, "day": only.day}


def _query(sql: str, values: dict[str, Any]) -> RawSQL:
    """A part of a larger query has its values by place, not by name."""
    given = [values[name] for name in _NAMED.findall(sql)]
    return RawSQL(_NAMED.sub("%s", sql), given)  # noqa: S611  # our own text, and no value is in it
