"""Beginning the demo again from nothing."""

from __future__ import annotations

import fcntl
import shutil
from datetime import datetime
from pathlib import Path

import redis
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from callcenter.demo import outside_systems
from callcenter.ownership import as_owner
from callcenter.schedule import SCHEDULE
from callcenter.scheduling import sync_schedule

FOLDERS = ("drop", "files", "mail")


class NotReset(RuntimeError):
    """Why nothing was thrown away."""


def throw_everything_away(*, now: datetime) -> None:
    """Empty the embedded databases, the queue, the cache and the demo's folders, and migrate. Raises NotReset."""
    if not settings.RUNS_EMBEDDED:
        raise NotReset("DATABASE_URL names a server of your own: only the embedded demo is reset. Nothing was touched.")
    home = Path(settings.CALLCENTER_HOME)
    with (home / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotReset("The demo is running: stop it first (Ctrl-C where `make run` runs).") from None
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS staging CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.close()
        outside_systems.forget_database()
        cache.clear()
        with redis.Redis.from_url(settings.QUEUE_OWNER_URL, socket_timeout=10) as broker:
            broker.flushdb()
        for name in FOLDERS:
            shutil.rmtree(home / name, ignore_errors=True)
        call_command("migrate", verbosity=0, interactive=False)
        sync_schedule(ticks=SCHEDULE, now=now)
