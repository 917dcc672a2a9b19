"""The supervisor's word on a report that cannot go on by itself: accept it, read it again, or discard it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.models import HeldFor, Report, ReportSource
from campaigns.rows.digits import SAMPLE, SETTINGS, months_of_other_digits
from work.ending import settle
from work.trying_again import AgainRefused, try_again

Check = Callable[[Report], None]
NOT_HELD = {"held_for": "", "held_because": ""}


class DecisionRefused(ValueError):
    """The report is not in a state for this; the message is the sentence for the person who asked."""


def check_can_accept(report: Report, *, by: User) -> None:
    """Raise DecisionRefused unless it is held, and not for a column that is missing. The sender of unusual payments
    does not admit them.
    """
    if report.state != Report.State.HELD:
        raise DecisionRefused(_("Solo se acepta un reporte que espera una decisión."))
    if report.held_for == HeldFor.COLUMN:
        raise DecisionRefused(
            _("Le falta una columna: agregue el título a los conocidos y léalo otra vez, o descártelo.")
        )
    if report.held_for == HeldFor.EMPTY:
        raise DecisionRefused(_("No tiene ninguna fila que se pueda usar: descártelo y pida otro."))
    if report.held_for == HeldFor.UNUSUAL and report.uploaded_by_id == by.pk:
        raise DecisionRefused(_("Usted envió estos pagos: los acepta otra persona que supervisa."))


def check_can_read_again(report: Report) -> None:
    """Raise DecisionRefused unless it is parked or held for a column that was missing."""
    if report.state == Report.State.HELD and report.held_for == HeldFor.COLUMN:
        return
    if report.state != Report.State.PARKED:
        raise DecisionRefused(_("Solo se vuelve a leer un reporte detenido o al que le faltaba una columna."))


def check_can_discard(report: Report) -> None:
    """Raise DecisionRefused when it is taken or being taken, or was put aside already."""
    if report.state not in (Report.State.HELD, Report.State.PARKED, Report.State.WAITING):
        raise DecisionRefused(_("Un reporte tomado, o que se está tomando, no se descarta."))


def accept(*, report_id: int, by: User, now: datetime) -> Report:
    """Take a held report as it is. It waits again, without being held for the same reason. Raises DecisionRefused."""
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        check_can_accept(report, by=by)
        try_again(owed=report, now=now, by=by, accepted_by=by, **NOT_HELD)
    return report


def check_can_fill_up(report: Report, *, now: datetime) -> None:
    """Raise DecisionRefused unless it is held and some of its numbers may have lost their zeros."""
    if report.state != Report.State.HELD or not report.figures.get("digits"):
        raise DecisionRefused(_("Solo se completan los números de un reporte que espera una decisión por ellos."))
    if not ReportSource.objects.exists():
        raise DecisionRefused(_("No hay ningún origen de reportes donde decir cuántas cifras tienen: créelo primero."))
    for campaign, contracts in months_of_other_digits(report=report, digits=report.figures["digits"], now=now):
        words = _(
            "En %(month)s hay %(n)s contratos escritos con otras cifras: sus pagos y sus correcciones ya no los "
            "encontrarían. Si a ellos les faltan o sobran ceros, corrija primero el reporte de ese mes; si no, este "
            "archivo."
        )
        told = f"{contracts}" if contracts < SAMPLE else _("%(n)d o más") % {"n": SAMPLE}
        raise DecisionRefused(words % {"month": date_format(campaign.period, "YEAR_MONTH_FORMAT"), "n": told})


def fill_up(*, report_id: int, by: User, now: datetime) -> Report:
    """Let the sources say from now on how many digits these numbers have, and read the report again with their zeros.

    It is not accepted by that: whatever else is odd about it holds it again. Raises DecisionRefused.
    """
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        check_can_fill_up(report, now=now)
        for source in ReportSource.objects.filter(kind=report.kind) or ReportSource.objects.all():
            for column, digits in report.figures["digits"].items():
                setattr(source, SETTINGS[column], digits)
            source.save()
        try_again(owed=report, now=now, by=by, **NOT_HELD)
    return report


def read_again(*, report_id: int, by: User, now: datetime) -> Report:
    """Give a parked report, or one whose column got its alias, three new attempts. Raises DecisionRefused."""
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        check_can_read_again(report)
        try_again(owed=report, now=now, by=by, **NOT_HELD)
    return report


def read_parked_again(report: Report, *, by: User, now: datetime) -> None:
    """`read_again` as the page of all owed work asks for it. Raises AgainRefused."""
    try:
        read_again(report_id=report.pk, by=by, now=now)
    except DecisionRefused as refusal:
        raise AgainRefused(str(refusal)) from refusal


def discard(*, report_id: int, by: User, now: datetime) -> Report:
    """Put a report aside for good; the same file may be brought again later. Raises DecisionRefused."""
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report_id)
        check_can_discard(report)
        report.differences.all().delete()  # of customers of whom nothing came
        settle(owed=report, to=Report.State.DISCARDED, now=now, by=by, accepted_by=by)
    return report
