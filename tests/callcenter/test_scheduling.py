"""The schedule of the code reaches the database, and an administrator's edit outlives a deployment."""

from collections.abc import Callable
from datetime import datetime
from inspect import signature

import pytest
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from callcenter.beat import WHATEVER_THE_SCHEDULE_SAYS
from callcenter.celery import app
from callcenter.schedule import SCHEDULE, Tick
from callcenter.scheduling import sync_schedule
from tests.sources import ROOMS

pytestmark = pytest.mark.django_db
LOOK = Tick("Mirar", "test.look", 30)
SWEEP = Tick("Barrer", "test.sweep", 10)


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-25 09:30")


def test_a_first_deployment_writes_every_entry_due_at_once(now: datetime) -> None:
    assert sync_schedule(ticks=[LOOK, SWEEP], now=now).added == ["Mirar", "Barrer"]
    look = PeriodicTask.objects.get(name="Mirar")
    assert (look.task, look.interval.every, look.interval.period) == ("test.look", 30, "seconds")
    assert look.expire_seconds == 30
    assert look.last_run_at is not None
    assert look.last_run_at < now


def test_the_same_deployment_again_changes_nothing(now: datetime) -> None:
    sync_schedule(ticks=[LOOK, SWEEP], now=now)
    assert not any(vars(sync_schedule(ticks=[LOOK, SWEEP], now=now)).values())


def test_a_new_interval_in_the_code_arrives(now: datetime) -> None:
    sync_schedule(ticks=[LOOK], now=now)
    assert sync_schedule(ticks=[Tick("Mirar", "test.look", 60)], now=now).changed == ["Mirar"]
    assert PeriodicTask.objects.get(name="Mirar").interval.every == 60


@pytest.mark.parametrize("edit", ["interval", "disabled", "deleted", "task"])
def test_an_edit_of_the_administrator_is_not_undone(edit: str, now: datetime) -> None:
    sync_schedule(ticks=[LOOK], now=now)
    entry = PeriodicTask.objects.get(name="Mirar")
    if edit == "interval":
        entry.interval = IntervalSchedule.objects.create(every=7, period=IntervalSchedule.MINUTES)
    elif edit == "disabled":
        entry.enabled = False
    elif edit == "task":
        entry.task = "test.other"
    entry.save()
    if edit == "deleted":
        entry.delete()
    for every in (30, 45):
        assert sync_schedule(ticks=[Tick("Mirar", "test.look", every)], now=now).left_as_edited == ["Mirar"]
    kept = PeriodicTask.objects.filter(name="Mirar").first()
    if edit == "deleted":
        assert kept is None
    else:
        assert kept is not None
        assert (kept.task, kept.enabled, kept.interval.every) == (entry.task, entry.enabled, entry.interval.every)


def test_an_entry_the_code_gave_up_goes_and_entries_of_others_stay(now: datetime) -> None:
    hers = PeriodicTask.objects.create(
        name="Informe propio", task="test.hers", interval=IntervalSchedule.objects.create(every=1, period="days")
    )
    sync_schedule(ticks=[LOOK, SWEEP], now=now)
    assert sync_schedule(ticks=[SWEEP], now=now).removed == ["Mirar"]
    assert set(PeriodicTask.objects.values_list("name", flat=True)) == {"Barrer", hers.name}


def test_the_schedule_uses_no_hour_of_the_day_and_every_name_once() -> None:
    assert len({tick.name for tick in SCHEDULE}) == len(SCHEDULE)
    assert all(tick.every >= 2 for tick in SCHEDULE)


def test_every_tick_rings_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert {tick.task for tick in SCHEDULE} <= set(app.tasks)


def test_what_only_the_clock_can_ring_is_in_the_schedule() -> None:
    """A task that is told nothing is told by nobody: the others get the key of a row from who rings them."""
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if name.split(".")[0] in ROOMS}
    assert {name for name, task in ours.items() if not signature(task.run).parameters} == {
        *(tick.task for tick in SCHEDULE), *WHATEVER_THE_SCHEDULE_SAYS
    }  # fmt: skip
