from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = _("Interfaz para otros programas")
    default_auto_field = "django.db.models.BigAutoField"
