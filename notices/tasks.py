"""What beat rings of this room."""

from celery import shared_task
from django.utils import timezone

from notices import mailing
from notices.programs import delivering


@shared_task(name="notices.deliver_due")
def deliver_due() -> None:
    mailing.deliver_due(now=timezone.now())


@shared_task(name="notices.deliver_to_programs")
def deliver_to_programs() -> None:
    delivering.deliver_due(clock=timezone.now)


@shared_task(name="notices.forget_deliveries")
def forget_deliveries() -> None:
    delivering.forget_old(now=timezone.now())
