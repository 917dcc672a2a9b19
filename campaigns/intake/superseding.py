"""A corrected CCVP report takes the place of the one its month has, once a supervisor has seen what it changes.

Contacts, renewals and places in the lists become what the new file says; what was called, promised and paid stays, and
so do owners. Who is in it no more leaves the lists and the figures and keeps her history (docs/decisions/0141). Locks:
the payments' turn, the campaign, entries.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import User
from campaigns.assignment import assigning
from campaigns.assignment.late import Changed
from campaigns.assignment.turns import position_in
from campaigns.intake import publishing
from campaigns.intake.contacts_of_rows import refresh_statistics, set_contacts
from campaigns.intake.differences import Summary, compare
from campaigns.intake.following import follow_renewals, follow_telephones
from campaigns.models import Campaign, ChangedRows, RejectedRow, Report, ReportKind
from campaigns.month import lifecycle
from campaigns.payments import receipts
from campaigns.rows.staging import Counted, table_of
from work.trying_again import withdraw

_HAD_NO_PLACE = """
SELECT coalesce(array_agg(contact_id), '{}') FROM campaigns_listentry
 WHERE campaign_id = %s AND state IN ('gone', 'not_callable')
"""
_OTHER_LIST = """
SELECT coalesce(array_agg(contact_id), '{}') FROM campaigns_reportdifference
 WHERE report_id = %s AND kind = 'changed' AND 'services' = ANY (changes)
"""
_CHANGED = "SELECT contact_id FROM campaigns_reportdifference WHERE report_id = {report} AND contact_id IS NOT NULL"
_OTHER_TELEPHONES = _CHANGED + " AND 'telephones' = ANY (changes)"
_NEW = "SELECT id FROM gathered WHERE NOT is_known"
_UNREAD = """
SELECT count(DISTINCT staged.contract) FROM {table} staged
  JOIN campaigns_reportdifference change ON change.contract = staged.contract AND change.kind IN ('gone', 'changed')
 WHERE staged.reason IS NOT NULL AND change.report_id = %s
"""


def report_to_supersede(report: Report) -> Report | None:
    """The report that the month of a CCVP report has already."""
    if report.kind != ReportKind.CCVP:
        return None
    taken = Report.objects.filter(kind=ReportKind.CCVP, period=report.period, state=Report.State.PUBLISHED)
    return taken.exclude(pk=report.pk).first()


def what_it_would_change(*, report: Report) -> Summary:
    """Write down what the staged rows of `report` would change in its month, in the caller's transaction."""
    campaign = Campaign.objects.get(period=report.month)
    with publishing.roomy_session(), connection.cursor() as cursor:
        return compare(cursor, report=report, campaign=campaign)


def sentence(*, report: Report, superseded: Report, summary: Summary) -> str:
    """Why a corrected report waits, for whoever decides; its rows are staged."""
    day = date_format(timezone.localtime(superseded.arrived_at), "SHORT_DATE_FORMAT")
    words = {"name": superseded.name, "day": day, "what": summary.sentence}
    told = _("El mes ya tiene su reporte, %(name)s del %(day)s. Este lo reemplazaría: %(what)s.") % words
    if unread := _count_unread(report):
        left = ngettext(
            "De ellos, %(n)s está en el archivo en una fila que no se pudo leer: sale, o pierde ese servicio.",
            "De ellos, %(n)s están en el archivo en filas que no se pudieron leer: salen, o pierden esos servicios.",
            unread,
        )
        told = f"{told} {left % {'n': number_format(unread, force_grouping=True)}}"
    mended = superseded.rejected_rows.filter(state=RejectedRow.State.ADMITTED).count()
    if not mended:
        return told
    again = ngettext(
        "En el de antes se corrigió %(n)d fila a mano: si en este viene mal, hay que corregirla otra vez.",
        "En el de antes se corrigieron %(n)d filas a mano: las que en este vienen mal hay que corregirlas otra vez.",
        mended,
    )
    return f"{told} {again % {'n': mended}}"


def _count_unread(report: Report) -> int:
    """Customers who would leave or change, and have rows in the file that cannot be used."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD.format(table=table_of(report)), [report.pk])
        return int(cursor.fetchone()[0])


def accepted_digest(report: Report) -> str:
    """Which differences were shown to whoever accepted the report."""
    return str(report.figures.get("differences", {}).get("digest", ""))


def supersede(
    *,
    report: Report,
    superseded: Report,
    campaign: Campaign,
    counts: dict[str, int],
    summary: Summary,
    by: User,
    now: datetime,
) -> Counted:
    """Make the month what the staged rows of `report` say; `superseded` gives its place up to it.

    Runs in the caller's transaction, which holds the campaign and wrote the differences of `summary`.
    """
    table, words, verb = table_of(report), {"report": int(report.pk)}, ChangedRows.Verb.CORRECTED
    with publishing.roomy_session(), connection.cursor() as cursor:
        cursor.execute(_HAD_NO_PLACE, [campaign.pk])
        (had_no_place,) = cursor.fetchone()
        cursor.execute(_OTHER_LIST, [report.pk])
        (in_another_list,) = cursor.fetchone()
        set_contacts(cursor, table=table, campaign=campaign, now=now)
        refresh_statistics(cursor)
        follow_renewals(cursor, campaign=campaign, by=by, now=now)
        receipts.settle_again(cursor, contacts=_CHANGED.format(**words), campaign=campaign, verb=verb, now=now)
        follow_telephones(cursor, contacts=_OTHER_TELEPHONES.format(**words), by=by, now=now)
        _move_in_the_order(cursor, campaign=campaign, report=report)
    changed = Changed(callable_again=tuple(had_no_place), in_another_list=tuple(in_another_list), met=None)
    assigning.open_lists(campaign=campaign, now=now, changed=changed)
    with connection.cursor() as cursor:  # who is new may have come with a service that is paid
        receipts.settle_again(cursor, contacts=_NEW, campaign=campaign, verb=verb, now=now)
    receipts.match_waiting(campaign=campaign, now=now)
    withdraw(owed=superseded, to=Report.State.SUPERSEDED, now=now, by=by)
    note = _("Se tomó el reporte corregido %(name)s: %(what)s.") % {"name": report.name, "what": summary.sentence}
    lifecycle.correct(campaign=campaign, by=by, now=now, note=note)
    return Counted(
        taken=counts["taken"],
        duplicates=counts["duplicates"],
        other_service=counts["other_service"],
        figures={**publishing.figures(campaign=campaign), "differences": asdict(summary)},
    )


def _move_in_the_order(cursor: CursorWrapper, *, campaign: Campaign, report: Report) -> None:
    """Who owes something else, or until another day, has another place in her list."""
    position = position_in(campaign)
    cursor.execute(
        f"""
        UPDATE campaigns_listentry entry SET position = {position.sql}
          FROM campaigns_reportdifference changed JOIN campaigns_contact c ON c.id = changed.contact_id
         WHERE changed.report_id = %s AND entry.contact_id = c.id AND entry.position <> {position.sql}
        """,
        [*position.params, report.pk, *position.params],
    )
