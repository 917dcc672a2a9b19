"""Every verb that changes many rows at once says so here, in its own transaction, and the figures are counted again.

Results of calls are not told: thirty of them a second are seen by their attempts (campaigns/figures/refreshing.py).
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from campaigns.models import Campaign, ChangedRows


def note_changed_rows(*, campaign: Campaign, now: datetime) -> None:
    """Rows of `campaign` changed in this transaction."""
    ChangedRows.objects.create(campaign=campaign, at=now)


def note_changed_rows_of(*, relation: str, now: datetime) -> None:
    """Rows of every campaign that `relation` (SQL of ours, with `campaign_id`) names changed in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO campaigns_changedrows (campaign_id, at)
                SELECT DISTINCT campaign_id, %s::timestamptz FROM {relation} WHERE campaign_id IS NOT NULL""",
            [now],
        )
