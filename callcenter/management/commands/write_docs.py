"""Door: write the pages of `docs/` that are made from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from callcenter.documents import made_pages, stale_pages, surplus_pages, write_pages
from inbound.flows.publishing import FLOWS
from inbound.flows.schema import FlowErrors
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Writes the pages of docs/ that are made from the code; --check only says which are stale."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when a page is stale")
        parser.add_argument("--folder", type=Path, default=FLOWS, help="where the flows are; inbound/flows by default")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pages = made_pages(flows=options["folder"])
        except FlowErrors as refused:
            raise CommandError(f"Nothing was written.\n{refused}") from None
        if not any(name.startswith("flows/") for name in pages):
            raise CommandError(f"There is no flow in {options['folder']}: nothing was written.")
        # Pages from a folder elsewhere are beside the house's own, which are not surplus for being absent there.
        surplus = surplus_pages(pages) if options["folder"].resolve() == FLOWS.resolve() else []
        if not options["check"]:
            for name in write_pages(pages, taken_away=surplus):
                self.stdout.write(f"docs/{name}")
        elif stale := [*stale_pages(pages), *surplus]:
            raise CommandError(f"stale in docs/: {', '.join(stale)}. Run manage.py write_docs.")
