"""Whether the migrations a database recorded are those of this release: from others no way leads here."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader

SENTENCE = (
    "The database was made by another release, whose migrations are not those of this one ({found}): it cannot be"
    " brought up to date, and nothing was touched. {way_on}"
)
OF_A_DEMO = "Throw the demo's data away and begin anew: make demo-reset."
OF_A_SERVER = "Name an empty database in DATABASE_URL, or start the release that made this one."


def refuse_migrations_of_another_release() -> None:
    """Raise CommandError, in one sentence, when ours are recorded that there are no more or that lack what they need.

    What was recorded by libraries is theirs: they take old migrations away once newer ones replace them.
    """
    loader = MigrationLoader(connection)
    here = Path(settings.BASE_DIR)
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == here}
    gone = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in ours and (app, name) not in loader.disk_migrations
    )
    try:
        loader.check_consistent_history(connection)
        found = ", ".join(gone[:3]) + (" …" if len(gone) > 3 else "")
    except InconsistentMigrationHistory as error:
        found = ", ".join(gone[:3]) or str(error).rstrip(".")
    if found:
        way_on = OF_A_DEMO if settings.RUNS_EMBEDDED and settings.IS_DEMO else OF_A_SERVER
        raise CommandError(SENTENCE.format(found=found, way_on=way_on))
