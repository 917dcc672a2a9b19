"""Work the clock owes to a campaign, tried in turn: one that fails does not hold up the others.

Each try is counted before it begins, in a transaction of its own, so that a worker that is killed has used one up.
After the last one the work is parked: the campaign's pages say so, and a supervisor asks for it again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from campaigns.models import Campaign, Errand, ErrandKind
from work.claiming import claim
from work.doing import attempt as attempt_work
from work.trying_again import try_again as try_work_again

LEASE = timedelta(minutes=30)  # a million contacts are assigned in one, counted and sealed in two
PATIENCE = timedelta(minutes=2)  # between a try that failed and the next one

Done = TypeVar("Done")


def attempt(work: Callable[[], Done], *, kind: ErrandKind, campaign: Campaign, now: datetime) -> Done | None:
    """Do the work if it is nobody else's now and not parked. None when it was not done."""
    begun = {"not_before": now, "owed_at": now}
    owed, _made = Errand.objects.get_or_create(campaign=campaign, kind=kind, defaults=begun)
    errand = claim(Errand, pk=owed.pk, now=now)
    if errand is None:
        return None
    made: list[Done] = []
    attempt_work(errand, work=lambda _errand: made.append(work()), clock=lambda: now)
    return made[0] if made else None


def forget(*, campaign: Campaign, kind: ErrandKind) -> None:
    """It is done, or nobody needs it any more. A worker that is at it finds nothing left to end."""
    Errand.objects.filter(campaign=campaign, kind=kind).delete()


def parked(*, campaign: Campaign) -> list[Errand]:
    """What was tried for the last time and waits for a supervisor."""
    return list(Errand.objects.filter(campaign=campaign, state=Errand.State.PARKED).order_by("kind"))


def try_again(*, campaign: Campaign, kind: ErrandKind, now: datetime) -> None:
    """Forget the failures, so that the next ring tries at once. A try that runs now goes on and ends as it ends."""
    for errand in parked(campaign=campaign):
        if errand.kind == kind:
            try_work_again(owed=errand, now=now)
