"""`recompute 2026-11 [--json]`: count a sealed month again from its lines; exit 1 when it does not give the same."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from screens.terminal import TerminalCommand
from service_level.months import read_month_name
from service_level.sealing.sealing import last_seal, recount


class Command(TerminalCommand):
    help = "Count the sealed indicator of a month again from what the switchboard wrote, and compare to the last digit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="as 2026-11")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *, month: str, **options: Any) -> None:
        named = read_month_name(month)
        if named is None:
            raise CommandError(_("«%(text)s» no es un mes: escríbalo como 2026-11.") % {"text": month[:20]})
        sealed = last_seal(named)
        if sealed is None:
            raise CommandError(_("El indicador de %(month)s no está sellado.") % {"month": month})
        found = recount(sealed, now=timezone.now())
        if options["json"]:
            told = {"month": month, "revision": sealed.revision, "sha256": sealed.sha256, "agrees": found.agrees}
            told |= {"is_intact": found.is_intact, "moved": found.moved}
            told |= {"differences": [asdict(one) for one in found.differences]}
            self.stdout.write(json.dumps({**told, **{name: found.figures[name] for name in ("lines", "totals")}}))
        if not found.agrees:
            said = {"seal": sealed, "figures": len(found.differences), "moved": ", ".join(found.moved[:5]) or "—"}
            words = _("%(seal)s no coincide: %(figures)d cifras; días con otras líneas: %(moved)s.")
            if not found.is_intact:
                words += _(" El sello mismo fue modificado.")
            raise CommandError(words % said)
        if not options["json"]:
            level = found.figures["totals"]["att"]["level"] or _("sin datos")
            self.stdout.write(f"{sealed}: {level} · {sealed.sha256}")
