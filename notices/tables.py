"""The list of the outbox."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from notices.models import Notice
from screens.tables import ListTable, Moment, RowLink
from screens.templatetags.screens import masked_text

BADGES = {
    Notice.State.WAITING: ("info", _("Por enviar")),
    Notice.State.SENT: ("ok", _("Enviado")),
    Notice.State.PARKED: ("bad", _("Detenido")),
    Notice.State.DROPPED: ("calm", _("Ya no se envía")),
}


class NoticeTable(ListTable):
    """Mail with whom it is for and whether it went out."""

    title = _("Correo del centro")
    subject = RowLink(verbose_name=_("Asunto"), linkify=lambda record: reverse("notices:notice", args=[record.pk]))
    state = tables.Column(verbose_name=_("Estado"), attrs={"td": {"class": "nowrap"}})
    created_at = Moment(verbose_name=_("Creado"))
    sent_at = Moment(verbose_name=_("Enviado"))
    to = tables.Column(verbose_name=_("Para"), orderable=False)

    class Meta(ListTable.Meta):
        model = Notice
        fields = ("subject", "state", "created_at", "sent_at", "to")
        order_by = ("-created_at",)
        empty_text = _("Ningún aviso en este estado.")

    def __init__(self, rows: Any, *, hides: Collection[str] = (), **more: Any) -> None:
        self.hides = hides  # kinds whose numbers are masked
        super().__init__(rows, **more)

    def render_subject(self, record: Notice) -> str:
        return masked_text(record.subject) if record.kind in self.hides else record.subject

    def render_to(self, value: list[str]) -> str:
        first, *others = value or [str(_("nadie todavía"))]
        return f"{first} +{len(others)}" if others else first

    def render_state(self, record: Notice) -> SafeString:
        look, word = BADGES[Notice.State(record.state)]
        return render_to_string("components/badge.html", {"kind": look, "word": word})
