"""What beat rings of this room."""

from celery import shared_task
from django.utils import timezone

from service_level.indicator import counting


@shared_task(name="service_level.count_changed")
def count_changed() -> None:
    counting.count_changed(now=timezone.now())
