"""Door: the demo's data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from callcenter.demo import making, people, resetting
from callcenter.demo.progress import Progress
from callcenter.purpose import refuse_another_purpose
from screens.terminal import TerminalCommand

SAYS = {
    "report": "last month's report is taken in",
    "calls": "last month's calls of {day}",
    "payments": "last month's payments",
    "closing": "last month is closed and counted",
    "shifts": "the agents' day of {day}",
    "board": "the board's cards of {day}",
    "log": "what the switchboard wrote is read and counted",
}


class Command(TerminalCommand):
    help = "Makes what the demo is still owed (people, last month, the board); --reset throws everything away first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="throw away every row and file first")
        parser.add_argument("--people", action="store_true", help="only say who may sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_DEMO:
            raise CommandError("This is no demo (CALLCENTER_ENV=production): nothing was touched.")
        if options["people"]:
            self._name_people()
            return
        if options["reset"]:
            try:
                resetting.throw_everything_away(now=timezone.now())
            except resetting.NotReset as error:
                raise CommandError(str(error)) from None
        refuse_another_purpose()
        making.settle_in(now=timezone.now())
        if making.is_owed():
            making.make_what_is_owed(now=timezone.now(), listen=self._tell)
            self._say("Demo data made.")
        for path in making.go_on(now=timezone.now()):
            self._say(f"Saved {path}")

    def _tell(self, progress: Progress) -> None:
        day = f"{progress.on:%d/%m/%Y}" if progress.on else ""
        left = f", about {max(progress.left, 1):.0f} s left" if progress.left is not None else ""
        self._say(f"{progress.done + 1} of {progress.of}: {SAYS[progress.what].format(day=day)}{left}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _name_people(self) -> None:
        self.stdout.write(f"Sign in with the password «{people.PASSWORD}» as one of:")
        for person in people.PEOPLE:
            skills = f" ({', '.join(person.skills)})" if person.skills else ""
            self.stdout.write(f"  {person.username:<7} {person.role.value}{skills}")
