"""Signs of life of beat, workers, sweeper and stream, kept in the cache for the health page as ISO times."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

# worker: that of the ticks; jobs: that of the long work; live: the stream, while it hears the database
NAMES = ("beat", "worker", "jobs", "sweeper", "live")
SWEEPING = "campaigns.sweep_reports"  # the task whose success is the sweeper's sign of life

log = structlog.get_logger(__name__)


def sign(*, name: str, now: datetime) -> None:
    """Write that `name` was alive at `now`. A silent cache is for the health page to report: nobody stops for it."""
    try:
        cache.set(f"heartbeat:{name}", now.isoformat(), timeout=None)
    except RedisError as error:
        log.warning("sign_of_life_not_written", of=name, error=type(error).__name__)


def last_sign(*, name: str) -> datetime | None:
    """When `name` was last alive, or None when it never was. Raises RedisError when the cache does not answer."""
    written = cache.get(f"heartbeat:{name}")
    return datetime.fromisoformat(written) if written else None
