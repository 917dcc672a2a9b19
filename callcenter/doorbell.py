"""How a door rings for a worker: after the commit, and without minding whether the broker hears it.

One that accepts and never answers costs the first click its time limit; from then on nobody rings until it answers.
"""

from __future__ import annotations

import logging
from typing import Any

from celery.contrib.django.task import DjangoTask
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from agents.audit_context import acting
from callcenter.shared_cache import silence_of

log = logging.getLogger(__name__)
BROKER = silence_of(settings.CELERY_BROKER_URL)


class Doorbell(DjangoTask):
    """Every task of ours. The row is written and a sweeper rings again, so a broker that is down fails no click.

    What it changes is kept in the audit under its name.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with acting(task=self.name):
            return super().__call__(*args, **kwargs)

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        """Send the message when the transaction commits; one that cannot be sent is logged."""

        def ring() -> None:
            if BROKER.lasts():
                log.info("%s is not rung: the broker is silent", self.name)
                return
            try:
                self.delay(*args, **kwargs)
            except OperationalError as error:
                log.warning("%s could not be rung: %s", self.name, error)
                BROKER.begin()

        transaction.on_commit(ring)
