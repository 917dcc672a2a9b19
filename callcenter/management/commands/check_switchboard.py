"""`check_switchboard [NAME] [--json]`: tries the connection to a switchboard; exit 1 with what is missing."""

from __future__ import annotations

import asyncio
import json
import ssl
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbound.models import ServiceLine
from screens.terminal import TerminalCommand
from telephony.checking.findings import Finding, State, Telephone
from telephony.checking.trying import Patience, Wanted, check
from telephony.link import Address
from telephony.listening import secret_of
from telephony.models import Extension, Switchboard, Trunk


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


def wanted_of(board: Switchboard) -> Wanted:
    """What a switchboard is to have, by its row, its extensions and the queues of the lines."""
    lines = ServiceLine.objects.filter(is_active=True).in_order()
    extensions = Extension.objects.filter(switchboard=board, is_active=True).select_related("switchboard")
    trunks = Trunk.objects.filter(switchboard=board, is_active=True).select_related("switchboard")
    tls = ssl.create_default_context() if board.tls else None
    others = Switchboard.objects.in_use().exclude(pk=board.pk)
    return Wanted(
        address=Address(board.host, board.port, board.user, secret_of(board.secret_variable), tls),
        secret_variable=board.secret_variable,
        context=board.context,
        transfer_context=board.transfer_context,
        telephones=[Telephone(one.number, one.telephone) for one in extensions.order_by("number")],
        queues=[(line.queue or line.number, str(line)) for line in lines],
        trunks=[one.device for one in trunks.order_by("name")],
        is_the_only_one=not others.exists(),
    )
