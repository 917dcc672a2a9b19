"""Where an agent sits, and from where a supervisor listens: said once, remembered. Two do not sit at one telephone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agents.models import Agent, Role, User
from telephony.devices import is_there
from telephony.models import (
    Extension,
    Monitoring,
    OutgoingCall,
    Seat,
    SupervisorSeat,
    Switchboard,
)
from telephony.outcomes import Outcome
from telephony.unfollowed import take_up_at


class SeatRefused(Exception):
    """She does not sit there; the message says why."""


class SeatTaken(SeatRefused):
    """Somebody else sits there, who is in the message; it may be taken over when she says so."""


@dataclass(frozen=True)
class SeatSeen:
    """What her pages show of it. `chosen`: the key of the extension the form begins with; 0 for none.

    `is_unregistered`: the switchboard says that it cannot be had, or the last call she asked for from there came back
    because of that. `is_deaf`: no link to its switchboard works: what her pages show of calls is what was told last.
    `problem`: why she does not sit where she said; `may_take`: she may in place of who does.
    """

    extensions: list[Extension]
    extension: Extension | None = None
    lost: Extension | None = None
    taken_by: Agent | None = None
    since: datetime | None = None
    chosen: int = 0
    is_unregistered: bool = False
    is_deaf: bool = False
    problem: str = ""
    may_take: bool = False
    names_switchboards: bool = False
    is_to_listen: bool = False  # a supervisor's


def sit_down(*, agent: Agent, extension: Extension | None, now: datetime, instead: bool = False) -> None:
    """Remember that she sits at `extension`; None: nowhere, she dials by hand.

    `instead`: in place of whoever sits there, who is told. Raises SeatTaken and SeatRefused.
    """
    SupervisorSeat.objects.filter(user=agent.user_id).delete()  # from before she was among the agents
    if extension is None:
        Seat.objects.filter(agent=agent).delete()
        return
    _check_in_use(extension)
    try:
        with transaction.atomic():
            _clear_of_supervisors(extension, instead=instead)
            others = Seat.objects.select_for_update(of=("self",)).filter(extension=extension).exclude(agent=agent)
            there = others.select_related("agent__user").first()
            if there is not None and not instead:
                raise SeatTaken(_taken(there))
            others.update(extension=None, lost=extension, taken_by=agent, since=now)
            hers = {"extension": extension, "since": now, "lost": None, "taken_by": None}
            Seat.objects.update_or_create(agent=agent, defaults=hers)
            take_up_at(extension=extension, agent=agent, now=now)
    except IntegrityError:  # in this moment somebody else sat down there
        raise SeatTaken(_("En este momento otra persona dijo que está en ese interno.")) from None


def sit_down_to_listen(*, user: User, extension: Extension | None, now: datetime, instead: bool = False) -> None:
    """Remember that a supervisor's telephone is `extension`; None: she has none.

    Where an agent sits nobody else does: her calls ring there. `instead`: in place of another supervisor. Raises
    SeatTaken and SeatRefused.
    """
    if extension is None:
        SupervisorSeat.objects.filter(user=user).delete()
        return
    _check_in_use(extension)
    with transaction.atomic():
        _clear_of_supervisors(extension, instead=instead, but=user)
        there = Seat.objects.filter(extension=extension).select_related("agent__user").first()
        if there is not None:
            said = {"number": extension, "agent": there.agent}
            raise SeatRefused(_("En el interno %(number)s está %(agent)s, que atiende ahí: elija otro.") % said)
        SupervisorSeat.objects.update_or_create(user=user, defaults={"extension": extension, "since": now})


def listening_seat_of(user: User) -> Extension | None:
    """The telephone that rings for a supervisor: where she sits as one of the agents, else the one she said. None: she
    said none, or it is not in use any more.
    """
    agent = Agent.objects.filter(user=user).first()
    if agent is not None:
        seat_as_agent = seat_of(agent)
        return seat_as_agent.extension if seat_as_agent else None
    seats = SupervisorSeat.objects.filter(extension__is_active=True, extension__switchboard__is_on=True)
    seat = seats.filter(user=user).select_related("extension__switchboard").first()
    return seat.extension if seat else None


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


def see_seat(
    *, user: User, now: datetime, wanted: int = 0, problem: str = "", may_take: bool = False
) -> SeatSeen | None:
    """What an agent's or a supervisor's page shows; None where no switchboard is in use, and for who is neither."""
    heard = Switchboard.objects.heard(now=now)
    boards = dict(Switchboard.objects.in_use().annotate(is_heard=Q(pk__in=heard)).values_list("pk", "is_heard"))
    if not boards:
        return None
    there = Extension.objects.filter(is_active=True, switchboard__in=boards).select_related("switchboard")
    extensions = list(there.order_by("switchboard__name", "number"))
    of_hers = Seat.objects.filter(agent__user=user).select_related(
        "agent", "extension__switchboard", "lost", "taken_by__user"
    )
    seat = of_hers.first()
    agent = seat.agent if seat else Agent.objects.filter(user=user).first()
    if agent is None and user.role == Role.SUPERVISOR:
        seen = _seen_to_listen(user, extensions, wanted or 0, problem, may_take, len(boards) > 1)
        if seen.extension is not None and not boards[seen.extension.switchboard_id]:
            return replace(seen, is_deaf=True)
        is_gone = seen.extension is not None and is_there(seen.extension, now=now) is False
        return replace(seen, is_unregistered=True) if is_gone else seen
    if agent is None:
        return None
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
        is_unregistered=bool(seat and extension and _is_unregistered(seat, extension, now=now)),
        is_deaf=bool(extension and not boards[extension.switchboard_id]),
        problem=problem,
        may_take=may_take,
        names_switchboards=len(boards) > 1,
    )


def _seen_to_listen(
    user: User, extensions: list[Extension], wanted: int, problem: str, may_take: bool, names_switchboards: bool
) -> SeatSeen:
    seat = SupervisorSeat.objects.filter(user=user).first()
    extension = next((one for one in extensions if seat and one.pk == seat.extension_id), None)
    last = None
    if seat and extension:
        asked = Monitoring.objects.filter(by=user, asked_at__gte=seat.since, telephone=extension.telephone)
        last = asked.order_by("-asked_at").values_list("outcome", flat=True).first()
    return SeatSeen(
        extensions=extensions,
        extension=extension,
        chosen=wanted or (extension.pk if extension else 0),
        is_unregistered=last == Monitoring.Outcome.ABSENT,
        problem=problem,
        may_take=may_take,
        names_switchboards=names_switchboards,
        is_to_listen=True,
    )


def _check_in_use(extension: Extension) -> None:
    if not (extension.is_active and extension.switchboard.is_on):
        raise SeatRefused(_("El interno %(number)s ya no está en uso: elija otro.") % {"number": extension})


def _clear_of_supervisors(extension: Extension, *, instead: bool, but: User | None = None) -> None:
    """See that no other supervisor's telephone is this one. The extension is locked: whoever sits down there waits."""
    Extension.objects.select_for_update(no_key=True, of=("self",)).get(pk=extension.pk)
    others = SupervisorSeat.objects.filter(extension=extension).exclude(user=but)
    there = others.select_related("user").first()
    if there is not None and there.user.is_active and not instead:
        said = {"number": extension, "agent": there.user.get_short_name()}
        raise SeatTaken(_("En el interno %(number)s está %(agent)s.") % said)
    others.delete()


def _is_unregistered(seat: Seat, extension: Extension, *, now: datetime) -> bool:
    """By what the switchboard says of it; where that is nothing, by the last call she asked for from there."""
    if (there := is_there(extension, now=now)) is not None:
        return not there
    calls = OutgoingCall.objects.filter(agent=seat.agent_id, asked_at__gte=seat.since)
    last = calls.order_by("-asked_at").values_list("telephone", "outcome").first()
    return last == (extension.telephone, Outcome.AGENT_ABSENT)


def _taken(there: Seat) -> str:
    return _("En el interno %(number)s está %(agent)s.") % {"number": there.extension, "agent": there.agent}
