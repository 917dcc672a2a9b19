"""The month of prepaid, as Django knows it."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campañas de prepago")

    def ready(self) -> None:
        from campaigns import owed_work, tasks
        from work.kinds import register

        def ring_errands(_kind: Any, _pk: int) -> None:
            for task in tasks.OF_ERRANDS.values():
                task.delay_on_commit()

        def ring_report(_kind: Any, pk: int) -> None:
            tasks.take_in_report.delay_on_commit(report_id=pk)

        register(owed_work.REPORTS, ring=ring_report)
        register(owed_work.EXPORTS)
        register(owed_work.ERRANDS, ring=ring_errands)
