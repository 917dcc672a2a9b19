"""`service_level 2026-11 [--line 101] [--json]`: the regulator's indicator of a month, by line and in all."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from screens.terminal import TerminalCommand
from service_level.indicator.counting import count_changed
from service_level.indicator.figures import as_plain, read_month
from service_level.months import read_month_name


class Command(TerminalCommand):
    help = "The calls of a month answered in time, by line: as `service_level/indicator` counts them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="as 2026-11")
        parser.add_argument("--line", default="", help="that line alone")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, *, month: str, line: str, **options: Any) -> None:
        named = read_month_name(month)
        if named is None:
            raise CommandError(_("«%(text)s» no es un mes: escríbalo como 2026-11.") % {"text": month[:20]})
        count_changed()
        figures = read_month(named, line=line)
        if line and not figures.lines:
            raise CommandError(_("No hay ninguna línea «%(line)s» en ese mes.") % {"line": line[:20]})
        told = as_plain(figures)
        if options["json"]:
            self.stdout.write(json.dumps({"month": month, **told}))
            return
        rows = {**told["lines"], _("ATT"): told["totals"]["att"], _("todas"): told["totals"]["all"]}
        for number, counts in rows.items():
            level = _("sin datos") if counts["level"] is None else f"{counts['level']} %"
            self.stdout.write(f"{number:<12} {counts['within']:>6} / {counts['received']:<6} {level}")
