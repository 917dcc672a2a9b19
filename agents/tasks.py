"""Doors of the queue: each rings one verb."""

from celery import shared_task
from django.utils import timezone

from agents import digests, state_sweep, strangers


@shared_task(name="agents.sweep_states")
def sweep_states() -> None:
    state_sweep.sweep_states(now=timezone.now())


@shared_task(name="agents.sum_up_days")
def sum_up_days() -> None:
    digests.make_digests(now=timezone.now())


@shared_task(name="agents.tell_of_strangers")
def tell_of_strangers() -> None:
    strangers.tell_of_strangers(now=timezone.now())
