"""Door: sow what the systems know."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sandbox.operations import SYSTEMS
from sandbox.seeding import sowing

CUSTOMERS = 5_000


class Command(BaseCommand):
    help = "Empties what the played systems know and sows it anew, the same every time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=CUSTOMERS, help=f"{CUSTOMERS} unless said otherwise")
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="dates are told from this day")
        parser.add_argument("--if-empty", action="store_true", help="what is sown stays; its dates move on to today")

    def handle(self, *args: Any, **options: Any) -> None:
        today = options["today"] or timezone.localdate()
        sowing.appoint(username="ines", password="prepago")  # noqa: S106  # as everybody of the demo
        if options["if_empty"] and sowing.is_sown():
            sowing.move_on(today=today)
            return
        if not 1 <= options["customers"] <= sowing.MOST_CUSTOMERS:
            raise CommandError(f"--customers: from 1 to {sowing.MOST_CUSTOMERS}.")
        sowing.sow(customers=options["customers"], today=today, systems=SYSTEMS)
        if options["verbosity"]:
            self.stdout.write(f"Sown: {options['customers']} customers as of {today}.")
