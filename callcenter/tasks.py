"""What beat rings of the wiring itself."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from callcenter import heartbeats, housekeeping, retention
from callcenter.demo import always_on, smartflex


@shared_task(name="callcenter.heartbeat")
def heartbeat() -> None:
    heartbeats.sign(name="worker", now=timezone.now())


@shared_task(name="callcenter.clean_up")
def clean_up() -> None:
    housekeeping.clean_up(now=timezone.now())


@shared_task(name="callcenter.take_away_personal_data")
def take_away_personal_data() -> None:
    retention.take_away_personal_data(now=timezone.now())


@shared_task(name="callcenter.demo_goes_on")
def demo_goes_on() -> None:
    """Of a demo alone, whoever rings: the queue's password rings at any house."""
    if not settings.IS_DEMO:
        return
    now = timezone.now()
    always_on.stay_live(now=now)
    smartflex.save_what_is_missing(now=now)
    if settings.TRAINING:
        always_on.launch_what_is_proposed(now=now)
