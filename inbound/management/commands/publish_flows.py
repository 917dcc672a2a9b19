"""Door: publish the flows on file, or write the pages that are made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from inbound.flows.pages import pages
from inbound.flows.publishing import FLOWS, Outcome, Published, check_files, files, publish_files
from inbound.flows.schema import FlowErrors
from inbound.walks.lines_of_the_procedure import LINES
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Publishes what changed in inbound/flows/ as the next frozen version of its line; --docs writes docs/flows/."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="what was done as JSON on stdout")
        parser.add_argument("--folder", type=Path, default=FLOWS, help="where the flows are; inbound/flows by default")
        parser.add_argument("--replace", action="store_true", help="also where an administrator's version is running")
        parser.add_argument(
            "--docs", action="store_true", help="publish nothing, write docs/flows/ and the table of steps"
        )
        parser.add_argument(
            "--quiet", action="store_true", help="one line for what was published, none for what was not"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            texts = files(options["folder"])
            if not texts:
                raise CommandError(_("No hay ningún flujo en %(folder)s.") % {"folder": options["folder"]})
            if options["docs"]:
                self._write_pages(texts)
                return
            done = publish_files(texts=texts, now=timezone.now(), replace=options["replace"])
        except FlowErrors as refused:
            raise CommandError(_("No se publicó nada.") + f"\n{refused}") from None
        if options["json"]:
            told = [{"line": one.line, "version": one.version, "outcome": one.outcome.value} for one in done]
            self.stdout.write(json.dumps({"flows": told}, ensure_ascii=False))
        elif options["quiet"]:
            self._tell([one for one in done if one.outcome is Outcome.KEPT])
            if new := [f"{one.line} v{one.version}" for one in done if one.outcome is Outcome.PUBLISHED]:
                self.stdout.write(_("Flujos publicados: %(flows)s") % {"flows": ", ".join(new)})
        else:
            self._tell(done)

    def _tell(self, done: list[Published]) -> None:
        sentences = {
            Outcome.PUBLISHED: _("%(line)s: publicada la versión %(version)d"),
            Outcome.UNCHANGED: _("%(line)s: sin cambios, corre la versión %(version)d"),
            Outcome.KEPT: _("%(line)s: se mantiene la versión %(version)d, de administración (--replace la reemplaza)"),
        }
        for one in done:
            self.stdout.write(sentences[one.outcome] % {"line": one.line, "version": one.version})

    def _write_pages(self, texts: dict[str, str]) -> None:
        docs = Path(settings.BASE_DIR) / "docs"
        for name, page in pages(check_files(texts, lines=[line.number for line in LINES])).items():
            (docs / name).parent.mkdir(exist_ok=True)
            (docs / name).write_text(page, encoding="utf-8")
