"""What a new demo is owed: its people at once; the month before and the board while its pages are open already.

Month and board are a transaction each: nobody sees half of one, and one that was cut short was never there and begins
afresh. No worker and no beat runs meanwhile, so nothing else touches the month.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agents.models import User
from callcenter.demo import (
    always_on,
    contents,
    handed_over,
    history,
    people,
    progress,
    queue_log,
    shifts,
    smartflex,
    units,
)
from campaigns.models import Campaign
from escalations.models import Escalation
from service_level.indicator import counting
from service_level.models import StaffingRun
from service_level.staffing import needs
from telephony.queue_log import sources

UNITS_SINCE = timedelta(days=60)
PLANNED_SINCE = timedelta(days=7)  # so long ago somebody asked how many people were needed


def settle_in(*, now: datetime) -> bool:
    """People, who is written to, hours: all or nothing, and only where nobody works yet. Returns whether it did."""
    if User.objects.exists():
        return False
    with transaction.atomic():
        people.hire()
        units.name_who_is_written_to(since=timezone.localdate(now) - UNITS_SINCE)
        contents.write_what_is_read_out()
        always_on.open_day_and_night()
    return True


def is_owed() -> bool:
    """Whether the month before or the board is not made yet."""
    return _month_is_owed() or _board_is_owed()


def make_what_is_owed(*, now: datetime, listen: Callable[[progress.Progress], None]) -> None:
    """Make the month before and the board unless they are there, then let the month under way go on."""
    month, board = _month_is_owed(), _board_is_owed()
    elena, sonia, ana = (
        User.objects.get(username=name) for name in (people.SUPERVISOR, people.SECOND_SUPERVISOR, "ana")
    )
    log = progress.Step("log", effort=4)
    steps = history.steps(now=now) if month else []
    steps += [*shifts.steps(now=now), log, *handed_over.steps(now=now)] if board else []
    telling = progress.Telling(steps, listen)
    if month:
        with transaction.atomic():
            history.make_last_month(by=elena, now=now, begin=telling.begin)
    if board:
        shifts.work_the_days_before(now=now, begin=telling.begin)
        telling.begin(log)
        _read_what_the_switchboard_wrote(now=now)
        with transaction.atomic():
            handed_over.fill_the_board(by=elena, other=sonia, now=now, begin=telling.begin)
            handed_over.promise_a_call(by=ana, now=now)
        handed_over.send_its_mail(now=now)
    progress.forget()


def go_on(*, now: datetime) -> list[str]:
    """What each start looks after: the month under way is open, its report is saved. Returns the names of new files."""
    always_on.stay_live(now=now)
    return [str(path) for path in smartflex.save_what_is_missing(now=now)]


def _read_what_the_switchboard_wrote(*, now: datetime) -> None:
    queue_log.write_what_was_called(now=now)
    sources.read_sources(now=now)
    counting.count_changed()
    if not StaffingRun.objects.exists():
        needs.keep_needs(now=now - PLANNED_SINCE)


def _month_is_owed() -> bool:
    """Only a house without any month: in one that began, agents have open contacts the same verbs would find."""
    return not Campaign.objects.exists()


def _board_is_owed() -> bool:
    return not Escalation.objects.filter(key__startswith=handed_over.KEYS).exists()
