"""What makes the demo a live campaign at any hour of any day: all of it ordinary settings an administrator may edit.

Calling windows are open day and night, holidays are worked, and the month under way starts on the day the demo first
sees it instead of on the 25th.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from callcenter.demo.smartflex import drop_folder
from campaigns.models import CallingPolicy, CallingWindow, Campaign, ReportKind, ReportSource
from campaigns.month.lifecycle import CampaignRefused, launch
from campaigns.month.periods import period_of
from service_level.models import Holiday, Weekday, WorkingHours

DAYS_AHEAD = 45
REPORT_DUE = time(23, 59)
TOLERANCE = 5 * 24 * 60  # minutes: a demo that starts on the 31st has a month of the 28th


@transaction.atomic
def open_day_and_night() -> None:
    """Open the calling windows day and night, and work every day. Only for a demo that is being set up."""
    CallingWindow.objects.all().delete()
    WorkingHours.objects.all().delete()
    for day in Weekday.values:
        CallingWindow.objects.create(weekday=day, opens=time.min, closes=time.max)
        WorkingHours.objects.create(weekday=day, opens=time(8, 0), closes=time(22, 0))
    CallingPolicy.objects.get_or_create(pk=1)
    for kind, pattern in ((ReportKind.CCVP, "ccvp-{period}.*"), (ReportKind.RECAUDO, "recaudo-{period}*.*")):
        ReportSource.objects.get_or_create(
            name=f"Smartflex: {kind.label}",
            defaults={"kind": kind, "transport": "file", "location": str(drop_folder()), "pattern": pattern},
        )


def launch_what_is_proposed(*, now: datetime) -> int:
    """Where new agents practise nobody need be there to launch: each finds her list. Returns how many months."""
    launched = 0
    for campaign in Campaign.objects.filter(state=Campaign.State.PROPOSED).order_by("pk"):
        with suppress(CampaignRefused):  # why stands on the campaign's page; the next minute tries again
            launch(campaign=campaign, by=None, now=now, note="Entrenamiento")
            launched += 1
    return launched


def stay_live(*, now: datetime) -> None:
    """Let the month under way begin today if it has not begun, and work the holidays to come."""
    today = timezone.localdate(now)
    if not Campaign.objects.filter(period=period_of(today)).exists():
        CallingPolicy.objects.filter(pk=1).update(
            calls_from_day=min(today.day, 28), report_due_time=REPORT_DUE, report_tolerance_minutes=TOLERANCE
        )
    Holiday.objects.filter(day__range=(today, today + timedelta(days=DAYS_AHEAD)), is_day_off=True).update(
        is_day_off=False, decree="En la demostración se trabaja siempre"
    )
