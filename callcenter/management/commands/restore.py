"""`restore FOLDER [--only-check]`: an empty site becomes what the copy is of; exit 1 when anything does not hold."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from callcenter.backup.parts import BackupRefused, read_about
from callcenter.backup.restoring import restore
from callcenter.proofs import how_many
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Make this empty site out of a backup, and prove it: every invariant, every seal, the audit."
    prepares_itself = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="what `backup` wrote")
        parser.add_argument(
            "--only-check", action="store_true", help="read every byte against its hash, restore nothing"
        )

    def handle(self, *, folder: Path, only_check: bool, **options: Any) -> None:
        try:
            if only_check:
                about = read_about(folder, tell=self.stderr.write)
                self.stdout.write(_("La copia del %(moment)s está entera.") % {"moment": _told(about.taken_at)})
                return
            done = restore(folder, now=timezone.now(), tell=self.stderr.write)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from None
        moment = _told(done.about.taken_at)
        self.stdout.write(_("El sistema es el del %(moment)s; lo hecho después no está:") % {"moment": moment})
        for words in (
            _("· Las personas ingresan otra vez."),
            _("· %(mails)d correos y %(operations)d operaciones esperan a una persona: pudieron hacerse después."),
            _("· Concilie con los otros sistemas los días desde entonces: lo pedido después no está aquí."),
            _("· Reportes y queue_log se leen solos otra vez desde donde la copia llegó."),
        ):
            self.stdout.write(words % asdict(done.left))
        for told in done.left.told():
            self.stdout.write(told)
        for sentence in done.wrong:
            self.stderr.write(sentence)
        if done.wrong:
            words = ngettext("Algo no es como era.", "%(count)d cosas no son como eran.", len(done.wrong))
            raise CommandError(words % {"count": len(done.wrong)})
        self.stdout.write(_("%(count)d comprobaciones y todos los sellos ✓") % {"count": how_many()})


def _told(moment: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(moment)), "d/m/Y H:i")
