"""Door: encrypt the secrets that are kept to be used, of second factors and webhooks, under the newest key."""

from typing import Any

from django.core.management.base import CommandError

from agents.factor_secrets import renew_factors
from notices.programs.secret_keys import renew_webhooks
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = (
        "Encrypts the secrets of second factors and of webhooks under the first of FACTOR_KEYS; afterwards the others"
        " may go."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        factors, webhooks = renew_factors(), renew_webhooks()
        self.stdout.write(f"secrets under the first key: {factors.renewed} of factors, {webhooks.renewed} of webhooks")
        if not factors.unreadable + webhooks.unreadable:
            return
        raise CommandError(
            f"{factors.unreadable} secrets of factors and {webhooks.unreadable} of webhooks are readable by none of"
            " FACTOR_KEYS: add the key they were written with; or take these people's second factor off and change"
            " the webhooks' secret, in the admin."
        )
