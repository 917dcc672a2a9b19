"""The list of calls behind a figure."""

from __future__ import annotations

from datetime import datetime

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from screens.tables import Lasting, ListTable, MaskedTelephone, RowLink
from service_level.days import LA_PAZ
from telephony.models import LoggedVisit
from telephony.queue_log.evidence import oddities_of

Outcome = LoggedVisit.Outcome
LOOKS = {Outcome.ANSWERED: "ok", Outcome.WAITING: "info", Outcome.OTHER: "warn"}


class CallTable(ListTable):
    """One entry into a queue a row; each opens its lines."""

    title = gettext_lazy("Llamadas")
    entered_at = RowLink(
        verbose_name=gettext_lazy("Entró"), linkify=lambda record: reverse("service_level:call", args=[record.pk])
    )
    queue = tables.Column(verbose_name=gettext_lazy("Cola"))
    caller = MaskedTelephone(verbose_name=gettext_lazy("De"))
    outcome = tables.Column(verbose_name=gettext_lazy("Resultado"))
    wait = Lasting(verbose_name=gettext_lazy("Esperó"))
    agent = tables.Column(verbose_name=gettext_lazy("Agente"))
    talk = Lasting(verbose_name=gettext_lazy("Conversó"))
    oddities = tables.Column(verbose_name=gettext_lazy("Anomalías"), orderable=False)

    class Meta(ListTable.Meta):
        model = LoggedVisit
        fields = ("entered_at", "queue", "caller", "outcome", "wait", "agent", "talk", "oddities")
        order_by = ("entered_at",)
        empty_text = gettext_lazy("Ninguna llamada así en estos días.")

    def render_entered_at(self, value: datetime) -> str:
        return f"{value.astimezone(LA_PAZ):%d/%m/%Y %H:%M:%S}"  # to the second, as it is written in the evidence

    def render_outcome(self, record: LoggedVisit) -> SafeString:
        look = LOOKS.get(Outcome(record.outcome), "bad")
        return render_to_string("components/badge.html", {"kind": look, "word": record.get_outcome_display()})

    def render_oddities(self, record: LoggedVisit) -> str:
        return ". ".join(oddities_of(record))
