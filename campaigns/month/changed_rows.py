"""Every verb that changes rows figures are counted from says so here, in its own transaction; they are counted again.

Results of calls are not told: thirty of them a second are seen by their attempts (campaigns/figures/refreshing.py). One
that is told otherwise once it was counted for good is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from campaigns.models import Campaign, ChangedRows

COUNTING = 7_150_001  # first half of the advisory lock of whoever counts; the second is the campaign
NAMED_AT_MOST = 20_000  # contacts in one row: more are counted afresh


def note_changed_rows(
    *, campaign: Campaign, verb: ChangedRows.Verb, now: datetime, contacts: Sequence[int] | None = None
) -> None:
    """Rows of `campaign` changed by `verb` in this transaction: those of `contacts`, or nobody knows whose."""
    named = list(contacts) if contacts is not None and len(contacts) <= NAMED_AT_MOST else None
    ChangedRows.objects.create(campaign=campaign, at=now, verb=verb, contacts=named)


def note_changed_rows_of(*, relation: str, verb: ChangedRows.Verb, now: datetime) -> None:
    """Rows of every contact that `relation` (SQL of ours, with `campaign_id` and `contact_id`) has changed by `verb` in
    this transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO campaigns_changedrows (campaign_id, at, verb, contacts)
                SELECT campaign_id, %s::timestamptz, %s,
                       CASE WHEN count(DISTINCT contact_id) <= %s THEN array_agg(DISTINCT contact_id) END
                  FROM {relation} WHERE campaign_id IS NOT NULL GROUP BY campaign_id""",
            [now, verb, NAMED_AT_MOST],
        )


def let_counting_end(*, campaign: Campaign) -> None:
    """Wait for a count that is under way, and let none begin before this transaction ends.

    For who takes the rows themselves away: a count that still sees them would leave figures of nobody behind.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [COUNTING, campaign.pk])
