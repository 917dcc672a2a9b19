"""What is measured of a month is fixed at its launch: who was in the draw, who was left alone, the day to judge by, and
the numbers of the capacity plan.

The effect of the calls is looked at once, on that day. Looked at daily until it is clear, every fifth month would show
one that is not there.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max

from campaigns.models import AssignmentShare, CallingPolicy, Campaign, ListEntry, Report, ReportKind
from campaigns.month.hours import calling_calendar, part_left
from campaigns.month.periods import day_of
from service_level.days import bounds_of, midnight_of

WAIT = timedelta(days=2)

_DRAW = """
SELECT coalesce(string_agg(contact.contract, E'\\n' ORDER BY contact.contract COLLATE "C"), '')
  FROM campaigns_listentry entry JOIN campaigns_contact contact ON contact.id = entry.contact_id
 WHERE entry.campaign_id = %s AND entry.contact_id <= %s
   AND (entry.state = 'held_out' OR entry.state = 'gone' AND entry.state_before = 'held_out')
"""


def fix_measurement(campaign: Campaign, *, now: datetime) -> None:
    """Set on `campaign` what is fixed at the launch; the caller saves it."""
    last = ListEntry.objects.filter(campaign=campaign).aggregate(last=Max("contact_id"))["last"]
    campaign.drawn_until = last or 0
    campaign.evaluated_on = payments_count_until(campaign=campaign)
    campaign.draw_sha256 = draw_fingerprint(campaign)
    policy = CallingPolicy.objects.in_force()
    campaign.planned_calls_an_hour, campaign.planned_attempts = policy.calls_an_hour, policy.attempts_expected
    begins, until = bounds_of(campaign.calls_from, campaign.calls_until)
    shares = AssignmentShare.objects.filter(campaign=campaign, is_included=True)
    campaign.planned_part = part_left(
        calling=set(shares.values_list("agent", flat=True)),
        calendar=calling_calendar(campaign),
        start=max(now, begins),
        until=until,
    )


def draw_fingerprint(campaign: Campaign) -> str:
    """sha-256 of what the measurement rests on: share, seed and day in a line, then each contract of the control group,
    in their order.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, [campaign.pk, campaign.drawn_until])
        (contracts,) = cursor.fetchone()
    head = f"{campaign.hold_out_share:.3f} {campaign.hold_out_seed} {campaign.evaluated_on}"
    return hashlib.sha256(f"{head}\n{contracts}".encode()).hexdigest()


def payments_count_until(*, campaign: Campaign) -> date:
    """The last day on which a payment still counts: services fall due by the last day of calls.

    As the policy said at the launch; before it, as it says now.
    """
    if campaign.evaluated_on is not None:
        return campaign.evaluated_on
    return campaign.calls_until + timedelta(days=CallingPolicy.objects.in_force().grace_days)


def payments_are_in(*, campaign: Campaign, now: datetime) -> bool:
    """Whether the payments of the last day that counts are known: a collections report reaches past it.

    Without one nobody waits longer than `WAIT` after that day.
    """
    until = payments_count_until(campaign=campaign)
    if day_of(now) <= until:
        return False
    reached = Report.objects.filter(
        kind=ReportKind.RECAUDO, state=Report.State.PUBLISHED, data_until__gte=midnight_of(until + timedelta(days=1))
    )
    return day_of(now) > until + WAIT or reached.exists()


def payments_reach(*, until: datetime | None, day: date) -> bool:
    """Whether payments known `until` a moment are all those of `day`."""
    return until is not None and until >= midnight_of(day + timedelta(days=1))


def days_of_grace(*, campaign: Campaign) -> int:
    """Days after the due date in which a payment still counts: as the policy said at the launch."""
    return (payments_count_until(campaign=campaign) - campaign.calls_until).days
