"""What the centre tells people and programs outside, as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Avisos")

    def ready(self) -> None:
        from notices.owed_work import MESSAGES, NOTICES
        from notices.tasks import deliver_due, deliver_to_programs
        from work.kinds import register

        register(NOTICES, ring=lambda _kind, _pk: deliver_due.delay_on_commit())
        register(MESSAGES, ring=lambda _kind, _pk: deliver_to_programs.delay_on_commit())
