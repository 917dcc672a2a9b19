"""Another round of attempts for what a person decided to try again. Who may decide it is for the door to ask."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from work.kinds import kind_of
from work.life import Verb
from work.models import OwedWork
from work.steps import LeaseLost, take_step


class AgainRefused(Exception):
    """It cannot be tried again now; the message is the sentence for the person who asked."""


def owed_anew(*, now: datetime) -> dict[str, Any]:
    """The columns of work that is owed as if it had never been tried. The fence stays: it only rises.

    So does the last error, until the next attempt ends: why it had stopped is written nowhere else.
    """
    return {"attempts": 0, "not_before": now, "owed_again_at": now, "lease_until": None, "parked_at": None}


def try_again(*, owed: OwedWork, now: datetime, by: Any = None, **columns: Any) -> bool:
    """Let what is parked wait for a worker again, or what is held where its kind lets it.

    False when somebody was first, and it stands elsewhere. Raises ValueError for what is not to be tried again.
    """
    columns = {**owed_anew(now=now), **columns}
    try:
        take_step(Verb.TRY_AGAIN, owed=owed, to=kind_of(type(owed)).waiting, now=now, by=by, columns=columns)
    except LeaseLost:
        return False
    return True


def try_one_parked_again(*, owed: OwedWork, now: datetime, by: Any = None) -> None:
    """Let one that is parked wait again, by its room's own verb where it has one. Raises AgainRefused."""
    kind = kind_of(type(owed))
    if owed.state != kind.parked:
        raise AgainRefused(_("Ya no está detenido."))
    if kind.again is not None:
        kind.again(owed, by=by, now=now)
    elif not try_again(owed=owed, now=now, by=by):
        raise AgainRefused(_("Ya no está detenido."))


def try_parked_again(model: type[OwedWork], *, now: datetime, by: Any = None) -> list[int]:
    """Let everything that is parked wait again, but what its kind wants looked at one by one, or refuses.

    Returns the keys.
    """
    kind = kind_of(model)
    again = []
    with transaction.atomic():
        parked = kind.rows.filter(kind.together, state=kind.parked).order_by("pk").select_for_update(no_key=True)
        for owed in parked:
            with suppress(AgainRefused):
                try_one_parked_again(owed=owed, now=now, by=by)
                again.append(owed.pk)
    return again


def owe_again(*, owed: OwedWork, now: datetime, by: Any = None, **columns: Any) -> None:
    """What is over is to be done once more. Raises LeaseLost when it stands elsewhere by now."""
    columns = {**owed_anew(now=now), **columns}
    take_step(Verb.OWE_AGAIN, owed=owed, to=kind_of(type(owed)).waiting, now=now, by=by, columns=columns)


def withdraw(*, owed: OwedWork, to: str, now: datetime, by: Any = None, **columns: Any) -> None:
    """What was done is taken back. Raises LeaseLost when it stands elsewhere by now."""
    take_step(Verb.WITHDRAW, owed=owed, to=to, now=now, by=by, columns=columns)
