"""Another round of attempts for what a person decided to try again. Who may decide it is for the door to ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from work.kinds import kind_of
from work.life import Verb
from work.models import OwedWork
from work.steps import LeaseLost, take_step


def owed_anew(*, now: datetime) -> dict[str, Any]:
    """The columns of work that is owed as if it had never been tried. The fence stays: it only rises."""
    return {"attempts": 0, "not_before": now, "lease_until": None, "parked_at": None, "last_error": ""}


def try_again(*, owed: OwedWork, now: datetime, by: Any = None, **columns: Any) -> bool:
    """Let what is parked or held wait for a worker again. False when somebody was first, and it stands elsewhere."""
    columns = {**owed_anew(now=now), **columns}
    try:
        take_step(Verb.TRY_AGAIN, owed=owed, to=kind_of(type(owed)).waiting, now=now, by=by, columns=columns)
    except LeaseLost:
        return False
    return True


def try_parked_again(model: type[OwedWork], *, now: datetime, by: Any = None) -> list[int]:
    """Let everything that is parked wait again, but what its kind wants looked at one by one. Returns the keys."""
    kind = kind_of(model)
    with transaction.atomic():
        parked = kind.rows.filter(kind.together, state=kind.parked).order_by("pk").select_for_update(no_key=True)
        again = list(parked)
        for owed in again:
            try_again(owed=owed, now=now, by=by)
    return [owed.pk for owed in again]
