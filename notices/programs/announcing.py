"""What happened, written down for the programs that want to know it, in the transaction of the fact.

Where nobody wants to, nothing is written. Facts are keys, states and codes: what names a customer is asked for at
`/api/v1/`, with a token whose reader stands in the audit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from notices.models import EventKind

# After a table expression `happened (subject, facts)`; `%(kind)s` and `%(at)s` are parameters of the statement.
ANNOUNCED = """
    wanting AS (
        SELECT id FROM notices_webhook WHERE is_active AND %s = ANY(kinds)
    ), announced AS (
        INSERT INTO notices_programevent (id, kind, subject, at, facts)
        SELECT gen_random_uuid(), %s, subject, %s, facts FROM happened WHERE EXISTS (SELECT FROM wanting)
        RETURNING id, subject, at
    ), owed AS (
        INSERT INTO notices_delivery
               (webhook_id, event_id, subject, state, created_at, attempts, fence, not_before, last_error)
        SELECT wanting.id, announced.id, subject, 'waiting', at, 0, 0, at, '' FROM announced CROSS JOIN wanting
    )
"""


def parameters(kind: EventKind, *, at: datetime) -> list[Any]:
    """Those of ANNOUNCED, in its order."""
    return [kind.value, kind.value, at]


def announce(kind: EventKind, *, subject: str, facts: Mapping[str, Any], at: datetime) -> None:
    """One thing happened to `subject`. Call it inside the transaction of the fact, whose row is locked: programs are
    told of one subject in the order of its transactions.
    """
    announce_all(kind, told=[(subject, facts)], at=at)


def announce_all(kind: EventKind, *, told: Sequence[tuple[str, Mapping[str, Any]]], at: datetime) -> None:
    """To each of these subjects. One statement, whoever wants to know it."""
    subjects, facts = [subject for subject, _facts in told], [json.dumps(facts) for _subject, facts in told]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH happened (subject, facts) AS (SELECT * FROM unnest(%s::text[], %s::jsonb[])), {ANNOUNCED} SELECT",
            [subjects, facts, *parameters(kind, at=at)],
        )
