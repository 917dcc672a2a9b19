"""Working time, as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceLevelConfig(AppConfig):
    name = "service_level"
    verbose_name = _("Indicador, horario y feriados")

    def ready(self) -> None:
        from service_level.sealing.ordering import ORDERS
        from work.kinds import register

        register(ORDERS)
