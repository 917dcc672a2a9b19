"""A month without its contacts, as if no report had come: only before anybody could be called."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from campaigns.models import Campaign, FigureRefresh, Reassignment
from campaigns.month.changed_rows import let_counting_end

_OF_CAMPAIGN = "SELECT id FROM campaigns_contact WHERE campaign_id = %(campaign)s"
_STATEMENTS = (
    """UPDATE campaigns_receipt SET renewal_id = NULL, campaign_id = NULL,
              standing = CASE standing WHEN 'annulled' THEN 'annulled' ELSE 'unmatched' END
        WHERE campaign_id = %(campaign)s""",
    "DELETE FROM campaigns_renewalpayment WHERE campaign_id = %(campaign)s",
    f"DELETE FROM campaigns_reassignedcontact WHERE contact_id IN ({_OF_CAMPAIGN})",
    f"DELETE FROM campaigns_contactchange WHERE contact_id IN ({_OF_CAMPAIGN})",
    # a step that contacts of several months took together stays with those of the others
    f"""UPDATE campaigns_contactchange step SET contacts = ARRAY(
          SELECT one FROM unnest(step.contacts) AS one WHERE one NOT IN ({_OF_CAMPAIGN}))
        WHERE step.contacts IS NOT NULL AND step.at >= %(since)s""",
    "DELETE FROM campaigns_contactchange WHERE contacts = '{}'",
    f"UPDATE campaigns_reportdifference SET contact_id = NULL WHERE contact_id IN ({_OF_CAMPAIGN})",
    f"DELETE FROM campaigns_measuredcontact WHERE contact_id IN ({_OF_CAMPAIGN})",
    "DELETE FROM campaigns_measuredattempts WHERE campaign_id = %(campaign)s",
    "DELETE FROM campaigns_figurecell WHERE campaign_id = %(campaign)s",
    "DELETE FROM campaigns_dayfigure WHERE campaign_id = %(campaign)s",
    "DELETE FROM campaigns_listentry WHERE campaign_id = %(campaign)s",
    "DELETE FROM campaigns_renewal WHERE campaign_id = %(campaign)s",
    "DELETE FROM campaigns_contact WHERE campaign_id = %(campaign)s",
)


def empty(*, campaign: Campaign) -> int:
    """Take away the contacts of a month nobody was called in, and all that hangs on them. Returns how many they were.

    Receipts stay and wait. Runs in the caller's transaction, which holds the payments' turn and the campaign.
    """
    let_counting_end(campaign=campaign)
    values: dict[str, int | datetime] = {"campaign": campaign.pk, "since": campaign.created_at}
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, values)
        contacts = int(cursor.rowcount)
    Reassignment.objects.filter(campaign=campaign).delete()
    FigureRefresh.objects.filter(campaign=campaign).delete()
    return contacts
