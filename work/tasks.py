"""The kernel's own worker, for kinds that have a verb."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from work import doing, sweeping
from work.kinds import Kind, kind_named, ring


@shared_task(name="work.do_one")
def do_one(kind: str, pk: int) -> None:
    doing.do_one(kind_named(kind).model, pk=pk, now=timezone.now())


@shared_task(name="work.sweep")
def sweep() -> None:
    for kind, pk in sweeping.sweep_all(now=timezone.now()):
        ring(kind.model, pk=pk)


def ring_own_worker(kind: Kind[Any], pk: int) -> None:
    """How a worker is called for a kind with a verb."""
    do_one.delay_on_commit(kind=kind.name, pk=pk)
