"""Taking owed work: the attempt is counted, fenced and leased before it is made, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from work.kinds import Kind, kind_of
from work.life import Verb
from work.models import OwedWork
from work.steps import ERROR_LENGTH, take_step

Owed = TypeVar("Owed", bound=OwedWork)


def claim(
    model: type[Owed],
    *,
    now: datetime,
    pk: int | None = None,
    among: Q = Q(),  # noqa: B008
    anew: Callable[[Owed], dict[str, Any]] | None = None,
    durable: bool = False,
) -> Owed | None:
    """Take one for a lease: the row of this key, or of those `among` the one that is due longest. None: there is none.

    What used up its attempts is parked on the way, so that work which kills its worker is not tried for ever. `anew`
    gives columns that begin again with each attempt. `durable` refuses an open transaction: for what leaves the house,
    which must find its claim written whatever happens afterwards.
    """
    kind = kind_of(model)
    with transaction.atomic(durable=durable):
        wanted = free(kind, now=now).filter(among) if pk is None else free(kind, now=now).filter(among, pk=pk)
        while (owed := _held_for_update(wanted).order_by("not_before", "pk").first()) is not None:
            if owed.attempts < kind.attempts:
                take_step(
                    Verb.CLAIM, owed=owed, to=kind.at_work[0] if kind.at_work else kind.waiting, now=now,
                    columns={
                        "attempts": owed.attempts + 1, "fence": owed.fence + 1, "lease_until": now + kind.lease,
                        **(anew(owed) if anew else {}),
                    },
                )  # fmt: skip
                return owed
            _give_up(owed, kind, now)
    return None


def free(kind: Kind[Owed], *, now: datetime) -> QuerySet[Owed]:
    """What may be claimed now: due, and nobody's, or of somebody whose lease ran out."""
    if kind.when_lost is not None:  # only its own room knows what became of what somebody took
        return kind.rows.filter(state=kind.waiting, not_before__lte=now)
    is_nobodys = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    return kind.rows.filter(is_nobodys, state_in(kind.open_states), not_before__lte=now)


def lost(kind: Kind[Owed], *, now: datetime) -> QuerySet[Owed]:
    """What somebody took and did not end in time."""
    return kind.rows.filter(state_in(kind.at_work or (kind.waiting,)), lease_until__lte=now)


def state_in(states: tuple[str, ...]) -> Q:
    """Rows in one of these states, written as the partial indexes of the kinds are."""
    return Q(state__in=states) if len(states) > 1 else Q(state=states[0])


def recover_lost(model: type[OwedWork], *, now: datetime) -> int:
    """See to what lost its worker: its room decides, or what lost its last one is parked. Returns how many."""
    decides = kind_of(model).when_lost is not None
    return take_back_lost(model, now=now) if decides else give_up_lost(model, now=now)


def give_up_lost(model: type[OwedWork], *, now: datetime) -> int:
    """Park what lost its last worker. Returns how many."""
    kind = kind_of(model)
    count = 0
    for pk in lost(kind, now=now).filter(attempts__gte=kind.attempts).values_list("pk", flat=True):
        with transaction.atomic():  # of two sweeps one takes it
            owed = _held_for_update(lost(kind, now=now).filter(pk=pk)).first()
            if owed is not None:
                _give_up(owed, kind, now)
                count += 1
    return count


def take_back_lost(model: type[OwedWork], *, now: datetime) -> int:
    """Let the room decide what becomes of work whose worker vanished (`Kind.when_lost`). Returns how many."""
    kind = kind_of(model)
    if kind.when_lost is None:
        return 0
    count = 0
    for pk in lost(kind, now=now).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():  # of two sweeps one takes it; who is late finds it elsewhere, or with another fence
            owed = _held_for_update(lost(kind, now=now).filter(pk=pk)).first()
            if owed is not None:
                kind.when_lost(owed, now=now)
                count += 1
    return count


def _held_for_update(rows: QuerySet[Owed]) -> QuerySet[Owed]:
    return rows.select_for_update(skip_locked=True, no_key=True)


def _give_up(owed: OwedWork, kind: Kind[Any], now: datetime) -> None:
    error = _interrupted(owed.last_error)
    take_step(
        Verb.GIVE_UP, owed=owed, to=kind.parked, now=now, note=error,
        columns={"parked_at": now, "lease_until": None, "last_error": error},
    )  # fmt: skip


def _interrupted(before: str) -> str:
    """Why it is given up: its last worker vanished. What had been wrong earlier is kept behind, once."""
    last = _("El último intento se interrumpió. Antes:")
    always = _("Cada intento se interrumpió.")
    if not before or before == always:
        return always
    return before if before.startswith(last) else f"{last} {before}"[:ERROR_LENGTH]
