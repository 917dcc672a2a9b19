"""What came of a month whose report is owed: a file that is held or refused is no file that never came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Report, ReportKind

AT_WORK = (Report.State.WAITING, Report.State.READING, Report.State.CHECKING, Report.State.PUBLISHING)
NOT_TAKEN = (*AT_WORK, Report.State.HELD, Report.State.PARKED, Report.State.REFUSED)


def what_came(*, periods: Iterable[date]) -> dict[date, Report]:
    """The newest file of each month that came and is not taken; nothing for a month of which none did.

    One that still waits for somebody's word speaks before a newer one that was refused.
    """
    found: dict[date, Report] = {}
    files = Report.objects.filter(kind=ReportKind.CCVP, period__in=list(periods), state__in=NOT_TAKEN)
    for report in files.order_by("arrived_at", "pk"):
        before = found.get(report.month)
        if before is None or report.state != Report.State.REFUSED or before.state == Report.State.REFUSED:
            found[report.month] = report
    return found


def how_each_stands(*, periods: Iterable[date]) -> dict[date, tuple[Report, str]]:
    """`what_came` with its sentence, as pages say it."""
    return {period: (report, how_it_stands(report)) for period, report in what_came(periods=periods).items()}


def how_it_stands(report: Report) -> str:
    """The sentence for people who wait for this report."""
    day = f"{timezone.localtime(report.arrived_at):%d/%m/%Y %H:%M}"
    words = {
        Report.State.HELD: _("El reporte llegó el %(day)s y está retenido: espera su decisión."),
        Report.State.PARKED: _("El reporte llegó el %(day)s y está detenido tras varios intentos: espera su decisión."),
        Report.State.REFUSED: _("Un archivo llegó el %(day)s y se rechazó: hace falta otro."),
    }
    taking = _("El reporte llegó el %(day)s y se está tomando.")
    return words.get(Report.State(report.state), taking) % {"day": day}
