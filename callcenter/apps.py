"""The wiring, as Django knows it; it remembers whether its database is a demo's or production's."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CallcenterConfig(AppConfig):
    name = "callcenter"
    verbose_name = _("Centro de Llamadas")

    def ready(self) -> None:
        from callcenter.purpose import refuse_another_purpose, remember_purpose

        pre_migrate.connect(refuse_another_purpose, sender=self, dispatch_uid="callcenter.purpose")
        post_migrate.connect(remember_purpose, sender=self, dispatch_uid="callcenter.purpose")
