"""The tables of the campaign page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import Column

from campaigns.figures.figures import AgentFigures, Figures
from campaigns.figures.measuring import Counts
from campaigns.figures.openings import Openings
from campaigns.models import Unit
from screens.tables import RIGHT, Figure, ListTable, Percent, RowLink
from screens.templatetags.screens import figure, percent

TOTALS = {"handled": "handled", "contacted": "contacted", "promised": "promised", "paid": "paid_after_contact"}


def agent_rows(figures: Figures, opens: Openings) -> list[dict[str, Any]]:
    """One row an agent, in contacts, with where its figures lead. Whose a contact is is told of no day.

    Work that is nobody's (held out, without telephone) is left to the tiles.
    """
    return [
        {
            "agent": line.agent,
            "name": line.name,
            "assigned": None if figures.only.day else line.contacts.assigned,
            "handled": line.contacts.handled,
            "contacted": line.contacts.contacted,
            "promised": line.contacts.promised,
            "paid": line.contacts.paid_after_contact,
            "conversion": line.contacts.rates["paid_after_contact"].share,
            "an_hour": line.attempts_an_hour,
            "opens": _leads(line, figures, opens),
        }
        for line in figures.by_agent
        if line.agent is not None
    ]


def _leads(line: AgentFigures, figures: Figures, opens: Openings) -> dict[str, str]:
    counted = opens.of(line.contacts, unit=Unit.CONTACT, only=replace(figures.only, agent=line.agent))
    assigned = opens.assigned(line.agent) if line.agent and line.contacts.assigned and not figures.only.day else ""
    return {**counted, "assigned": assigned, "paid": counted["paid_after_contact"]}


def _opened(href: str, value: Any) -> SafeString | str:
    """A figure that opens the rows it counts."""
    return format_html('<a class="opens" href="{}">{}</a>', href, figure(value)) if href else figure(value)


def _total(name: str) -> Any:
    """Of what has an agent in every row the foot opens them all: it is the tile's number."""

    def foot(table: AgentTable) -> SafeString | str:
        numbers = [row[name] for row in table.data if row[name] is not None]
        if not numbers:
            return figure(None)
        href = table.opens.assigned() if name == "assigned" else table.opens.figure(TOTALS[name])
        return _opened(href if sum(numbers) else "", sum(numbers))

    return foot


class Opens(Column):
    """A count that opens the rows it counts, to the right."""

    def __init__(self, **more: Any) -> None:
        super().__init__(attrs=RIGHT, **more)

    def render(self, value: Any, record: dict[str, Any], bound_column: Any) -> SafeString | str:
        return _opened(record["opens"].get(bound_column.name, ""), value)


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
    assigned = Opens(verbose_name=gettext_lazy("Asignados"), footer=_total("assigned"))
    handled = Opens(verbose_name=gettext_lazy("Gestionados"), footer=_total("handled"))
    contacted = Opens(verbose_name=gettext_lazy("Contactados"), footer=_total("contacted"))
    promised = Opens(verbose_name=gettext_lazy("Compromisos"), footer=_total("promised"))
    paid = Opens(verbose_name=gettext_lazy("Contactos pagados tras contacto"), footer=_total("paid"))
    conversion = Percent(verbose_name=gettext_lazy("Efectividad (de contactados)"), footer=_conversion)
    an_hour = Figure(verbose_name=gettext_lazy("Llamadas por hora"), places=1)

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Todavía no hay contactos asignados.")

    def __init__(self, rows: list[dict[str, Any]], *, figures: Figures, opens: Openings) -> None:
        self.figures, self.opens = figures, opens
        only = figures.only
        kept = {"service": only.service, "zone": only.zone, "day": only.day.isoformat() if only.day else ""}
        self.kept = {name: value for name, value in kept.items() if value}
        super().__init__(rows)

    def render_name(self, value: str) -> str:
        return value or _("Sin nombre")
