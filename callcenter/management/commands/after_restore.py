"""`after_restore MOMENT`: in a database that PostgreSQL's own tools brought back, what it owed goes to people first."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from agents.audit_check import owns_the_tables
from agents.hands import know
from callcenter.backup.aftermath import settle_what_was_under_way
from callcenter.ownership import as_owner
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "After a restore by other tools than `restore`: hand to people what may have been done since that moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("moment", help="of the database, as 2026-12-28T11:40")

    def handle(self, *, moment: str, **options: Any) -> None:
        now = timezone.now()
        works_as = (settings.DATABASE_OWNER or settings.DATABASES["default"])["USER"]
        if not owns_the_tables(str(works_as)):
            raise CommandError(_("Esto lo hace quien es dueño de la base: falta DATABASE_OWNER_URL. No se tocó nada."))
        taken_at = _read(moment, now=now)
        with as_owner():
            know(settings.DATABASE_HAND_KEYS)
            left = settle_what_was_under_way(taken_at=taken_at, now=now)
        words = _("%(mails)d correos y %(operations)d operaciones esperan a una persona; las sesiones terminaron.")
        self.stdout.write(words % asdict(left))
        for told in left.told():
            self.stdout.write(told)


def _read(moment: str, *, now: datetime) -> datetime:
    try:
        read = parse_datetime(moment)
    except ValueError:
        read = None
    if read is None:
        raise CommandError(_("«%(text)s» no es un momento: escríbalo como 2026-12-28T11:40.") % {"text": moment[:30]})
    read = read if timezone.is_aware(read) else timezone.make_aware(read)
    if read > now:
        raise CommandError(_("%(text)s todavía no llegó.") % {"text": moment})
    return read
