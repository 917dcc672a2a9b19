"""Which cards changed since somebody last looked: what a board asks when it hears no stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from agents.models import User
from escalations.models import Change, Escalation

# Keys are given when a line is written, not when it is committed: one that took a lower key may show up later. So each
# look goes back a little; what it tells twice carries the same version.
LOOK_BACK = timedelta(seconds=30)  # longer than any step takes from its click to its commit
LINES_AT_MOST = 1_000  # of the history, looked back as well as ahead: further behind, everything is looked at afresh
CARDS_AT_MOST = 200
ASLEEP_AT_MOST = timedelta(days=1)  # a board that asks what it missed


@dataclass(frozen=True)
class Changes:
    """Where the history stands, and the cards that changed, each with its present version.

    `resync`: too many, or it is not known since when; everything has to be looked at.
    """

    newest: int
    cards: tuple[tuple[int, int], ...] = ()
    resync: bool = False


def newest_change() -> int:
    """Where the history stands. A page takes it before it reads its cards, and asks for what changed since."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def has_just_changed(*, escalation_id: int, now: datetime) -> bool:
    """Whether a board may ask for this card because it was told of it, though it slept since."""
    last = Change.objects.filter(escalation=escalation_id).order_by("-pk").values_list("at", flat=True).first()
    return last is not None and now - last < ASLEEP_AT_MOST


def changes_since(*, since: int | None, user: User, now: datetime) -> Changes:
    """Cards this person sees that changed after line `since` of the history."""
    newest = newest_change()
    if since is None or not 0 <= newest - since <= LINES_AT_MOST:  # ahead: the database is another one, restored
        return Changes(newest, resync=True)
    lines = Change.objects.filter(pk__gt=since - LINES_AT_MOST).filter(Q(pk__gt=since) | Q(at__gt=now - LOOK_BACK))
    seen = Escalation.objects.visible_to(user).filter(pk__in=lines.values("escalation"))
    cards = tuple(seen.order_by("pk").values_list("pk", "version")[: CARDS_AT_MOST + 1])
    if len(cards) > CARDS_AT_MOST:
        return Changes(newest, resync=True)
    return Changes(newest, cards)
