"""Door: the demo's data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from agents.models import User
from callcenter.demo import always_on, handed_over, history, people, resetting, smartflex, units
from callcenter.purpose import refuse_another_purpose
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Makes the demo's people, policy and drop folder; --reset begins again with nothing but them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="throw away every row and file first")
        parser.add_argument("--if-empty", action="store_true", help="only when nobody works here yet")
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
        now = timezone.now()
        if not (options["if_empty"] and User.objects.exists()):
            people.hire()
            units.name_who_is_written_to(since=timezone.localdate(now) - timedelta(days=60))
            always_on.open_day_and_night()
            self.stdout.write("Making last month, so that there is something to compare with …")
            elena, ines, ana = (User.objects.get(username=name) for name in (people.SUPERVISOR, "ines", "ana"))
            history.make_last_month(by=elena, now=now)
            handed_over.fill_the_board(by=elena, other=ines, now=now)
            handed_over.promise_a_call(by=ana, now=now)
            self.stdout.write("Demo data made.")
        always_on.stay_live(now=now)
        for path in smartflex.save_what_is_missing(now=now):
            self.stdout.write(f"Saved {path}")

    def _name_people(self) -> None:
        self.stdout.write(f"Sign in with the password «{people.PASSWORD}» as one of:")
        for person in people.PEOPLE:
            skills = f" ({', '.join(person.skills)})" if person.skills else ""
            self.stdout.write(f"  {person.username:<7} {person.role.value}{skills}")
