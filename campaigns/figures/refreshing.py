"""Figures counted in the background, so that a page reads a few thousand cells instead of a million contacts.

A count is set-based and runs only when something happened since the last one: a result, a step of the campaign, or a
verb that changed rows in bulk and said so (campaigns/month/changed_rows.py). It counts what changed (keeping.py) where
it is known whose rows changed, and all of them afresh where it is not. Only cells that differ are written: a count
every five seconds must not leave a table full of dead rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from campaigns.figures import keeping, measuring
from campaigns.figures.charts import draw_ahead
from campaigns.figures.counting import MEASURED, count_by_state, lay_attempts, lay_cells, measure_attempts, write_cells
from campaigns.figures.credited import CREDITED, add_credited, count_credited
from campaigns.figures.effects import is_evaluated, sum_households
from campaigns.models import Campaign, ChangedRows, FigureRefresh
from campaigns.month.changed_rows import COUNTING
from campaigns.promises_and_callbacks.promise_outcomes import broken_promises, known_through
from screens.connections import one_session

# After the newest result it is counted on for this long: a transaction open when the mark was read may still commit an
# older result, which moves no mark.
SETTLING = timedelta(minutes=16)
OVERLAP = timedelta(minutes=20)
STILL_PAYING = timedelta(days=45)  # after the close: the month that is paid for, and the days of grace
PROMISES_STAND = timedelta(minutes=10)  # broken promises are counted again this often, and with every count afresh
KEPT = 3  # of what form the kept rows are: others are not counted on
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
EVER = BEGINNING.isoformat()

# Counts and sums, not maxima, of what only bulk verbs write: the greatest key may be committed before a smaller one.
WHAT_HAPPENED = """
SELECT (SELECT max(resulted_at) FROM campaigns_attempt WHERE campaign_id = %(campaign)s AND resulted_at IS NOT NULL),
       (SELECT concat_ws('-', count(*), sum(contacts), count(undone_at))
          FROM campaigns_reassignment WHERE campaign_id = %(campaign)s),
       (SELECT count(*) FROM campaigns_campaignchange WHERE campaign_id = %(campaign)s),
       (SELECT count(*) FROM campaigns_changedrows WHERE campaign_id = %(campaign)s AND contacts IS NULL),
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
    for over in Campaign.objects.filter(figure_refresh__mark__has_key="kept").exclude(pk__in=[c.pk for c in chosen]):
        _let_go(over)
    return counted


def _let_go(campaign: Campaign) -> None:
    """Keep no rows of a month that is over: should something still change, it is counted afresh once."""
    with counting_alone(campaign, waits=False) as is_ours, transaction.atomic(), connection.cursor() as cursor:
        if is_ours:
            keeping.forget(cursor, campaign=campaign)
            cursor.execute(
                "UPDATE campaigns_figurerefresh SET mark = mark - 'kept' WHERE campaign_id = %s", [campaign.pk]
            )


def refresh_figures(*, campaign: Campaign, now: datetime, afresh: bool = False) -> bool:
    """Bring the cells of `campaign` up to `now`; True when they had to be counted.

    Does nothing while another process counts the same campaign. `afresh` waits for that one instead, and counts
    everything again from all rows.
    """
    with counting_alone(campaign, waits=afresh) as is_ours:
        if not is_ours:
            return False
        try:
            return _count(campaign, now=now, afresh=afresh)
        except IntegrityError:
            if afresh:
                raise
        # what is kept is not what the cells were made of (rows restored or changed by hand): all rows tell
        return _count(campaign, now=now, afresh=True)


def _count(campaign: Campaign, *, now: datetime, afresh: bool) -> bool:
    with transaction.atomic():
        one_snapshot()
        return count_into_cells(campaign=campaign, now=now, afresh=afresh)


def count_into_cells(*, campaign: Campaign, now: datetime, afresh: bool) -> bool:
    """The work of `refresh_figures`, in the caller's transaction and under the caller's `counting_alone`."""
    # as it is in this snapshot: it may have been launched since the caller read it, and the mark would say so
    campaign.refresh_from_db(fields=["state", "calls_from", "launched_at", "drawn_until", "evaluated_on"])
    mark = _what_happened(campaign=campaign, now=now)
    last = FigureRefresh.objects.filter(campaign=campaign).first()
    is_over = is_evaluated(campaign=campaign, now=now)
    is_due = is_over and not (last and last.effect)
    if last and not afresh and not is_due and _nothing_happened(last=last, mark=mark, now=now):
        FigureRefresh.objects.filter(campaign=campaign).update(counted_at=now)
        return False
    tail_from = keeping.quarter_of(now - OVERLAP)
    mark["kept"], mark["afresh_on"] = KEPT, str(timezone.localdate(now))
    with connection.cursor() as cursor:
        if last and not afresh and _may_count_changes(cursor, campaign=campaign, last=last, mark=mark, now=now):
            # whoever counts with an older clock than the one before keeps from where that one did
            tail_from = max(tail_from, datetime.fromisoformat(last.mark["kept_from"]))
            by_state = _count_changes(cursor, campaign=campaign, last=last, tail_from=tail_from)
        else:
            by_state = _count_afresh(cursor, campaign=campaign, tail_from=tail_from)
            last = None
        sums = sum_households(cursor=cursor, campaign=campaign) if is_over else {}
    mark["kept_from"] = tail_from.isoformat()
    mark["older"] = _older_notes(campaign, before=min(now - OVERLAP, tail_from))
    stand = last and now - datetime.fromisoformat(last.mark.get("promises_at", EVER)) < PROMISES_STAND
    if last and stand and last.mark["seen"][1:] == mark["seen"][1:]:
        mark["promises_at"] = last.mark["promises_at"]
        by_state["broken_promises"] = last.by_state.get("broken_promises", 0)
    else:  # they change with payments and with the day
        mark["promises_at"] = now.isoformat()
        by_state["broken_promises"] = broken_promises(campaign=campaign).count()
    FigureRefresh.objects.update_or_create(
        campaign=campaign, defaults={"counted_at": now, "mark": mark, "by_state": by_state, "effect": sums}
    )
    return True


def count_what_changed(*, campaign: Campaign, now: datetime) -> bool:
    """Bring the cells up to `now` by what changed since they were counted, and by nothing else; False where that is not
    known, and the next count is afresh.

    For who looks whether they are what the rows say: a count afresh would mend what is to be found. In the caller's
    transaction and under the caller's `counting_alone`; whoever counts next counts it again, so it is to be undone.
    """
    last = FigureRefresh.objects.filter(campaign=campaign).first()
    if last is None or last.mark.get("kept") != KEPT:
        return False
    mark = {**_what_happened(campaign=campaign, now=now), "afresh_on": last.mark["afresh_on"]}
    with connection.cursor() as cursor:
        if not _may_count_changes(cursor, campaign=campaign, last=last, mark=mark, now=now):
            return False
        tail_from = max(keeping.quarter_of(now - OVERLAP), datetime.fromisoformat(last.mark["kept_from"]))
        by_state = _count_changes(cursor, campaign=campaign, last=last, tail_from=tail_from)
    FigureRefresh.objects.filter(campaign=campaign).update(by_state=by_state)
    return True


def _count_afresh(cursor: CursorWrapper, *, campaign: Campaign, tail_from: datetime) -> dict[str, Any]:
    """Every cell from all rows, and what each contact counts for is kept."""
    count_rows(cursor=cursor, campaign=campaign)
    measure_attempts(cursor=cursor, campaign=campaign, since=BEGINNING, contacts=MEASURED)
    lay_cells(cursor=cursor)
    lay_attempts(cursor=cursor)
    write_cells(cursor=cursor, campaign=campaign)
    keeping.keep(cursor, campaign=campaign, tail_from=tail_from)
    cursor.execute("DROP TABLE measured_attempt")
    return {**count_by_state(cursor=cursor), CREDITED: count_credited(cursor=cursor)}


def _may_count_changes(
    cursor: CursorWrapper, *, campaign: Campaign, last: FigureRefresh, mark: dict[str, Any], now: datetime
) -> bool:
    """Whether all that happened since the last count is known by its contacts, and they are not too many.

    The first count of a day is afresh: what went wrong without anybody's knowing is right again the next morning.
    """
    if (
        CREDITED not in last.by_state
        or last.mark.get("kept") != KEPT
        or last.mark["afresh_on"] != mark["afresh_on"]
        or last.mark["seen"][1:4] != mark["seen"][1:4]
        or last.mark["server"] != mark["server"]  # its transactions are not those of this one
        or last.counted_at > now + timedelta(minutes=1)  # a clock that was ahead: results came before what is kept
    ):
        return False
    since = min(last.counted_at - OVERLAP, datetime.fromisoformat(last.mark["kept_from"]))
    if _older_notes(campaign, before=since) != last.mark["older"]:
        return False  # a verb waited so long that its hour is before those looked at
    return keeping.lay_changed(cursor, campaign=campaign, since=since, open_then=last.mark["open"])


def _older_notes(campaign: Campaign, *, before: datetime) -> int:
    return ChangedRows.objects.filter(campaign=campaign, at__lt=before).count()


def _count_changes(
    cursor: CursorWrapper, *, campaign: Campaign, last: FigureRefresh, tail_from: datetime
) -> dict[str, Any]:
    kept_from = datetime.fromisoformat(last.mark["kept_from"])
    by_state, credited = keeping.count_changed(
        cursor, campaign=campaign, values=measuring.values_of(campaign), kept_from=kept_from,
        tail_from=max(kept_from, tail_from),
    )  # fmt: skip
    states = {*last.by_state, *by_state} - {CREDITED, "broken_promises"}
    found = {state: last.by_state.get(state, 0) + by_state.get(state, 0) for state in states}
    return {
        **{state: number for state, number in found.items() if number or state == "unassigned"},
        CREDITED: add_credited(last.by_state[CREDITED], credited),
    }


def is_up_to_date(*, campaign: Campaign, now: datetime) -> bool:
    """Whether nothing that is counted happened since the cells were counted, as far as can be known."""
    last = FigureRefresh.objects.filter(campaign=campaign).first()
    if last is None or last.mark.get("seen") != _what_happened(campaign=campaign, now=now)["seen"]:
        return False
    return campaign.state == Campaign.State.CLOSED or now - last.counted_at < OVERLAP < now - _seen_at(last)


def _seen_at(last: FigureRefresh) -> datetime:
    return datetime.fromisoformat(last.mark["seen_at"])


def count_rows(*, cursor: CursorWrapper, campaign: Campaign) -> None:
    """Lay out `measured_contact` and `measured_service` of the whole month, for this transaction."""
    keeping.measure(cursor, values=measuring.values_of(campaign))


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
    with one_session(), connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT true FROM pg_advisory_lock(%s, %s)", [COUNTING, campaign.pk])
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [COUNTING, campaign.pk])
        is_ours = bool(cursor.fetchone()[0])
        try:
            yield is_ours
        finally:
            if is_ours and not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [COUNTING, campaign.pk])


def _what_happened(*, campaign: Campaign, now: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(WHAT_HAPPENED, {"campaign": campaign.pk})
        seen = [value.isoformat() if isinstance(value, datetime) else value for value in cursor.fetchone()]
    seen.append(known_through().isoformat())  # promises of a day come due when its payments are known
    server, is_open = keeping.snapshot()
    return {"seen": seen, "seen_at": now.isoformat(), "server": server, "open": is_open}


def _nothing_happened(*, last: FigureRefresh, mark: dict[str, Any], now: datetime) -> bool:
    if last.mark.get("seen") != mark["seen"]:
        return False
    mark["seen_at"] = last.mark["seen_at"]
    return last.counted_at - _seen_at(last) >= SETTLING
