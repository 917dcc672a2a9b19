"""Write `docs/contact-states.md` from the table of steps."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from campaigns.contact_state_page import states_page
from screens.terminal import TerminalCommand

PAGE = Path("docs") / "contact-states.md"


class Command(TerminalCommand):
    help = "Writes docs/contact-states.md from the table of steps; --check only says whether it is stale."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when it is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / PAGE
        if options["check"]:
            if not page.exists() or page.read_text() != states_page():
                raise CommandError(f"{PAGE} is stale: run manage.py contact_states")
            return
        page.parent.mkdir(exist_ok=True)
        page.write_text(states_page())
