"""The inbound lines, as Django knows them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboundConfig(AppConfig):
    name = "inbound"
    verbose_name = _("Líneas entrantes")

    def ready(self) -> None:
        from inbound.owed_work import WRITES
        from inbound.tasks import deliver_writes
        from work.kinds import register

        register(WRITES, ring=lambda _kind, _pk: deliver_writes.delay_on_commit())
