"""Marks of time: which cards are nearly due and which are past it. Both stay, whatever happens to the card later."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from escalations.lifecycle import CHANNEL

# A card that waits for a unit whose kind stops the clock is neither: its time does not run.
RUNNING = """
    e.state IN ('new', 'taken', 'waiting')
    AND NOT (e.state = 'waiting' AND EXISTS (
        SELECT 1 FROM escalations_kind k WHERE k.code = e.kind AND k.stops_while_waiting))
"""
MARK = """
    WITH due AS (
        SELECT e.id FROM escalations_escalation e
         WHERE e.{mark} IS NULL AND e.{moment} <= %(now)s AND {running}
         ORDER BY e.id LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
    ), marked AS (
        UPDATE escalations_escalation e SET {mark} = %(now)s, version = e.version + 1
          FROM due WHERE due.id = e.id RETURNING e.id, e.state, e.version
    ), written AS (
        INSERT INTO escalations_change (escalation_id, verb, from_state, to_state, at, note)
        SELECT id, '{verb}', state, state, %(now)s, '' FROM marked
    )
    SELECT pg_notify('{channel}', id || ':' || version) FROM marked
"""
WARN = MARK.format(mark="warned_at", moment="warn_at", running=RUNNING, verb="warn", channel=CHANNEL)
BREACH = MARK.format(mark="breached_at", moment="due_at", running=RUNNING, verb="breach", channel=CHANNEL)
BATCH = 1_000


def mark_times(*, now: datetime) -> int:
    """Mark what became nearly due or overdue, once each. Returns how many marks were set; several may run at once."""
    count = 0
    for statement in (WARN, BREACH):
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, {"now": now, "batch": BATCH})
                marked = len(cursor.fetchall())
            count += marked
            if marked < BATCH:
                break
    return count
