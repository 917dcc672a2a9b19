"""`backup FOLDER`: the whole site, into a folder that is not there yet; people go on working."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from callcenter.backup.last_one import note_backup
from callcenter.backup.parts import DATABASE, BackupRefused
from callcenter.backup.taking import take_backup
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Write the database, the files and their hashes into a new folder, while people work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where to; it must not be there yet")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            now = timezone.now()
            about = take_backup(folder, now=now, tell=self.stderr.write)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        told = {
            "folder": folder, "database": filesizeformat((folder / DATABASE).stat().st_size),
            "files": about.files, "bytes": filesizeformat(about.file_bytes),
        }  # fmt: skip
        words = _("Copia en %(folder)s: base de datos %(database)s, %(files)d archivos de %(bytes)s.")
        self.stdout.write(words % told)
        self.stdout.write(_("Tiene datos personales: guárdela cifrada y en otra máquina."))
        try:
            note_backup(now=now)
        except OSError as error:
            words = _("La copia está entera; que se hizo no se pudo anotar (%(why)s): «doctor» dirá que falta.")
            raise CommandError(words % {"why": error.strerror or error}) from None
