"""The lists of the people's pages."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Disclosure, Search
from screens.tables import Figure, ListTable, Moment
from screens.templatetags.screens import masked_text


class AgentTable(ListTable):
    """Agents with their services, their share of the work and whether they are on duty."""

    title = _("Agentes")
    name = tables.Column(
        verbose_name=_("Agente"), accessor="user", order_by=("user__first_name", "user__last_name", "user__username")
    )
    team = tables.Column(verbose_name=_("Equipo"), order_by="team__name")
    services = tables.Column(verbose_name=_("Servicios"), accessor="pk", orderable=False)
    weight = Figure(verbose_name=_("Peso"), places=2)
    extension = tables.Column(verbose_name=_("Interno habitual"))
    is_on_duty = tables.Column(verbose_name=_("De turno"))

    class Meta(ListTable.Meta):
        model = Agent
        fields = ("name", "team", "services", "weight", "extension", "is_on_duty")
        order_by = ("name",)
        empty_text = _("Nadie coincide. Las personas se crean en Administración, con el rol de agente.")

    def __init__(self, *rows: Any, may_change: bool, **more: Any) -> None:
        super().__init__(*rows, **more)
        self.may_change = may_change

    def render_services(self, record: Agent) -> str:
        return ", ".join(skill.name for skill in record.skills.all()) or str(_("Ninguno: no recibe contactos"))

    def render_is_on_duty(self, record: Agent) -> SafeString:
        is_on = record.is_on_duty and not record.user.waits_to_be_admitted
        context = {"agent": record, "is_on": is_on, "may_change": self.may_change}
        return render_to_string("agents/_duty.html", context, request=getattr(self, "request", None))


class BookTable(ListTable):
    """A book of personal data. Who only reads sees what was typed masked, as everywhere."""

    at = Moment(verbose_name=_("Cuándo"))
    user = tables.Column(verbose_name=_("Quién"), orderable=False)

    def __init__(self, *rows: Any, masked: bool, **more: Any) -> None:
        self.masked = masked
        super().__init__(*rows, **more)

    class Meta(ListTable.Meta):
        order_by = ("-at",)
        empty_text = _("Nadie coincide.")

    def _typed(self, value: str) -> str:
        return masked_text(value) if self.masked else value


class SearchTable(BookTable):
    """Who looked for whom."""

    title = _("Consultas de clientes")
    where = tables.Column(verbose_name=_("Dónde"), orderable=False)
    what = tables.Column(verbose_name=_("Consulta"), orderable=False)
    asked = tables.Column(verbose_name=_("Qué preguntó"), orderable=False)
    is_refused = tables.BooleanColumn(verbose_name=_("Rechazada"), yesno=(_("Sí"), "—"), orderable=False)

    class Meta(BookTable.Meta):
        model = Search
        fields = ("at", "user", "where", "what", "asked", "is_refused")

    def render_asked(self, value: str) -> str:
        return self._typed(value)


class DisclosureTable(BookTable):
    """What left its page."""

    title = _("Salidas de datos personales")
    kind = tables.Column(verbose_name=_("Qué fue"), orderable=False)
    subject = tables.Column(verbose_name=_("De qué"), orderable=False)
    rows_ = Figure(verbose_name=_("Filas"), accessor="rows", orderable=False)
    reason = tables.Column(verbose_name=_("Para qué"), orderable=False)

    class Meta(BookTable.Meta):
        model = Disclosure
        fields = ("at", "user", "kind", "subject", "rows_", "reason")

    def render_reason(self, value: str) -> str:
        return self._typed(value)
