"""The table of what a corrected report changes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from django_tables2 import Column

from campaigns.intake.changes_page import DONE, due_day, from_to, services_of, telephones_of
from campaigns.models import ReportDifference
from campaigns.payments.tables import badge
from screens.tables import ListTable, Money, RowLink
from screens.templatetags.screens import masked_telephone, moment, telephone

Kind = ReportDifference.Kind


class ChangeTable(ListTable):
    """What changes for each customer; what stays as it was is said once."""

    title = gettext_lazy("Cambios del reporte corregido")
    name = RowLink(
        verbose_name=gettext_lazy("Cliente"), orderable=False,
        linkify=lambda record: reverse("campaigns:contact", args=[record.contact_id]) if record.contact_id else None,
    )  # fmt: skip
    contract = Column(verbose_name=gettext_lazy("Contrato"))
    changes = Column(verbose_name=gettext_lazy("Qué cambia"), orderable=False)
    services = Column(empty_values=(), verbose_name=gettext_lazy("Servicios"), orderable=False)
    telephones = Column(empty_values=(), verbose_name=gettext_lazy("Teléfonos"), orderable=False)
    due_on = Column(empty_values=(), verbose_name=gettext_lazy("Vence"), orderable=False)
    before = Money(verbose_name=gettext_lazy("Debía"), orderable=False, accessor="before__amount")
    after = Money(verbose_name=gettext_lazy("Debe"), orderable=False, accessor="after__amount")
    done = Column(empty_values=(), verbose_name=gettext_lazy("Ya se hizo"), orderable=False)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ningún cliente cambia de este modo.")

    def __init__(self, rows: Any, *, masked: bool, kind: str, **more: Any) -> None:
        self.masked = masked
        hidden = {Kind.NEW: ("changes", "before"), Kind.GONE: ("changes", "after")}
        super().__init__(rows, exclude=hidden.get(Kind(kind), ()), **more)

    def render_changes(self, record: ReportDifference) -> str:
        return ", ".join(str(ReportDifference.What(what).label) for what in record.changes)

    def render_services(self, record: ReportDifference) -> str:
        return from_to(services_of(record.before), services_of(record.after))

    def render_telephones(self, record: ReportDifference) -> str:
        show = masked_telephone if self.masked else telephone
        sides = [telephones_of(side, show=show) for side in (record.before, record.after)]
        return from_to(*sides)

    def render_due_on(self, record: ReportDifference) -> str:
        return from_to(*(moment(due_day(side)) if side else "" for side in (record.before, record.after)))

    def render_done(self, record: ReportDifference) -> SafeString:
        back = [badge("info", what.label) for what in [ReportDifference.What.BACK] if what in record.changes]
        done = back + [badge("info", words) for field, words in DONE if getattr(record, field)]
        return mark_safe(" ".join(done)) if done else SafeString("—")  # noqa: S308  # badges are markup of ours
