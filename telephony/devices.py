"""Which telephones and trunks of a switchboard can be had, as it tells: of a telephone also by the queues it is in."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf

from agents.telling import tell_pages
from telephony.channels import number_of
from telephony.events import DeviceSeen, Event, MemberSeen
from telephony.models import Extension, HeardDevice, Listening, Seat, Trunk

UNKNOWN, GONE = 0, (4, 5)  # device states of a queue's member: 4 invalid, 5 unavailable


class Devices:
    """Of one switchboard, as its holder follows them. Every verb is called inside the holder's transaction."""

    def __init__(self, held: Listening) -> None:
        self._board, self._fence = held.pk, held.fence
        self._known: dict[str, bool] | None = None  # as the rows say; None until they are read
        self._telephones: dict[str, str] = {}  # by number

    def forget(self) -> None:
        """Read the rows again before anything is compared with them."""
        self._known = None

    def begin(self, *, seen: Iterable[Event], now: datetime) -> None:
        """A link begins: what the one before told holds no more, and this is how things stand."""
        told = dict(filter(None, map(self._told_by, seen)))
        rows = HeardDevice.objects.filter(switchboard=self._board)
        rows.exclude(name__in=told).delete()
        rows.update(fence=self._fence)
        self._known = None
        for name, is_there in told.items():
            self._learn(name, is_there, at=now)

    def take(self, event: Event, *, at: datetime) -> None:
        """What an event tells of a device; of most it is what is known already."""
        if told := self._told_by(event):
            self._learn(*told, at=at)

    def _told_by(self, event: Event) -> tuple[str, bool] | None:
        match event:
            case DeviceSeen(device, is_there):
                return device, is_there
            case MemberSeen(member, status) if status != UNKNOWN:
                self._read()
                telephone = self._telephones.get(number_of(member.interface))
                return (telephone, status not in GONE) if telephone else None
            case _:
                return None

    def _read(self) -> dict[str, bool]:
        if self._known is None:
            rows = HeardDevice.objects.filter(switchboard=self._board, fence=self._fence)
            self._known = dict(rows.values_list("name", "is_there"))
            extensions = Extension.objects.filter(switchboard=self._board).select_related("switchboard")
            self._telephones = {one.number: one.telephone for one in extensions}
        return self._known

    def _learn(self, name: str, is_there: bool, *, at: datetime) -> None:
        known = self._read()
        if known.get(name) == is_there:
            return
        known[name] = is_there
        if not self._write(name, is_there, at=at):
            return
        here = {"extension__switchboard": self._board, "extension__number": number_of(name)}
        if users := list(Seat.objects.filter(**here).values_list("agent__user", flat=True)):
            tell_pages(users)

    def _write(self, name: str, is_there: bool, *, at: datetime) -> bool:
        """Whether it is news: of one that is as an earlier link said it, it is so since then."""
        rows = HeardDevice.objects.filter(switchboard=self._board, name=name[:80])
        if rows.filter(is_there=is_there).update(fence=self._fence):
            return False
        told = {"is_there": is_there, "since": at, "fence": self._fence}
        HeardDevice.objects.update_or_create(switchboard_id=self._board, name=name[:80], defaults=told)
        return True


@dataclass(frozen=True, slots=True)
class TrunkNow:
    """A trunk in use. `is_there` is None where nobody knows: its switchboard has no link, or does not tell of it."""

    name: str
    board: str
    leads_to: str
    is_there: bool | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class AbsentTelephone:
    """A telephone somebody sits at and that cannot be had: what should ring there does not. `agent`: her key."""

    number: str
    agent: int
    since: datetime


def is_any_gone(*, now: datetime) -> bool:
    """Whether a switchboard tells of any telephone or trunk that it cannot be had: the page of the room asks each
    second, and mostly there is none.
    """
    return _heard(now=now).filter(is_there=False).exists()


def is_there(extension: Extension, *, now: datetime) -> bool | None:
    """Whether this telephone can be had, as its switchboard says over the link there is; None where it says nothing."""
    told = _heard(now=now).filter(switchboard=extension.switchboard, name=extension.telephone)
    return told.values_list("is_there", flat=True).first()


def trunks_now(*, now: datetime) -> list[TrunkNow]:
    """Those in use, of switchboards in use."""
    in_use = Trunk.objects.filter(is_active=True, switchboard__is_on=True)
    found = with_what_is_told(in_use, now=now).order_by("switchboard__name", "name")
    told = found.values_list("name", "switchboard__name", "leads_to", "is_there", "told_since")
    return list(itertools.starmap(TrunkNow, told))


def with_what_is_told(trunks: QuerySet[Trunk], *, now: datetime) -> QuerySet[Any]:
    """Each with `is_there` and `told_since`, None where nobody knows."""
    named = trunks.annotate(as_told=_device("technology", "switchboard__technology", "name"))
    told = _heard(now=now).filter(switchboard=OuterRef("switchboard"), name=OuterRef("as_told"))
    return named.annotate(is_there=Subquery(told.values("is_there")[:1]), told_since=Subquery(told.values("since")[:1]))


def absent_telephones(*, now: datetime) -> list[AbsentTelephone]:
    """Those at which somebody sits, signed in or not."""
    of_board, of_it = "extension__switchboard__technology", "extension__technology"
    seats = Seat.objects.in_use().annotate(as_told=_device(of_it, of_board, "extension__number"))
    told = _heard(now=now).filter(switchboard=OuterRef("extension__switchboard"), name=OuterRef("as_told"))
    absent = seats.annotate(absent_since=Subquery(told.filter(is_there=False).values("since")[:1]))
    found = absent.exclude(absent_since=None).values_list("extension__number", "agent", "absent_since")
    return list(itertools.starmap(AbsentTelephone, found.order_by("absent_since")))


def _device(technology: str, of_the_board: str, name: str) -> Concat:
    """`PJSIP/1001`, as `Extension.telephone` and `Trunk.device` say it."""
    return Concat(Coalesce(NullIf(technology, Value("")), of_the_board), Value("/"), name)


def _heard(*, now: datetime) -> QuerySet[HeardDevice]:
    """What was told over the links that there are."""
    return HeardDevice.objects.filter(
        switchboard__is_on=True, switchboard__listening__fence=F("fence"),
        switchboard__listening__lease_until__gt=now, switchboard__listening__connected_at__isnull=False,
    )  # fmt: skip
