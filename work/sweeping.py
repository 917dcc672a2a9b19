"""What a sweep does for owed work, and what tells that it waits too long: the message only rings and may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Min, Q, QuerySet

from work.claiming import free, recover_lost, state_in
from work.kinds import Kind, Owed, kind_of, kinds
from work.models import OwedWork, RungWork

AT_MOST = 100  # rung for in one sweep


def sweep(model: type[RungWork], *, now: datetime) -> list[int]:
    """Keys to ring for again: they wait too long, or lost their worker.

    What lost its last one is parked; of a kind with `when_lost` its room decides at the first one.

    However often it runs, a row is rung for once in `Kind.rings_again`: a busy worker must not find its queue full of
    the same key.
    """
    kind = kind_of(model)
    recover_lost(model, now=now)
    with transaction.atomic():  # two sweeps at once: one of them rings
        due = _to_ring(kind, now).order_by("not_before", "pk").select_for_update(skip_locked=True, no_key=True)
        keys = list(due.values_list("pk", flat=True)[:AT_MOST])
        kind.rows.filter(pk__in=keys).update(rung_at=now)
    return keys


def sweep_all(*, now: datetime) -> Iterator[tuple[Kind[RungWork], int]]:
    """What the kernel's own worker is to be rung for: every kind that has a verb."""
    for kind in kinds():
        if kind.verb is not None:
            yield from ((kind, pk) for pk in sweep(kind.model, now=now))


def unattended_since(model: type[OwedWork], *, now: datetime) -> datetime | None:
    """Since when the longest owed of what nobody is at is owed; None when nothing waits that somebody is to do now."""
    kind = kind_of(model)
    nobodys = kind.rows.filter(state_in(kind.open_states)).exclude(lease_until__gt=now)
    if kind.rests is not None:
        nobodys = nobodys.exclude(kind.rests)
    since: datetime | None = nobodys.aggregate(oldest=Min(kind.owed_since))["oldest"]
    return since


def _to_ring(kind: Kind[Owed], now: datetime) -> QuerySet[Owed]:
    rang_already = Q(lease_until__isnull=True) & Q(**{f"{kind.since}__gt": now - kind.rings_after})
    quiet = Q(rung_at__isnull=True) | Q(rung_at__lt=now - kind.rings_again)
    return free(kind, now=now).filter(quiet).exclude(rang_already)
