"""Figures counted in the background, so that a page reads a few thousand cells instead of a million contacts.

A count is set-based and runs only when something happened since the last one. What it finds is compared with the cells
and only those that differ are written: a count every five seconds must not leave a table full of dead rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from campaigns import measuring
from campaigns.models import Campaign, FigureRefresh

LOCK_KEY = 7_150_001  # first half of the advisory lock; the second is the campaign
# After the newest result it is counted on for this long: a transaction open when the mark was read may still commit an
# older result, and an agent may correct her last one (campaigns/correcting.py), which moves no mark.
SETTLING = timedelta(minutes=16)
OVERLAP = timedelta(minutes=20)
DAYS_STAND = timedelta(minutes=10)  # past days of the day figures are counted again this often, payments or not

WHAT_HAPPENED = """
SELECT (SELECT max(resulted_at) FROM campaigns_attempt WHERE campaign_id = %(campaign)s AND resulted_at IS NOT NULL),
       (SELECT max(id) FROM campaigns_reassignment WHERE campaign_id = %(campaign)s),
       (SELECT max(id) FROM campaigns_campaignchange WHERE campaign_id = %(campaign)s),
       (SELECT max(published_at) FROM campaigns_report),
       (SELECT max(id) FROM campaigns_renewal),
       (SELECT max(id) FROM campaigns_receipt)
"""

_cell_columns = (*measuring.COUNTED, *measuring.WEIGHED)
CELLS = f"""
CREATE TEMPORARY TABLE fresh_figurecell ON COMMIT DROP AS
WITH grouped AS MATERIALIZED (
  SELECT 'contact' AS unit, part, owner_id, agent_id, zone, held_out,
         {", ".join(measuring.CELL_SUMS[c] for c in measuring.COUNTED)},
         {", ".join(["0::numeric"] * len(measuring.WEIGHED))}
    FROM measured_contact GROUP BY part, owner_id, agent_id, zone, held_out
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
SELECT unit, part, agent_id, zone, held_out, sum(assigned) AS assigned,
       {", ".join(f"sum({c}) AS {c}" for c in _cell_columns)}
  FROM laid GROUP BY unit, part, agent_id, zone, held_out
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
      (handled_on, 1, 0, 0, 0, 0, 0::numeric, 0::numeric),
      (contacted_on, 0, 1, 0, 0, 0, 0, 0),
      (promised_on, 0, 0, 1, 0, 0, 0, 0),
      (paid_on, 0, 0, 0, 1, COALESCE(is_credited, FALSE)::int, {amount},
       CASE WHEN is_credited THEN {amount} ELSE 0 END)
    ) AS happened(day, {columns})
   WHERE happened.day >= %(days_since)s::date
     AND (handled_on >= %(days_since)s::date OR contacted_on >= %(days_since)s::date
          OR promised_on >= %(days_since)s::date OR paid_on >= %(days_since)s::date)
"""
_columns = ", ".join(_day_columns)
_day_sums = ", ".join(f"COALESCE(sum({c}), 0) AS {c}" for c in _day_columns)
_cuts = "GROUPING SETS ((day, part, agent_id), (day, part, zone))"
DAYS = f"""
CREATE TEMPORARY TABLE fresh_dayfigure ON COMMIT DROP AS
SELECT day, CASE GROUPING(agent_id) WHEN 0 THEN 'agent' ELSE 'zone' END AS cut, 'contact' AS unit, part, agent_id,
       COALESCE(zone, '') AS zone, {_day_sums}
  FROM ({_happened.format(rows="measured_contact", amount="0", columns=_columns)}) AS contacts GROUP BY {_cuts}
UNION ALL
SELECT day, CASE GROUPING(agent_id) WHEN 0 THEN 'agent' ELSE 'zone' END, 'service', part, agent_id,
       COALESCE(zone, ''), {_day_sums}
  FROM ({_happened.format(rows="measured_service", amount="amount_due", columns=_columns)}) AS services GROUP BY {_cuts}
"""

ATTEMPTS = """
CREATE TEMPORARY TABLE fresh_attemptfigure ON COMMIT DROP AS
SELECT a.day, CASE GROUPING(a.agent_id) WHEN 0 THEN 'agent' ELSE 'zone' END AS cut, m.part, a.agent_id,
       COALESCE(m.zone, '') AS zone, a.disposition_id, count(*) AS attempts
  FROM campaigns_attempt a JOIN measured_contact m ON m.contact_id = a.contact_id
 WHERE a.campaign_id = %(campaign)s AND a.day >= %(since)s::date AND a.disposition_id IS NOT NULL
 GROUP BY GROUPING SETS ((a.day, m.part, a.disposition_id, a.agent_id), (a.day, m.part, a.disposition_id, m.zone))
"""
AGENT_DAYS = """
CREATE TEMPORARY TABLE fresh_agentday ON COMMIT DROP AS
SELECT day, agent_id, sum(attempts) AS attempts, count(*) AS quarters
  FROM (
    SELECT day, agent_id, date_bin('15 minutes', resulted_at, TIMESTAMPTZ '2020-01-01 00:00-04') AS quarter,
           count(*) AS attempts
      FROM campaigns_attempt
     WHERE campaign_id = %(campaign)s AND day >= %(since)s::date AND disposition_id IS NOT NULL
       AND resulted_at IS NOT NULL
     GROUP BY 1, 2, 3
  ) AS quarters
 GROUP BY day, agent_id
"""


def refresh_figures(*, campaign: Campaign, now: datetime, afresh: bool = False) -> bool:
    """Bring the cells of `campaign` up to `now`; True when they had to be counted.

    Does nothing while another process counts the same campaign. `afresh` waits for that one instead, and counts
    everything again, past days too.
    """
    with _alone(campaign, waits=afresh) as is_ours:
        if not is_ours:
            return False
        with transaction.atomic():
            one_snapshot()
            mark = _what_happened(campaign=campaign, now=now)
            last = FigureRefresh.objects.filter(campaign=campaign).first()
            if last and not afresh and _nothing_happened(last=last, mark=mark, now=now):
                FigureRefresh.objects.filter(campaign=campaign).update(counted_at=now)
                return False
            since = _first_day_to_count(campaign=campaign, last=None if afresh else last)
            days_since = since
            if afresh or last is None or _past_days_may_differ(last=last, mark=mark, now=now):
                days_since, mark["days_at"] = date.min, now.isoformat()
            with connection.cursor() as cursor:
                count_rows(cursor=cursor, campaign=campaign)
                _count_cells(cursor=cursor, campaign=campaign, since=since, days_since=days_since)
                standing = _count_standing(cursor=cursor)
            FigureRefresh.objects.update_or_create(
                campaign=campaign, defaults={"counted_at": now, "mark": mark, "standing": standing}
            )
            return True


def count_rows(*, cursor: CursorWrapper, campaign: Campaign) -> None:
    """Lay out `measured_contact` and `measured_service` for this transaction (see campaigns/measuring.py)."""
    cursor.execute(f"SET LOCAL work_mem = '{measuring.WORK_MEMORY}'")
    cursor.execute("SET LOCAL parallel_setup_cost = 0")  # these joins gain a third from a second core
    cursor.execute("SET LOCAL parallel_tuple_cost = 0")
    made = {"measured_contact": measuring.MEASURED_CONTACTS, "measured_service": measuring.MEASURED_SERVICES}
    for table, rows in made.items():
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(rows, {"campaign": campaign.pk})
        cursor.execute(f"ANALYZE {table}")  # without it a million rows are sorted instead of hashed


def one_snapshot() -> None:
    """Let every statement of this transaction see the same moment; inside a wider transaction, that one decides."""
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


@contextmanager
def _alone(campaign: Campaign, *, waits: bool) -> Iterator[bool]:
    """Hold the right to count this campaign, if nobody does. Held by the session: PostgreSQL frees it if we die.

    It cannot be the transaction's: taking it would fix the snapshot before the lock is ours.
    """
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT true FROM pg_advisory_lock(%s, %s)", [LOCK_KEY, campaign.pk])
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_KEY, campaign.pk])
        is_ours = bool(cursor.fetchone()[0])
        try:
            yield is_ours
        finally:
            if is_ours and not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_KEY, campaign.pk])


def _what_happened(*, campaign: Campaign, now: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(WHAT_HAPPENED, {"campaign": campaign.pk})
        seen = [value.isoformat() if isinstance(value, datetime) else value for value in cursor.fetchone()]
    return {"seen": seen, "seen_at": now.isoformat()}


def _nothing_happened(*, last: FigureRefresh, mark: dict[str, Any], now: datetime) -> bool:
    if last.mark.get("seen") != mark["seen"]:
        return False
    mark["seen_at"] = last.mark["seen_at"]
    return last.counted_at - datetime.fromisoformat(last.mark["seen_at"]) >= SETTLING


def _past_days_may_differ(*, last: FigureRefresh, mark: dict[str, Any], now: datetime) -> bool:
    """Payments, reports and reassignments reach into past days; a result reaches only into today's.

    (It may also move an earlier handling to the agent who now spoke with the customer: that waits for DAYS_STAND.)
    """
    mark["days_at"] = last.mark["days_at"]
    return last.mark["seen"][1:] != mark["seen"][1:] or now - datetime.fromisoformat(mark["days_at"]) >= DAYS_STAND


def _first_day_to_count(*, campaign: Campaign, last: FigureRefresh | None) -> date:
    """Attempts of earlier days stand as they were counted, unless one of them got its result since."""
    if last is None:
        return date.min
    with connection.cursor() as cursor:
        cursor.execute(
            # materialized: else the planner walks all days from the first one, looking for such a result
            """WITH later AS MATERIALIZED (
                 SELECT day FROM campaigns_attempt WHERE campaign_id = %s AND resulted_at >= %s
               ) SELECT min(day) FROM later""",
            [campaign.pk, last.counted_at - OVERLAP],
        )
        earliest: date | None = cursor.fetchone()[0]
    return earliest or date.max


def _count_cells(*, cursor: CursorWrapper, campaign: Campaign, since: date, days_since: date) -> None:
    values: dict[str, Any] = {"campaign": campaign.pk, "since": since, "days_since": days_since}
    cursor.execute(CELLS)
    cursor.execute(DAYS, values)
    cursor.execute(ATTEMPTS, values)
    cursor.execute(AGENT_DAYS, values)
    by_cell = ("unit", "part", "agent_id", "zone", "held_out")
    _write_differences(cursor, "figurecell", campaign, by_cell, ("assigned", *_cell_columns))
    by_day = ("day", "cut", "unit", "part", "agent_id", "zone")
    _write_differences(cursor, "dayfigure", campaign, by_day, _day_columns, days_since)
    by_attempt = ("day", "cut", "part", "agent_id", "zone", "disposition_id")
    _write_differences(cursor, "attemptfigure", campaign, by_attempt, ("attempts",), since)
    _write_differences(cursor, "agentday", campaign, ("day", "agent_id"), ("attempts", "quarters"), since)


def _count_standing(*, cursor: CursorWrapper) -> dict[str, int]:
    """Contacts by state of their list entry, and the open ones that are nobody's."""
    cursor.execute(
        "SELECT state, count(*), count(*) FILTER (WHERE owner_id IS NULL AND state = 'open')"
        "  FROM measured_contact GROUP BY state"
    )
    rows = cursor.fetchall()
    return {"unassigned": sum(nobodys for _s, _n, nobodys in rows), **{state: number for state, number, _n in rows}}


def _write_differences(
    cursor: CursorWrapper,
    table: str,
    campaign: Campaign,
    key: Sequence[str],
    columns: Sequence[str],
    since: date | None = None,
) -> None:
    """Make the rows of `campaign` (from the day `since` on) those of the fresh table, writing only what differs."""
    # an agent may be missing: compared through 0 the planner can still hash the key
    same = " AND ".join(
        f"COALESCE(k.{c}, 0) = COALESCE(f.{c}, 0)" if c == "agent_id" else f"k.{c} = f.{c}" for c in key
    )
    kept = "k.campaign_id = %(campaign)s" + (" AND k.day >= %(since)s" if since else "")
    values = {"campaign": campaign.pk, "since": since}
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
