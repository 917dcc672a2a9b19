"""Counting what changed: what each contact counts for is kept, so that it can be taken away when it counts otherwise.

After a count afresh `MeasuredContact` has a row of every contact of the month, and `MeasuredAttempts` the attempts of
the last quarters of an hour, which may still change. Then a refresh measures only contacts that something happened to,
which the server itself tells: rows written by a transaction that the last count did not see (docs/decisions/0216). The
cells they make now are added, those they made are taken away. Both are made by the statements that count afresh, so
there is one definition of every figure; that they come to the same is what `check_invariants` proves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from campaigns.figures import counting, measuring
from campaigns.figures.credited import count_credited
from campaigns.models import Campaign

QUARTER = timedelta(minutes=15)
AT_MOST = 50_000  # contacts; more are counted afresh
_WHAT = (
    "owner_id", "agent_id", "zone", "part", "state", "held_out", "callable", "handled_on", "contacted_on",
    "promised_on", "paid_on", "is_credited",
)  # fmt: skip
_COLUMNS = ", ".join(("contact_id", *_WHAT))
_SERVICES = """
SELECT contact_id, jsonb_agg(jsonb_build_object(
         'renewal_id', renewal_id, 'part', part, 'paid_on', paid_on, 'first_paid_on', first_paid_on,
         'is_credited', is_credited, 'amount_due', amount_due, 'received', received) ORDER BY renewal_id) AS services
  FROM measured_service GROUP BY contact_id
"""


def _differs(ours: str, services: str) -> str:
    """That the row named `ours`, with its services, is not what is kept."""
    told, kept = (", ".join(f"{row}.{column}" for column in _WHAT) for row in (ours, "kept"))
    return f"({told}, {services}) IS DISTINCT FROM ({kept}, kept.services)"


_UPDATE = f"""
    ON CONFLICT (contact_id) DO UPDATE
   SET ({", ".join(_WHAT)}, services) = ROW({", ".join(f"EXCLUDED.{c}" for c in _WHAT)}, EXCLUDED.services)
"""
_KEEP = f"""
INSERT INTO campaigns_measuredcontact AS kept ({_COLUMNS}, services)
SELECT {_COLUMNS}, coalesce(services, '[]') FROM measured_contact LEFT JOIN ({_SERVICES}) s USING (contact_id)
{_UPDATE} WHERE {_differs("EXCLUDED", "EXCLUDED.services")}
"""
# Written by the first transaction that was open at the last count, or by a later one: no row of another is unseen. It
# may be one that was seen, of a transaction that ended while an older one was open.
_UNSEEN = "age(xmin) <= age(%(open_then)s::xid8::xid)"
_CHANGED = f"""
CREATE TEMPORARY TABLE changed_contact ON COMMIT DROP AS
SELECT DISTINCT contact_id FROM (
  SELECT contact_id FROM campaigns_attempt
   WHERE campaign_id = %(campaign)s AND resulted_at >= %(since)s AND {_UNSEEN}
   UNION ALL
  SELECT unnest(contacts) FROM campaigns_changedrows
   WHERE campaign_id = %(campaign)s AND at >= %(since)s AND {_UNSEEN}) touched
"""
_SNAPSHOT = "SELECT system_identifier::text, pg_snapshot_xmin(pg_current_snapshot())::text FROM pg_control_system()"
# Of the changed contacts those that count otherwise than they did.
_MOVED = f"""
CREATE TEMPORARY TABLE moved_contact ON COMMIT DROP AS
SELECT contact_id, coalesce(s.services, '[]') AS services
  FROM changed_contact
  LEFT JOIN measured_contact ours USING (contact_id)
  LEFT JOIN ({_SERVICES}) s USING (contact_id)
  LEFT JOIN campaigns_measuredcontact kept USING (contact_id)
 WHERE {_differs("ours", "coalesce(s.services, '[]')")}
"""
_KEEP_MOVED = f"""
INSERT INTO campaigns_measuredcontact ({_COLUMNS}, services)
SELECT {_COLUMNS}, services FROM measured_contact JOIN moved_contact USING (contact_id) WHERE sign = 1
{_UPDATE}
"""
_FORGET_GONE = """
DELETE FROM campaigns_measuredcontact kept USING moved_contact
 WHERE kept.contact_id = moved_contact.contact_id
   AND NOT EXISTS (SELECT FROM measured_contact m WHERE m.contact_id = kept.contact_id AND sign = 1)
"""
# What they were counted by, to be taken away.
_TAKE_CONTACTS = f"""
INSERT INTO measured_contact ({_COLUMNS}, sign)
SELECT {_COLUMNS}, -1 FROM campaigns_measuredcontact JOIN moved_contact USING (contact_id)
"""
_TAKE_SERVICES = """
INSERT INTO measured_service (renewal_id, contact_id, owner_id, agent_id, zone, part, held_out, callable,
                              handled_on, contacted_on, promised_on, paid_on, first_paid_on, is_credited, amount_due,
                              received, sign)
SELECT s.renewal_id, m.contact_id, m.owner_id, m.agent_id, m.zone, s.part, m.held_out, m.callable, m.handled_on,
       m.contacted_on, m.promised_on, s.paid_on, s.first_paid_on, s.is_credited, -s.amount_due, -s.received, -1
  FROM campaigns_measuredcontact m JOIN moved_contact USING (contact_id)
 CROSS JOIN LATERAL jsonb_to_recordset(m.services)
            AS s (renewal_id bigint, part text, paid_on date, first_paid_on date, is_credited boolean,
                  amount_due numeric, received numeric)
"""
_TAKE_ATTEMPTS = """
INSERT INTO measured_attempt (day, agent_id, disposition_id, part, zone, quarter, attempts)
SELECT day, agent_id, disposition_id, part, zone, quarter, -attempts FROM campaigns_measuredattempts
 WHERE campaign_id = %s
"""
# Of the last quarters nearly all stays as it was kept a moment ago: what did not change is not written.
_THE_SAME = """
(k.day, k.agent_id, k.disposition_id, k.part, k.zone, k.quarter, k.attempts)
 = (m.day, m.agent_id, m.disposition_id, m.part, m.zone, m.quarter, m.attempts)
"""
_FORGET_ATTEMPTS = f"""
DELETE FROM campaigns_measuredattempts k
 WHERE campaign_id = %(campaign)s
   AND NOT EXISTS (SELECT FROM measured_attempt m WHERE m.quarter >= %(tail_from)s AND {_THE_SAME})
"""
_KEEP_ATTEMPTS = f"""
INSERT INTO campaigns_measuredattempts (campaign_id, day, agent_id, disposition_id, part, zone, quarter, attempts)
SELECT %(campaign)s, day, agent_id, disposition_id, part, zone, quarter, attempts FROM measured_attempt m
 WHERE quarter >= %(tail_from)s AND attempts > 0
   AND NOT EXISTS (SELECT FROM campaigns_measuredattempts k WHERE k.campaign_id = %(campaign)s AND {_THE_SAME})
"""


def quarter_of(moment: datetime) -> datetime:
    """The beginning of its quarter of an hour."""
    return moment - timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)


def keep(cursor: CursorWrapper, *, campaign: Campaign, tail_from: datetime) -> None:
    """Keep what was measured of all contacts, and the attempts since `tail_from`, after a count afresh."""
    cursor.execute(_KEEP)
    keep_attempts(cursor, campaign=campaign, tail_from=tail_from)


def keep_attempts(cursor: CursorWrapper, *, campaign: Campaign, tail_from: datetime) -> None:
    """Keep those of `measured_attempt` whose quarter began at `tail_from` or later, and no others."""
    values: dict[str, Any] = {"campaign": campaign.pk, "tail_from": tail_from}
    cursor.execute(_FORGET_ATTEMPTS, values)
    cursor.execute(_KEEP_ATTEMPTS, values)


def forget(cursor: CursorWrapper, *, campaign: Campaign) -> None:
    """Nothing is kept of the month any more; the next count is afresh."""
    cursor.execute(
        """DELETE FROM campaigns_measuredcontact m USING campaigns_listentry e
            WHERE e.contact_id = m.contact_id AND e.campaign_id = %s""",
        [campaign.pk],
    )
    cursor.execute("DELETE FROM campaigns_measuredattempts WHERE campaign_id = %s", [campaign.pk])


def snapshot() -> tuple[str, str]:
    """The server, by what it calls itself, and the first transaction that is open as this one sees it."""
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT)
        server, is_open = cursor.fetchone()
    return server, is_open


def lay_changed(cursor: CursorWrapper, *, campaign: Campaign, since: datetime, open_then: str) -> bool:
    """Lay out `changed_contact`: whom something happened to at `since` or later that was not seen when `open_then` was
    the first transaction open (`snapshot`, of this server). False when they are too many.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.changed_contact")
    cursor.execute(_CHANGED, {"campaign": campaign.pk, "since": since, "open_then": open_then})
    found = int(cursor.rowcount)
    cursor.execute("ANALYZE changed_contact")
    return found <= AT_MOST


def count_changed(
    cursor: CursorWrapper, *, campaign: Campaign, values: dict[str, Any], kept_from: datetime, tail_from: datetime
) -> tuple[dict[str, int], list[list[Any]]]:
    """Bring the cells up to what the contacts of `changed_contact` count for now. Returns by how much what stands
    beside the cells differs: contacts by state, and how sure the credited services are.

    `kept_from`: since when attempts are kept; `tail_from`: since when they are kept from now on.
    """
    measure(cursor, values=values, which="AND e.contact_id IN (SELECT contact_id FROM changed_contact)")
    counting.measure_attempts(cursor=cursor, campaign=campaign, since=kept_from, contacts=counting.BY_ENTRY)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.moved_contact")
    cursor.execute(_MOVED)
    cursor.execute("ANALYZE moved_contact")
    for table in ("contact", "service"):
        cursor.execute(f"DELETE FROM measured_{table} WHERE contact_id NOT IN (SELECT contact_id FROM moved_contact)")
    cursor.execute(_TAKE_CONTACTS)
    cursor.execute(_TAKE_SERVICES)
    cursor.execute(_TAKE_ATTEMPTS, [campaign.pk])
    difference = counting.count_by_state(cursor=cursor), count_credited(cursor=cursor)
    counting.lay_cells(cursor=cursor)
    counting.lay_attempts(cursor=cursor)
    counting.add_to_cells(cursor=cursor, campaign=campaign)
    cursor.execute(_FORGET_GONE)
    cursor.execute(_KEEP_MOVED)
    keep_attempts(cursor, campaign=campaign, tail_from=tail_from)
    return difference


def measure(cursor: CursorWrapper, *, values: dict[str, Any], which: str = "") -> None:
    """Lay out `measured_contact` and `measured_service` for this transaction (see campaigns/figures/measuring.py)."""
    cursor.execute(f"SET LOCAL work_mem = '{measuring.WORK_MEMORY}'")
    if not which:
        cursor.execute("SET LOCAL parallel_setup_cost = 0")  # the joins of a whole month gain a third by a second core
        cursor.execute("SET LOCAL parallel_tuple_cost = 0")
    made = {"measured_contact": measuring.MEASURED_CONTACTS.format(which=which),
            "measured_service": measuring.MEASURED_SERVICES}  # fmt: skip
    for table, rows in made.items():
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(rows, values)
        cursor.execute(f"ANALYZE {table}")  # without it a million rows are sorted instead of hashed
