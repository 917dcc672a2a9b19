"""The list of calls in which an export differs from the log."""

from __future__ import annotations

from datetime import datetime

import django_tables2 as tables
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screens.tables import ListTable
from screens.templatetags.screens import NOTHING, lasting, opens
from service_level.days import LA_PAZ
from service_level.models import AsternicDifference
from telephony.models import LoggedVisit


class DifferenceTable(ListTable):
    """A call a row; what the log says of it opens its lines."""

    title = gettext_lazy("Llamadas que difieren")
    at = tables.Column(verbose_name=gettext_lazy("Cuándo"))
    queue = tables.Column(verbose_name=gettext_lazy("Cola"))
    row = tables.Column(verbose_name=gettext_lazy("Fila del archivo"))
    outcome = tables.Column(verbose_name=gettext_lazy("Asternic dice"), empty_values=())
    visit = tables.Column(verbose_name=gettext_lazy("El registro dice"), empty_values=(), orderable=False)

    class Meta(ListTable.Meta):
        model = AsternicDifference
        fields = ("at", "queue", "row", "outcome", "visit")
        order_by = ("at",)
        empty_text = gettext_lazy("Ninguna.")

    def render_at(self, value: datetime) -> str:
        return f"{value.astimezone(LA_PAZ):%d/%m/%Y %H:%M:%S}"

    def render_outcome(self, record: AsternicDifference) -> str:
        return _became(record.get_outcome_display(), record.wait) if record.outcome else NOTHING

    def render_visit(self, record: AsternicDifference) -> SafeString | str:
        if record.visit_id is None:
            return NOTHING
        visit: LoggedVisit | None = record.visit
        if visit is None:
            return _("ya no está: vuelva a subir el archivo")
        words = _became(visit.get_outcome_display(), visit.wait)
        return opens(words, reverse("service_level:call", args=[visit.pk]))


def _became(outcome: str, wait: int | None) -> str:
    return outcome if wait is None else _("%(outcome)s, esperó %(wait)s") % {"outcome": outcome, "wait": lasting(wait)}
