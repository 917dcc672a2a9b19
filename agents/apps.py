"""The people of the centre, as Django knows them."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    name = "agents"
    verbose_name = _("Personas y equipos")

    def ready(self) -> None:
        from agents.guarded_triggers import guard_triggers

        post_migrate.connect(guard_triggers, sender=self, dispatch_uid="agents.guarded_triggers")
