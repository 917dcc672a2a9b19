"""What beat rings."""

from celery import shared_task
from django.utils import timezone

from api import once


@shared_task(name="api.forget_replies")
def forget_replies() -> None:
    once.forget(now=timezone.now())
