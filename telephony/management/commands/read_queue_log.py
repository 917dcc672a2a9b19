"""`read_queue_log PATH [--switchboard NAME] [--json]`: take what is new in a file of a switchboard's queue_log."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from screens.terminal import TerminalCommand
from telephony.models import LoggedVisit, Switchboard
from telephony.queue_log.files import NotALog, read_file
from telephony.queue_log.sources import WhichBoard, board_of_a_log


class Command(TerminalCommand):
    help = "Take the lines of a queue_log that are new: each once, in whatever pieces and copies they come."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--switchboard", help="its name; not needed where there is one")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *, path: Path, switchboard: str | None, **options: Any) -> None:
        try:
            board = board_of_a_log(named=switchboard)
        except WhichBoard as error:
            raise CommandError(str(error)) from error
        try:
            taken, is_cut = read_file(board=board, path=path, now=timezone.now())
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
