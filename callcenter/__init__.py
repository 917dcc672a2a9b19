"""The wiring: settings, queue, schedule, addresses and the desk that mixes the rooms."""

from callcenter.celery import app as celery_app

__all__ = ["celery_app"]
