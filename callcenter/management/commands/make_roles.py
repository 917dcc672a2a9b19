"""`make_roles`: the user of DATABASE_URL is there and may do what it needs, and no more; as DATABASE_OWNER_URL."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils.translation import gettext as _

from callcenter.database_rights import NoRights, give_rights, make_role, who_works
from callcenter.ownership import as_owner
from screens.terminal import TerminalCommand


class Command(TerminalCommand):
    help = "Make the user of DATABASE_URL and give it its rights, as DATABASE_OWNER_URL. Twice does no harm."
    prepares_itself = True

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASE_OWNER is None:
            raise CommandError("DATABASE_OWNER_URL: name the user who owns the database; DATABASE_URL names the other.")
        pooler = urlsplit(settings.DATABASE_POOLER_URL)
        password = connection.settings_dict["PASSWORD"]  # as the owner it is the owner's
        with as_owner():
            try:
                if make_role(name=who_works(), password=password):
                    self.stdout.write(_("Se creó el usuario %(name)s.") % {"name": who_works()})
                give_rights(to=who_works())
                if pooler.username and make_role(
                    name=unquote(pooler.username), password=unquote(pooler.password or ""), like=who_works()
                ):
                    self.stdout.write(_("Se creó el usuario %(name)s.") % {"name": unquote(pooler.username)})
            except NoRights as refused:
                raise CommandError(str(refused)) from None
        self.stdout.write(_("%(name)s tiene sus permisos.") % {"name": who_works()})
