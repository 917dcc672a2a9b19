"""Where an agent sits: she says it once, and it is remembered. Two do not sit at one telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.models import Agent, User
from telephony.models import Extension, OutgoingCall, Seat, Switchboard
from telephony.outcomes import Outcome


class SeatRefused(Exception):
    """She does not sit there; the message says why."""


class SeatTaken(SeatRefused):
    """Somebody else sits there, who is in the message; it may be taken over when she says so."""


@dataclass(frozen=True)
class SeatSeen:
    """What her pages show of it. `chosen`: the key of the extension the form begins with; 0 for none.

    `is_unregistered`: the last call she asked for from there came back because it could not be had. `problem`: why she
    does not sit where she said; `may_take`: she may in place of who does.
    """

    extensions: list[Extension]
    extension: Extension | None = None
    lost: Extension | None = None
    taken_by: Agent | None = None
    since: datetime | None = None
    chosen: int = 0
    is_unregistered: bool = False
    problem: str = ""
    may_take: bool = False
    names_switchboards: bool = False


def sit_down(*, agent: Agent, extension: Extension | None, now: datetime, instead: bool = False) -> None:
    """Remember that she sits at `extension`; None: nowhere, she dials by hand.

    `instead`: in place of whoever sits there, who is told. Raises SeatTaken and SeatRefused.
    """
    if extension is None:
        Seat.objects.filter(agent=agent).delete()
        return
    if not (extension.is_active and extension.switchboard.is_on):
        raise SeatRefused(_("El interno %(number)s ya no está en uso: elija otro.") % {"number": extension})
    try:
        with transaction.atomic():
            others = Seat.objects.select_for_update(of=("self",)).filter(extension=extension).exclude(agent=agent)
            there = others.select_related("agent__user").first()
            if there is not None and not instead:
                raise SeatTaken(_taken(there))
            others.update(extension=None, lost=extension, taken_by=agent, since=now)
            hers = {"extension": extension, "since": now, "lost": None, "taken_by": None}
            Seat.objects.update_or_create(agent=agent, defaults=hers)
    except IntegrityError:  # in this moment somebody else sat down there
        raise SeatTaken(_("En este momento otra persona dijo que está en ese interno.")) from None


def seat_of(agent: Agent) -> Seat | None:
    """Where a call of hers may be asked for from; None: she dials by hand."""
    return Seat.objects.in_use().filter(agent=agent).select_related("extension__switchboard").first()


def linked_seat(*, user: User, now: datetime) -> Seat | None:
    """Where this person sits, when the switchboard there has a link that works; None: she dials by hand."""
    there = (
        Seat.objects.in_use()
        .filter(agent__user=user)
        .filter(
            extension__switchboard__listening__lease_until__gt=now,
            extension__switchboard__listening__connected_at__isnull=False,
        )
    )
    return there.select_related("agent__user", "extension__switchboard").first()


def see_seat(*, user: User, wanted: int = 0, problem: str = "", may_take: bool = False) -> SeatSeen | None:
    """What an agent's page shows; None where no switchboard is in use, and for who is no agent."""
    boards = list(Switchboard.objects.in_use())
    agent = Agent.objects.filter(user=user).first() if boards else None
    if agent is None:
        return None
    there = Extension.objects.filter(is_active=True, switchboard__in=boards).select_related("switchboard")
    extensions = list(there.order_by("switchboard__name", "number"))
    seats = Seat.objects.filter(agent=agent).select_related("extension__switchboard", "lost", "taken_by__user")
    seat = seats.first()
    extension = seat.extension if seat and seat.extension in extensions else None
    written = next((one for one in extensions if one.number == agent.extension), None)
    begins_with = extension or (written if seat is None else None)
    return SeatSeen(
        extensions=extensions,
        extension=extension,
        lost=seat.lost if seat else None,
        taken_by=seat.taken_by if seat else None,
        since=seat.since if seat else None,
        chosen=wanted or (begins_with.pk if begins_with else 0),
        is_unregistered=bool(seat and extension and _is_unregistered(seat, extension)),
        problem=problem,
        may_take=may_take,
        names_switchboards=len(boards) > 1,
    )


def _is_unregistered(seat: Seat, extension: Extension) -> bool:
    """By the last call she asked for from there since she said so; no other call is asked about it."""
    calls = OutgoingCall.objects.filter(agent=seat.agent_id, asked_at__gte=seat.since)
    last = calls.order_by("-asked_at").values_list("telephone", "outcome").first()
    return last == (extension.telephone, Outcome.AGENT_ABSENT)


def _taken(there: Seat) -> str:
    return _("En el interno %(number)s está %(agent)s.") % {"number": there.extension, "agent": there.agent}
