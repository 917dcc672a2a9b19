"""`check_switchboard [NAME] [--json]`: tries the connection to a switchboard; exit 1 with what is missing."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callcenter.switchboards import wanted_of
from screens.terminal import TerminalCommand
from telephony.checking.findings import Finding, State
from telephony.checking.trying import Patience, check
from telephony.models import Switchboard


class Command(TerminalCommand):
    help = "Try the connection to a switchboard and say what is missing. It calls nobody and changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="the switchboard; without it each one in use, or all if none is")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        parser.add_argument("--hear", type=float, default=3.0, help="seconds to wait for what happens meanwhile")
        parser.add_argument("--answer", type=float, default=8.0, help="seconds to wait for each answer")

    def handle(self, *args: Any, **options: Any) -> None:
        patience = Patience(answer=options["answer"], hear=options["hear"])
        found: dict[str, list[Finding]] = {}
        for board in self._boards(options["name"]):
            found[board.name] = asyncio.run(check(wanted_of(board), clock=timezone.now, patience=patience))
            if not options["json"]:
                self._show(board, found[board.name])
        missing = sum(one.state == State.MISSING for each in found.values() for one in each)
        if options["json"]:
            boards = {name: [asdict(one) for one in each] for name, each in found.items()}
            self.stdout.write(json.dumps({"missing": missing, "switchboards": boards}, ensure_ascii=False))
        if missing:
            words = ngettext("Falta %(count)d cosa.", "Faltan %(count)d cosas.", missing)
            raise CommandError(words % {"count": missing})

    def _boards(self, name: str | None) -> list[Switchboard]:
        boards = Switchboard.objects.order_by("name")
        chosen = list(boards.filter(name=name)) if name else list(boards.in_use()) or list(boards)
        if chosen:
            return chosen
        if name:
            known = ", ".join(boards.values_list("name", flat=True)) or "-"
            raise CommandError(_("No hay ninguna central «%(name)s». Hay: %(known)s.") % {"name": name, "known": known})
        raise CommandError(_("No hay ninguna central: escríbala en la administración, en Telefonía."))

    def _show(self, board: Switchboard, found: list[Finding]) -> None:
        says = {State.OK: _("OK"), State.MISSING: _("falta"), State.UNKNOWN: _("no se pudo saber")}
        width = max(map(len, says.values())) + 2
        self.stdout.write(f"{board.name} · {board.host}:{board.port}")
        for one in found:
            self.stdout.write(f"  {says[one.state]:<{width}}{one.words}")
            if one.do:
                self.stdout.write(f"  {'':<{width}}→ {one.do}")
