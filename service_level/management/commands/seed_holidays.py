"""Door: propose the holidays of a year."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from screens.terminal import TerminalCommand
from service_level.holidays_of_a_year import propose_holidays


class Command(TerminalCommand):
    help = "Adds the public holidays of a year that the table does not have; what somebody edited stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added = propose_holidays(year=options["year"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        for holiday in added:
            self.stdout.write(
                f"{holiday.day} {holiday.name}{'' if holiday.is_day_off else ' (worked until confirmed)'}"
            )
        self.stdout.write(f"{len(added)} added")
