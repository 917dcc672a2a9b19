"""What is measured of a month is fixed at its launch: who was in the draw, who was left alone, and the day to judge by.

The effect of the calls is looked at once, on that day. Looked at daily until it is clear, every fifth month would show
one that is not there.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

from campaigns.models import CallingPolicy, Campaign

_DRAW = """
SELECT coalesce(max(entry.contact_id), 0),
       encode(sha256(convert_to(coalesce(string_agg(contact.contract, E'\\n' ORDER BY contact.contract COLLATE "C")
         FILTER (WHERE entry.state = 'held_out' OR entry.state = 'gone' AND entry.state_before = 'held_out'),
         ''), 'UTF8')), 'hex')
  FROM campaigns_listentry entry JOIN campaigns_contact contact ON contact.id = entry.contact_id
 WHERE entry.campaign_id = %s
"""


def fix_measurement(campaign: Campaign) -> None:
    """Set on `campaign` what is fixed at the launch; the caller saves it."""
    campaign.drawn_until, campaign.draw_sha256 = _read_draw(campaign)
    campaign.evaluated_on = payments_count_until(campaign=campaign)


def draw_fingerprint(campaign: Campaign) -> str:
    """sha-256 of the contracts of the control group, in their order, a line each."""
    return _read_draw(campaign)[1]


def payments_count_until(*, campaign: Campaign) -> date:
    """The last day on which a payment still counts: services fall due by the last day of calls.

    As the policy said at the launch; before it, as it says now.
    """
    if campaign.evaluated_on is not None:
        return campaign.evaluated_on
    return campaign.calls_until + timedelta(days=CallingPolicy.objects.in_force().grace_days)


def _read_draw(campaign: Campaign) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, [campaign.pk])
        last, digest = cursor.fetchone()
    return int(last), str(digest)
