"""`check_invariants [--json]`: what must hold of the data; exit 1 with what does not."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import ngettext

from agents.invariants import RULES as OF_AGENTS
from campaigns.invariants import INVARIANTS, check_invariants, orphans
from escalations.invariants import RULES as OF_ESCALATIONS
from inbound.invariants import RULES as OF_THE_LINES
from screens.terminal import TerminalCommand
from service_level.invariants import RULES as OF_THE_INDICATOR
from work.invariants import rules as of_owed_work


class Command(TerminalCommand):
    help = "Check what must hold of the data: names every promise that is broken, and rows that break it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        besides = [*OF_AGENTS, *OF_THE_LINES, *OF_ESCALATIONS, *OF_THE_INDICATOR, *of_owed_work()]
        checked = len(INVARIANTS) + len(orphans()) + len(besides)
        broken = check_invariants(besides=besides)
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
