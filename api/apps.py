from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = _("Interfaz para otros programas")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agents.accounts import account_changed
        from api.tokens import end_with_their_person

        account_changed.connect(end_with_their_person, dispatch_uid="api.tokens")
