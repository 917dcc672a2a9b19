"""Making a site out of a copy, where there is none yet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from agents.hands import know
from callcenter.backup import postgres
from callcenter.backup.aftermath import LeftToPeople, settle_what_was_under_way
from callcenter.backup.files import move_in, names_of, take_apart, the_files, whereabouts
from callcenter.backup.parts import DATABASE, FILES, About, BackupRefused, Tell, read_about
from callcenter.database_rights import give_rights_after_migrating, rights_come_later
from callcenter.ownership import as_owner
from callcenter.proofs import broken_promises, wrong_seals


@dataclass(frozen=True)
class Restored:
    """What was made of it. `wrong`: sentences; empty when everything holds and each seal counts to the same."""

    about: About
    left: LeftToPeople
    wrong: list[str]


def restore(source: Path, *, now: datetime, tell: Tell) -> Restored:
    """Fill the empty site, bring it to this release, and prove it. Raises BackupRefused: the site is as empty as it
    was, or the message says that it is not.

    Whoever is killed in the middle of it begins again with another empty database. Until the last step the application
    has no right to a single table, so nobody works with half of a site.
    """
    refuse_a_site_that_is_there()
    about = read_about(source, tell=tell)
    _refuse_what_does_not_fit(about)
    files, arriving = the_files(), None
    where = whereabouts(files)
    try:
        tell(_("Se traen %(count)d archivos…") % {"count": about.files})
        arriving = take_apart(source / FILES, files)
        with as_owner():
            postgres.restore(source / DATABASE, tell=tell)
        with _half_made(where):
            move_in(arriving, files)
    except OSError as error:
        words = _("No se pudo escribir en %(folder)s: %(why)s.")
        raise BackupRefused(words % {"folder": where, "why": error.strerror or error}) from None
    finally:
        if arriving is not None:
            shutil.rmtree(arriving, ignore_errors=True)
    tell(_("Se lleva a esta versión…"))
    with _half_made(where):
        with rights_come_later():  # nobody sends what may have been sent
            call_command("migrate", verbosity=0, interactive=False)
        with as_owner():
            know(settings.DATABASE_HAND_KEYS)  # its site may have had another key
            left = settle_what_was_under_way(taken_at=datetime.fromisoformat(about.taken_at), now=now)
            give_rights_after_migrating()
        call_command("publish_flows", quiet=True)
        call_command("sync_schedule")
    tell(_("Se comprueba todo…"))
    return Restored(about, left, [*_broken(), *wrong_seals(now=now)])


def refuse_a_site_that_is_there() -> None:
    """Raise BackupRefused unless there is nothing yet that a restore would cover."""
    if tables := connection.introspection.table_names():
        words = _("La base de datos ya tiene %(count)d tablas: se restaura en una vacía. No se tocó nada.")
        raise BackupRefused(words % {"count": len(tables)})
    if next(names_of(the_files()), None) is not None:
        words = _("En %(folder)s ya hay archivos: se restaura en una carpeta vacía. No se tocó nada.")
        raise BackupRefused(words % {"folder": whereabouts(the_files())})


@contextmanager
def _half_made(where: str) -> Iterator[None]:
    """What fails from here on leaves a database that is no longer empty, and it is said what to do with it."""
    try:
        yield
    except (OSError, DatabaseError, CommandError) as error:
        words = _(
            "Se llenó la base de datos y después algo falló (%(why)s). Lo que hay no es el sistema entero: que nadie "
            "trabaje en él. Remedie la causa, borre la base de datos y cree una vacía, vacíe %(folder)s y repita."
        )
        raise BackupRefused(words % {"why": error, "folder": where}) from error


def _refuse_what_does_not_fit(about: About) -> None:
    if about.environment != settings.CALLCENTER_ENV:
        words = _("La copia es de %(theirs)s y aquí CALLCENTER_ENV es %(ours)s.")
        raise BackupRefused(words % {"theirs": about.environment, "ours": settings.CALLCENTER_ENV})
    if about.server > postgres.server_major():
        words = _("La copia es de PostgreSQL %(theirs)d y aquí hay %(ours)d: use uno igual o más nuevo.")
        raise BackupRefused(words % {"theirs": about.server, "ours": postgres.server_major()})
    known = MigrationLoader(None).disk_migrations
    ours = {app for app, _name in known}
    newer = [f"{app}.{name}" for app, names in about.migrations.items() if app in ours for name in names
             if (app, name) not in known]  # fmt: skip
    if newer:
        words = _("La copia es de otra versión del programa (%(names)s): restaure con esa versión y actualice después.")
        raise BackupRefused(words % {"names": ", ".join(newer[:3])})


def _broken() -> list[str]:
    return [f"{one.name}: {one.count} ({', '.join(one.examples)}) · {one.promise}" for one in broken_promises()]
