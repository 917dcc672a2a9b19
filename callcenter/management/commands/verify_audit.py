"""`verify_audit [--known DIGEST]`: whether the audit is what it was; exit 1 with what is not."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.audit_check import check_audit
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Count the digests of the audit again: names every table and day of which rows were changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--known", default="", help="a digest this command printed before, kept outside")

    def handle(self, *args: Any, **options: Any) -> None:
        checked = check_audit(now=timezone.now(), known=options["known"].strip().lower())
        for sentence in [*checked.told, *checked.wrong]:
            self.stdout.write(sentence)
        told = {"days": checked.days, "rows": checked.rows}
        self.stdout.write(_("%(days)d días, %(rows)d filas.") % told)
        if checked.newest:
            self.stdout.write(
                _("Última huella, para guardar fuera de la base: %(newest)s") % {"newest": checked.newest}
            )
        if checked.wrong:
            words = ngettext("Algo no es como era.", "%(count)d cosas no son como eran.", len(checked.wrong))
            raise CommandError(words % {"count": len(checked.wrong)})
