"""What our commands say at a terminal: bad input is one clear line on stderr and exit code 1, never a page of usage."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError, connection
from psycopg.errors import UndefinedTable


class TerminalCommand(BaseCommand):
    """Every command of ours. Its parser leaves as a CommandError does; argparse itself would leave with 2."""

    prepares_itself = False  # a command that migrates in its own time, after looking whether it can start at all

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)

        def refuse(message: str) -> NoReturn:
            if not parser.called_from_command_line:
                raise CommandError(message)
            sys.stderr.write(f"CommandError: {' '.join(message.split())}\n")
            sys.exit(1)

        parser.error = refuse  # type: ignore[method-assign]
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """As Django does it; a database that was never migrated is prepared (embedded) or said in one line."""
        if settings.RUNS_EMBEDDED and not self.prepares_itself and not connection.introspection.table_names():
            sys.stderr.write("Preparing the database …\n")
            call_command("migrate", verbosity=0, interactive=False)
        try:
            return super().execute(*args, **options)
        except ProgrammingError as error:
            if not isinstance(error.__cause__, UndefinedTable):
                raise
            raise CommandError("The database has no tables yet, or old ones: run `manage.py migrate` first.") from error
