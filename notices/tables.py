"""The list of the outbox."""

from __future__ import annotations

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from notices.models import Notice
from screens.tables import Figure, ListTable, Moment, RowLink

LOOKS = {Notice.State.WAITING: "info", Notice.State.SENT: "ok", Notice.State.PARKED: "bad"}


class NoticeTable(ListTable):
    """Mail with whom it is for and whether it went out."""

    title = _("Correo de la central")
    subject = RowLink(verbose_name=_("Asunto"), linkify=lambda record: reverse("notices:notice", args=[record.pk]))
    kind = tables.Column(verbose_name=_("Aviso"))
    to = tables.Column(verbose_name=_("Para"), orderable=False)
    created_at = Moment(verbose_name=_("Creado"))
    sent_at = Moment(verbose_name=_("Enviado"))
    attempts = Figure(verbose_name=_("Intentos"))
    state = tables.Column(verbose_name=_("Estado"))

    class Meta(ListTable.Meta):
        model = Notice
        fields = ("subject", "kind", "to", "created_at", "sent_at", "attempts", "state")
        order_by = ("-created_at",)
        empty_text = _("Ningún aviso en este estado.")

    def render_to(self, value: list[str]) -> str:
        first, *others = value or [str(_("nadie todavía"))]
        return f"{first} +{len(others)}" if others else first

    def render_state(self, record: Notice) -> SafeString:
        words = {"kind": LOOKS[Notice.State(record.state)], "word": record.get_state_display()}
        return render_to_string("components/badge.html", words)
