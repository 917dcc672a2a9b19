"""Rejected rows: a person mends what the file had wrong and admits the row, or dismisses it.

An admitted row passes the same checks as a row of the file and ends in the same tables; the report's figures are
counted again in the same transaction, so its rows always add up. Locks: the payments' turn, the report and its row, the
campaign, the contact, entries; none of them by its key, to which results of calls refer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.assignment import assigning
from campaigns.assignment.entries import Changed
from campaigns.contacts.life import Verb, take_steps
from campaigns.intake import publishing
from campaigns.intake.publishing import first_days
from campaigns.models import Campaign, Contact, ListEntry, RejectedRow, Renewal, Report, ReportKind
from campaigns.payments import recaudo_figures, receipts
from campaigns.rows import reading, staging
from campaigns.rows.reading import CleanRenewal


class RowNotAdmitted(ValueError):
    """The row is still not usable; the message is the sentence, `field` the column to look at (empty: the row)."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def admit(*, row_id: int, cells: Mapping[str, str], by: User, now: datetime) -> RejectedRow:
    """Take the row with these cells (by column) into the campaign or the payments. Raises RowNotAdmitted."""
    with transaction.atomic():
        receipts.hold_turn()
        row = RejectedRow.objects.select_related("report").get(pk=row_id)
        # The report first: two people admitting two rows of it count one after the other.
        report = Report.objects.select_for_update(no_key=True).get(pk=row.report_id)
        row = RejectedRow.objects.select_for_update(no_key=True).get(pk=row_id)
        if row.state != RejectedRow.State.WAITING:
            raise RowNotAdmitted(_("Esta fila ya fue resuelta."))
        if report.state != Report.State.PUBLISHED:
            raise RowNotAdmitted(_("El reporte de esta fila no está tomado."))
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
    try:
        clean = reading.clean_renewal(cells)
    except reading.Unusable as error:
        raise RowNotAdmitted(reading.sentence(error.reason), error.field) from error
    earliest, latest = first_days(report.month)
    if not earliest <= clean.due_on <= latest:
        raise RowNotAdmitted(reading.sentence("far_date"), "due_on")
    campaign = Campaign.objects.select_for_update(no_key=True).get(period=report.month)
    if campaign.state == Campaign.State.CLOSED:
        raise RowNotAdmitted(_("La campaña ya está cerrada: la fila no se puede admitir."))
    same = Renewal.objects.filter(campaign=campaign, service=clean.service, service_number=clean.service_number)
    if known := same.first():
        raise RowNotAdmitted(
            _("El servicio %(number)s ya está en la campaña (fila %(line)s).")
            % {"number": clean.service_number, "line": known.report_line},
            "service_number",
        )
    contact, had = _contact_with(campaign=campaign, clean=clean)
    Renewal.objects.create(
        campaign=campaign,
        contact=contact,
        report_line=row.line,
        service=clean.service,
        service_number=clean.service_number,
        plan=clean.plan[:80],
        due_on=clean.due_on,
        amount_due=clean.amount,
    )
    changed = Changed()
    if had is not None:
        receipts.settle_contact(contact=contact, now=now)
        changed = _changed(contact=contact, had=had, by=by, now=now)
    assigning.open_lists(campaign=campaign, now=now, changed=changed)
    receipts.match_waiting(campaign=campaign, now=now)
    Report.objects.filter(pk=report.pk).update(figures=publishing.figures(campaign=campaign))


@dataclass(frozen=True)
class Had:
    """What a contact was before a row was added to it."""

    call_list: str
    telephones: tuple[str, ...]


def _contact_with(*, campaign: Campaign, clean: CleanRenewal) -> tuple[Contact, Had | None]:
    """The contact of the row's contract: new, or (with what it was) the row's service and telephones added to it."""
    found = Contact.objects.select_for_update(no_key=True).filter(campaign=campaign, contract=clean.contract)
    contact = found.first()
    if contact is None:
        contact = Contact.objects.create(
            campaign=campaign,
            contract=clean.contract,
            call_list=clean.service,
            name=clean.name[:160],
            name_key=clean.name_key[:160],
            identity_card=clean.identity_card[:32],
            telephones=clean.telephones,
            zone=clean.zone[:80],
            address=clean.address[:200],
            segment=clean.segment[:16],
            amount_due=clean.amount,
            due_on=clean.due_on,
        )
        return contact, None
    had = Had(contact.call_list, tuple(contact.telephones))
    new_telephones = [telephone for telephone in clean.telephones if telephone not in contact.telephones]
    if contact.call_list != clean.service:
        contact.call_list = "BOTH"
    contact.telephones = [*contact.telephones, *new_telephones]
    contact.amount_due += clean.amount
    contact.due_on = min(contact.due_on, clean.due_on)
    contact.save(update_fields=["call_list", "telephones", "amount_due", "due_on"])
    ListEntry.objects.filter(contact=contact).update(call_list=contact.call_list)
    return contact, had


def _changed(*, contact: Contact, had: Had, by: User, now: datetime) -> Changed:
    """What the deal must know of a contact that was there: who had no telephone may have one now."""
    callable_again = 0
    if set(contact.telephones) - set(had.telephones):
        with connection.cursor() as cursor:
            callable_again = take_steps(
                cursor,
                update="""
                    UPDATE campaigns_listentry entry SET {steps}
                     WHERE entry.contact_id = %s AND entry.state = 'not_callable'
                """,
                values=[contact.pk],
                steps={Verb.FIND_TELEPHONE: "TRUE"},
                now=now,
                by=by,
            )
    return Changed(
        callable_again=(contact.pk,) if callable_again else (),
        in_another_list=(contact.pk,) if contact.call_list != had.call_list else (),
    )


def _admit_receipt(*, report: Report, row: RejectedRow, cells: Mapping[str, str], now: datetime) -> tuple[int, int]:
    """Stage the one mended row and let the payments take it as they take a whole report."""
    try:
        line = reading.staged_line(report=report, line=row.line, cells=cells)
    except reading.Unusable as error:
        raise RowNotAdmitted(reading.sentence(error.reason), error.field) from error
    staging.make_table(report=report)
    staging.copy_lines(report=report, chunks=[line])
    with connection.cursor() as cursor:
        before, known_until = recaudo_figures.figures_of(cursor, report=report), report.data_until
        counted = receipts.publish(report=report, now=now)
        after = recaudo_figures.figures_of(cursor, report=report, known="staged_receipt")
    if not counted.taken + counted.duplicates:
        raise RowNotAdmitted(reading.sentence("conflict"), "receipt")
    staging.drop_table(report=report)
    figures = recaudo_figures.with_mended_row(
        told=report.figures, before=before, after=after, taken=counted.taken, channels=counted.figures["channels"]
    )
    data_until = max(filter(None, (known_until, report.data_until)), default=None)
    Report.objects.filter(pk=report.pk).update(figures=figures, data_until=data_until)
    return counted.taken, counted.duplicates


def reasons_of(*, report: Report) -> list[tuple[str, str, int]]:
    """Reasons of the report's rejected rows: code, sentence, how many."""
    found = RejectedRow.objects.filter(report=report).values_list("reason").annotate(n=Count("pk")).order_by("-n")
    return [(reason, reading.sentence(reason), n) for reason, n in found]
