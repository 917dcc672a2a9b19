"""The tables of the campaign page."""

from __future__ import annotations

from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.figures.figures import Figures
from campaigns.figures.measuring import Counts
from screens.tables import Figure, ListTable, Percent, RowLink
from screens.templatetags.screens import figure, percent


def agent_rows(figures: Figures) -> list[dict[str, Any]]:
    """One row an agent, in contacts. Work that is nobody's (held out, without telephone) is left to the tiles."""
    return [
        {
            "agent": line.agent,
            "name": line.name,
            "assigned": line.contacts.assigned,
            "handled": line.contacts.handled,
            "contacted": line.contacts.contacted,
            "promised": line.contacts.promised,
            "paid": line.contacts.paid_after_contact,
            "conversion": line.contacts.rates["paid_after_contact"].share,
            "an_hour": line.attempts_an_hour,
        }
        for line in figures.by_agent
        if line.agent is not None
    ]


def _total(name: str) -> Any:
    return lambda table: figure(sum(row[name] for row in table.data))


def _conversion(table: AgentTable) -> str:
    total = sum((line.contacts for line in table.figures.by_agent), Counts())
    return percent(total.rates["paid_after_contact"].share)


class AgentTable(ListTable):
    """Agents side by side."""

    title = gettext_lazy("Agentes")
    name = RowLink(
        verbose_name=gettext_lazy("Agente"),
        linkify=lambda record, table: "?" + urlencode({**table.kept, "agent": record["agent"]}),
        footer=gettext_lazy("Total"),
    )
    assigned = Figure(verbose_name=gettext_lazy("Asignados"), footer=_total("assigned"))
    handled = Figure(verbose_name=gettext_lazy("Gestionados"), footer=_total("handled"))
    contacted = Figure(verbose_name=gettext_lazy("Contactados"), footer=_total("contacted"))
    promised = Figure(verbose_name=gettext_lazy("Compromisos"), footer=_total("promised"))
    paid = Figure(verbose_name=gettext_lazy("Pagaron tras contacto"), footer=_total("paid"))
    conversion = Percent(verbose_name=gettext_lazy("Efectividad (de contactados)"), footer=_conversion)
    an_hour = Figure(verbose_name=gettext_lazy("Llamadas por hora"), places=1)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Todavía no hay contactos asignados.")

    def __init__(self, rows: list[dict[str, Any]], *, figures: Figures) -> None:
        self.figures = figures
        only = figures.only
        kept = {"service": only.service, "zone": only.zone, "day": only.day.isoformat() if only.day else ""}
        self.kept = {name: value for name, value in kept.items() if value}
        super().__init__(rows)

    def render_name(self, value: str) -> str:
        return value or _("Sin nombre")
