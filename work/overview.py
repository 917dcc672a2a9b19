"""How much of each kind is owed now, and what waits for a person: the page «Trabajo pendiente»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from work.claiming import state_in
from work.kinds import Kind, kinds
from work.models import OwedWork

SHOWN = 50  # parked ones of a kind, the longest first
FAILED_AS = re.compile(r"(\w+)(?:: | · |$)")  # the kind of an error before what it says: «SMTPServerDisconnected: …»


@dataclass(frozen=True)
class KindNow:
    """One kind: how many wait (since when the longest is owed), are at work, held and parked, in rows."""

    kind: Kind[Any]
    waiting: int
    at_work: int
    held: int
    parked: int
    since: datetime | None
    together: int  # of the parked, those that may be tried again all at once


@dataclass(frozen=True)
class Parked:
    """One that waits for a person."""

    kind: Kind[Any]
    owed: OwedWork
    title: str
    page: str  # its address; empty when it has none

    @property
    def failed_as(self) -> str:
        """What kind of error it was, without a word of what it said: that may name somebody."""
        found = FAILED_AS.match(self.owed.last_error)
        return found[1] if found else ""


@dataclass(frozen=True)
class ParkedNow:
    """The longest parked of each kind, and of how many kinds there are so many more."""

    shown: list[Parked]
    besides: list[tuple[Kind[Any], int]]


def all_kinds(*, now: datetime) -> list[KindNow]:
    """Every kind as it is now, whoever's it is: numbers, nobody's data."""
    return [_now_of(kind, now) for kind in kinds()]


def parked_ones(*, user: Any, nameless: bool = False) -> ParkedNow:
    """What is parked and this person may see, kind by kind, and how many there are besides.

    `nameless`: for who has to know that something stands still, not what it is about: each a number without a page.
    """
    shown: list[Parked] = []
    besides: list[tuple[Kind[Any], int]] = []
    for kind in kinds():
        parked = (kind.rows if nameless else kind.visible_to(user)).filter(state=kind.parked)
        first = list(parked.order_by("parked_at", "pk")[: SHOWN + 1])
        shown += [_nameless(kind, owed) if nameless else _named(kind, owed) for owed in first[:SHOWN]]
        if len(first) > SHOWN:
            besides.append((kind, parked.count() - SHOWN))
    return ParkedNow(shown, besides)


def _named(kind: Kind[Any], owed: OwedWork) -> Parked:
    return Parked(kind, owed, kind.title(owed), kind.page(owed) if kind.page else "")


def _nameless(kind: Kind[Any], owed: OwedWork) -> Parked:
    return Parked(kind, owed, f"n.º {owed.pk}", "")


def _now_of(kind: Kind[Any], now: datetime) -> KindNow:
    taken = Q(lease_until__gt=now)
    expected = ~taken if kind.rests is None else ~taken & ~kind.rests
    under_way = kind.rows.filter(state_in(kind.open_states)).aggregate(
        waiting=Count("pk", filter=~taken), at_work=Count("pk", filter=taken),
        since=Min(kind.owed_since, filter=expected),
    )  # fmt: skip
    parked = kind.rows.filter(state=kind.parked)
    return KindNow(
        kind=kind,
        held=kind.rows.filter(state_in(kind.held)).count() if kind.held else 0,
        **parked.aggregate(parked=Count("pk"), together=Count("pk", filter=kind.together)),
        **under_way,
    )
