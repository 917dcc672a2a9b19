"""What beat rings of this room."""

from celery import shared_task
from django.utils import timezone

from service_level.indicator import counting, forecast
from service_level.staffing import needs
from telephony.queue_log import sources


@shared_task(name="service_level.keep_up")
def keep_up() -> None:
    """What switchboards wrote is read, the figures of it are counted, and where they lead is drawn: within a tick."""
    sources.read_sources(now=timezone.now())
    counting.count_changed()
    forecast.keep_forecast(now=timezone.now())


@shared_task(name="service_level.keep_staffing")
def keep_staffing() -> None:
    """How many people the coming half hours need is worked out, once a day or after its policy changed."""
    needs.keep_needs(now=timezone.now())
