"""Door: publish the flows on file. Their pages in `docs/` are written by `write_docs`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from inbound.flows.publishing import (
    FLOWS,
    Outcome,
    Published,
    files,
    files_without_a_line,
    lines_without_a_flow,
    publish_files,
)
from inbound.flows.schema import FlowErrors
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Publishes what changed in inbound/flows/ as the next frozen version of its line."

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="what was done as JSON on stdout")
        parser.add_argument("--folder", type=Path, default=FLOWS, help="where the flows are; inbound/flows by default")
        parser.add_argument("--replace", action="store_true", help="also where an administrator's version is running")
        parser.add_argument(
            "--quiet", action="store_true", help="one line for what was published, none for what was not"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            texts = files(options["folder"])
            if not texts:
                raise CommandError(_("No hay ningún flujo en %(folder)s.") % {"folder": options["folder"]})
            waiting = files_without_a_line(texts)
            ready = {name: source for name, source in texts.items() if name not in waiting}
            done = publish_files(texts=ready, now=timezone.now(), replace=options["replace"])
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
        self._tell_what_is_missing(waiting)

    def _tell(self, done: list[Published]) -> None:
        sentences = {
            Outcome.PUBLISHED: _("%(line)s: publicada la versión %(version)d"),
            Outcome.UNCHANGED: _("%(line)s: sin cambios, corre la versión %(version)d"),
            Outcome.KEPT: _("%(line)s: se mantiene la versión %(version)d, de administración (--replace la reemplaza)"),
        }
        for one in done:
            self.stdout.write(sentences[one.outcome] % {"line": one.line, "version": one.version})

    def _tell_what_is_missing(self, waiting: dict[str, str]) -> None:
        """On stderr: a file nobody added the line of, and a line nobody can attend. Neither keeps the centre shut."""
        no_line = _(
            "%(file)s: no hay una línea «%(line)s». Agréguela en «Líneas», en Administración, y vuelva a publicar."
        )
        no_flow = _(
            "%(line)s: nadie puede atenderla. Falta su flujo, %(line)s.yaml o un borrador publicado en Administración."
        )
        for name, number in waiting.items():
            self.stderr.write(no_line % {"file": name, "line": number})
        for line in lines_without_a_flow():
            self.stderr.write(no_flow % {"line": line.number})
