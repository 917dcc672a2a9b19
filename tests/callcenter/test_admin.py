"""The schedule in the admin: slower, faster or off, and never gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from agents.models import User
from callcenter.schedule import SCHEDULE
from callcenter.scheduling import sync_schedule

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture
def entry() -> PeriodicTask:
    sync_schedule(ticks=SCHEDULE, now=timezone.now())
    return PeriodicTask.objects.get(task="campaigns.make_months_exist")


def test_an_entry_is_slowed_down_and_keeps_its_task(entry: PeriodicTask, ines: User, signed_in: SignedIn) -> None:
    slower, _new = IntervalSchedule.objects.get_or_create(every=600, period=IntervalSchedule.SECONDS)
    page = {
        "enabled": "on",
        "interval": slower.pk,
        "expire_seconds": "600",
        "description": "",
        "task": "x",
        "name": "x",
    }
    address = reverse("admin:django_celery_beat_periodictask_change", args=[entry.pk])
    assert signed_in(ines).get(address).status_code == 200
    assert signed_in(ines).post(address, page).status_code == 302
    changed = PeriodicTask.objects.get(pk=entry.pk)
    assert (changed.interval, changed.task, changed.name) == (slower, entry.task, entry.name)


def test_an_entry_of_the_code_and_an_interval_in_use_are_not_deleted(
    entry: PeriodicTask, ines: User, signed_in: SignedIn
) -> None:
    assert entry.interval is not None
    for name, pk in (("periodictask", entry.pk), ("intervalschedule", entry.interval.pk)):
        address = reverse(f"admin:django_celery_beat_{name}_delete", args=[pk])
        assert signed_in(ines).post(address, {"post": "yes"}).status_code == 403
    assert PeriodicTask.objects.filter(pk=entry.pk).exists()


def test_an_entry_of_ones_own_is_made_and_deleted(entry: PeriodicTask, ines: User, signed_in: SignedIn) -> None:
    hers = PeriodicTask.objects.create(name="Suyo", task="callcenter.heartbeat", interval=entry.interval)
    address = reverse("admin:django_celery_beat_periodictask_change", args=[hers.pk])
    assert "regtask" in signed_in(ines).get(address).content.decode()
    signed_in(ines).post(reverse("admin:django_celery_beat_periodictask_delete", args=[hers.pk]), {"post": "yes"})
    assert not PeriodicTask.objects.filter(pk=hers.pk).exists()
