"""`anonymise [--dry-run] [--json]`: take away the personal data of months that are older than the policy keeps them."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from campaigns.closing.anonymising import anonymise_due
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Take away names, cards, telephones, addresses, notes and files older than the policy says; figures stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be taken away")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        found = anonymise_due(now=timezone.now(), only_look=options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps({"dry_run": options["dry_run"], **asdict(found)}))
            return
        for name, value in asdict(found).items():
            self.stdout.write(f"{name}: {', '.join(value) or '—' if isinstance(value, list) else value}")
