"""Bringing the schedule of the code into the database, where beat reads it and administrators edit it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from callcenter.models import ScheduleMemory
from callcenter.schedule import Tick

_AHEAD = timedelta(minutes=5)  # clocks of two machines differ by less
_LOCK = 20_261_125  # any number of our own: two deployments at once write one after the other


@dataclass
class Outcome:
    """Names of the entries, by what happened to them."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left_as_edited: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def standing_still(*, ticks: Sequence[Tick], now: datetime) -> list[str]:
    """Names of those that do not tick: switched off, deleted, or said to have run at a moment that is still to come."""
    entries = PeriodicTask.objects.filter(enabled=True).exclude(last_run_at__gt=now + _AHEAD)
    running = {*entries.values_list("name", flat=True)}
    return [tick.name for tick in ticks if tick.name not in running]


@transaction.atomic
def sync_schedule(*, ticks: Sequence[Tick], now: datetime) -> Outcome:
    """Make the database's schedule what the code says, except where an administrator changed or deleted an entry.

    An entry is the administrator's when it differs from what this verb last wrote. Entries of other names are hers
    altogether and not touched.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    outcome = Outcome()
    memories = {memory.name: memory for memory in ScheduleMemory.objects.all()}
    entries = {entry.name: entry for entry in PeriodicTask.objects.select_related("interval")}
    for tick in ticks:
        _sync_one(tick, memories.get(tick.name), entries.get(tick.name), outcome, now)
    for name in memories.keys() - {tick.name for tick in ticks}:
        # The task is gone from the code: an entry that still rang it would only fill the log.
        PeriodicTask.objects.filter(name=name).delete()
        memories[name].delete()
        outcome.removed.append(name)
    return outcome


def _sync_one(
    tick: Tick, memory: ScheduleMemory | None, entry: PeriodicTask | None, outcome: Outcome, now: datetime
) -> None:
    if entry is None and memory is None:
        PeriodicTask.objects.create(name=tick.name, last_run_at=now - timedelta(days=1), **_as_columns(tick))
        ScheduleMemory.objects.create(name=tick.name, task=tick.task, every=tick.every)
        outcome.added.append(tick.name)
        return
    if entry is None or (memory is not None and _was_edited(entry, memory)):
        outcome.left_as_edited.append(tick.name)
        return
    if memory is None:
        # Somebody made an entry of this name before the code had one: it stays hers.
        outcome.left_as_edited.append(tick.name)
        return
    if (memory.task, memory.every) != (tick.task, tick.every):
        for column, value in _as_columns(tick).items():
            setattr(entry, column, value)
        entry.save()
        memory.task, memory.every = tick.task, tick.every
        memory.save()
        outcome.changed.append(tick.name)


def _as_columns(tick: Tick) -> dict[str, object]:
    interval, _created = IntervalSchedule.objects.get_or_create(every=tick.every, period=IntervalSchedule.SECONDS)
    return {"task": tick.task, "interval": interval, "expire_seconds": max(tick.every, 10), "enabled": True}


def _was_edited(entry: PeriodicTask, memory: ScheduleMemory) -> bool:
    as_written = (
        entry.task == memory.task
        and entry.enabled
        and entry.interval is not None
        and (entry.interval.every, entry.interval.period) == (memory.every, IntervalSchedule.SECONDS)
        and entry.expire_seconds == max(memory.every, 10)
    )
    return not as_written
