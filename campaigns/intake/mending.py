"""Rejected rows: a person mends what the file had wrong and admits the row, or dismisses it.

An admitted row passes the same checks as a row of the file and ends in the same tables; the report's figures are
counted again in the same transaction, so its rows always add up. Locks: the payments' turn, the report and its row, the
campaign, the contact, entries; none of them by its key, to which results of calls refer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.assignment import assigning
from campaigns.assignment.late import Changed
from campaigns.intake import publishing
from campaigns.intake.contacts_of_rows import write_contacts
from campaigns.intake.following import follow_renewals, follow_telephones
from campaigns.models import Campaign, ChangedRows, Contact, RejectedRow, Renewal, Report, ReportKind
from campaigns.payments import recaudo_figures, receipts
from campaigns.rows import digits, reading, staging, thousands


class RowRefused(ValueError):
    """The row is still not usable; the message is the sentence, `field` the column to look at (empty: the row)."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def admit(*, row_id: int, cells: Mapping[str, str], by: User, now: datetime) -> RejectedRow:
    """Take the row with these cells (by column) into the campaign or the payments. Raises RowRefused."""
    with transaction.atomic():
        receipts.take_turn()
        row = RejectedRow.objects.select_related("report").get(pk=row_id)
        # The report first: two people admitting two rows of it count one after the other.
        report = Report.objects.select_for_update(no_key=True).get(pk=row.report_id)
        row = RejectedRow.objects.select_for_update(no_key=True).get(pk=row_id)
        if row.state != RejectedRow.State.WAITING:
            raise RowRefused(_("Esta fila ya fue resuelta."))
        if report.state != Report.State.PUBLISHED:
            raise RowRefused(_("El reporte de esta fila no está tomado."))
        if report.kind == ReportKind.CCVP:
            _admit_renewal(report=report, row=row, cells=cells, by=by, now=now)
            taken, duplicates = 1, 0
        else:
            taken, duplicates = _admit_receipt(report=report, row=row, cells=cells, now=now)
        Report.objects.filter(pk=report.pk).update(
            taken=F("taken") + taken, duplicates=F("duplicates") + duplicates, rejected=F("rejected") - 1
        )
        row.state, row.settled_by, row.settled_at, row.mended = RejectedRow.State.ADMITTED, by, now, dict(cells)
        row.save(update_fields=["state", "settled_by", "settled_at", "mended"])
    return row


def dismiss(*, row_ids: Sequence[int], by: User, now: datetime) -> int:
    """Put rows aside: they stay rejected and are no longer asked about. Returns how many."""
    waiting = RejectedRow.objects.filter(pk__in=row_ids, state=RejectedRow.State.WAITING)
    return waiting.update(state=RejectedRow.State.DISMISSED, settled_by=by, settled_at=now)


def _admit_renewal(*, report: Report, row: RejectedRow, cells: Mapping[str, str], by: User, now: datetime) -> None:
    """Stage the one mended row and let its contact be written as those of a whole report are."""
    table = _stage(report=report, row=row, cells=cells)
    with connection.cursor() as cursor:
        publishing.reject_far_dates(report=report, table=table)
        publishing.find_repeated(table=table)
        cursor.execute(f"SELECT contract, service, service_number, reason FROM {table}")
        contract, service, number, reason = cursor.fetchone()
        if service == "OTHER":
            raise RowRefused(reading.sentence("other_service"), "product")
        if reason:
            raise RowRefused(reading.sentence(reason), "due_on")
        campaign = Campaign.objects.select_for_update(no_key=True).get(period=report.month)
        _check_is_new(report=report, campaign=campaign, service=service, number=number)
        same = Contact.objects.select_for_update(no_key=True).filter(campaign=campaign, contract=contract)
        had = same.first()
        write_contacts(cursor, table=table, campaign=campaign, adds=True)
        is_back = bool(had and follow_renewals(cursor, campaign=campaign, by=by, now=now, contact=had.pk))
    staging.drop_table(report=report)
    changed = Changed()
    if had is not None:
        contact = Contact.objects.get(pk=had.pk)
        receipts.settle_contact(contact=contact, verb=ChangedRows.Verb.MENDED, now=now)
        changed = _changed(contact=contact, had=had, is_back=is_back, by=by, now=now)
    assigning.open_lists(campaign=campaign, now=now, changed=changed)
    if had is None:  # its service may have been another contract's, and paid
        contact = Contact.objects.get(campaign=campaign, contract=contract)
        receipts.settle_contact(contact=contact, verb=ChangedRows.Verb.MENDED, now=now)
    receipts.match_waiting(campaign=campaign, now=now)
    Report.objects.filter(pk=report.pk).update(figures=publishing.figures(campaign=campaign))


def _check_is_new(*, report: Report, campaign: Campaign, service: str, number: str) -> None:
    """Raises RowRefused when the campaign is closed or has this service already."""
    if campaign.state == Campaign.State.CLOSED:
        raise RowRefused(_("La campaña ya está cerrada: la fila no se puede admitir."))
    same = Renewal.objects.filter(campaign=campaign, service=service, service_number=number, gone_at=None)
    if known := same.first():
        raise RowRefused(
            _("El servicio %(number)s ya está en la campaña (fila %(line)s).")
            % {"number": number, "line": report.place_of(known.report_line)},
            "service_number",
        )


def _stage(*, report: Report, row: RejectedRow, cells: Mapping[str, str]) -> str:
    """The mended row alone in a staging table, as the reader would have handed it over. Raises RowRefused."""
    try:
        line = reading.staged_line(report=report, line=row.line, cells=cells)
    except reading.Unusable as error:
        raise RowRefused(reading.sentence(error.reason), error.field) from error
    table = staging.make_table(report=report)
    staging.copy_lines(report=report, chunks=[line])
    thousands.join_thousands(report=report)
    digits.fill_up(report=report, digits=digits.digits_of(report.kind))
    return table


def _changed(*, contact: Contact, had: Contact, is_back: bool, by: User, now: datetime) -> Changed:
    """What the assignment must know of a contact that was there: who had no telephone may have one now.

    `is_back`: a corrected report had left it out, and this row brings it back.
    """
    callable_again = int(is_back)
    if set(contact.telephones) - set(had.telephones):
        with connection.cursor() as cursor:
            callable_again += follow_telephones(cursor, contacts=str(int(contact.pk)), by=by, now=now)
    return Changed(
        callable_again=(contact.pk,) if callable_again else (),
        in_another_list=(contact.pk,) if contact.call_list != had.call_list else (),
        met=(contact.pk,),
    )


def _admit_receipt(*, report: Report, row: RejectedRow, cells: Mapping[str, str], now: datetime) -> tuple[int, int]:
    """Stage the one mended row and let the payments take it as they take a whole report."""
    _stage(report=report, row=row, cells=cells)
    with connection.cursor() as cursor:
        before, known_until = recaudo_figures.figures_of(cursor, report=report), report.data_until
        counted = receipts.publish(report=report, now=now)
        after = recaudo_figures.figures_of(cursor, report=report, known=recaudo_figures.SAME)
    if not counted.taken + counted.duplicates:
        raise RowRefused(reading.sentence("conflict"), "receipt")
    staging.drop_table(report=report)
    figures = recaudo_figures.with_mended_row(
        told=report.figures,
        before=before,
        after=after,
        taken=counted.figures["new"],
        channels=counted.figures["channels"],
    )
    figures["brought"] = counted.figures["brought"]
    figures["refunds"] = int(figures.get("refunds", 0)) + counted.figures["refunds"]
    data_until = max(filter(None, (known_until, report.data_until)), default=None)
    Report.objects.filter(pk=report.pk).update(figures=figures, data_until=data_until)
    return counted.taken, counted.duplicates


def reasons_of(*, report: Report) -> list[tuple[str, str, int]]:
    """Reasons of the report's rejected rows: code, sentence, how many."""
    found = RejectedRow.objects.filter(report=report).values_list("reason").annotate(n=Count("pk")).order_by("-n")
    return [(reason, reading.sentence(reason), n) for reason, n in found]
