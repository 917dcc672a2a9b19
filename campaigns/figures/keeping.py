"""Counting what changed: what each contact counts for is kept, so that it can be taken away when it counts otherwise.

After a count afresh `MeasuredContact` has a row of every contact of the month, and `MeasuredAttempts` the attempts of
the last quarters of an hour, which may still change. Then a refresh measures only contacts that something happened to:
the cells they make now are added, those they made are taken away. Both are made by the statements that count afresh, so
there is one definition of every figure; that they come to the same is what `check_invariants` proves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.utils import CursorWrapper

from campaigns.figures import counting, measuring
from campaigns.figures.credited import count_credited
from campaigns.models import Campaign

QUARTER = timedelta(minutes=15)
AT_MOST = 50_000  # contacts; more are counted afresh
BEFORE = "before"
_COLUMNS = (
    "contact_id, owner_id, agent_id, zone, part, state, held_out, callable, handled_on, contacted_on, promised_on, "
    "paid_on, is_credited"
)
_SERVICES = """
SELECT contact_id, jsonb_agg(jsonb_build_object(
         'renewal_id', renewal_id, 'part', part, 'paid_on', paid_on, 'first_paid_on', first_paid_on,
         'is_credited', is_credited, 'amount_due', amount_due, 'received', received) ORDER BY renewal_id) AS services
  FROM measured_service GROUP BY contact_id
"""
_KEEP = f"""
INSERT INTO campaigns_measuredcontact ({_COLUMNS}, services)
SELECT {_COLUMNS}, coalesce(services, '[]') FROM measured_contact LEFT JOIN ({_SERVICES}) s USING (contact_id)
    ON CONFLICT (contact_id) DO UPDATE
   SET ({_COLUMNS.removeprefix("contact_id, ")}, services)
     = ROW({", ".join(f"EXCLUDED.{c.strip()}" for c in _COLUMNS.split(",")[1:])}, EXCLUDED.services)
 WHERE to_jsonb(campaigns_measuredcontact) IS DISTINCT FROM to_jsonb(EXCLUDED)
"""
_CHANGED = """
CREATE TEMPORARY TABLE changed_contact ON COMMIT DROP AS
SELECT DISTINCT contact_id FROM (
  SELECT contact_id FROM campaigns_attempt WHERE campaign_id = %(campaign)s AND resulted_at >= %(since)s
   UNION ALL
  SELECT unnest(contacts) FROM campaigns_changedrows WHERE campaign_id = %(campaign)s AND at >= %(since)s) touched
"""
# What the changed contacts were counted by, under the names of what is measured.
_KEPT_CONTACTS = f"""
CREATE TEMPORARY TABLE measured_contact ON COMMIT DROP AS
SELECT {_COLUMNS} FROM campaigns_measuredcontact JOIN changed_contact USING (contact_id)
"""
_KEPT_SERVICES = """
CREATE TEMPORARY TABLE measured_service ON COMMIT DROP AS
SELECT s.renewal_id, m.contact_id, m.owner_id, m.agent_id, m.zone, s.part, m.held_out, m.callable, m.handled_on,
       m.contacted_on, m.promised_on, s.paid_on, s.first_paid_on, s.is_credited, s.amount_due, s.received
  FROM campaigns_measuredcontact m JOIN changed_contact USING (contact_id)
 CROSS JOIN LATERAL jsonb_to_recordset(m.services)
            AS s (renewal_id bigint, part text, paid_on date, first_paid_on date, is_credited boolean,
                  amount_due numeric, received numeric)
"""
_KEPT_ATTEMPTS = """
CREATE TEMPORARY TABLE measured_attempt ON COMMIT DROP AS
SELECT day, agent_id, disposition_id, part, zone, quarter, attempts FROM campaigns_measuredattempts
 WHERE campaign_id = %s
"""
_KEEP_ATTEMPTS = """
INSERT INTO campaigns_measuredattempts (campaign_id, day, agent_id, disposition_id, part, zone, quarter, attempts)
SELECT %s, day, agent_id, disposition_id, part, zone, quarter, attempts FROM measured_attempt WHERE quarter >= %s
"""


@dataclass(frozen=True)
class Beside:
    """What is counted beside the cells: contacts by state, and how sure the credited services are."""

    by_state: dict[str, int]
    credited: list[list[Any]]


def quarter_of(moment: datetime) -> datetime:
    """The beginning of its quarter of an hour."""
    return moment - timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)


def keep(cursor: CursorWrapper, *, campaign: Campaign, tail_from: datetime) -> None:
    """Keep what was measured of all contacts, and the attempts since `tail_from`, after a count afresh."""
    cursor.execute(_KEEP)
    keep_attempts(cursor, campaign=campaign, tail_from=tail_from)


def keep_attempts(cursor: CursorWrapper, *, campaign: Campaign, tail_from: datetime) -> None:
    """Keep those of `measured_attempt` whose quarter began at `tail_from` or later, and no others."""
    cursor.execute("DELETE FROM campaigns_measuredattempts WHERE campaign_id = %s", [campaign.pk])
    cursor.execute(_KEEP_ATTEMPTS, [campaign.pk, tail_from])


def forget(cursor: CursorWrapper, *, campaign: Campaign) -> None:
    """Nothing is kept of the month any more; the next count is afresh."""
    cursor.execute(
        """DELETE FROM campaigns_measuredcontact m USING campaigns_listentry e
            WHERE e.contact_id = m.contact_id AND e.campaign_id = %s""",
        [campaign.pk],
    )
    cursor.execute("DELETE FROM campaigns_measuredattempts WHERE campaign_id = %s", [campaign.pk])


def lay_changed(cursor: CursorWrapper, *, campaign: Campaign, since: datetime) -> bool:
    """Lay out `changed_contact`: whom something happened to at `since` or later. False when they are too many."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.changed_contact")
    cursor.execute(_CHANGED, {"campaign": campaign.pk, "since": since})
    found = int(cursor.rowcount)
    cursor.execute("ANALYZE changed_contact")
    return found <= AT_MOST


def count_changed(
    cursor: CursorWrapper, *, campaign: Campaign, values: dict[str, Any], kept_from: datetime, tail_from: datetime
) -> tuple[Beside, Beside]:
    """Bring the cells up to what the contacts of `changed_contact` count for now. Returns what stands beside the cells,
    of them before and after.

    `kept_from`: since when attempts are kept; `tail_from`: since when they are kept from now on.
    """
    which = "AND e.contact_id IN (SELECT contact_id FROM changed_contact)"
    measure(cursor, values=values, which=which)
    counting.measure_attempts(cursor=cursor, campaign=campaign, since=kept_from)
    after = Beside(counting.count_by_state(cursor=cursor), count_credited(cursor=cursor))
    counting.lay_cells(cursor=cursor)
    counting.lay_attempts(cursor=cursor)
    for table in counting.KEYS:
        cursor.execute(f"ALTER TABLE fresh_{table} RENAME TO after_{table}")
    for table in ("contact", "service", "attempt"):
        cursor.execute(f"ALTER TABLE measured_{table} RENAME TO after_{table}")
    cursor.execute(_KEPT_CONTACTS)
    cursor.execute(_KEPT_SERVICES)
    cursor.execute(_KEPT_ATTEMPTS, [campaign.pk])
    before = Beside(counting.count_by_state(cursor=cursor), count_credited(cursor=cursor))
    counting.lay_cells(cursor=cursor)
    counting.lay_attempts(cursor=cursor)
    for table in counting.KEYS:
        cursor.execute(f"ALTER TABLE fresh_{table} RENAME TO {BEFORE}_{table}")
        cursor.execute(f"ALTER TABLE after_{table} RENAME TO fresh_{table}")
    counting.add_to_cells(cursor=cursor, campaign=campaign, before=BEFORE)
    cursor.execute("DROP TABLE measured_contact, measured_service, measured_attempt")
    for table in ("contact", "service", "attempt"):
        cursor.execute(f"ALTER TABLE after_{table} RENAME TO measured_{table}")
    cursor.execute(
        """DELETE FROM campaigns_measuredcontact kept USING changed_contact
            WHERE kept.contact_id = changed_contact.contact_id
              AND NOT EXISTS (SELECT FROM measured_contact m WHERE m.contact_id = kept.contact_id)"""
    )
    cursor.execute(_KEEP)
    keep_attempts(cursor, campaign=campaign, tail_from=tail_from)
    return before, after


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
