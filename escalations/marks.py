"""Marks of time: which cards are nearly due and which are past it. Both stay, whatever happens to the card later."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from escalations.lifecycle import CHANNEL, announce_cards
from escalations.models import Escalation

# A card that waits for a unit whose kind stops the clock is neither: its time does not run.
RUNNING = """
    e.state IN ('new', 'taken', 'waiting')
    AND NOT (e.state = 'waiting' AND EXISTS (
        SELECT 1 FROM escalations_kind k WHERE k.code = e.kind AND k.stops_while_waiting))
"""
MARK = """
    WITH due AS (
        SELECT e.id FROM escalations_escalation e
         WHERE e.{mark} IS NULL AND e.{moment} <= %(now)s AND {running} {which}
         ORDER BY e.id LIMIT %(batch)s FOR NO KEY UPDATE {held}
    ), marked AS (
        UPDATE escalations_escalation e SET {mark} = %(now)s, version = e.version + 1
          FROM due WHERE due.id = e.id RETURNING e.id, e.state, e.version
    ), written AS (
        INSERT INTO escalations_change (escalation_id, verb, from_state, to_state, at, note)
        SELECT id, '{verb}', state, state, %(now)s, '' FROM marked
    )
    SELECT id, version, state, pg_notify('{channel}', id || ':' || version || ':' || state) FROM marked
"""
MARKS = (("warned_at", "warn_at", "warn"), ("breached_at", "due_at", "breach"))
BATCH = 1_000


def mark_times(*, now: datetime, waits: bool = False, only: int | None = None) -> int:
    """Mark what became nearly due or overdue, once each. Returns how many marks were set; several may run at once.

    A card that somebody holds at that moment is left to the next sweep; with `waits` it is waited for, in the one order
    in which cards are locked, so that nothing is unmarked afterwards. `only` one card.
    """
    count = 0
    for mark, moment, verb in MARKS:
        held, which = "" if waits else "SKIP LOCKED", "" if only is None else "AND e.id = %(only)s"
        statement = MARK.format(
            mark=mark, moment=moment, running=RUNNING, which=which, verb=verb, channel=CHANNEL, held=held
        )
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, {"now": now, "batch": BATCH, "only": only})
                marked = cursor.fetchall()
                announce_cards([(pk, version, state, False) for pk, version, state, _told in sorted(marked)], now=now)
            count += len(marked)
            if len(marked) < BATCH:
                break
    return count


def mark_before_its_clock_stops(card: Escalation, *, now: datetime) -> None:
    """What became due before the sweep came by is marked all the same. Call it with the card locked, before the step.

    Otherwise a card settled late while beat was down, or within the minute, would have been in time.
    """
    marks = ((card.warned_at, card.warn_at), (card.breached_at, card.due_at))
    if any(mark is None and moment is not None and moment <= now for mark, moment in marks):
        mark_times(now=now, waits=True, only=card.pk)
        card.refresh_from_db(fields=["warned_at", "breached_at"])
