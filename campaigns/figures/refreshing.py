"""Figures counted in the background, so that a page reads a few thousand cells instead of a million contacts.

A count is set-based and runs only when something happened since the last one: a result, a step of the campaign, or a
verb that changed rows in bulk and said so (campaigns/month/changed_rows.py). What it finds is compared with the cells
and only those that differ are written: a count every five seconds must not leave a table full of dead rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, OuterRef, Q

from campaigns.figures import measuring
from campaigns.figures.charts import draw_ahead
from campaigns.figures.counting import count_by_state, write_cells
from campaigns.figures.credited import CREDITED, count_credited
from campaigns.figures.effects import is_evaluated, sum_households
from campaigns.models import Campaign, ChangedRows, FigureRefresh
from campaigns.promises_and_callbacks.promise_outcomes import broken_promises, known_through

LOCK_KEY = 7_150_001  # first half of the advisory lock; the second is the campaign
# After the newest result it is counted on for this long: a transaction open when the mark was read may still commit an
# older result, and an agent may correct her last one (campaigns/desk/correcting.py), which moves no mark.
SETTLING = timedelta(minutes=16)
OVERLAP = timedelta(minutes=20)
STILL_PAYING = timedelta(days=45)  # after the close: the month that is paid for, and the days of grace
DAYS_STAND = timedelta(minutes=10)  # past days of the day figures are counted again this often, payments or not

# Counts and sums, not maxima, of what only bulk verbs write: the greatest key may be committed before a smaller one.
WHAT_HAPPENED = """
SELECT (SELECT max(resulted_at) FROM campaigns_attempt WHERE campaign_id = %(campaign)s AND resulted_at IS NOT NULL),
       (SELECT concat_ws('-', count(*), sum(contacts), count(undone_at))
          FROM campaigns_reassignment WHERE campaign_id = %(campaign)s),
       (SELECT count(*) FROM campaigns_campaignchange WHERE campaign_id = %(campaign)s),
       (SELECT count(*) FROM campaigns_changedrows WHERE campaign_id = %(campaign)s)
"""


def refresh_running(*, now: datetime) -> list[Campaign]:
    """Refresh every campaign that is proposed, runs or is paused, and closed ones while payments still come in, or when
    rows of theirs were changed. Returns those that were counted.
    """
    alive = Q(state__in=[Campaign.State.PROPOSED, Campaign.State.RUNNING, Campaign.State.PAUSED])
    paying = Q(state=Campaign.State.CLOSED, closed_at__gte=now - STILL_PAYING)
    since_then = ChangedRows.objects.filter(
        campaign=OuterRef("pk"), at__gt=OuterRef("figure_refresh__counted_at") - OVERLAP
    )
    to_judge = Q(state=Campaign.State.CLOSED, evaluated_on__isnull=False, anonymised_at=None, figure_refresh__effect={})
    chosen = Campaign.objects.filter(alive | paying | to_judge | Exists(since_then)).order_by("period")
    counted = [campaign for campaign in chosen if refresh_figures(campaign=campaign, now=now)]
    for campaign in counted:
        draw_ahead(campaign=campaign)
    return counted


def refresh_figures(*, campaign: Campaign, now: datetime, afresh: bool = False) -> bool:
    """Bring the cells of `campaign` up to `now`; True when they had to be counted.

    Does nothing while another process counts the same campaign. `afresh` waits for that one instead, and counts
    everything again, past days too.
    """
    with counting_alone(campaign, waits=afresh) as is_ours:
        if not is_ours:
            return False
        with transaction.atomic():
            one_snapshot()
            return count_into_cells(campaign=campaign, now=now, afresh=afresh)


def count_into_cells(*, campaign: Campaign, now: datetime, afresh: bool) -> bool:
    """The work of `refresh_figures`, in the caller's transaction and under the caller's `counting_alone`."""
    mark = _what_happened(campaign=campaign, now=now)
    last = FigureRefresh.objects.filter(campaign=campaign).first()
    is_due = is_evaluated(campaign=campaign, now=now) and not (last and last.effect)
    if last and not afresh and not is_due and _nothing_happened(last=last, mark=mark, now=now):
        FigureRefresh.objects.filter(campaign=campaign).update(counted_at=now)
        return False
    since = _first_day_to_count(campaign=campaign, last=None if afresh else last)
    days_since = since
    if afresh or last is None or _past_days_may_differ(last=last, mark=mark, now=now):
        days_since, mark["days_at"] = date.min, now.isoformat()
    with connection.cursor() as cursor:
        count_rows(cursor=cursor, campaign=campaign)
        write_cells(cursor=cursor, campaign=campaign, since=since, days_since=days_since)
        by_state = {**count_by_state(cursor=cursor), CREDITED: count_credited(cursor=cursor)}
        sums = sum_households(cursor=cursor, campaign=campaign) if is_evaluated(campaign=campaign, now=now) else {}
    if days_since == date.min or last is None:
        by_state["broken_promises"] = broken_promises(campaign=campaign, now=now).count()
    else:  # they change with payments and with the day, and cost as much as all the rest
        by_state["broken_promises"] = last.by_state.get("broken_promises", 0)
    FigureRefresh.objects.update_or_create(
        campaign=campaign, defaults={"counted_at": now, "mark": mark, "by_state": by_state, "effect": sums}
    )
    return True


def is_up_to_date(*, campaign: Campaign, now: datetime) -> bool:
    """Whether nothing that is counted happened since the cells were counted, as far as can be known."""
    last = FigureRefresh.objects.filter(campaign=campaign).first()
    if last is None or last.mark.get("seen") != _what_happened(campaign=campaign, now=now)["seen"]:
        return False
    return campaign.state == Campaign.State.CLOSED or now - last.counted_at < OVERLAP < now - _seen_at(last)


def _seen_at(last: FigureRefresh) -> datetime:
    return datetime.fromisoformat(last.mark["seen_at"])


def count_rows(*, cursor: CursorWrapper, campaign: Campaign) -> None:
    """Lay out `measured_contact` and `measured_service` for this transaction (see campaigns/figures/measuring.py)."""
    cursor.execute(f"SET LOCAL work_mem = '{measuring.WORK_MEMORY}'")
    cursor.execute("SET LOCAL parallel_setup_cost = 0")  # these joins gain a third from a second core
    cursor.execute("SET LOCAL parallel_tuple_cost = 0")
    made = {"measured_contact": measuring.MEASURED_CONTACTS, "measured_service": measuring.MEASURED_SERVICES}
    for table, rows in made.items():
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(rows, measuring.values_of(campaign))
        cursor.execute(f"ANALYZE {table}")  # without it a million rows are sorted instead of hashed


def one_snapshot() -> None:
    """Let every statement of this transaction see the same moment; inside a wider transaction, that one decides."""
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


@contextmanager
def counting_alone(campaign: Campaign, *, waits: bool) -> Iterator[bool]:
    """Hold the right to count this campaign, if nobody does. Held by the session: PostgreSQL frees it if we die.

    It cannot be the transaction's: taking it would fix the snapshot before the lock is ours.
    """
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT true FROM pg_advisory_lock(%s, %s)", [LOCK_KEY, campaign.pk])
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_KEY, campaign.pk])
        is_ours = bool(cursor.fetchone()[0])
        try:
            yield is_ours
        finally:
            if is_ours and not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_KEY, campaign.pk])


def _what_happened(*, campaign: Campaign, now: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(WHAT_HAPPENED, {"campaign": campaign.pk})
        seen = [value.isoformat() if isinstance(value, datetime) else value for value in cursor.fetchone()]
    seen.append(known_through(now=now).isoformat())  # promises of a day come due when its payments are known
    return {"seen": seen, "seen_at": now.isoformat()}


def _nothing_happened(*, last: FigureRefresh, mark: dict[str, Any], now: datetime) -> bool:
    if last.mark.get("seen") != mark["seen"]:
        return False
    mark["seen_at"] = last.mark["seen_at"]
    return last.counted_at - _seen_at(last) >= SETTLING


def _past_days_may_differ(*, last: FigureRefresh, mark: dict[str, Any], now: datetime) -> bool:
    """Payments, reports and reassignments reach into past days; a result reaches only into today's.

    (It may also move an earlier handling to the agent who now spoke with the customer: that waits for DAYS_STAND.)
    """
    mark["days_at"] = last.mark["days_at"]
    return last.mark["seen"][1:] != mark["seen"][1:] or now - datetime.fromisoformat(mark["days_at"]) >= DAYS_STAND


def _first_day_to_count(*, campaign: Campaign, last: FigureRefresh | None) -> date:
    """Attempts of earlier days stand as they were counted, unless one of them got its result since."""
    if last is None:
        return date.min
    with connection.cursor() as cursor:
        cursor.execute(
            # materialized: else the planner walks all days from the first one, looking for such a result
            """WITH later AS MATERIALIZED (
                 SELECT day FROM campaigns_attempt WHERE campaign_id = %s AND resulted_at >= %s
               ) SELECT min(day) FROM later""",
            [campaign.pk, last.counted_at - OVERLAP],
        )
        earliest: date | None = cursor.fetchone()[0]
    return earliest or date.max
