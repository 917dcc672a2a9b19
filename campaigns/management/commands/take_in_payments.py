"""`manage.py take_in_payments FILE`: take a collections report (recaudo) in here and now, and say its figures."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone

from campaigns.management.commands._in_the_foreground import take_in_watching
from campaigns.models import ReportKind
from campaigns.payments.recaudo_figures import figures_at_second_sight
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Take a collections report in. Progress goes to stderr, the figures to stdout; the same file again is known."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="figures as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        began = timezone.now()
        report = take_in_watching(path=options["file"], kind=ReportKind.RECAUDO, period=None, say=self._say, now=began)
        known = report.published_at is not None and report.published_at < began
        told = figures_at_second_sight(report=report) if known else report.figures
        figures = {
            "rows": report.rows,
            "receipts": told["receipts"],
            "new": told["new"],
            "duplicates": report.rows - report.rejected if known else report.duplicates,
            "unmatched": told["unmatched"],
            "rejected": report.rejected,
            "renewals_paid": told["renewals_paid"],
            "amount": float(told["amount"]),
        }
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        for name, value in figures.items():
            self.stdout.write(f"{name}: {value}")

    def _say(self, line: str) -> None:
        self.stderr.write(line)
