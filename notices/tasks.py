"""What beat rings of this room."""

from celery import shared_task
from django.utils import timezone

from notices import mailing


@shared_task(name="notices.deliver_due")
def deliver_due() -> None:
    mailing.deliver_due(now=timezone.now())
