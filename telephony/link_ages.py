"""How the links to the switchboards in use stand, for the health page and its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from telephony.models import Switchboard


@dataclass(frozen=True, slots=True)
class LinkAge:
    """Of one switchboard in use. `since`: when the link came up or was lost; None when there was never one.
    `clock_ahead`: seconds its clock is before ours; None when it never told.
    """

    name: str
    is_up: bool
    since: datetime | None
    why: str = ""
    clock_ahead: float | None = None


def link_ages(*, now: datetime) -> list[LinkAge]:
    """Each switchboard in use, by name. A link whose holder gives no sign any more is down."""
    boards = Switchboard.objects.in_use().annotate(
        up_since=F("listening__connected_at"),
        lease_until=F("listening__lease_until"),
        lost_at=F("listening__lost_at"),
        why=F("listening__last_error"),
        clock_ahead=F("listening__clock_ahead"),
    )
    ages = []
    for board in boards.order_by("name"):
        is_held = board.lease_until is not None and board.lease_until > now
        is_up = is_held and board.up_since is not None
        since = board.up_since if is_up else board.lost_at or (None if is_held else board.lease_until)
        ages.append(LinkAge(board.name, is_up, since, board.why or "", board.clock_ahead))
    return ages
