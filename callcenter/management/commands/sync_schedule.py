"""Door: bring the schedule of the code into the database."""

from typing import Any

from django.utils import timezone

from callcenter.schedule import SCHEDULE
from callcenter.scheduling import sync_schedule
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Writes callcenter/schedule.py into the database; entries an administrator edited or deleted stay so."

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = sync_schedule(ticks=SCHEDULE, now=timezone.now())
        for what, names in vars(outcome).items():
            if names:
                self.stdout.write(f"{what.replace('_', ' ')}: {', '.join(names)}")
        if not any(vars(outcome).values()):
            self.stdout.write("the schedule is as the code says")
