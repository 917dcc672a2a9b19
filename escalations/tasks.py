"""What beat rings of this room."""

from celery import shared_task
from django.utils import timezone

from escalations import digest, marks, undelivered


@shared_task(name="escalations.mark_times")
def mark_times() -> None:
    marks.mark_times(now=timezone.now())
    undelivered.tell_of_the_undelivered(now=timezone.now())


@shared_task(name="escalations.mail_digest")
def mail_digest() -> None:
    digest.mail_digest(now=timezone.now())
