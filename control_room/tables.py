"""The list of who listened to whom."""

from __future__ import annotations

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screens.tables import RIGHT, ListTable, Moment
from screens.templatetags.screens import lasting
from telephony.models import Monitoring

Outcome = Monitoring.Outcome


class MonitoringTable(ListTable):
    """Every listening, whisper and joining, with what came of it."""

    title = gettext_lazy("Escuchas")
    asked_at = Moment(verbose_name=gettext_lazy("Pedida"))
    by = tables.Column(verbose_name=gettext_lazy("Quién"), orderable=False)
    agent = tables.Column(verbose_name=gettext_lazy("A quién"), orderable=False)
    kind = tables.Column(verbose_name=gettext_lazy("Cómo"))
    call = tables.Column(verbose_name=gettext_lazy("Qué llamada"), orderable=False, empty_values=())
    began_at = Moment(verbose_name=gettext_lazy("Desde"))
    ended_at = Moment(verbose_name=gettext_lazy("Hasta"))
    lasted = tables.Column(verbose_name=gettext_lazy("Duró"), orderable=False, attrs=RIGHT)
    outcome = tables.Column(verbose_name=gettext_lazy("Qué pasó"), empty_values=())
    is_announced = tables.Column(verbose_name=gettext_lazy("Avisada"))

    class Meta(ListTable.Meta):
        model = Monitoring
        fields = (
            "asked_at",
            "by",
            "agent",
            "kind",
            "call",
            "began_at",
            "ended_at",
            "lasted",
            "outcome",
            "is_announced",
        )
        order_by = ("-asked_at",)
        empty_text = gettext_lazy("Nadie escuchó una llamada todavía.")

    def render_by(self, record: Monitoring) -> str:
        return record.by.get_full_name() or record.by.username

    def render_kind(self, record: Monitoring) -> str:
        return str(record.get_kind_display())

    def render_call(self, record: Monitoring) -> str:
        if record.queue_call is None:
            return _("saliente")
        return _("entrante, cola %(queue)s") % {"queue": record.queue_call.queue}

    def render_lasted(self, value: float) -> str:
        return lasting(value)

    def render_outcome(self, record: Monitoring) -> SafeString:
        if not record.is_over:
            look, word = "info", record.get_state_display()
        else:
            look = {Outcome.DONE: "ok", Outcome.UNKNOWN: "warn"}.get(Outcome(record.outcome), "calm")
            word = record.get_outcome_display()
        return render_to_string("components/badge.html", {"kind": look, "word": word})

    def render_is_announced(self, value: bool) -> str:
        return _("sí") if value else _("no")
