"""What stands beside *pagados tras contacto*: how sure it is that the contact came before the money.

Collections report no hour, so a service paid on the day of the contact may have been paid before it; and of one paid in
parts the first may have come before. Both count (campaigns/figures/crediting.py), and both are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper

from campaigns.figures.filters import Only
from campaigns.figures.measuring import CONDITIONS

CREDITED = "credited"  # where they stand in FigureRefresh.by_state
# By service, and by one filter more: with two at once there would be as many rows as cells.
_COUNTS = f"""
SELECT CASE GROUPING(agent_id, zone, paid_on) WHEN 3 THEN 'agent' WHEN 5 THEN 'zone' WHEN 6 THEN 'day' ELSE '' END,
       CASE GROUPING(agent_id, zone, paid_on) WHEN 3 THEN agent_id::text WHEN 5 THEN zone WHEN 6 THEN paid_on::text
            ELSE '' END,
       part, COALESCE(sum(sign) FILTER (WHERE {CONDITIONS["paid_on_contact_day"]}), 0),
       COALESCE(sum(sign) FILTER (WHERE {CONDITIONS["paid_part_before"]}), 0)
  FROM measured_service WHERE is_credited
 GROUP BY GROUPING SETS ((part), (part, agent_id), (part, zone), (part, paid_on))
HAVING count(*) FILTER (WHERE {CONDITIONS["paid_on_contact_day"]} OR {CONDITIONS["paid_part_before"]}) > 0
"""


@dataclass(frozen=True)
class Credited:
    """Services paid after contact: on its very day, and with a part that came before it. One may be both."""

    paid_on_contact_day: int = 0
    paid_part_before: int = 0


def count_credited(*, cursor: CursorWrapper) -> list[list[Any]]:
    """Rows of (filter, its value, service, the two counts), of what `measured_service` has, for `credited_of`."""
    cursor.execute(_COUNTS)
    return [list(row) for row in cursor.fetchall()]


def add_credited(rows: list[list[Any]], difference: list[list[Any]]) -> list[list[Any]]:
    """`rows` once some services are counted otherwise, which makes that difference."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for by, value, part, *counts in (*rows, *difference):
        kept = found.setdefault((by, value, part), [0, 0])
        kept[:] = [old + new for old, new in zip(kept, counts, strict=True)]
    return [[*key, *counts] for key, counts in found.items() if any(counts)]


def credited_of(rows: list[list[Any]] | None, *, only: Only) -> Credited | None:
    """The counts for `only`; None where they are not counted: two filters besides the service, or not yet at all."""
    asked = [
        ("agent", str(only.agent)) if only.agent is not None else None,
        ("zone", only.zone) if only.zone else None,
        ("day", only.day.isoformat()) if only.day else None,
    ]
    narrowed = [filter_ for filter_ in asked if filter_]
    if rows is None or len(narrowed) > 1:
        return None
    by, value = narrowed[0] if narrowed else ("", "")
    wanted = [row for row in rows if row[:2] == [by, value] and only.service in ("", row[2])]
    return Credited(sum(row[3] for row in wanted), sum(row[4] for row in wanted))
