"""The list of the people's page."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from screens.tables import Figure, ListTable


class AgentTable(ListTable):
    """Agents with their services, their share of the work and whether they are on duty."""

    title = _("Agentes")
    name = tables.Column(
        verbose_name=_("Agente"), accessor="user", order_by=("user__first_name", "user__last_name", "user__username")
    )
    team = tables.Column(verbose_name=_("Equipo"), order_by="team__name")
    services = tables.Column(verbose_name=_("Servicios"), accessor="pk", orderable=False)
    weight = Figure(verbose_name=_("Peso"), places=2)
    extension = tables.Column(verbose_name=_("Interno"))
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
        context = {"agent": record, "may_change": self.may_change}
        return render_to_string("agents/_duty.html", context, request=getattr(self, "request", None))
