"""What the pages say of a report: its state in a word and a colour, how far it is, how long it will still take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import User
from campaigns.intake import deciding
from campaigns.intake.withdrawing import check_can_withdraw
from campaigns.models import Report, ReportSource

BADGES = {
    Report.State.WAITING: "calm",
    Report.State.READING: "info",
    Report.State.CHECKING: "info",
    Report.State.PUBLISHING: "info",
    Report.State.HELD: "warn",
    Report.State.PUBLISHED: "ok",
    Report.State.SUPERSEDED: "calm",
    Report.State.REFUSED: "bad",
    Report.State.PARKED: "bad",
    Report.State.DISCARDED: "calm",
    Report.State.WITHDRAWN: "warn",
}
# Parts of the bar, as they were measured on a million rows: reading and staging, checking, publishing.
READING, CHECKING, PUBLISHING = 25, 5, 70


@dataclass(frozen=True)
class SheetLine:
    """One sheet of the book: how many rows, and in a word and a colour what was done with it."""

    name: str
    rows: int
    word: str
    badge: str


@dataclass(frozen=True)
class ReportState:
    """A report as its page shows it. `percent` is 0 to 100; `left` is empty when nobody can say yet."""

    report: Report
    word: str
    badge: str
    is_moving: bool
    doing: str
    percent: int
    rows_done: int
    rows_total: int | None
    left: str
    waits_too_long: bool
    failed: int  # attempts that ended without success
    why_not_accept: str
    why_not_read_again: str
    why_not_fill_up: str
    why_not_discard: str
    why_not_withdraw: str
    sheets: list[SheetLine]


def state_of(report: Report, *, by: User, now: datetime) -> ReportState:
    """The state of `report` at `now`, with the hint of each button that `by` cannot press."""
    moving = report.state in (
        Report.State.WAITING,
        Report.State.READING,
        Report.State.CHECKING,
        Report.State.PUBLISHING,
    )
    share = share_done(report)
    return ReportState(
        report=report,
        word=report.get_state_display(),
        badge=BADGES[Report.State(report.state)],
        is_moving=moving,
        doing=_doing(report),
        percent=round(share * 100),
        rows_done=_rows_done(report),
        rows_total=report.rows_expected,
        left=_left(report, share=share, now=now) if moving else "",
        waits_too_long=report.state == Report.State.WAITING
        and now - (report.owed_again_at or report.arrived_at) > timedelta(minutes=5),
        failed=report.attempts - (report.lease_until is not None),
        why_not_accept=_why_not(partial(deciding.check_can_accept, by=by), report),
        why_not_read_again=_why_not(deciding.check_can_read_again, report),
        why_not_fill_up=_why_not(partial(deciding.check_can_fill_up, now=now), report),
        why_not_discard=_why_not(deciding.check_can_discard, report),
        why_not_withdraw=_why_not(check_can_withdraw, report),
        sheets=_sheets(report),
    )


def share_done(report: Report) -> float:
    """Part of the whole work that is done, 0 to 1."""
    total = max(report.rows_expected or 0, report.rows_read, 1)
    if report.state == Report.State.PUBLISHED:
        return 1.0
    if report.state == Report.State.READING:
        return READING / 100 * min(report.rows_read / total, 1)
    if report.state == Report.State.CHECKING:
        return (READING + CHECKING * min(report.rows_checked / total, 1)) / 100
    if report.state == Report.State.PUBLISHING:
        return (READING + CHECKING + PUBLISHING * min(report.rows_published / total, 1)) / 100
    return 0.0


def sources_of(*, user: User) -> list[ReportSource]:
    """The sources in use, with what their last look found. Nothing of it is personal; agents see none."""
    return list(ReportSource.objects.filter(is_active=True).order_by("kind", "name")) if user.sees_the_centre else []


def _sheets(report: Report) -> list[SheetLine]:
    """Every sheet, where not all of the file is the one that was read."""
    read, left_out = report.sheets.get("read", []), report.sheets.get("left_out", [])
    if len(read) + len(left_out) < 2:
        return []
    words = {
        "hidden": (_("Oculta: no se leyó"), "warn"),
        "missing_columns": (_("No se leyó: le faltan columnas"), "bad"),
        "untitled": (_("No se leyó: filas sin títulos"), "bad"),
        "no_header": (_("No se leyó: no tiene los títulos"), "calm"),
    }
    return [
        *(SheetLine(sheet["name"], sheet["rows"], _("Leída"), "ok") for sheet in read),
        *(SheetLine(sheet["name"], sheet["rows"], *words[sheet["why"]]) for sheet in left_out),
    ]


def _rows_done(report: Report) -> int:
    if report.state == Report.State.PUBLISHING:
        return report.rows_published
    if report.state == Report.State.CHECKING:
        return report.rows_checked
    return report.rows_read


def _doing(report: Report) -> str:
    return {
        Report.State.WAITING: _("En espera de turno"),
        Report.State.READING: _("Leyendo las filas del archivo"),
        Report.State.CHECKING: _("Revisando las filas"),
        Report.State.PUBLISHING: _("Publicando contactos, renovaciones y listas"),
    }.get(Report.State(report.state), "")


def _left(report: Report, *, share: float, now: datetime) -> str:
    if report.began_at is None or report.state == Report.State.WAITING or share < 0.03:
        return ""
    elapsed = (now - report.began_at).total_seconds()
    seconds = max(round(elapsed * (1 - share) / share), 1)
    if seconds < 60:
        return ngettext("falta %(n)s segundo", "faltan %(n)s segundos", seconds) % {"n": seconds}
    minutes = round(seconds / 60)
    return ngettext("falta %(n)s minuto", "faltan %(n)s minutos", minutes) % {"n": minutes}


def _why_not(check: deciding.Check, report: Report) -> str:
    try:
        check(report)
    except deciding.DecisionRefused as refusal:
        return str(refusal)
    return ""
