"""The tables of the campaign page."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.figures.figures import AgentFigures, Figures
from campaigns.figures.measuring import Rate
from campaigns.figures.openings import Openings
from campaigns.models import Unit
from screens.tables import Figure, ListTable, Opens, Percent, RowLink
from screens.templatetags.screens import figure, opens, percent

TOTALS = {"handled": "handled", "contacted": "contacted", "promised": "promised", "paid": "paid_after_contact"}


def agent_rows(figures: Figures, leads: Openings) -> list[dict[str, Any]]:
    """One row an agent, in contacts, with where its figures lead. Whose a contact is is told of no day.

    Work that is nobody's (held out, without telephone) is left to the tiles.
    """
    return [
        {
            "agent": line.agent,
            "name": line.name or _("Sin nombre"),
            "assigned": None if figures.only.day else line.contacts.assigned,
            "handled": line.contacts.handled,
            "contacted": line.contacts.contacted,
            "promised": line.contacts.promised,
            "paid": line.contacts.paid_after_contact,
            # who paid on a day need not have been contacted on it: no part of that base
            "conversion": None if figures.only.day else line.contacts.rate("paid_after_contact").share,
            "an_hour": line.attempts_an_hour,
            "opens": cache(partial(_leads, line, figures, leads)),  # only those of the rows that are shown
        }
        for line in figures.by_agent
        if line.agent is not None
    ]


def _leads(line: AgentFigures, figures: Figures, leads: Openings) -> dict[str, str]:
    counted = leads.of(line.contacts, unit=Unit.CONTACT, only=replace(figures.only, agent=line.agent))
    assigned = leads.assigned(line.agent) if line.agent and line.contacts.assigned and not figures.only.day else ""
    return {**counted, "assigned": assigned, "paid": counted["paid_after_contact"]}


def _total(name: str) -> Any:
    """Of what has an agent in every row the foot opens them all: it is the tile's number."""

    def foot(table: AgentTable) -> str:
        numbers = [row[name] for row in table.data if row[name] is not None]
        if not numbers:
            return figure(None)
        href = table.opens.assigned() if name == "assigned" else table.opens.figure(TOTALS[name])
        return opens(figure(sum(numbers)), href if sum(numbers) else "")

    return foot


def _conversion(table: AgentTable) -> str:
    if table.figures.only.day:
        return percent(None)
    contacts = [line.contacts for line in table.figures.by_agent]
    paid, contacted = (
        sum(getattr(counts, name) for counts in contacts) for name in ("paid_after_contact", "contacted")
    )
    return percent(Rate(paid, contacted, "contacted").share)


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
