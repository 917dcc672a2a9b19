"""`doctor [--json]`: what a support person asks first, without personal data; exit 1 where people are hindered."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import ngettext

from callcenter.doctor import examine
from callcenter.doctor.answers import Level
from screens.terminal import TerminalCommand

SIGNS = {Level.WELL: "✓", Level.LOOK: "!", Level.WRONG: "✗"}


class Command(TerminalCommand):
    help = "Look at everything the site stands on, and say what to do. It may be sent to whoever helps."
    prepares_itself = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")

    def handle(self, **options: Any) -> None:
        found = list(examine(now=timezone.now()))
        if options["json"]:
            told = {title: [{**asdict(one), "cure": one.to_do} for one in answers] for title, answers in found}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for title, answers in found:
                self.stdout.write(f"\n{title}")
                for one in answers:
                    self.stdout.write(
                        f" {SIGNS[one.level]} {one.of}: {one.seen}{f' → {one.to_do}' if one.to_do else ''}"
                    )
        if wrong := sum(one.level == Level.WRONG for _title, answers in found for one in answers):
            words = ngettext("Algo impide trabajar bien.", "%(count)d cosas impiden trabajar bien.", wrong)
            raise CommandError(words % {"count": wrong})
