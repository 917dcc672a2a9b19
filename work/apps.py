"""The work that is owed, as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    name = "work"
    verbose_name = _("Trabajo pendiente")

    def ready(self) -> None:
        from work.kinds import ring_own_worker_by
        from work.tasks import ring_own_worker

        ring_own_worker_by(ring_own_worker)
