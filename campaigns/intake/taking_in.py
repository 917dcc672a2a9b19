"""Taking a report in: the file becomes a row, and the row is read, checked and published once.

PostgreSQL is the truth and the broker a doorbell: `take_in` may be rung ten times, by two workers at once or after
one was killed; the claim (`work/claiming.py`) lets one work, and its fence lets only that one publish.
"""

from __future__ import annotations

import traceback
from datetime import datetime
from pathlib import PurePath

import psycopg
from django.db import connection, transaction
from django.utils.translation import gettext as _

from campaigns.intake import publishing
from campaigns.intake.odd_files import what_is_odd
from campaigns.intake.receiving import mail_failed, mail_held
from campaigns.models import Campaign, HeldFor, Report, ReportKind
from campaigns.month.planner import campaign_of
from campaigns.payments import receipts
from campaigns.payments.unusual import what_is_unusual
from campaigns.rows import reading, staging
from campaigns.rows.progress import Progress
from systems.reports.reading import Told
from work.claiming import claim as claim_work
from work.doing import attempt
from work.ending import check_is_mine, done, hold, refuse
from work.kinds import Taken
from work.life import Verb

AT_WORK = (Report.State.READING, Report.State.CHECKING, Report.State.PUBLISHING)


class ReportHeld(Exception):
    """The report is readable but looks wrong: it waits for the supervisor's word."""

    def __init__(self, held_for: HeldFor, because: str) -> None:
        super().__init__(because)
        self.held_for = held_for


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
        ends = {"held_for": held.held_for, "held_because": str(held)}
        hold(owed=report, to=Report.State.HELD, now=progress.clock(), **ends)
    except TakingInRefused as refusal:
        refuse(owed=report, to=Report.State.REFUSED, error=str(refusal), now=progress.clock())


def _work(*, report: Report, progress: Progress) -> None:
    told = _read(report=report, progress=progress)
    progress.set(state=Report.State.CHECKING)
    with transaction.atomic():
        counts = publishing.check(report=report, progress=progress)
    progress.set(rows_checked=counts["rows"])
    _look_at_the_whole(report=report, counts=counts, told=told)
    progress.set(state=Report.State.PUBLISHING)
    with transaction.atomic():
        _publish(report=report, counts=counts, progress=progress)
    staging.drop_table(report=report)
    _refresh_statistics(report=report)


def _read(*, report: Report, progress: Progress) -> Told:
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
    found = list(what_is_odd(report=report, counts=counts, told=told))
    if found and (report.accepted_by_id is None or found[0].held_for == HeldFor.EMPTY):
        raise ReportHeld(found[0].held_for, "\n".join(odd.sentence for odd in found))
    if report.accepted_by_id is not None:
        return
    # whoever takes a file at a terminal has seen it: what comes by itself, or from a browser, may be anybody's
    came_by_itself = report.source_id is not None or report.uploaded_by_id is not None
    if report.kind == ReportKind.RECAUDO and came_by_itself and (odd := what_is_unusual(report=report)):
        raise ReportHeld(HeldFor.UNUSUAL, odd)


def _publish(*, report: Report, counts: dict[str, int], progress: Progress) -> None:
    """The one transaction: rows, rejected rows, the campaign's step and the report's own end, or nothing."""
    now = progress.clock()
    with connection.cursor() as cursor:
        # Two reports of one month, or a worker that was thought dead and its successor, come one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"report-{report.kind}"])
    check_is_mine(report)
    if report.kind == ReportKind.CCVP:
        campaign = _campaign_to_fill(report=report, now=now)
        counted = publishing.publish(report=report, campaign=campaign, counts=counts, progress=progress, now=now)
    else:
        counted = receipts.publish(report=report, now=now)
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
        figures=counted.figures,
        rows_read=counts["rows"],
        rows_checked=counts["rows"],
        rows_published=counts["rows"],
    )


def _campaign_to_fill(*, report: Report, now: datetime) -> Campaign:
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_of(period=report.month, now=now).pk)
    if campaign.state == Campaign.State.CLOSED:
        raise TakingInRefused(_("La campaña de %(period)s ya está cerrada.") % {"period": f"{report.month:%Y-%m}"})
    if campaign.state != Campaign.State.EXPECTED:
        raise TakingInRefused(_("El mes %(period)s ya tiene su reporte.") % {"period": f"{report.month:%Y-%m}"})
    return campaign


def in_our_words(error: Exception) -> str:
    """What failed, without a word of the file's: the database quotes in its errors what it could not take.

    The text stands on the page, in the mail and in the log.
    """
    if isinstance(error, reading.ReadingInterrupted):
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
    tables = "campaigns_contact, campaigns_renewal, campaigns_listentry"
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables if report.kind == ReportKind.CCVP else 'campaigns_receipt'}")
