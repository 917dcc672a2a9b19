"""One process at a time acts for a switchboard: a lease that is renewed, and a fence for whoever comes late."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from telephony.models import Listening, Switchboard

LEASE = timedelta(seconds=8)  # a second listener takes over within ten
RENEWED_EVERY = 2.0  # seconds
STOOD_STILL = timedelta(seconds=30)  # longer than it was held: what its process knows is old, and it begins anew


class HoldLost(RuntimeError):
    """Another acts for this switchboard now: what this one heard or was about to do is not its own any more."""


def take_hold(*, switchboard: Switchboard, holder: str, now: datetime) -> Listening | None:
    """Act for the switchboard from now on; None while another does."""
    Listening.objects.get_or_create(switchboard=switchboard)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    taken = Listening.objects.filter(free, switchboard=switchboard).update(
        fence=F("fence") + 1, holder=holder[:120], lease_until=now + LEASE
    )
    return Listening.objects.get(switchboard=switchboard) if taken else None


def renew_hold(*, held: Listening, now: datetime, clock_ahead: float | None = None) -> None:
    """`clock_ahead`: seconds the switchboard's clock is before ours, once it told. Raises HoldLost."""
    told = {} if clock_ahead is None else {"clock_ahead": clock_ahead}
    awake = _ours(held).filter(lease_until__gt=now - STOOD_STILL)
    if not awake.update(lease_until=now + LEASE, **told):
        raise HoldLost(f"{held.switchboard_id} is no longer held with fence {held.fence}")


def let_go(*, held: Listening, now: datetime, why: str) -> None:
    """Act for it no more; the next one may take over at once. `why` is empty when that is as it should be."""
    ours = _ours(held)
    ours.filter(lost_at=None).update(lost_at=now)
    ours.update(lease_until=None, connected_at=None, last_error=why[:300])


def note_connected(*, held: Listening, version: str, now: datetime) -> None:
    """Raises HoldLost."""
    said = {"connected_at": now, "lost_at": None, "last_error": "", "version": version[:20]}
    if not _ours(held).update(**said):
        raise HoldLost(f"{held.switchboard_id} is no longer held with fence {held.fence}")


def _ours(held: Listening) -> QuerySet[Listening]:
    return Listening.objects.filter(pk=held.pk, fence=held.fence, lease_until__isnull=False)
