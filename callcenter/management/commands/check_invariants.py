"""`check_invariants [--json]`: what must hold of the data; exit 1 with what does not."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import ngettext

from callcenter.proofs import broken_promises, how_many
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Check what must hold of the data: names every promise that is broken, and rows that break it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        checked, broken = how_many(), broken_promises()
        if options["json"]:
            self.stdout.write(json.dumps({"checked": checked, "broken": [asdict(finding) for finding in broken]}))
        else:
            for finding in broken:
                self.stdout.write(
                    f"{finding.name}: {finding.count} ({', '.join(finding.examples)}) · {finding.promise}"
                )
        if broken:
            names = ", ".join(finding.name for finding in broken)
            words = ngettext(
                "Una comprobación falla: %(names)s.", "%(count)d comprobaciones fallan: %(names)s.", len(broken)
            )
            raise CommandError(words % {"count": len(broken), "names": names})
        if not options["json"]:
            self.stdout.write(f"{checked} ✓")
