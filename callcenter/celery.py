"""The Celery application. Its options are `CELERY_…` in the settings, its schedule is `callcenter/schedule.py`."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")

LONGEST_LOCK = "5s"

app = Celery("callcenter", task_cls="callcenter.doorbell:Doorbell")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_init.connect
@signals.beat_init.connect
def works_on_its_own_database(**kwargs: Any) -> None:
    """A worker or a beat of a demo does not touch the database of a production, nor the other way round."""
    from django.core.exceptions import ImproperlyConfigured

    from callcenter.ownership import refuse_to_start
    from callcenter.purpose import refuse_another_purpose

    try:
        refuse_another_purpose()
        refuse_to_start()
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal)) from None  # Celery would log any other exception and begin to work


@signals.task_success.connect
def a_task_went_through(sender: Any = None, **kwargs: Any) -> None:
    """A sweep that did is the sweeper's sign of life."""
    from django.utils import timezone

    from callcenter import heartbeats

    if name := heartbeats.TASKS.get(getattr(sender, "name", "")):
        heartbeats.sign(name=name, now=timezone.now())


@signals.heartbeat_sent.connect
def jobs_are_served(**kwargs: Any) -> None:
    """The worker of the long jobs signs from its own loop: a task of it would wait behind the jobs."""
    from django.utils import timezone

    from callcenter import heartbeats
    from systems.reports.confined_here import confined_here

    if "jobs" in app.amqp.queues.consume_from:
        heartbeats.sign(name="jobs", now=timezone.now())
        heartbeats.tell_reader(out_of_reach=confined_here())


@signals.task_prerun.connect
@signals.task_postrun.connect
def connections_are_kept_as_between_requests(task: Any = None, **kwargs: Any) -> None:
    """A task goes on with the connection of the one before it, unless that one is broken or a minute old."""
    from django.db import close_old_connections

    if not task.request.is_eager:
        close_old_connections()


@signals.worker_process_init.connect
def ticks_wait_for_no_lock(**kwargs: Any) -> None:
    """A tick that meets the lock of a long job fails after moments and is rung again; it must not keep its child."""
    from django.db import connection

    if set(app.amqp.queues.consume_from) == {"ticks"}:
        options = connection.settings_dict["OPTIONS"]
        options["options"] = f"{options['options']} -c lock_timeout={LONGEST_LOCK}"  # beside the path (0209)
