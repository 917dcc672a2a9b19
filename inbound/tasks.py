"""What beat, and a step that owes a write, ring of this room."""

from celery import shared_task
from django.utils import timezone

from inbound.writes import delivering


@shared_task(name="inbound.deliver_writes")
def deliver_writes() -> None:
    delivering.deliver_due(now=timezone.now())
