"""When customers answer, at which attempt, and how the lists empty: counted in the background every few minutes.

Beside the cells and apart from them: nobody watches these from second to second, and numbering the attempts of a
contact costs as much as all the cells together. Days whose attempts stand are not counted again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, F, OuterRef, Q

from campaigns.assignment.answers import FOLLOWS
from campaigns.figures.measuring import WORK_MEMORY
from campaigns.models import Campaign, ChangedRows, HourFigure, LeftFigure, PatternRefresh
from campaigns.month.periods import day_of

LOCK_KEY = 7_150_002  # first half of the advisory lock; the second is the campaign
OVERLAP = timedelta(minutes=20)  # as long as an agent may still correct her last result
LAST_NUMBER = 9  # this attempt and all later ones

# `attempts` of the entry is how many of a contact's attempts count: from the newest backwards it numbers those of the
# last days without reading the earlier ones.
NUMBERED_CALLS = """
SELECT a.id, a.day, extract(hour FROM a.dialled_at AT TIME ZONE %(zone)s) AS hour, d.party = 'right' AS is_reached,
       least(greatest(e.attempts + 1 - row_number() OVER (
         PARTITION BY a.contact_id ORDER BY a.dialled_at DESC, a.id DESC), 1), %(last)s) AS number
  FROM campaigns_attempt a
  JOIN campaigns_disposition d ON d.id = a.disposition_id AND d.counts_as_attempt
  JOIN campaigns_listentry e ON e.contact_id = a.contact_id
 WHERE a.campaign_id = %(campaign)s AND a.day >= %(since)s
"""
_HOURS = f"""
INSERT INTO campaigns_hourfigure (campaign_id, day, hour, number, attempts, contacted)
SELECT %(campaign)s, day, hour, number, count(*), count(*) FILTER (WHERE is_reached)
  FROM ({NUMBERED_CALLS}) AS numbered
 GROUP BY day, hour, number
"""
# A contact leaves the list with its last call, or on the day its payment became known. Who left before the launch, or
# was never in it (control group, without telephone), is no part of a burn-down.
LEAVING_ROWS = """
SELECT contact_id, state, owner_id, attempts > 0 OR handled_at IS NOT NULL AS is_called,
       CASE WHEN state <> 'open' THEN (left_at AT TIME ZONE %(zone)s)::date END AS day
  FROM campaigns_listentry CROSS JOIN LATERAL (
    SELECT CASE state WHEN 'paid' THEN paid_known_at ELSE coalesce(last_attempt_at, handled_at) END AS left_at
  ) AS leaving
 WHERE campaign_id = %(campaign)s
   AND (state = 'open' OR state IN ('done', 'exhausted', 'not_callable', 'paid') AND left_at >= %(launched)s)
"""
_LEFT = f"""
SELECT day, count(*) FILTER (WHERE state <> 'open' AND is_called), count(*) FILTER (WHERE state = 'exhausted'),
       count(*) FILTER (WHERE state <> 'open' AND NOT is_called),
       count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'open' AND owner_id IS NULL)
  FROM ({LEAVING_ROWS}) AS entries
 GROUP BY day
"""

# All who were in the draw, whether anything was known of when they answer or not: what is compared is the rule.
_HALVES = f"""
SELECT {FOLLOWS} AS follows, count(*), count(e.contacted_at)
  FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id
 WHERE e.campaign_id = %(campaign)s AND e.contact_id <= %(drawn_until)s AND e.handled_at IS NOT NULL
   AND e.state <> 'gone'
 GROUP BY 1
"""


def patterns_counted_at(*, campaign: Campaign) -> datetime | None:
    """When what the plan page tells was counted; None before the first time."""
    return PatternRefresh.objects.filter(campaign=campaign).values_list("counted_at", flat=True).first()


def count_running(*, now: datetime) -> list[Campaign]:
    """Count the campaigns that are called now, and the last of those that closed since, or were never counted; closed
    ones again when a payment came or was given back.
    """
    alive = Q(state__in=[Campaign.State.RUNNING, Campaign.State.PAUSED])
    uncounted = Q(pattern_refresh=None) | Q(pattern_refresh__counted_at__lt=F("closed_at") + OVERLAP)
    since_then = ChangedRows.objects.filter(
        campaign=OuterRef("pk"), at__gt=OuterRef("pattern_refresh__counted_at") - OVERLAP
    )
    changed = Q(anonymised_at=None) & Q(Exists(since_then))
    chosen = Campaign.objects.filter(alive | uncounted | changed, launched_at__isnull=False).order_by("period")
    return [campaign for campaign in chosen if count_patterns(campaign=campaign, now=now)]


def count_patterns(*, campaign: Campaign, now: datetime) -> bool:
    """Count one campaign. False when another process does."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_KEY, campaign.pk])
        if not cursor.fetchone()[0]:
            return False
        last = PatternRefresh.objects.filter(campaign=campaign).first()
        since = day_of(last.counted_at - OVERLAP) if last else date.min
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        _count_hours(cursor, campaign, since)
        still_open, unassigned = _count_left(cursor, campaign)
        halves = _count_halves(cursor, campaign) if campaign.follows_answers else {}
        PatternRefresh.objects.update_or_create(
            campaign=campaign,
            defaults={"counted_at": now, "open": still_open, "unassigned": unassigned, "halves": halves},
        )
    return True


def _count_hours(cursor: CursorWrapper, campaign: Campaign, since: date) -> None:
    HourFigure.objects.filter(campaign=campaign, day__gte=since).delete()
    cursor.execute(_HOURS, {"campaign": campaign.pk, "since": since, "zone": settings.TIME_ZONE, "last": LAST_NUMBER})


def _count_left(cursor: CursorWrapper, campaign: Campaign) -> tuple[int, int]:
    """Write the days; how many contacts are still to be called, and how many of those are nobody's."""
    values: dict[str, Any] = {
        "campaign": campaign.pk, "zone": settings.TIME_ZONE, "launched": campaign.launched_at,
    }  # fmt: skip
    cursor.execute(_LEFT, values)
    days, still_open, unassigned = [], 0, 0
    for day, called, exhausted, uncalled, waiting, nobodys in cursor.fetchall():
        if day is None:
            still_open, unassigned = waiting, nobodys
        else:
            days.append(LeftFigure(campaign=campaign, day=day, called=called, exhausted=exhausted, uncalled=uncalled))
    LeftFigure.objects.filter(campaign=campaign).delete()
    LeftFigure.objects.bulk_create(days)
    return still_open, unassigned


def _count_halves(cursor: CursorWrapper, campaign: Campaign) -> dict[str, list[int]]:
    """Contacts handled and contacted of the half that follows when customers answer, and of the other."""
    cursor.execute(
        _HALVES,
        {"campaign": campaign.pk, "seed": campaign.hold_out_seed, "drawn_until": campaign.drawn_until},
    )
    return {"following" if follows else "other": [handled, contacted] for follows, handled, contacted in cursor}
