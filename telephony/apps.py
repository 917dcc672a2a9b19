"""The telephone system, as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephonyConfig(AppConfig):
    name = "telephony"
    verbose_name = _("Telefonía")

    def ready(self) -> None:
        """Who signs in in the middle of a call is on it."""
        from agents.presence import when_signing_in
        from telephony.agent_states import take_up

        when_signing_in(take_up)
