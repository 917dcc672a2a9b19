"""The control room, as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ControlRoomConfig(AppConfig):
    name = "control_room"
    verbose_name = _("Sala de control")
