"""A report that was believed and should not have been: a supervisor takes it back.

A CCVP report takes its month with it, as long as nobody was called: contacts, lists and what was decided about them go,
and the month waits for the right one. After the launch a corrected report takes its place instead (`superseding.py`).

A collections report takes its receipts with it. Reports taken later may have brought the same receipts again, which
were duplicates then: they are read again, by the same machinery as new ones, and bring what is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.intake.deciding import DecisionRefused
from campaigns.intake.emptying import empty
from campaigns.models import Campaign, Contact, RejectedRow, Report, ReportKind, ReportWithdrawal
from campaigns.month import lifecycle
from campaigns.month.changed_rows import let_counting_end
from campaigns.payments import receipts
from campaigns.payments.withdrawing import Undoing, count_what_would_go, withdraw_receipts
from work.trying_again import owe_again
from work.trying_again import withdraw as withdraw_work


@dataclass(frozen=True)
class WithdrawalPreview:
    """What a withdrawal would undo, and the reports that would be read again; of a CCVP report its contacts."""

    undoing: Undoing
    read_again: list[Report]
    contacts: int = 0


def check_can_withdraw(report: Report) -> None:
    """Raise DecisionRefused unless the report is taken, and a CCVP report's campaign not launched yet."""
    if report.state != Report.State.PUBLISHED:
        raise DecisionRefused(_("Solo se retira un reporte tomado."))
    if report.kind == ReportKind.CCVP:
        state = Campaign.objects.values_list("state", flat=True).get(period=report.month)
        if state == Campaign.State.CLOSED:
            raise DecisionRefused(_("La campaña ya está cerrada."))
        if state != Campaign.State.PROPOSED:
            raise DecisionRefused(
                _("La campaña ya se lanzó: suba el reporte corregido, y verá qué cambia antes de reemplazar este.")
            )


def preview_withdrawal(report: Report) -> WithdrawalPreview:
    """For the question, before it is answered."""
    if report.kind == ReportKind.CCVP:
        contacts = Contact.objects.filter(campaign__period=report.month).count()
        return WithdrawalPreview(Undoing(0, 0), [], contacts=contacts)
    return WithdrawalPreview(count_what_would_go(report=report), list(_brought_again_later(report)))


def withdraw(*, report_id: int, by: User, now: datetime, reason: str) -> ReportWithdrawal:
    """Undo a published report: of a CCVP its month, of a recaudo its receipts, and who owes again is called again.

    The reports that are to be read again wait for a worker (`read_again`). Raises DecisionRefused.
    """
    reason = reason.strip()
    if not reason:
        raise DecisionRefused(_("Escriba por qué se retira."))
    with transaction.atomic():
        for campaign in Campaign.objects.filter(
            period__in=Report.objects.filter(pk=report_id, kind=ReportKind.CCVP).values("period")
        ):
            let_counting_end(campaign=campaign)  # before the turn: nobody else is to wait for a count
        receipts.take_turn()
        report = Report.objects.select_for_update(no_key=True).get(pk=report_id)
        check_can_withdraw(report)
        if report.kind == ReportKind.CCVP:
            return _withdraw_ccvp(report, by=by, now=now, reason=reason)
        return _withdraw_recaudo(report, by=by, now=now, reason=reason)


def _withdraw_ccvp(report: Report, *, by: User, now: datetime, reason: str) -> ReportWithdrawal:
    campaign = Campaign.objects.select_for_update(no_key=True).get(period=report.month)
    try:
        lifecycle.withdraw(campaign=campaign, by=by, now=now, note=reason)
    except lifecycle.CampaignRefused as refusal:
        raise DecisionRefused(str(refusal)) from refusal
    contacts = empty(campaign=campaign)
    receipts.match_waiting(campaign=campaign, now=now)  # what it paid here may be owed elsewhere
    withdrawal = ReportWithdrawal.objects.create(
        report=report, by=by, at=now, reason=reason[:300], receipts=0, contacts=contacts
    )
    withdraw_work(owed=report, to=Report.State.WITHDRAWN, now=now, by=by)
    return withdrawal


def _withdraw_recaudo(report: Report, *, by: User, now: datetime, reason: str) -> ReportWithdrawal:
    later = list(_brought_again_later(report).select_for_update(no_key=True))
    for again in later:
        if not again.file.name or not again.file.storage.exists(again.file.name):
            raise DecisionRefused(
                _("El archivo de %(name)s, que habría que leer otra vez, ya no está guardado.") % {"name": again.name}
            )
    undone = count_what_would_go(report=report)  # as the question said; what the later ones bring again is not lost
    withdraw_receipts(reports=[report, *later], now=now)
    withdrawal = ReportWithdrawal.objects.create(
        report=report, by=by, at=now, reason=reason[:300], receipts=undone.receipts, contacts=undone.contacts
    )
    withdrawal.read_again.set(later)
    withdraw_work(owed=report, to=Report.State.WITHDRAWN, now=now, by=by)
    _wait_again(later, by=by, now=now)
    return withdrawal


def _brought_again_later(report: Report) -> QuerySet[Report]:
    """Reports published after this one that repeated receipts, or contradicted some: of this one, perhaps."""
    contradicted = RejectedRow.objects.filter(report=OuterRef("pk"), reason="conflict")
    later = Report.objects.filter(kind=report.kind, state=Report.State.PUBLISHED, published_at__gt=report.published_at)
    return later.filter(Q(duplicates__gt=0) | Exists(contradicted)).order_by("published_at", "pk")


def _wait_again(later: list[Report], *, by: User, now: datetime) -> None:
    """As if they had just come, and accepted already; a row that had been mended waits with what was written."""
    RejectedRow.objects.filter(report__in=later, state=RejectedRow.State.ADMITTED).update(
        state=RejectedRow.State.WAITING, settled_by=None, settled_at=None
    )
    for report in later:
        owe_again(owed=report, now=now, by=by, accepted_by=by, rung_at=None, published_at=None)
