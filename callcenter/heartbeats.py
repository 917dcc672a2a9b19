"""Signs of life of beat, workers, sweeper and stream, kept in the cache for the health page as ISO times; and what
the worker of the jobs tells of the reader of strangers' files.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

# worker: that of the ticks; jobs: that of the long work; live: the stream, while it hears the database
NAMES = ("beat", "worker", "jobs", "sweeper", "live")
READER = "reader"
CALLERS = "callers"  # nobody's sign of life: that who was lost was looked for
TASKS = {"campaigns.sweep_reports": "sweeper", "inbound.call_back_the_lost": CALLERS}  # whose success is whose sign

log = structlog.get_logger(__name__)


def sign(*, name: str, now: datetime) -> None:
    """Write that `name` was alive at `now`. A silent cache is for the health page to report: nobody stops for it."""
    try:
        cache.set(f"heartbeat:{name}", now.isoformat(), timeout=None)
    except RedisError as error:
        log.warning("sign_of_life_not_written", of=name, error=type(error).__name__)


def tell_reader(*, out_of_reach: Sequence[str]) -> None:
    """Write what is out of the reader's reach where reports are read."""
    try:
        cache.set(f"heartbeat:{READER}", list(out_of_reach), timeout=None)
    except RedisError as error:
        log.warning("sign_of_life_not_written", of=READER, error=type(error).__name__)


def reader_told() -> list[str] | None:
    """What was told last, or None when nothing was. Raises RedisError when the cache does not answer."""
    told = cache.get(f"heartbeat:{READER}")
    return told if isinstance(told, list) else None


def last_sign(*, name: str) -> datetime | None:
    """When `name` was last alive, or None when it never was. Raises RedisError when the cache does not answer.

    What is no moment is no sign: whoever has the queue's password writes there too.
    """
    written = cache.get(f"heartbeat:{name}")
    try:
        signed = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return signed if signed is not None and signed.tzinfo else None


def is_recent(signed: datetime | None, *, within: timedelta, now: datetime) -> bool:
    """Whether it is a sign of now. One of tomorrow, which whoever has the queue's password may write, is none."""
    return signed is not None and abs(now - signed) <= within
