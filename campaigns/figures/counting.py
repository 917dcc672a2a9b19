"""Cells out of the rows that figures/measuring.py lays out: all of them, or the difference some contacts make.

Grouped in SQL. Counted afresh they are compared with what is there, and only what differs is written; of a change the
cells before are taken away and those after added (figures/keeping.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from campaigns.figures import measuring
from campaigns.models import Campaign

# of whom the report speaks; attempts count all the same, of those who are no more in it too
_STILL_THERE = "(SELECT * FROM measured_contact WHERE state <> 'gone') AS still_there"
_cell_columns = (*measuring.COUNTED, *measuring.WEIGHED)
CELLS = f"""
CREATE TEMPORARY TABLE fresh_figurecell ON COMMIT DROP AS
WITH grouped AS MATERIALIZED (
  SELECT 'contact' AS unit, part, owner_id, agent_id, zone, held_out,
         {", ".join(measuring.CELL_SUMS[c] for c in measuring.COUNTED)},
         {", ".join(["0::numeric"] * len(measuring.WEIGHED))}
    FROM {_STILL_THERE} GROUP BY part, owner_id, agent_id, zone, held_out
  UNION ALL
  SELECT 'service', part, owner_id, agent_id, zone, held_out,
         {", ".join(measuring.CELL_SUMS[c] for c in measuring.COUNTED)},
         {", ".join(measuring.SERVICE_SUMS[c] for c in measuring.WEIGHED)}
    FROM measured_service GROUP BY part, owner_id, agent_id, zone, held_out
), cells (unit, part, owner_id, agent_id, zone, held_out, {", ".join(_cell_columns)}) AS (SELECT * FROM grouped),
laid AS (
  SELECT unit, part, agent_id, zone, held_out, 0 AS assigned, {", ".join(_cell_columns)} FROM cells
  UNION ALL
  SELECT unit, part, owner_id, zone, held_out, items, {", ".join(["0"] * len(_cell_columns))}
    FROM cells WHERE owner_id IS NOT NULL
)
SELECT CASE GROUPING(agent_id, zone) WHEN 0 THEN 'both' WHEN 1 THEN 'agent' ELSE 'zone' END AS cut,
       unit, part, agent_id, COALESCE(zone, '') AS zone, held_out, sum(assigned) AS assigned,
       {", ".join(f"sum({c}) AS {c}" for c in _cell_columns)}
  FROM laid GROUP BY unit, part, held_out, GROUPING SETS ((agent_id, zone), (agent_id), (zone))
"""

_day_columns = (
    "handled",
    "contacted",
    "promised",
    "paid",
    "paid_after_contact",
    "amount_paid",
    "amount_paid_after_contact",
)
_happened = """
  SELECT part, agent_id, zone, happened.*
    FROM {rows} CROSS JOIN LATERAL (VALUES
      (handled_on, sign, 0, 0, 0, 0, 0::numeric, 0::numeric),
      (contacted_on, 0, sign, 0, 0, 0, 0, 0),
      (promised_on, 0, 0, sign, 0, 0, 0, 0),
      (paid_on, 0, 0, 0, sign, CASE WHEN is_credited THEN sign ELSE 0 END, {amount},
       CASE WHEN is_credited THEN {amount} ELSE 0 END)
    ) AS happened(day, {columns})
   WHERE happened.day IS NOT NULL
"""
_columns = ", ".join(_day_columns)
_day_sums = ", ".join(f"COALESCE(sum({c}), 0) AS {c}" for c in _day_columns)
_cuts = "GROUPING SETS ((day, part, agent_id), (day, part, zone))"
DAYS = f"""
CREATE TEMPORARY TABLE fresh_dayfigure ON COMMIT DROP AS
SELECT day, CASE GROUPING(agent_id) WHEN 0 THEN 'agent' ELSE 'zone' END AS cut, 'contact' AS unit, part, agent_id,
       COALESCE(zone, '') AS zone, {_day_sums}
  FROM ({_happened.format(rows=_STILL_THERE, amount="0", columns=_columns)}) AS contacts GROUP BY {_cuts}
UNION ALL
SELECT day, CASE GROUPING(agent_id) WHEN 0 THEN 'agent' ELSE 'zone' END, 'service', part, agent_id,
       COALESCE(zone, ''), {_day_sums}
  FROM ({_happened.format(rows="measured_service", amount="amount_due", columns=_columns)}) AS services GROUP BY {_cuts}
"""

# Attempts whose result came since then, with the list and zone of their contact as `{contacts}` tell them: laid out
# once, counted twice. Those that are taken away are less than none.
MEASURED_ATTEMPTS = """
CREATE TEMPORARY TABLE measured_attempt ON COMMIT DROP AS
SELECT a.day, a.agent_id, a.disposition_id, m.part, m.zone,
       date_bin('15 minutes', a.resulted_at, TIMESTAMPTZ '2020-01-01 00:00-04') AS quarter, count(*) AS attempts
  FROM campaigns_attempt a JOIN {contacts} m ON m.contact_id = a.contact_id
 WHERE a.campaign_id = %(campaign)s AND a.resulted_at >= %(since)s AND a.disposition_id IS NOT NULL
 GROUP BY 1, 2, 3, 4, 5, 6
"""
MEASURED = "measured_contact"
BY_ENTRY = """(
SELECT e.contact_id, e.call_list AS part, c.zone
  FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id WHERE e.campaign_id = %(campaign)s)"""
ATTEMPTS = """
CREATE TEMPORARY TABLE fresh_attemptfigure ON COMMIT DROP AS
SELECT day, CASE GROUPING(agent_id) WHEN 0 THEN 'agent' ELSE 'zone' END AS cut, part, agent_id,
       COALESCE(zone, '') AS zone, disposition_id, sum(attempts) AS attempts
  FROM measured_attempt
 GROUP BY GROUPING SETS ((day, part, disposition_id, agent_id), (day, part, disposition_id, zone))
"""
AGENT_DAYS = """
CREATE TEMPORARY TABLE fresh_agentday ON COMMIT DROP AS
SELECT day, agent_id, service, sum(attempts) AS attempts, sum(CASE WHEN attempts > 0 THEN 1 ELSE -1 END) AS quarters
  FROM (
    SELECT day, agent_id, quarter, service, sum(attempts) AS attempts
      FROM measured_attempt CROSS JOIN (VALUES (''), ('INTERNET'), ('TV')) AS asked (service)
     WHERE quarter IS NOT NULL AND (service = '' OR part IN (service, 'BOTH'))
     GROUP BY 1, 2, 3, 4, attempts > 0
  ) AS quarters
 GROUP BY day, agent_id, service
"""


KEYS = {
    "figurecell": ("cut", "unit", "part", "agent_id", "zone", "held_out"),
    "dayfigure": ("day", "cut", "unit", "part", "agent_id", "zone"),
    "attemptfigure": ("day", "cut", "part", "agent_id", "zone", "disposition_id"),
    "agentday": ("day", "agent_id", "service"),
}
VALUES: dict[str, tuple[str, ...]] = {
    "figurecell": ("assigned", *_cell_columns),
    "dayfigure": _day_columns,
    "attemptfigure": ("attempts",),
    "agentday": ("attempts", "quarters"),
}
# A cell is there for what it counts: where these are nothing, it is none.
COUNTS_OF = {
    "figurecell": ("items", "assigned"),
    "dayfigure": ("handled", "contacted", "promised", "paid"),
    "attemptfigure": ("attempts",),
    "agentday": ("attempts",),
}


def lay_cells(*, cursor: CursorWrapper) -> None:
    """Lay out `fresh_figurecell` and `fresh_dayfigure` of `measured_contact` and `measured_service`."""
    cursor.execute(CELLS)
    cursor.execute(DAYS)


def lay_attempts(*, cursor: CursorWrapper) -> None:
    """Lay out `fresh_attemptfigure` and `fresh_agentday` of `measured_attempt`."""
    cursor.execute(ATTEMPTS)
    cursor.execute(AGENT_DAYS)


def measure_attempts(*, cursor: CursorWrapper, campaign: Campaign, since: datetime, contacts: str) -> None:
    """Lay out `measured_attempt`: those whose result came at `since` or later. `contacts` (SQL of ours) tells of whom:
    `MEASURED`, where all are laid out, or `BY_ENTRY`.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.measured_attempt")
    cursor.execute(MEASURED_ATTEMPTS.format(contacts=contacts), {"campaign": campaign.pk, "since": since})


def write_cells(*, cursor: CursorWrapper, campaign: Campaign) -> None:
    """Bring all cells of `campaign` to the fresh ones that are laid out."""
    for table, key in KEYS.items():
        _write_differences(cursor, table, campaign, key, VALUES[table])


def add_to_cells(*, cursor: CursorWrapper, campaign: Campaign) -> None:
    """Add the fresh cells, which are a difference, to those of `campaign`."""
    for table, key in KEYS.items():
        _add(cursor, table, campaign, key, VALUES[table])


def count_by_state(*, cursor: CursorWrapper) -> dict[str, int]:
    """Contacts by state of their list entry, and the open ones that are nobody's."""
    cursor.execute(
        "SELECT state, sum(sign), COALESCE(sum(sign) FILTER (WHERE owner_id IS NULL AND state = 'open'), 0)"
        "  FROM measured_contact GROUP BY state"
    )
    rows = cursor.fetchall()
    return {"unassigned": sum(nobodys for _s, _n, nobodys in rows), **{state: number for state, number, _n in rows}}


def _add(cursor: CursorWrapper, table: str, campaign: Campaign, key: Sequence[str], columns: Sequence[str]) -> None:
    names = (*key, *columns)
    cursor.execute(
        f"""MERGE INTO campaigns_{table} k
            USING (SELECT * FROM fresh_{table} WHERE {" OR ".join(f"{c} <> 0" for c in columns)}) d
               ON k.campaign_id = %(campaign)s AND {_same(key, "d")}
             WHEN MATCHED AND {" AND ".join(f"k.{c} + d.{c} = 0" for c in COUNTS_OF[table])} THEN DELETE
             WHEN MATCHED THEN UPDATE SET {", ".join(f"{c} = k.{c} + d.{c}" for c in columns)}
             WHEN NOT MATCHED THEN INSERT (campaign_id, {", ".join(names)})
                  VALUES (%(campaign)s, {", ".join(f"d.{c}" for c in names)})""",
        {"campaign": campaign.pk},
    )
    cursor.execute(f"DROP TABLE fresh_{table}")


def _same(key: Sequence[str], other: str) -> str:
    """That a cell `k` and a row of `other` have one key; an agent may be missing: through 0 it can still be hashed."""
    return " AND ".join(
        f"COALESCE(k.{c}, 0) = COALESCE({other}.{c}, 0)" if c == "agent_id" else f"k.{c} = {other}.{c}" for c in key
    )


def _write_differences(
    cursor: CursorWrapper, table: str, campaign: Campaign, key: Sequence[str], columns: Sequence[str]
) -> None:
    """Make the rows of `campaign` those of the fresh table, writing only what differs."""
    same, kept = _same(key, "f"), "k.campaign_id = %(campaign)s"
    values = {"campaign": campaign.pk}
    cursor.execute(f"ANALYZE fresh_{table}")  # else the planner may compare each cell with each
    cursor.execute(
        f"DELETE FROM campaigns_{table} k WHERE {kept} AND NOT EXISTS (SELECT FROM fresh_{table} f WHERE {same})",
        values,
    )
    cursor.execute(
        f"""UPDATE campaigns_{table} k SET ({", ".join(columns)}) = ROW({", ".join(f"f.{c}" for c in columns)})
              FROM fresh_{table} f
             WHERE {kept} AND {same}
               AND ({", ".join(f"k.{c}" for c in columns)})
                   IS DISTINCT FROM ({", ".join(f"f.{c}" for c in columns)})""",
        values,
    )
    cursor.execute(
        f"""INSERT INTO campaigns_{table} (campaign_id, {", ".join((*key, *columns))})
            SELECT %(campaign)s, {", ".join((*key, *columns))} FROM fresh_{table} f
             WHERE NOT EXISTS (SELECT FROM campaigns_{table} k WHERE {kept} AND {same})""",
        values,
    )
    cursor.execute(f"DROP TABLE fresh_{table}")
