"""A report taken in by a command at a terminal: the same row and the same work, done here and watched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connections
from django.utils.translation import gettext as _

from campaigns.intake.receiving import FileRefused, NotKept, receive_report
from campaigns.intake.taking_in import AT_WORK, take_in
from campaigns.models import Report

WAIT = timedelta(minutes=30)  # for a worker that has this very file in its hands


def take_in_watching(
    *, path: Path, kind: str, period: date | None, say: Callable[[str], None], now: datetime
) -> Report:
    """Receive the file and take it in, saying how far it is. Returns the published report.

    Raises CommandError with one line when it cannot be taken.
    """
    try:
        with path.open("rb") as file:
            report = receive_report(kind=kind, name=path.name, file=file, period=period, now=now)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except (FileRefused, NotKept) as error:
        raise CommandError(str(error)) from error
    began, finished = time.monotonic(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(report.pk, say, finished), daemon=True)
    watcher.start()
    try:
        while True:
            report = take_in(report_id=report.pk, now=now + timedelta(seconds=time.monotonic() - began))
            if report.state not in AT_WORK or time.monotonic() - began > WAIT.total_seconds():
                break
            time.sleep(0.5)  # a worker has it: its result is ours
    finally:
        finished.set()
        watcher.join()
    if report.state != Report.State.PUBLISHED:
        raise CommandError(_reason(report))
    return report


def _reason(report: Report) -> str:
    why = " ".join((report.held_because if report.state == Report.State.HELD else report.last_error).split())
    return f"{report.get_state_display()}: {why}" if why else str(report.get_state_display())


def _watch(report_id: int, say: Callable[[str], None], finished: threading.Event) -> None:
    last = ""
    try:
        while not finished.wait(0.5):
            report = Report.objects.filter(pk=report_id).first()
            if report is None:  # inside somebody's open transaction
                continue
            line = _("%(state)s: leídas %(read)s, revisadas %(checked)s, publicadas %(published)s de %(total)s") % {
                "state": report.get_state_display(),
                "read": report.rows_read,
                "checked": report.rows_checked,
                "published": report.rows_published,
                "total": report.rows_expected or "?",
            }
            if line != last:
                say(line)
            last = line
    finally:
        connections["default"].close()
