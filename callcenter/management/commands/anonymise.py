"""`anonymise [--dry-run] [--json]`: take away the personal data that are older than the policy keeps them."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from callcenter.retention import take_away_personal_data
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Take away names, cards, telephones, addresses, notes and files older than the policy says; figures stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be taken away")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        found = take_away_personal_data(now=timezone.now(), only_look=options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], **asdict(found)}))
            return
        for name, value in asdict(found).items():
            self.stdout.write(f"{name}: {', '.join(value) or '—' if isinstance(value, list) else value}")
