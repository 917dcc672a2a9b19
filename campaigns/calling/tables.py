"""The list of who is not called."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from campaigns.models import DoNotCall
from screens.tables import ListTable, Moment
from screens.templatetags.screens import masked_telephone, masked_text, telephone


class DoNotCallTable(ListTable):
    """Contracts and telephones nobody calls, and why."""

    title = _("Lista de no llamar")
    contract = tables.Column(verbose_name=_("Contrato"))
    telephone = tables.Column(verbose_name=_("Teléfono"), attrs={"td": {"class": "nowrap"}})
    reason = tables.Column(verbose_name=_("Motivo"), orderable=False)
    since = Moment(verbose_name=_("Desde"))
    added_by = tables.Column(verbose_name=_("Agregado por"), orderable=False)
    verb = tables.Column(verbose_name=_("Qué hacer"), accessor="pk", orderable=False)

    class Meta(ListTable.Meta):
        model = DoNotCall
        fields = ("contract", "telephone", "reason", "since", "added_by", "verb")
        order_by = ("-since",)
        empty_text = _("Nadie coincide.")

    def __init__(self, *rows: Any, masked: bool, may_change: bool, **more: Any) -> None:
        self.masked = masked
        super().__init__(*rows, exclude=() if may_change else ("verb",), **more)

    def render_telephone(self, value: str) -> str:
        return masked_telephone(value) if self.masked else telephone(value)

    def render_reason(self, value: str) -> str:
        return masked_text(value) if self.masked else value

    def render_verb(self, record: DoNotCall) -> SafeString:
        return render_to_string(
            "campaigns/calling/_take_off.html", {"row": record}, request=getattr(self, "request", None)
        )
