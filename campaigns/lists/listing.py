"""Which contacts a list of the campaign page shows: state, list, agent, zone and search, for page and export."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import User
from campaigns.desk.finding import named
from campaigns.models import Campaign, Contact, ListEntry
from campaigns.models.contacts import CallList, ContactQuerySet

UNASSIGNED = "unassigned"
STATES: dict[str, str | Promise] = {
    "": gettext_lazy("Todos"),
    "open": gettext_lazy("Por llamar"),
    UNASSIGNED: gettext_lazy("Sin asignar"),
    "done": gettext_lazy("Terminados"),
    "exhausted": gettext_lazy("Sin más intentos"),
    "not_callable": gettext_lazy("No llamables"),
    "paid": gettext_lazy("Pagados"),
    "held_out": gettext_lazy("Grupo de control"),
    "gone": gettext_lazy("Ya no están en el reporte"),
}


@dataclass(frozen=True)
class Asked:
    """What a person asked the list for; everything may be empty."""

    state: str = ""
    call_list: str = ""
    agent: int | None = None
    zone: str = ""
    search: str = ""

    @property
    def words(self) -> str:
        """For the book of exports: which list, without personal data."""
        call_list = CallList(self.call_list).label if self.call_list in CallList.values else ""
        agent = _("agente n.º %(number)d") % {"number": self.agent} if self.agent else ""
        parts = [
            STATES.get(self.state, STATES[""]),
            call_list,
            self.zone,
            agent,
            _("con búsqueda") if self.search else "",
        ]
        return ", ".join(str(part) for part in parts if part)


def find_contacts(*, campaign: Campaign, asked: Asked, user: User) -> ContactQuerySet:
    """The contacts asked for, as far as `user` may see them, with entry and owner."""
    found = Contact.objects.visible_to(user).filter(campaign=campaign)
    if asked.state == UNASSIGNED:
        found = found.filter(entry__state=ListEntry.State.OPEN, entry__owner=None)
    elif asked.state in ListEntry.State.values:
        found = found.filter(entry__state=asked.state)
    if asked.call_list in CallList.values:
        found = found.filter(call_list=asked.call_list)
    if asked.agent is not None:
        found = found.filter(entry__owner=asked.agent)
    if asked.zone:
        found = found.filter(zone=asked.zone)
    if asked.search:
        found = found.filter(_matches(asked.search))
    return found.select_related("entry__owner__user", "entry__last_disposition")


def _matches(search: str) -> Q:
    """Any words of a name, or a contract."""
    return named(search) | Q(contract=search.strip())
