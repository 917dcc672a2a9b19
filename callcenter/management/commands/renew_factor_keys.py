"""Door: encrypt the secrets of second factors under the newest key."""

from typing import Any

from django.core.management.base import CommandError

from agents.factor_secrets import renew_keys
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Encrypts the secrets of second factors under the first of FACTOR_KEYS; afterwards the others may go."

    def handle(self, *args: Any, **options: Any) -> None:
        renewed, unreadable = renew_keys()
        self.stdout.write(f"secrets under the first key: {renewed}")
        if unreadable:
            raise CommandError(
                f"{unreadable} secrets are readable by none of FACTOR_KEYS: add the key they were written with, or take"
                " these people's second factor off in the admin."
            )
