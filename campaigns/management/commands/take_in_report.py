"""`manage.py take_in_report FILE --period 2026-12`: take a CCVP report in here and now, and say its figures."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from campaigns.management.commands._in_the_foreground import take_in_watching
from campaigns.models import ReportKind
from campaigns.month.periods import PeriodNotUnderstood, parse_period
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Take a CCVP report in. Progress goes to stderr, the figures to stdout; the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--period", required=True, help="the month to be paid for, as 2026-12")
        parser.add_argument("--json", action="store_true", help="figures as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = parse_period(options["period"])
        except PeriodNotUnderstood as error:
            raise CommandError(str(error)) from error
        report = take_in_watching(
            path=options["file"], kind=ReportKind.CCVP, period=period, say=self._say, now=timezone.now()
        )
        figures = {
            "rows": report.rows,
            "taken": report.taken,
            "duplicates": report.duplicates,
            "other_service": report.other_service,
            "rejected": report.rejected,
            **report.figures,
        }
        figures["amount_due"] = float(figures["amount_due"])
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        for name, value in figures.items():
            self.stdout.write(f"{name}: {value}")

    def _say(self, line: str) -> None:
        self.stderr.write(line)
