"""Work the clock owes to a campaign, tried in turn: one that fails does not hold up the others.

Each try is counted before it begins, in a transaction of its own, so that a worker that is killed has used one up.
After the last one the work is parked: the campaign's pages say so, and a supervisor asks for it again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import F
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Errand, ErrandKind

ATTEMPTS = 3
LEASE = timedelta(minutes=30)  # a million contacts are dealt in one, counted and sealed in two
PATIENCE = timedelta(minutes=2)  # between a try that failed and the next one

Done = TypeVar("Done")

log = logging.getLogger(__name__)


def attempt(work: Callable[[], Done], *, kind: ErrandKind, campaign: Campaign, now: datetime) -> Done | None:
    """Do the work if it is nobody else's now and not parked. None when it was not done."""
    errand, _made = Errand.objects.get_or_create(campaign=campaign, kind=kind, defaults={"not_before": now})
    Errand.objects.filter(pk=errand.pk, attempts__gte=ATTEMPTS, failed_at=None, not_before__lte=now).update(
        failed_at=now, error=_("Cada intento se interrumpió.")
    )
    free = Errand.objects.filter(pk=errand.pk, attempts__lt=ATTEMPTS, not_before__lte=now)
    if not free.update(attempts=F("attempts") + 1, fence=F("fence") + 1, not_before=now + LEASE):
        return None
    errand.refresh_from_db()
    mine = Errand.objects.filter(pk=errand.pk, fence=errand.fence)
    try:
        done = work()
    except Exception as failure:  # whatever it is: it is kept in the row, and the next campaign has its turn
        log.exception("%s of %s: attempt %s failed", kind, campaign, errand.attempts)
        parked = now if errand.attempts >= ATTEMPTS else None
        mine.update(error=f"{type(failure).__name__}: {failure}"[:300], failed_at=parked, not_before=now + PATIENCE)
        return None
    mine.delete()
    return done


def parked(*, campaign: Campaign) -> list[Errand]:
    """What was tried for the last time and waits for a supervisor."""
    return list(Errand.objects.filter(campaign=campaign, failed_at__isnull=False).order_by("kind"))


def try_again(*, campaign: Campaign, kind: ErrandKind, now: datetime) -> None:
    """Forget the failures, so that the next ring tries at once. A try that runs now goes on and ends as it ends."""
    Errand.objects.filter(campaign=campaign, kind=kind, failed_at__isnull=False).update(
        attempts=0, failed_at=None, not_before=now
    )
