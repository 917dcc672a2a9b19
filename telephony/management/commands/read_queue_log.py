"""`read_queue_log PATH [--switchboard NAME] [--json]`: take what is new in a queue_log, be it a file or a table."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from screens.terminal import TerminalCommand
from telephony.models import LoggedVisit, Switchboard
from telephony.queue_log.addresses import IS_A_TABLE
from telephony.queue_log.databases import read_table
from telephony.queue_log.files import NotALog, read_file
from telephony.queue_log.sources import WhichBoard, board_of_a_log
from telephony.queue_log.taking import Taken


class Command(TerminalCommand):
    help = "Take the lines of a queue_log that are new: each once, in whatever pieces and copies they come."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", help="or of a table: mysql://user@host/database/table")
        parser.add_argument("--secret-variable", default="QUEUE_LOG_SECRET", help="of a table's password")
        parser.add_argument("--tls", action="store_true", help="to a table: only where its certificate holds")
        parser.add_argument("--switchboard", help="its name; not needed where there is one")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *, path: str, switchboard: str | None, **options: Any) -> None:
        try:
            board = board_of_a_log(named=switchboard)
        except WhichBoard as error:
            raise CommandError(str(error)) from error
        try:
            taken, is_cut = _read(board, path, options)
        except NotALog as error:
            raise CommandError(str(error)) from error
        for example in taken.examples:
            self.stderr.write(_("%(path)s: no es una línea de queue_log: %(line)r") % {"path": path, "line": example})
        if is_cut:
            self.stderr.write(_("%(path)s: su última línea no termina; se toma cuando esté entera.") % {"path": path})
        report = {
            "lines": taken.lines,
            "new": taken.new,
            "unreadable": taken.unreadable,
            "calls": taken.calls,
            "anomalies": _anomalies(board),
        }
        self.stdout.write(json.dumps(report) if options["json"] else _in_words(report, board))


def _read(board: Switchboard, path: str, options: dict[str, Any]) -> tuple[Taken, bool]:
    if IS_A_TABLE.match(path) is None:
        return read_file(board=board, path=Path(path), now=timezone.now())
    secret = os.environ.get(options["secret_variable"], "")
    return read_table(board=board, address=path, secret=secret, tls=options["tls"], now=timezone.now())[0], False


def _anomalies(board: Switchboard) -> dict[str, int]:
    """Visits of the switchboard by what is odd about them, all there are."""
    odd = LoggedVisit.objects.filter(switchboard=board).exclude(oddities=[]).values_list("oddities", flat=True)
    return dict(sorted(Counter(one for several in odd.iterator() for one in several).items()))


def _in_words(report: dict[str, Any], board: Switchboard) -> str:
    odd = ", ".join(f"{name} {count}" for name, count in report["anomalies"].items()) or _("ninguna")
    words = _(
        "%(board)s: %(lines)d líneas, %(new)d nuevas, %(unreadable)d que no son líneas; hablan de %(calls)d llamadas. "
        "Anomalías que hay: %(odd)s."
    )
    return words % {**report, "odd": odd, "board": board}
