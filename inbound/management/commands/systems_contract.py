"""Write `docs/systems.yaml` from the cells of the outside systems."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from screens.terminal import TerminalCommand
from systems.contract_page import contract_page
from systems.registry import cells

PAGE = Path("docs") / "systems.yaml"


class Command(TerminalCommand):
    help = "Writes docs/systems.yaml from the systems' cells; --check only says whether it is stale."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when it is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        page, now = Path(settings.BASE_DIR) / PAGE, contract_page(cells().values())
        if options["check"]:
            if not page.exists() or page.read_text() != now:
                raise CommandError(f"{PAGE} is stale: run manage.py systems_contract")
            return
        page.write_text(now)
