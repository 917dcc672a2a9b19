"""Personal data of calls attended long ago are taken away; the figures they are counted in stay (docs/decisions/0104).

A call keeps its line, agent, times, steps, branches and result, from which times, ends and overrides are counted; what
it owed to other systems keeps what was asked of whom in bolivianos, its state, history and reference, by which the
other system's book is held against ours. Who called, what was typed and what was found go.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from agents.keeping import NOBODY, Held
from inbound.models import OutsideWrite, Walk
from inbound.writes.states import State
from inbound.writes.told import SETTLED

BATCH = 2_000  # calls in one transaction, with some twenty footsteps each
FINISHED = (*SETTLED, State.REFUSED)
# Whom a number of another system belonged to goes, but two numbers of one call stay two.
STEPS = (
    """UPDATE inbound_footstep SET answer = '{}', found = NULL, reason = '', trouble = ''
        WHERE walk_id = ANY(%(ids)s)""",
    """SELECT audit_forget('inbound_outsidewritechange', 'write_id',
              ARRAY(SELECT id FROM inbound_outsidewrite WHERE walk_id = ANY(%(ids)s)), '{note}')""",
    """SELECT audit_forget('inbound_limitgivenback', 'write_id',
              ARRAY(SELECT id FROM inbound_outsidewrite WHERE walk_id = ANY(%(ids)s)), '{reason}')""",
    """UPDATE inbound_outsidewrite SET payload = '{}', last_error = '', requester_card = '', requester_kinship = '',
              requester_name = CASE WHEN requester_name = '' THEN '' ELSE %(nobody)s END,
              to_whom = CASE WHEN to_whom = '' THEN '' ELSE 'anon-' || id END
        WHERE walk_id = ANY(%(ids)s)""",
    """UPDATE inbound_walk SET caller_number = '', caller_name = '', contract = '', draft = '{}', brought = '{}',
              anonymised_at = %(now)s,
              customer_name = CASE WHEN customer_name = '' THEN '' ELSE %(nobody)s END
        WHERE id = ANY(%(ids)s)""",
)


def anonymise_walks(*, before: datetime, now: datetime, held: Held, only_look: bool = False) -> int:
    """Take away whom the calls begun before a moment were with; again and again does no harm.

    One that owes something a person has still to settle waits for that, one of a customer who is held for the end of
    the hold. Returns how many, or with `only_look` would be.
    """
    due = _due(before).exclude(held.theirs(contract="contract", telephone="caller_number"))
    if only_look:
        return due.count()
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            rows = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("began_at")
            ids = list(rows.values_list("pk", flat=True)[:BATCH])
            if not ids:
                return done
            for step in STEPS:
                cursor.execute(step, {"ids": ids, "nobody": NOBODY, "now": now})
            done += len(ids)


def _due(before: datetime) -> QuerySet[Walk]:
    open_ = OutsideWrite.objects.filter(walk=OuterRef("pk")).exclude(state__in=FINISHED)
    return Walk.objects.filter(~Exists(open_), began_at__lt=before, anonymised_at=None)
