"""Door: write the pages of `docs/` that are made from the code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from callcenter.documents import stale_pages, write_pages
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Writes the pages of docs/ that are made from the code; --check only says which are stale."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when a page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            for name in write_pages():
                self.stdout.write(f"docs/{name}")
        elif stale := stale_pages():
            raise CommandError(f"stale in docs/: {', '.join(stale)}. Run manage.py write_docs.")
