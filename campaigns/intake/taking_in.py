"""Taking a report in: the file becomes a row, and the row is read, checked and published once.

PostgreSQL is the truth and the broker a doorbell: `take_in` may be rung ten times, by two workers at once or after
one was killed; the claim (`work/claiming.py`) lets one work, and its fence lets only that one publish.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePath
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from campaigns.intake import publishing, superseding
from campaigns.intake.differences import Summary
from campaigns.intake.odd_files import Odd, what_is_odd
from campaigns.intake.receiving import mail_failed, mail_held
from campaigns.models import Campaign, HeldFor, Report, ReportKind
from campaigns.month.planner import campaign_of
from campaigns.payments import receipts
from campaigns.payments.unusual import sum_of_a_day, what_is_unusual
from campaigns.rows import reading, staging
from campaigns.rows.digits import lost_zeros
from campaigns.rows.progress import Progress
from systems.reports.reading import Told
from work.claiming import claim as claim_work
from work.doing import attempt
from work.ending import check_is_mine, done, hold, refuse
from work.kinds import Taken
from work.life import Verb

AT_WORK = (Report.State.READING, Report.State.CHECKING, Report.State.PUBLISHING)


class ReportHeld(Exception):
    """The report is readable but looks wrong, or replaces another: it waits for the supervisor's word.

    `ends`: the columns of its row that say why.
    """

    def __init__(self, held_for: HeldFor, because: str, **ends: Any) -> None:
        super().__init__(because)
        self.ends = {"held_for": held_for, "held_because": because, **ends}


LOOKS = 3  # at a month that moves while its correction is being taken


class MonthMoved(Exception):
    """What a corrected report changes is not what was accepted any more: it is looked at once more."""


class TakingInRefused(Exception):
    """The report cannot be used, now or later; the message is the sentence people read."""


def take_in(*, report_id: int, now: datetime) -> Report:
    """Do the work of a report that waits or lost its worker; anything else is left as it is.

    Reads the file into a staging table, checks the rows and publishes them in one transaction. Returns the report as
    it stands afterwards: published, held, refused, waiting again with its error, or parked after the third failure.
    """
    report = claim(report_id=report_id, now=now)
    if report is not None:
        progress = Progress(report=report, now=now)
        attempt(report, work=lambda mine: _attempt(mine, progress), clock=progress.clock)
    return Report.objects.get(pk=report_id)


def claim(*, report_id: int, now: datetime) -> Report | None:
    """Take the work of a report for one lease. None when there is nothing to do or somebody else is at it."""
    begins = {"began_at": now, "rows_read": 0, "rows_checked": 0, "rows_published": 0}
    return claim_work(Report, pk=report_id, now=now, anew=lambda _report: begins)


def write_with(report: Report, taken: Taken) -> None:
    """What belongs to a step of a report: its rows in between go, and supervision is told of what is theirs now."""
    if taken.verb in (Verb.FAIL, Verb.PARK, Verb.HOLD, Verb.REFUSE):  # not given up: somebody may still hold the table
        staging.drop_table(report=report)
    if taken.verb == Verb.HOLD:
        mail_held(report=report, now=taken.now)
    elif taken.verb in (Verb.PARK, Verb.GIVE_UP, Verb.REFUSE):
        mail_failed(report=report, now=taken.now)


def _attempt(report: Report, progress: Progress) -> None:
    try:
        with progress:
            _work(report=report, progress=progress)
    except ReportHeld as held:
        hold(owed=report, to=Report.State.HELD, now=progress.clock(), **held.ends)
    except TakingInRefused as refusal:
        refuse(owed=report, to=Report.State.REFUSED, error=str(refusal), now=progress.clock())


def _work(*, report: Report, progress: Progress) -> None:
    told, staged = _read(report=report, progress=progress)
    progress.set(state=Report.State.CHECKING)
    with transaction.atomic():
        staging.check_untouched(report=report, since=staged)
        counts = publishing.check(report=report, progress=progress)
        staged = staging.remember(report=report)
    progress.set(rows_checked=counts["rows"])
    for look in range(LOOKS):
        _look(report=report, counts=counts, told=told, staged=staged)
        progress.set(state=Report.State.PUBLISHING)
        try:
            with transaction.atomic():
                _publish(report=report, counts=counts, staged=staged, progress=progress)
            break
        except MonthMoved:
            if look == LOOKS - 1:
                raise  # a month that never stands still: another attempt, later
    staging.drop_table(report=report)
    _refresh_statistics(report=report)


def _look(*, report: Report, counts: dict[str, int], told: Told, staged: staging.Remembered) -> None:
    """In one transaction in which the rows are its own: a view in their place would be somebody's program, run by ours.
    What the look writes down stays, however it ends.
    """
    ended: ReportHeld | TakingInRefused | None = None
    with transaction.atomic():
        staging.check_untouched(report=report, since=staged)
        try:
            _look_at_the_whole(report=report, counts=counts, told=told)
        except (ReportHeld, TakingInRefused) as found:
            ended = found
    if ended is not None:
        raise ended


def _read(*, report: Report, progress: Progress) -> tuple[Told, staging.Remembered]:
    """Stage the rows. A column that is missing is a person's to settle."""
    try:
        return reading.stage(report=report, progress=progress)
    except reading.ReportRefused as refusal:
        if refusal.code == "missing_columns":
            raise ReportHeld(HeldFor.COLUMN, str(refusal)) from refusal
        raise TakingInRefused(str(refusal)) from refusal


def _look_at_the_whole(*, report: Report, counts: dict[str, int], told: Told) -> None:
    """Raise when the report as a whole is not what it should be, unless a supervisor accepted it.

    All that is odd is told at once: who accepts it has read it.
    """
    if counts["rows"] == 0:
        raise TakingInRefused(_("El archivo no tiene ninguna fila de datos."))
    lost = lost_zeros(report=report)
    found = list(what_is_odd(report=report, counts=counts, told=told, lost=lost))
    figures: dict[str, Any] = {"digits": {column.column: column.digits for column in lost}} if lost else {}
    if any(column.has_more for column in lost):
        figures["has_more_zeros"] = True
    superseded = superseding.report_to_supersede(report)
    ends: dict[str, Any] = {"figures": figures}
    is_accepted = report.accepted_by_id is not None and not (found and found[0].held_for == HeldFor.EMPTY)
    if superseded is not None:
        summary = _what_it_would_change(report, found)
        found.append(Odd(HeldFor.REPLACES, superseding.sentence(report=report, superseded=superseded, summary=summary)))
        figures["differences"] = asdict(summary)
        ends["accepted_by"] = None
        is_accepted = is_accepted and superseding.accepted_digest(report) == summary.digest
    if found and not is_accepted:
        raise ReportHeld(found[0].held_for, "\n".join(odd.sentence for odd in found), **ends)
    if _is_admitted(report):
        return
    # whoever takes a file at a terminal has seen it: what comes by itself, or from a browser, may be anybody's
    came_by_itself = report.source_id is not None or report.uploaded_by_id is not None
    if report.kind == ReportKind.RECAUDO and came_by_itself and (odd := what_is_unusual(report=report)):
        raise ReportHeld(HeldFor.UNUSUAL, odd, accepted_by=None)


def _is_admitted(report: Report) -> bool:
    """Whether a person other than the sender decided to take it."""
    return report.accepted_by_id is not None and report.accepted_by_id != report.uploaded_by_id


def _sum_up(*, report: Report, now: datetime) -> int:
    """Return how many renewals of running months the report settles. Raises ReportHeld for an unusual sum of a day."""
    added_up = sum_of_a_day(report=report, now=now)
    if added_up.sentence and not _is_admitted(report):
        raise ReportHeld(HeldFor.UNUSUAL, added_up.sentence, accepted_by=None)
    return added_up.settled


def _what_it_would_change(report: Report, found: list[Odd]) -> Summary:
    """Written down for whoever decides. Raises TakingInRefused when the month is closed, or nothing would change; with
    what was `found` odd: rows may be missing from both files.
    """
    _check_is_open(Campaign.objects.get(period=report.month))
    with transaction.atomic():
        summary = superseding.what_it_would_change(report=report)
    if summary.is_nothing:
        same = _("El mes ya tiene su reporte y las filas de este dicen lo mismo: no cambia nada.")
        raise TakingInRefused("\n".join([same, *(odd.sentence for odd in found)]))
    return summary


def _publish(*, report: Report, counts: dict[str, int], staged: staging.Remembered, progress: Progress) -> None:
    """The one transaction: rows, rejected rows, the campaign's step and the report's own end, or nothing."""
    now = progress.clock()
    with connection.cursor() as cursor:
        # Two reports of one month, or a worker that was thought dead and its successor, come one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"report-{report.kind}"])
    check_is_mine(report)
    staging.check_untouched(report=report, since=staged)
    superseded = superseding.report_to_supersede(report)
    if superseded is not None:
        counted = _supersede(report=report, superseded=superseded, counts=counts, now=now)
    elif report.kind == ReportKind.CCVP:
        campaign = _campaign_to_fill(report=report, now=now)
        counted = publishing.publish(report=report, campaign=campaign, counts=counts, progress=progress, now=now)
    else:
        counted = receipts.publish(report=report, now=now)
        if report.uploaded_by_id is not None:
            counted.figures["settled"] = _sum_up(report=report, now=now)
    rejected = staging.write_rejected(report=report)
    progress.set(rows_published=counts["rows"])
    done(
        owed=report,
        now=progress.clock(),
        published_at=progress.clock(),
        data_until=report.data_until,
        rows=counts["rows"],
        taken=counted.taken,
        duplicates=counted.duplicates,
        other_service=counted.other_service,
        rejected=rejected,
        rejected_at_first=rejected,
        figures=counted.figures,
        supersedes=superseded,
        rows_read=counts["rows"],
        rows_checked=counts["rows"],
        rows_published=counts["rows"],
    )


def _campaign_to_fill(*, report: Report, now: datetime) -> Campaign:
    receipts.take_turn()  # as everywhere before the campaign's row: its receipts are matched at the end
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_of(period=report.month, now=now).pk)
    _check_is_open(campaign)
    if campaign.state != Campaign.State.EXPECTED:
        raise TakingInRefused(_("El mes %(period)s ya tiene su reporte.") % {"period": f"{report.month:%Y-%m}"})
    return campaign


def _supersede(*, report: Report, superseded: Report, counts: dict[str, int], now: datetime) -> staging.Counted:
    """What was accepted, and nothing else. Raises MonthMoved when the month is not what it was when it was shown."""
    receipts.take_turn()
    campaign = Campaign.objects.select_for_update(no_key=True).get(period=report.month)
    _check_is_open(campaign)
    summary = superseding.what_it_would_change(report=report)
    if report.accepted_by is None or superseding.accepted_digest(report) != summary.digest:
        raise MonthMoved
    return superseding.supersede(
        report=report, superseded=superseded, campaign=campaign, counts=counts, summary=summary,
        by=report.accepted_by, now=now,
    )  # fmt: skip


def _check_is_open(campaign: Campaign) -> None:
    if campaign.state == Campaign.State.CLOSED:
        raise TakingInRefused(_("La campaña de %(period)s ya está cerrada.") % {"period": f"{campaign.period:%Y-%m}"})


def in_our_words(error: Exception) -> str:
    """What failed, without a word of the file's: the database quotes in its errors what it could not take.

    The text stands on the page, in the mail and in the log.
    """
    if isinstance(error, reading.ReadingInterrupted | staging.RowsTouched):
        return str(error)
    cause = error.__cause__
    if isinstance(cause, psycopg.Error):
        told = cause.diag
        facts = (cause.sqlstate, told.table_name, told.column_name, told.constraint_name)
        return " · ".join([type(cause).__name__, *(fact for fact in facts if fact)])
    at = traceback.extract_tb(error.__traceback__)[-1]
    why = f" · {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}{why} · {PurePath(at.filename).name}:{at.lineno}"


def _refresh_statistics(*, report: Report) -> None:
    """The planner of the database must know of a million new rows before the first desk asks for its contact."""
    tables = "campaigns_renewal, campaigns_listentry"  # the contacts' are, before they were assigned
    # who is at them already (the database does it by itself, too) is not waited for: then they are fresh soon enough
    with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables if report.kind == ReportKind.CCVP else 'campaigns_receipt'}")
