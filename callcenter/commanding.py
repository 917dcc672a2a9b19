"""Commands of the centre, each named in the audit by whatever it changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand


class CentreCommands(ManagementUtility):
    """Django's, with what a command of ours changes kept under its name; those of libraries change no facts."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        if (Path(settings.BASE_DIR) / type(command).__module__.split(".")[0]).is_dir():
            _name_in_the_audit(command, subcommand)
        return command


def execute_from_command_line(argv: list[str]) -> None:
    CentreCommands(argv).execute()


def _name_in_the_audit(command: BaseCommand, name: str) -> None:
    from agents.audit_context import acting  # needs the apps, which stand by the time a command is looked up

    execute = command.execute

    def named(*args: Any, **options: Any) -> str | None:
        with acting(command=name):
            return execute(*args, **options)

    command.execute = named  # type: ignore[method-assign]
