"""Taking a report in: the file becomes a row, and the row is read, checked and published once.

PostgreSQL is the truth and the broker a doorbell: `take_in` may be rung ten times, by two workers at once or after
one was killed; the claim (attempts, fence, lease) lets one work, and the fence lets only that one publish.
"""

from __future__ import annotations

import logging
import traceback
from datetime import datetime
from pathlib import PurePath

import psycopg
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from campaigns.intake import publishing
from campaigns.intake.receiving import receive_report, tell_failed, tell_held
from campaigns.models import Campaign, HeldFor, Report, ReportKind
from campaigns.month.planner import campaign_of
from campaigns.payments import receipts
from campaigns.payments.unusual import what_is_unusual
from campaigns.rows import reading, staging
from campaigns.rows.progress import LEASE, LeaseLost, Progress

__all__ = ["ATTEMPTS", "claim", "receive_report", "take_in"]

log = logging.getLogger(__name__)

ATTEMPTS = 3
AT_WORK = (Report.State.READING, Report.State.CHECKING, Report.State.PUBLISHING)
SMALL_SHARE = 0.5  # of the rows of the month before; below it a person looks first
REJECTED_SHARE = 0.5  # of its own rows; above it a column was probably misread


class Held(Exception):
    """The report is readable but looks wrong: it waits for the supervisor's word."""

    def __init__(self, held_for: HeldFor, because: str) -> None:
        super().__init__(because)
        self.held_for = held_for


class Refused(Exception):
    """The report cannot be used, now or later; the message is the sentence people read."""


def take_in(*, report_id: int, now: datetime) -> Report:
    """Do the work of a report that waits or lost its worker; anything else is left as it is.

    Reads the file into a staging table, checks the rows and publishes them in one transaction. Returns the report as
    it stands afterwards: published, held, refused, waiting again with its error, or parked after the third failure.
    """
    report = claim(report_id=report_id, now=now)
    if report is not None:
        progress = Progress(report=report, now=now)
        try:
            with progress:
                _work(report=report, progress=progress)
        except LeaseLost as lost:
            log.warning("%s", lost)
        except Held as held:
            _hold(report=report, held=held, now=progress.clock())
        except Refused as refusal:
            _give_up(report=report, state=Report.State.REFUSED, error=str(refusal), now=progress.clock())
        except Exception as error:
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("report %s: attempt %s failed: %s\n%s", report.pk, report.attempts, in_our_words(error), frames)
            _fail(report=report, error=in_our_words(error), now=progress.clock())
    return Report.objects.get(pk=report_id)


def claim(*, report_id: int, now: datetime) -> Report | None:
    """Take the work of a report for one lease, counting the attempt before it begins.

    Returns None when there is nothing to do or somebody else is at it. A report whose third worker vanished is
    parked here, so that a file that kills its process is not tried for ever.
    """
    with transaction.atomic():
        to_do = Q(state=Report.State.WAITING) | Q(state__in=AT_WORK, lease_until__lt=now)
        report = Report.objects.select_for_update(skip_locked=True).filter(to_do, pk=report_id).first()
        if report is None:
            return None
        if report.attempts >= ATTEMPTS:
            report.state, report.error = Report.State.PARKED, report.error or _("Cada intento se interrumpió.")
            report.fence, report.lease_until = report.fence + 1, None
            report.save(update_fields=["state", "error", "fence", "lease_until"])
            tell_failed(report=report, now=now)
            return None
        report.state = Report.State.READING
        report.attempts, report.fence = report.attempts + 1, report.fence + 1
        report.began_at, report.lease_until = now, now + LEASE
        report.rows_read = report.rows_checked = report.rows_published = 0
        report.save(
            update_fields=[
                "state",
                "attempts",
                "fence",
                "began_at",
                "lease_until",
                "rows_read",
                "rows_checked",
                "rows_published",
            ]
        )
    return report


def _work(*, report: Report, progress: Progress) -> None:
    _read(report=report, progress=progress)
    progress.set(state=Report.State.CHECKING)
    with transaction.atomic():
        counts = publishing.check(report=report, progress=progress)
    progress.set(rows_checked=counts["rows"])
    _look_at_the_whole(report=report, counts=counts)
    progress.set(state=Report.State.PUBLISHING)
    with transaction.atomic():
        _publish(report=report, counts=counts, progress=progress)
    staging.drop_table(report=report)
    _refresh_statistics(report=report)


def _read(*, report: Report, progress: Progress) -> None:
    """Stage the rows. A column that is missing is a person's to settle."""
    try:
        reading.stage(report=report, progress=progress)
    except reading.ReportRefused as refusal:
        if refusal.code == "missing_columns":
            raise Held(HeldFor.COLUMN, str(refusal)) from refusal
        raise Refused(str(refusal)) from refusal


def _look_at_the_whole(*, report: Report, counts: dict[str, int]) -> None:
    """Raise when the report as a whole is not what it should be, unless a supervisor accepted it."""
    if counts["rows"] == 0:
        raise Refused(_("El archivo no tiene ninguna fila de datos."))
    if report.accepted_by_id is not None:
        return
    before = publishing.earlier_rows(report=report) if report.kind == ReportKind.CCVP else None
    if before and counts["rows"] < before * SMALL_SHARE:
        words = {"rows": number_format(counts["rows"]), "before": number_format(before)}
        raise Held(HeldFor.SMALL, _("Tiene %(rows)s filas y el del mes anterior tuvo %(before)s.") % words)
    if counts["rejected"] > counts["rows"] * REJECTED_SHARE:
        words = {"rows": number_format(counts["rows"]), "bad": number_format(counts["rejected"])}
        raise Held(HeldFor.REJECTED, _("De %(rows)s filas, %(bad)s no se pueden usar.") % words)
    # whoever takes a file at a terminal has seen it: what comes by itself, or from a browser, may be anybody's
    came_by_itself = report.source_id is not None or report.uploaded_by_id is not None
    if report.kind == ReportKind.RECAUDO and came_by_itself and (odd := what_is_unusual(report=report)):
        raise Held(HeldFor.UNUSUAL, odd)


def _publish(*, report: Report, counts: dict[str, int], progress: Progress) -> None:
    """The one transaction: rows, rejected rows, the campaign's step and the report's own end, or nothing."""
    now = progress.clock()
    with connection.cursor() as cursor:
        # Two reports of one month, or a worker that was thought dead and its successor, come one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"report-{report.kind}"])
    _hold_fence(report)
    if report.kind == ReportKind.CCVP:
        campaign = _campaign_to_fill(report=report, now=now)
        counted = publishing.publish(report=report, campaign=campaign, counts=counts, progress=progress, now=now)
    else:
        counted = receipts.publish(report=report, now=now)
    rejected = staging.write_rejected(report=report)
    progress.set(rows_published=counts["rows"])
    ended = Report.objects.filter(pk=report.pk, fence=report.fence, state__in=AT_WORK).update(
        state=Report.State.PUBLISHED,
        published_at=progress.clock(),
        data_until=report.data_until,
        fence=F("fence") + 1,
        lease_until=None,
        error="",
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
    if not ended:
        raise LeaseLost(f"report {report.pk} was given to another worker before it could be published")


def _hold_fence(report: Report) -> None:
    if not Report.objects.filter(pk=report.pk, fence=report.fence, state__in=AT_WORK).exists():
        raise LeaseLost(f"report {report.pk} was given to another worker")


def _campaign_to_fill(*, report: Report, now: datetime) -> Campaign:
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_of(period=report.month, now=now).pk)
    if campaign.state == Campaign.State.CLOSED:
        raise Refused(_("La campaña de %(period)s ya está cerrada.") % {"period": f"{report.month:%Y-%m}"})
    if campaign.state != Campaign.State.EXPECTED:
        raise Refused(_("El mes %(period)s ya tiene su reporte.") % {"period": f"{report.month:%Y-%m}"})
    return campaign


def _hold(*, report: Report, held: Held, now: datetime) -> None:
    with transaction.atomic():
        if _leave(report, state=Report.State.HELD, held_for=held.held_for, held_because=str(held)):
            tell_held(report=report, now=now)


def _give_up(*, report: Report, state: Report.State, error: str, now: datetime) -> None:
    with transaction.atomic():
        if _leave(report, state=state, error=error):
            tell_failed(report=report, now=now)


def _fail(*, report: Report, error: str, now: datetime) -> None:
    """Wait for the next attempt, or park after the last."""
    if report.attempts >= ATTEMPTS:
        _give_up(report=report, state=Report.State.PARKED, error=error, now=now)
    else:
        _leave(report, state=Report.State.WAITING, error=error)


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


def _leave(report: Report, **end: str) -> bool:
    """End this attempt without publishing. False when another worker has the report by now."""
    with transaction.atomic():
        mine = Report.objects.filter(pk=report.pk, fence=report.fence)
        left = mine.update(fence=F("fence") + 1, lease_until=None, **end)
        if left:
            staging.drop_table(report=report)
    return bool(left)


def _refresh_statistics(*, report: Report) -> None:
    """The planner of the database must know of a million new rows before the first desk asks for its contact."""
    tables = "campaigns_contact, campaigns_renewal, campaigns_listentry"
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables if report.kind == ReportKind.CCVP else 'campaigns_receipt'}")
