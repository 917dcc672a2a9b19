"""`queue_user [--file | --check]`: the user of Valkey or Redis the house runs as, for its server, or what it may."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from redis import Redis
from redis.exceptions import RedisError

from callcenter.queue_rights import excess, rules
from screens.terminal import TerminalCommand

LONGEST_WAIT = 5  # seconds


class Command(TerminalCommand):
    prepares_itself = True  # it asks no database
    help = (
        "Prints the ACL SETUSER of the user and password in REDIS_URL, for valkey-cli of whoever owns the server: it "
        "may do what the house does, and no more. With --check: whether that user may do more; exit 1 with what."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", action="store_true", help="as a line of the server's file of users")
        parser.add_argument("--check", action="store_true", help="ask the server as that user")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
            return
        asked = urlsplit(settings.REDIS_URL)
        if not asked.username or not asked.password:
            raise CommandError(
                "REDIS_URL: name a user and a password of its own: rediss://callcenter:password@host:6379"
            )
        told = " ".join(rules(password=unquote(asked.password)))
        name = unquote(asked.username)
        self.stdout.write(f"user {name} {told}" if options["file"] else f"ACL SETUSER {name} reset {told}")

    def _check(self) -> None:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=LONGEST_WAIT, socket_connect_timeout=LONGEST_WAIT
        ) as client:
            try:
                found = excess(client)
            except RedisError as error:
                raise CommandError(f"REDIS_URL: {type(error).__name__}: {error}") from error
        if found:
            raise CommandError(f"The user of REDIS_URL may do what the house never does: {', '.join(found)}")
        self.stdout.write("The user of REDIS_URL may do what the house does, and no more.")
