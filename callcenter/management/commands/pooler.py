"""`pooler [--users]`: what PgBouncer of this machine's web server is told, to be written into its two files."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from callcenter.pooler import NoPooler, ini_of, users_of
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    prepares_itself = True  # it asks no database
    help = (
        "Prints pgbouncer.ini for DATABASE_URL, where the web server asks, and DATABASE_POOLER_URL, the server as the "
        "pooler's own user (make_roles makes it). "
        "It holds a secret: only PgBouncer's own user may read it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--users", action="store_true", help="its file of users instead")
        parser.add_argument("--users-at", default="/etc/pgbouncer/userlist.txt", help="where that file will lie")

    def handle(self, *args: Any, users: bool, users_at: str, **options: Any) -> None:
        pooled, server = settings.DATABASE_URL, settings.DATABASE_POOLER_URL
        try:
            if users:
                self.stdout.write(users_of(pooled=pooled))
                return
            word = settings.DATABASE_HAND_KEYS[0]
            self.stdout.write(ini_of(pooled=pooled, server=server, word=word, users=users_at))
        except NoPooler as missing:
            raise CommandError(str(missing)) from missing
