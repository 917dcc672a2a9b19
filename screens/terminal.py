"""What our commands say at a terminal: bad input is one clear line on stderr and exit code 1, never a page of usage."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser


class TerminalCommand(BaseCommand):
    """Every command of ours. Its parser leaves as a CommandError does; argparse itself would leave with 2."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)

        def refuse(message: str) -> NoReturn:
            if not parser.called_from_command_line:
                raise CommandError(message)
            sys.stderr.write(f"CommandError: {' '.join(message.split())}\n")
            sys.exit(1)

        parser.error = refuse  # type: ignore[method-assign]
        return parser
