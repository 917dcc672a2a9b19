"""Everything the rules of calling need to know that is not about one contact, read in one query."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from django.db import models

from campaigns.calling.calling_hours import DAYS_AHEAD, CallingHours, local
from campaigns.calling.hot_queries import fetch_row
from campaigns.models import CallingPolicy, Disposition

# A lease that ran out in the middle of a call is closed with this disposition.
NO_RESULT = "no_result"

_READ = """
SELECT json_build_object(
  'policy', (SELECT row_to_json(p) FROM campaigns_callingpolicy p WHERE p.id = 1),
  'windows', (SELECT json_agg(json_build_array(w.weekday, w.opens, w.closes) ORDER BY w.weekday, w.opens)
              FROM campaigns_callingwindow w),
  'days_off', (SELECT json_object_agg(h.day, h.name) FROM service_level_holiday h
               WHERE h.is_day_off AND h.day BETWEEN %(today)s AND %(horizon)s),
  'dispositions', (SELECT json_agg(row_to_json(d) ORDER BY d.position, d.id) FROM campaigns_disposition d),
  'campaigns', (SELECT json_agg(c.id ORDER BY c.period) FROM campaigns_campaign c
                WHERE c.state = 'running' AND %(today)s BETWEEN c.calls_from AND c.calls_until),
  'paused', (SELECT json_agg(c.id ORDER BY c.period) FROM campaigns_campaign c
             WHERE c.state = 'paused' AND %(today)s BETWEEN c.calls_from AND c.calls_until),
  'following', (SELECT json_agg(c.id) FROM campaigns_campaign c WHERE c.state = 'running' AND c.follows_answers)
)::text
"""

AnyModel = TypeVar("AnyModel", bound=models.Model)


@dataclass(frozen=True)
class RuleBook:
    """Policy, windows, days off, dispositions and the campaigns of these days as they stand at `now`."""

    now: datetime
    policy: CallingPolicy
    hours: CallingHours
    disposition_rows: tuple[dict[str, Any], ...]
    running: tuple[int, ...] = field(default=())
    paused: tuple[int, ...] = field(default=())
    following: frozenset[int] = field(default=frozenset())  # campaigns whose order heeds when customers answer

    @property
    def today(self) -> date:
        return local(self.now).date()

    @property
    def in_hand(self) -> tuple[int, ...]:
        """Campaigns of these days, called or paused: a list stays its agent's through a pause."""
        return self.running + self.paused

    @cached_property
    def dispositions(self) -> tuple[Disposition, ...]:
        """All dispositions in their order, also those no longer offered."""
        return tuple(_instance(Disposition, row) for row in self.disposition_rows)

    @cached_property
    def by_id(self) -> dict[int, Disposition]:
        return {disposition.pk: disposition for disposition in self.dispositions}

    @cached_property
    def by_code(self) -> dict[str, Disposition]:
        return {disposition.code: disposition for disposition in self.dispositions}


def read_rules(*, now: datetime) -> RuleBook:
    """The rules in force at `now`. A missing policy row means its defaults; without windows nobody is called."""
    today = local(now).date()
    row = fetch_row(_READ, {"today": today, "horizon": today + timedelta(days=DAYS_AHEAD)})
    found: dict[str, Any] = json.loads(row[0] if row else "{}", parse_float=Decimal)
    policy = _instance(CallingPolicy, found["policy"]) if found["policy"] else CallingPolicy()
    windows: dict[int, tuple[tuple[time, time], ...]] = {}
    for weekday, opens, closes in found["windows"] or ():
        windows[weekday] = (*windows.get(weekday, ()), (time.fromisoformat(opens), time.fromisoformat(closes)))
    return RuleBook(
        now=now,
        policy=policy,
        hours=CallingHours(
            windows=windows,
            days_off={date.fromisoformat(day): name for day, name in (found["days_off"] or {}).items()},
            afternoon_starts=policy.afternoon_starts,
            evening_starts=policy.evening_starts,
        ),
        disposition_rows=tuple(found["dispositions"] or ()),
        running=tuple(found["campaigns"] or ()),
        paused=tuple(found["paused"] or ()),
        following=frozenset(found["following"] or ()),
    )


def _instance(model: type[AnyModel], row: dict[str, Any]) -> AnyModel:
    """A saved row of `model` made from its JSON."""
    fields = model._meta.concrete_fields
    names = [column.attname for column in fields]
    return model.from_db("default", names, [column.to_python(row[str(column.column)]) for column in fields])
