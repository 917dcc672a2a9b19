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
_SELDOM = timedelta(days=1)
_LOCK = 20_261_125  # any number of our own: two deployments at once write one after the other


@dataclass
class Outcome:
    """Names of the entries, by what happened to them."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left_as_edited: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def standing_still(*, ticks: Sequence[Tick], now: datetime) -> list[str]:
    """Names of those that do not do what they are for: switched off or deleted, with another task, or one that is told
    something or waits in another queue; begun later or over; with a pace, or a last run, that keeps them for days.
    """
    entries = {entry.name: entry for entry in PeriodicTask.objects.filter(enabled=True).select_related("interval")}
    return [tick.name for tick in ticks if tick.name not in entries or not _ticks(tick, entries[tick.name], now)]


def _ticks(tick: Tick, entry: PeriodicTask, now: datetime) -> bool:
    is_itself = entry.task == tick.task and entry.args in ("", "[]") and entry.kwargs in ("", "{}")
    is_sent = not (entry.queue or entry.exchange or entry.routing_key or entry.headers not in ("", "{}"))
    is_due = not (entry.start_time and entry.start_time > now) and not (entry.expires and entry.expires < now)
    has_run = entry.last_run_at is None or entry.last_run_at <= now + _AHEAD
    pace = entry.interval.schedule.run_every if entry.interval else timedelta(0)  # of a day and an hour: by the clock
    keeps = entry.one_off or pace > max(_SELDOM, 10 * timedelta(seconds=tick.every))
    return is_itself and is_sent and is_due and has_run and not keeps


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
