"""What a list of the campaign shows, in words: its heading, the sentence above it, its line in the book of exports."""

from __future__ import annotations

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Agent
from campaigns.figures.filters import NO_ZONE
from campaigns.figures.measuring import DAY_OF
from campaigns.figures.patterns import LAST_NUMBER
from campaigns.lists.listing import STATES, Asked
from campaigns.models import Disposition, Service
from campaigns.models.contacts import CallList

CONTACTS, SERVICES, CALLS = "", "services", "calls"
UNITS: dict[str, str | Promise] = {
    CONTACTS: gettext_lazy("Contactos"),
    SERVICES: gettext_lazy("Servicios"),
    CALLS: gettext_lazy("Llamadas"),
}
# The figures that a list can be asked for, as campaigns/figures/measuring.py defines them.
FIGURES: dict[str, str | Promise] = {
    "items": gettext_lazy("del reporte"),
    "callable": gettext_lazy("que se podían llamar"),
    "handled": gettext_lazy("gestionados"),
    "contacted": gettext_lazy("contactados"),
    "promised": gettext_lazy("con compromiso"),
    "paid": gettext_lazy("pagados"),
    "paid_after_contact": gettext_lazy("pagados tras contacto"),
    "paid_without_contact": gettext_lazy("pagados sin contacto"),
    "not_paid": gettext_lazy("no pagados"),
    "held_out": gettext_lazy("del grupo de control"),
}
LEFT: dict[str, str | Promise] = {
    "called": gettext_lazy("salieron de la lista tras una llamada el %(day)s"),
    "uncalled": gettext_lazy("pagaron sin llamada el %(day)s"),
    "yet": gettext_lazy("por llamar al final del %(day)s"),
}
OF_SERVICES: dict[str, str | Promise] = {
    "paid_on_contact_day": gettext_lazy("pagados el mismo día del contacto"),
    "paid_part_before": gettext_lazy("pagados tras contacto con una parte pagada antes"),
}


def figures_of(unit: str) -> dict[str, str | Promise]:
    """What can be asked of a unit; calls are told apart by their result."""
    return {CONTACTS: FIGURES, SERVICES: {**FIGURES, **OF_SERVICES}}.get(unit, {})


def heading_of(asked: Asked) -> str:
    """`Servicios pagados tras contacto`, `Por llamar`, `Contactos`."""
    unit = str(UNITS[asked.unit])
    if figure := figures_of(asked.unit).get(asked.figure):
        return f"{unit} {figure}"
    return str(STATES[asked.state]) if asked.state and asked.unit == CONTACTS else unit


def kind_of(asked: Asked) -> str:
    """Which of its unit: `pagados tras contacto`, `Por llamar`, `Todos`."""
    if figure := figures_of(asked.unit).get(asked.figure):
        return str(figure)
    return str(STATES[asked.state if asked.unit == CONTACTS else ""])


def words_of(asked: Asked, *, agents: dict[int, str] | None = None) -> list[str]:
    """What the list is narrowed to, a part each. Agents by their number where no names are handed in: as in the book of
    exports, which holds no personal data.
    """
    said = []
    if asked.state and (asked.figure or asked.unit):
        said.append(str(STATES[asked.state]))
    if asked.call_list in CallList.values:
        said.append(_("lista %(name)s") % {"name": CallList(asked.call_list).label})
    if asked.service:
        said.append(_with_service(asked))
    if asked.results:
        labels = {row.pk: row.label for row in Disposition.objects.filter(pk__in=asked.results)}
        said.append(", ".join(labels[pk] for pk in asked.results if pk in labels))
    if asked.left:
        said.append(LEFT[asked.left] % {"day": _day(asked.day)})
    elif asked.day and (asked.unit == CALLS or asked.figure in DAY_OF):
        said.append(_("el %(day)s") % {"day": _day(asked.day)})
    if asked.until and (asked.unit == CALLS or asked.figure in DAY_OF):
        said.append(_("hasta el %(day)s") % {"day": _day(asked.until)})
    said += _of_attempts(asked)
    if asked.worker:
        whose = _("llamadas de %(agent)s") if asked.unit == CALLS else _("trabajo de %(agent)s")
        said.append(whose % {"agent": _agent(asked.worker, agents)})
    if asked.agent:
        said.append(_("asignados a %(agent)s") % {"agent": _agent(asked.agent, agents)})
    if asked.zone:
        said.append(_("sin zona") if asked.zone == NO_ZONE else _("zona %(zone)s") % {"zone": asked.zone})
    if asked.search:
        said.append(_("con búsqueda"))
    return said


def _of_attempts(asked: Asked) -> list[str]:
    said = (
        []
        if asked.spoke is None
        else [_("se habló con el cliente") if asked.spoke else _("no se habló con el cliente")]
    )
    if asked.hour is not None:
        said.append(_("de %(hour)02d:00 a %(hour)02d:59") % {"hour": asked.hour})
    if asked.number is not None:
        words = _("%(n)s.º intento y más") if asked.number == LAST_NUMBER else _("%(n)s.º intento")
        said.append(words % {"n": asked.number})
    return [*said, _("cuentan como intento")] if said else []


def _day(day: str) -> str:
    return f"{date.fromisoformat(day):%d/%m/%Y}"


def names_of(asked: Asked) -> dict[int, str]:
    """The names of the agents that are asked for."""
    wanted = [pk for pk in (asked.agent, asked.worker) if pk]
    if not wanted:
        return {}
    return {agent.pk: str(agent) for agent in Agent.objects.filter(pk__in=wanted).select_related("user")}


def _with_service(asked: Asked) -> str:
    service = Service(asked.service).label
    return str(service) if asked.unit == SERVICES else _("con %(service)s") % {"service": service}


def _agent(pk: int, agents: dict[int, str] | None) -> str:
    return (agents or {}).get(pk) or _("agente n.º %(number)d") % {"number": pk}
