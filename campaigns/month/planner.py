"""What must exist by now, whatever happened to the scheduler: the campaign of the month, and that its report is late.

Beat only ticks. Each tick computes the months that should be there (La Paz time) and inserts the ones that are not;
the unique period lets two ticks at once, or one after three days of silence, end in the same rows.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from campaigns.models import CallingPolicy, Campaign, CampaignChange, Report
from campaigns.month import arrivals
from campaigns.month.periods import calls_from, calls_until, day_of, month_before, period_of, write_period
from notices import mailing
from notices.models import NoticeKind

log = logging.getLogger(__name__)

MONTHS_BACK = 12  # a scheduler down for longer than this is a new installation
TAKING_IT = timedelta(minutes=30)  # a file that came and is still being taken is not late yet


def make_months_exist(*, now: datetime) -> list[Campaign]:
    """Insert the campaigns that should exist at `now`, mark late and missing reports, and owe their notices.

    A month exists from its first day of calls on. Months skipped since the newest campaign are made as well, so that a
    month left without a report is seen. Returns the campaigns made by this call. While a report is being published its
    month is locked, for as long as a million rows take: then this waits for nobody, and the next tick looks again.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
            return _make_and_mark(now=now)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        log.info("a report is being published: the months are looked at again at the next tick")
        return []


def _make_and_mark(*, now: datetime) -> list[Campaign]:
    policy = CallingPolicy.objects.in_force()
    made = [campaign for period in _owed_periods(now=now, policy=policy) if (campaign := _make(period, policy, now))]
    for campaign in _without_report().order_by("period"):
        _mark(campaign=campaign, policy=policy, now=now)
    return made


def campaign_of(*, period: date, now: datetime) -> Campaign:
    """The campaign of a month, made when a report comes before the planner did."""
    _make(period, CallingPolicy.objects.in_force(), now)
    return Campaign.objects.get(period=period)


def report_due_at(*, period: date, policy: CallingPolicy) -> datetime:
    """When the report of a month must have arrived: the first day of calls at the policy's hour."""
    day = calls_from(period, policy.calls_from_day)
    return timezone.make_aware(datetime.combine(day, policy.report_due_time))


def _owed_periods(*, now: datetime, policy: CallingPolicy) -> list[date]:
    """Months whose first day of calls has come, from the one after the newest known on, oldest first."""
    today = day_of(now)
    due = period_of(today)
    if today < calls_from(due, policy.calls_from_day):
        due = month_before(due)
    newest = Campaign.objects.filter(period__lt=due).order_by("-period").values_list("period", flat=True).first()
    if newest is None:
        # A new house: the month under way is owed, one whose calls are over is not.
        return [due] if today <= calls_until(due) else []
    owed: list[date] = []
    period = due
    while period > newest and len(owed) < MONTHS_BACK:
        owed.append(period)
        period = month_before(period)
    return owed[::-1]


def _make(period: date, policy: CallingPolicy, now: datetime) -> Campaign | None:
    """The new campaign of `period`, or None when it exists already."""
    if Campaign.objects.filter(period=period).exists():
        return None
    try:
        with transaction.atomic():
            return Campaign.objects.create(
                period=period,
                state=Campaign.State.EXPECTED,
                calls_from=calls_from(period, policy.calls_from_day),
                calls_until=calls_until(period),
                report_due_at=report_due_at(period=period, policy=policy),
                created_at=now,
            )
    except IntegrityError:  # the other beat was quicker
        return None


def _mark(*, campaign: Campaign, policy: CallingPolicy, now: datetime) -> None:
    """Set `late_since` and `missing_since` once each and owe a mail; of a month already over only that it is over."""
    is_over = day_of(now) > campaign.calls_until
    late_from = campaign.report_due_at + timedelta(minutes=policy.report_tolerance_minutes)
    came = arrivals.what_came(periods=[campaign.period]).get(campaign.period)
    if came is not None and came.state in arrivals.AT_WORK and now - came.arrived_at < TAKING_IT:
        return  # in a moment it is taken, or somebody must decide
    with transaction.atomic():
        if now > late_from and _set_once(campaign, "late_since", now) and not is_over:
            _owe_late(campaign=campaign, came=came, now=now)
        if is_over and _set_once(campaign, "missing_since", now):
            _owe_missing(campaign=campaign, came=came, now=now)


def _owe_late(*, campaign: Campaign, came: Report | None, now: datetime) -> None:
    words = {
        "period": write_period(campaign.period),
        "due": f"{timezone.localtime(campaign.report_due_at):%d/%m/%Y %H:%M}",
    }
    if came is None or came.state == Report.State.REFUSED:
        subject = _("El reporte CCVP de %(period)s está atrasado")
        body = _("Debía estar el %(due)s y todavía no llegó. Puede subirlo usted en la página de reportes.")
    else:
        subject = _("El reporte CCVP de %(period)s no se tomó todavía")
        body = _("Debía estar tomado el %(due)s.")
    mailing.owe(
        key=f"report-late-{words['period']}",
        kind=NoticeKind.REPORT_LATE,
        subject=subject % words,
        body=_with_what_came(body % words, came),
        now=now,
    )


def _owe_missing(*, campaign: Campaign, came: Report | None, now: datetime) -> None:
    words = {"first": f"{campaign.calls_from:%d/%m/%Y}", "last": f"{campaign.calls_until:%d/%m/%Y}"}
    if came is None:
        body = _("Las llamadas debían hacerse del %(first)s al %(last)s y no llegó ningún reporte.")
    else:
        body = _("Las llamadas debían hacerse del %(first)s al %(last)s y no se tomó ningún reporte.")
    mailing.owe(
        key=f"report-missing-{write_period(campaign.period)}",
        kind=NoticeKind.REPORT_MISSING,
        subject=_("El mes %(period)s quedó sin reporte CCVP") % {"period": write_period(campaign.period)},
        body=_with_what_came(body % words, came),
        now=now,
    )


def _with_what_came(body: str, came: Report | None) -> str:
    if came is None:
        return body
    return f"{body}\n\n{arrivals.how_it_stands(came)}\n\n{settings.PUBLIC_URL}/reports/{came.pk}/"


def _without_report() -> QuerySet[Campaign]:
    """Months that wait for their report, or were closed by the calendar without one, and are not told as missing."""
    proposed = CampaignChange.objects.filter(campaign=OuterRef("pk"), to_state=Campaign.State.PROPOSED)
    missed = CampaignChange.objects.filter(  # its report was withdrawn, and no other came
        campaign=OuterRef("pk"), from_state=Campaign.State.EXPECTED, to_state=Campaign.State.CLOSED
    )
    closed_without = Q(state=Campaign.State.CLOSED) & (~Exists(proposed) | Exists(missed))
    waiting = Q(state=Campaign.State.EXPECTED) | closed_without
    return Campaign.objects.filter(waiting, missing_since__isnull=True)


def _set_once(campaign: Campaign, field: str, now: datetime) -> bool:
    return bool(_without_report().filter(pk=campaign.pk, **{f"{field}__isnull": True}).update(**{field: now}))
