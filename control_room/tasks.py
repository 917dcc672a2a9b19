"""Celery task of the room."""

from celery import shared_task
from django.utils import timezone

from control_room.mailing_alerts import mail_alerts as mail


@shared_task(name="control_room.mail_alerts")
def mail_alerts() -> None:
    mail(now=timezone.now())
