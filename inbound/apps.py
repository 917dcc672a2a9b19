"""The inbound lines, as Django knows them; each outside system gets its row after a migration (docs/decisions/0131)."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InboundConfig(AppConfig):
    name = "inbound"
    verbose_name = _("Líneas entrantes")

    def ready(self) -> None:
        from inbound.owed_work import WRITES
        from inbound.tasks import deliver_writes
        from work.kinds import register

        register(WRITES, ring=lambda _kind, _pk: deliver_writes.delay_on_commit())
        post_migrate.connect(put_in_systems_there_are, sender=self, dispatch_uid="inbound.systems")


def put_in_systems_there_are(*, apps: Any, **_more: Any) -> None:
    """A new folder in `systems/` is a new row of the admin; nothing else has to be done for it."""
    from inbound.outside.reaching import put_in_systems

    try:
        rows = apps.get_model("inbound", "OutsideSystem")
    except LookupError:  # migrated back to before there was such a table
        return
    put_in_systems(rows)
