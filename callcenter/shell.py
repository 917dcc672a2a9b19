"""What every page's frame needs: where one can go, who is here, and how old the payment data are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, Subquery, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents.accounts import News, news_of, place_of
from agents.models import Role, User
from agents.people import to_be_admitted
from callcenter.demo import people
from callcenter.demo.progress import Progress, how_far
from callcenter.live.address import BOARDS, OWN, stream_of
from callcenter.manual import where
from callcenter.own_day import OwnDay, see_own_day
from campaigns.payments.payment_age import PaymentAge, payment_age
from escalations.mentioning import unread_counted
from inbound.models import OutsideWrite
from inbound.writes.lists import wait_for_a_person
from telephony.seats import SeatSeen, see_seat


@dataclass(frozen=True)
class Place:
    """A page of the main navigation: its address by name, its words, and its letter after `g`."""

    address: str
    words: str | Promise
    key: str


DESK = Place("campaigns:desk", _("Escritorio"), "s")
LIST = Place("campaigns:my_list", _("Mi lista"), "l")
LINES = Place("inbound:lines", _("Llamadas entrantes"), "e")
DAY = Place("campaigns:my_day", _("Mi día"), "d")
AGENDA = Place("campaigns:agenda", _("Agenda"), "a")
CAMPAIGNS = Place("campaigns:campaign_list", _("Campañas"), "c")
REPORTS = Place("campaigns:report_list", _("Reportes"), "r")
PAYMENTS = Place("campaigns:payment_list", _("Pagos"), "p")
ESCALATIONS = Place("escalations:board", _("Derivaciones"), "v")
ATTENDED = Place("inbound:attended", _("Atenciones"), "t")
MAIL = Place("notices:outbox", _("Correo"), "o")
PEOPLE = Place("agents:people", _("Personas"), "n")
INDICATOR = Place("service_level:newest", _("Indicador"), "b")
ADMIN = Place("admin:index", _("Administración"), "d")
OWED = Place("owed_work", _("Trabajo pendiente"), "t")
SETUP = Place("setup", _("Puesta en marcha"), "u")

ROOM = Place("control_room:room", _("Sala"), "m")
CARDS = (ESCALATIONS.address, "escalations:escalation")  # where whoever works the board calls from
CENTRE = (CAMPAIGNS, ROOM, INDICATOR, REPORTS, PAYMENTS, AGENDA, ESCALATIONS, ATTENDED, MAIL, PEOPLE)
PLACES = {
    Role.AGENT: (DESK, LIST, LINES, AGENDA, DAY),
    Role.SUPERVISOR: CENTRE,
    Role.AUDITOR: CENTRE,
    Role.ADMINISTRATOR: (OWED, PEOPLE, SETUP, ADMIN),
}


WAITS: dict[
    str, str | Promise
] = {  # by address: a place's own hash is of its words, in whatever language they are read
    ATTENDED.address: _("Operaciones que esperan a una persona"),
    ESCALATIONS.address: _("Derivaciones en que le mencionan"),
    PEOPLE.address: _("Agentes que esperan que las ponga de turno"),
}


@dataclass(frozen=True)
class Training:
    """Whom everybody may be where new agents practise, by user name, and the password of all of them."""

    agents: Sequence[str]
    supervisors: Sequence[str]
    password: str

    @classmethod
    def of_the_demo(cls) -> Training:
        named = {role: [one.username for one in people.PEOPLE if one.role == role] for role in Role}
        return cls(named[Role.AGENT], named[Role.SUPERVISOR], people.PASSWORD)


@dataclass(frozen=True)
class NavigationItem:
    """A link of the navigation as this page shows it."""

    href: str
    words: str | Promise
    key: str
    current: bool
    waiting: int = 0  # how much of it waits for a person
    waits: str | Promise = ""  # what that is


class Frame:
    """The frame around one page. Everything is asked for only when a whole page is drawn, not for a fragment."""

    payments_piece = "campaigns/payments/_paid_until.html"  # how old the payment data are, on every page
    seat_piece = "telephony/_seat.html"  # where she sits, on the pages from which calls are made
    own_piece = "inbound/ringing/_place.html"  # the calls that ring there, and what is written to her
    account_piece = "agents/_account_news.html"  # what happened to her account
    own_day_piece = "callcenter/_own_day.html"  # an agent's state and pace
    home_key = "i"
    languages = settings.LANGUAGES
    site = settings.SITE_NAME

    @property
    def release(self) -> str:
        """Which one made this page; empty where none was built."""
        return settings.RELEASE

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def is_held_up(self) -> bool:
        """Whether she has to see to her account before anything else: whatever of this frame asked for more would be
        sent to this very page, and the page begun anew under her hands.
        """
        waits = self.person is not None and self.person.waits_to_be_admitted
        return waits or getattr(self._request, "is_held_up", False)

    @cached_property
    def person(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def nav(self) -> list[NavigationItem]:
        """The pages this person may open, in order; the deepest one around the present address is marked."""
        if self.person is None:
            return []
        found = [(reverse(place.address), place) for place in PLACES[Role(self.person.role)]]
        around = [href for href, _place in found if self._request.path.startswith(href)]
        here = max(around, key=len, default=None)
        waiting = self._waiting
        return [
            NavigationItem(
                href, place.words, place.key, href == here, waiting.get(place.address, 0), WAITS.get(place.address, "")
            )
            for href, place in found
        ]

    @property
    def _waiting(self) -> dict[str, int]:
        """For who works cards: what was asked of other systems, did not come about and nobody has settled; cards on
        which a colleague named this person; and agents whose account somebody else opened. One query.
        """
        if self.person is None or not self.person.steers_campaigns:
            return {}
        writes = wait_for_a_person(OutsideWrite.objects.order_by()).values(of=Value(1))
        newcomers = to_be_admitted().order_by().values(of=Value(1))
        found = User.objects.filter(pk=self.person.pk).annotate(
            writes=Subquery(writes.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
            mentions=Subquery(unread_counted(user=self.person), output_field=IntegerField()),
            newcomers=Subquery(newcomers.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
        )
        writes_waiting, mentions, newcomers = found.values_list("writes", "mentions", "newcomers").get()
        return {
            ATTENDED.address: writes_waiting or 0, ESCALATIONS.address: mentions or 0, PEOPLE.address: newcomers or 0
        }  # fmt: skip

    @cached_property
    def account_news(self) -> News | None:
        """What happened to her account that she has not seen, and did not do in this session."""
        if self.person is None:
            return None
        return news_of(user=self.person, mark=place_of(self._request).mark)

    @cached_property
    def manual(self) -> str:
        """Where this page is explained; empty where no manual was made."""
        return where(self._request.resolver_match)

    @cached_property
    def payments(self) -> PaymentAge:
        """Until when payments are known, and whether that is too long ago."""
        return payment_age(now=timezone.now())

    @cached_property
    def own_day(self) -> OwnDay | None:
        """What an agent is doing, and her pace."""
        if self.person is None or self.person.role != Role.AGENT or self.is_held_up:
            return None
        return see_own_day(user=self.person, now=timezone.now())

    @cached_property
    def seat(self) -> SeatSeen | None:
        """At which extension somebody sits, on the pages she calls from: an agent on her desk and her lines, who works
        the board there, if she has a row among the agents, and a supervisor in the room, from where she listens. None
        where no switchboard is in use.
        """
        here = self._request.resolver_match  # None where no page is: an error
        if self.person is None or here is None:
            return None
        now = timezone.now()
        if self.person.role == Role.AGENT:
            return see_seat(user=self.person, now=now) if self._is_of_calls else None
        if self.person.role == Role.SUPERVISOR and here.app_name == ROOM.address.partition(":")[0]:
            return see_seat(user=self.person, now=now)
        seen = see_seat(user=self.person, now=now) if self.person.steers_campaigns and here.view_name in CARDS else None
        return None if seen is None or seen.is_to_listen else seen

    @cached_property
    def making(self) -> Progress | None:
        """How far the demo is while it is being made; production makes none and does not ask."""
        return how_far() if settings.IS_DEMO else None

    @cached_property
    def training(self) -> Training | None:
        """Whom one may be, where everything is invented."""
        return Training.of_the_demo() if settings.TRAINING else None

    @property
    def training_url(self) -> str:
        """Where who works here practises; empty where nobody made a place for it."""
        return settings.TRAINING_URL if self.person is not None and not self.person.configures else ""

    @property
    def live(self) -> str:
        """Where a board hears what changes; nowhere for who does not see the centre: the stream would refuse her."""
        return stream_of(self._request, BOARDS) if self.person is not None and self.person.sees_the_centre else ""

    @property
    def own(self) -> str:
        """Where an agent's pages hear of her calls and messages: on each of them it rings."""
        is_agents = self.person is not None and self.person.role == Role.AGENT
        return stream_of(self._request, OWN) if is_agents and not self.is_held_up else ""

    @property
    def _is_of_calls(self) -> bool:
        """Whether this page is her desk or one of her lines."""
        path = self._request.path
        return path == reverse(DESK.address) or path.startswith(reverse(LINES.address))


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` for base.html."""
    return {"frame": Frame(request)}
