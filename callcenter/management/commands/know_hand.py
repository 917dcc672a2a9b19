"""`know_hand`: from now on the database writes down what no process of the application wrote; as its owner."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from agents import hands
from callcenter.ownership import as_owner
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Tell the database whose hand is the application's, once no process of a release before is at work."
    prepares_itself = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forget", action="store_true", help="before going back to a release that says none")

    def handle(self, *args: Any, forget: bool, **options: Any) -> None:
        with as_owner():
            hands.know([] if forget else settings.DATABASE_HAND_KEYS)
        self.stdout.write(
            _("La base ya no distingue quién escribe.")
            if forget
            else _("La base anota lo que no escribe la aplicación.")
        )
