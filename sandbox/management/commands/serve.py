"""Door: the sandbox's web server, in the place of this process."""

from __future__ import annotations

import os
import secrets
import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

THREADS = 32  # a call of a slow system holds one of them and no connection


class Command(BaseCommand):
    help = "Serves the played systems and their admin until it is stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8100)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=1)
        parser.add_argument("--prepare", action="store_true", help="first migrate, and sow when nothing is sown")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["prepare"]:
            call_command("migrate", verbosity=0, interactive=False)
            call_command("seed", if_empty=True, verbosity=0)
        os.environ["SANDBOX_SERVES"] = "true"
        os.environ.setdefault("SANDBOX_SECRET_KEY", secrets.token_urlsafe(48))
        server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-access-log", "--log-level", "error"]
        server += ["--host", options["host"], "--port", str(options["port"]), "--workers", str(options["workers"])]
        server += ["--blocking-threads", str(THREADS), "--backpressure", "256", "--workers-kill-timeout", "2"]
        os.execv(server[0], [*server, "sandbox.wsgi:application"])  # noqa: S606  # signals reach the server itself
