"""Which contacts a list of the campaign page shows: state, list, agent, zone and search, for page and export."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import User
from campaigns.models import Campaign, Contact, ListEntry, Renewal
from campaigns.models.contacts import CallList, ContactQuerySet
from campaigns.rows.column_cleaning import name_keys

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
    """The beginning of a name, or a contract."""
    return _named(search) | Q(contract=search.strip())


def find_customers(*, text: str, user: User) -> ContactQuerySet:
    """Customers of every month by what a text may be, as far as `user` may see them; the newest month first.

    The beginning of a contract, of a name or of a service number, or a whole telephone.
    """
    wanted = Q(contract__startswith=text.upper()) | _named(text)
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())
    if len(digits) >= 6:
        renewals = Renewal.objects.filter(service_number__startswith=digits)
        wanted |= Q(pk__in=renewals.values("contact"))
        wanted |= Q(telephones__overlap=[f"+{digits}", f"+591{digits}", f"+5914{digits}"])
    found = Contact.objects.visible_to(user).filter(wanted)
    return found.select_related("campaign", "entry").order_by("-campaign__period", "name_key")


def _named(text: str) -> Q:
    """The beginning of a name, however it is written; nobody's when there is no letter in it."""
    (key,) = name_keys([" ".join(text.split())])
    return Q(name_key__startswith=key) if key else Q(pk=None)
