"""The list of calls that were lost."""

from __future__ import annotations

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from escalations.models import Escalation
from inbound.lost_callers.figures import FATES, GOT_THROUGH, IN_VAIN, OPEN, REACHED
from screens.tables import ListTable, MaskedTelephone, Moment, RowLink

LOOKS = {REACHED: "ok", GOT_THROUGH: "ok", OPEN: "warn", IN_VAIN: "bad"}


class LostTable(ListTable):
    """One call a row; each opens its card."""

    title = gettext_lazy("Llamadas perdidas")
    reason = RowLink(
        verbose_name=gettext_lazy("Qué ocurrió"),
        linkify=lambda record: reverse("escalations:escalation", args=[record.pk]),
        orderable=False,
    )
    line = tables.Column(verbose_name=gettext_lazy("Línea"))
    telephone = MaskedTelephone(verbose_name=gettext_lazy("De"))
    raised_at = Moment(verbose_name=gettext_lazy("Por llamar desde"))
    fate = tables.Column(verbose_name=gettext_lazy("Qué fue de ella"))
    informed_at = Moment(verbose_name=gettext_lazy("Contestó"))
    informed_by = tables.Column(verbose_name=gettext_lazy("La llamó"), orderable=False)

    class Meta(ListTable.Meta):
        model = Escalation
        fields = ("raised_at", "reason", "line", "telephone", "fate", "informed_at", "informed_by")
        sequence = fields
        order_by = ("-raised_at",)
        empty_text = gettext_lazy("Ninguna llamada así en este mes.")

    def render_fate(self, value: str) -> SafeString:
        return render_to_string("components/badge.html", {"kind": LOOKS.get(value, "info"), "word": FATES[value]})
