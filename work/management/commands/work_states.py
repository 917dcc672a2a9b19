"""Write `docs/work-states.md` from the table of steps and the kinds."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from screens.terminal import TerminalCommand
from work.diagram import states_page

PAGE = Path("docs") / "work-states.md"


class Command(TerminalCommand):
    help = "Writes docs/work-states.md from the table of steps; --check only says whether it is stale."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when it is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / PAGE
        if options["check"]:
            if not page.exists() or page.read_text() != states_page():
                raise CommandError(f"{PAGE} is stale: run manage.py work_states")
            return
        page.write_text(states_page())
