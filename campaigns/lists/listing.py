"""Which contacts, services or calls a list of the campaign page shows, for page and export.

What the figures count opens here (campaigns/figures/openings.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from agents.models import User
from campaigns.desk.finding import named
from campaigns.figures.counted_rows import counted_contacts, counted_services, leaving_contacts, numbered_calls
from campaigns.figures.filters import NO_ZONE, Only
from campaigns.models import Attempt, Campaign, Contact, ListEntry, Renewal
from campaigns.models.contacts import CallList, ContactQuerySet

UNASSIGNED, ASSIGNED = "unassigned", "assigned"
STATES: dict[str, str | Promise] = {
    "": gettext_lazy("Todos"),
    "open": gettext_lazy("Por llamar"),
    UNASSIGNED: gettext_lazy("Sin asignar"),
    ASSIGNED: gettext_lazy("Asignados"),
    "done": gettext_lazy("Terminados"),
    "exhausted": gettext_lazy("Sin más intentos"),
    "not_callable": gettext_lazy("No llamables"),
    "paid": gettext_lazy("Salieron por pago"),
    "held_out": gettext_lazy("Grupo de control"),
    "gone": gettext_lazy("Ya no están en el reporte"),
}


@dataclass(frozen=True)
class Asked:
    """What a person asked the list for; everything may be empty. Plain, so that an export's row can keep it.

    `figure` is one of campaigns/figures/measuring.py: the list has the rows it counts, of the work of `worker` (the
    agent it is credited to, of calls who called) and of `day`, or of all days `until` one (in ISO form). `agent` is who
    owns the contact now. `left`: who left the list on `day`, or was to be called at its end, as a burn-down counts
    them. `hour`, `number` and `spoke` are of the calls that count as an attempt.
    """

    unit: str = ""  # '' contacts, else services or calls
    state: str = ""
    call_list: str = ""
    agent: int | None = None
    zone: str = ""
    search: str = ""
    figure: str = ""
    service: str = ""
    worker: int | None = None
    day: str = ""
    results: tuple[int, ...] | list[int] = ()  # calls that ended in one of these
    until: str = ""
    left: str = ""
    hour: int | None = None
    number: int | None = None
    spoke: bool | None = None

    @property
    def only(self) -> Only:
        """What the figures were asked for. The zone is the list's own filter."""
        day = date.fromisoformat(self.day) if self.day else None
        until = date.fromisoformat(self.until) if self.until else None
        return Only(service=self.service, agent=self.worker, day=day, until=until)

    @property
    def is_of_attempts(self) -> bool:
        return any(asked is not None for asked in (self.hour, self.number, self.spoke))

    @property
    def is_of_a_figure(self) -> bool:
        return bool(self.figure or self.service or self.worker or self.left or self.is_of_attempts)


def find_contacts(*, campaign: Campaign, asked: Asked, user: User) -> ContactQuerySet:
    """The contacts asked for, as far as `user` may see them, with entry and owner."""
    found = Contact.objects.visible_to(user).filter(_of_contact(asked), campaign=campaign)
    if asked.figure or asked.service or asked.worker:
        keys = counted_contacts(campaign=campaign, figure=asked.figure or "items", only=asked.only)
        found = found.filter(pk__in=keys)
    if asked.left:
        day = date.fromisoformat(asked.day)
        found = found.filter(pk__in=leaving_contacts(campaign=campaign, how=asked.left, day=day))
    return found.select_related("entry__owner__user", "entry__last_disposition")


def find_services(*, campaign: Campaign, asked: Asked, user: User) -> QuerySet[Renewal]:
    """The services asked for, of contacts that `user` may see, with contact, owner and what was paid."""
    contacts = Contact.objects.visible_to(user).filter(campaign=campaign)
    keys = counted_services(campaign=campaign, figure=asked.figure or "items", only=asked.only)
    found = Renewal.objects.filter(_of_contact(asked, "contact__"), contact__in=contacts, pk__in=keys)
    return found.select_related("contact__entry__owner__user", "payment")


def find_calls(*, campaign: Campaign, asked: Asked, user: User) -> QuerySet[Attempt]:
    """The calls with a result asked for, as far as `user` may see them, with contact, agent and result."""
    found: QuerySet[Attempt] = Attempt.objects.visible_to(user).filter(
        _of_contact(asked, "contact__"), campaign=campaign, disposition__isnull=False
    )
    if asked.service:
        found = found.filter(contact__entry__call_list__in=asked.only.lists)
    if asked.worker:
        found = found.filter(agent=asked.worker)
    if asked.day:
        found = found.filter(day=asked.day)
    if asked.until:
        found = found.filter(day__lte=asked.until)
    if asked.is_of_attempts:
        keys = numbered_calls(campaign=campaign, hour=asked.hour, number=asked.number, is_reached=asked.spoke)
        found = found.filter(pk__in=keys)
    if asked.results:
        found = found.filter(disposition__in=asked.results)
    return found.select_related("contact", "agent__user", "disposition")


def _of_contact(asked: Asked, contact: str = "") -> Q:
    """What is asked of the contact; `contact` is the way to it."""
    found = Q()
    if asked.state == UNASSIGNED:
        found &= Q(**{f"{contact}entry__state": ListEntry.State.OPEN, f"{contact}entry__owner": None})
    elif asked.state == ASSIGNED:
        found &= Q(**{f"{contact}entry__owner__isnull": False}) & ~Q(**{f"{contact}entry__state": ListEntry.State.GONE})
    elif asked.state in ListEntry.State.values:
        found &= Q(**{f"{contact}entry__state": asked.state})
    if asked.call_list in CallList.values:
        found &= Q(**{f"{contact}call_list": asked.call_list})
    if asked.agent is not None:
        found &= Q(**{f"{contact}entry__owner": asked.agent})
    if asked.zone:
        found &= Q(**{f"{contact}zone": "" if asked.zone == NO_ZONE else asked.zone})
    if asked.search:
        found &= named(asked.search, contact) | Q(**{f"{contact}contract": asked.search.strip()})
    return found
