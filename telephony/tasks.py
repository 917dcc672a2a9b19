"""What beat rings of this room."""

from celery import shared_task
from django.utils import timezone

from telephony import call_orders, dialling, monitoring, unfollowed, watching
from telephony.queue_log import sources


@shared_task(name="telephony.close_the_forgotten")
def close_the_forgotten() -> None:
    dialling.close_the_forgotten(now=timezone.now())
    call_orders.close_forgotten_orders(now=timezone.now())
    monitoring.close_forgotten_monitorings(now=timezone.now())
    unfollowed.close_the_unwatched(now=timezone.now())


@shared_task(name="telephony.read_logs_elsewhere")
def read_logs_elsewhere() -> None:
    """Of a tick of its own: a database or a server that hangs must not keep the files of the others waiting."""
    sources.read_sources(now=timezone.now(), which=sources.ELSEWHERE)


@shared_task(name="telephony.forget_old_events")
def forget_old_events() -> None:
    watching.forget_old_events(now=timezone.now())
