"""The shared cache, without which everything still works, only slower.

It holds copies (sessions, drawings), signs of life and spent sign-in codes; the truth is in PostgreSQL. A cache that is
down must not close a page: what it does not answer counts as not kept, and for a few seconds it is not asked again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

NOT_ASKED_FOR = 5.0  # seconds after it failed

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")
_down_until: dict[str, float] = {}  # by server: a cache object lives for one request


class ForgivingRedisCache(RedisCache):
    """Redis or Valkey as Django's cache; what it cannot answer is a miss."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.server = server

    def _asked(self, work: Callable[[], Answer], otherwise: Answer) -> Answer:
        if time.monotonic() < _down_until.get(self.server, 0):
            return otherwise
        try:
            return work()
        except RedisError as error:
            _down_until[self.server] = time.monotonic() + NOT_ASKED_FOR
            log.warning("cache_does_not_answer", error=type(error).__name__)
            return otherwise

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._asked(lambda: RedisCache.get(self, key, default, version), default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._asked(lambda: RedisCache.set(self, key, value, timeout, version), None)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._asked(lambda: RedisCache.add(self, key, value, timeout, version), True)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._asked(lambda: RedisCache.touch(self, key, timeout, version), False)

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._asked(lambda: RedisCache.delete(self, key, version), False)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        return self._asked(lambda: RedisCache.get_many(self, keys, version), {})

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        return self._asked(lambda: RedisCache.set_many(self, data, timeout, version), list(data))

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        self._asked(lambda: RedisCache.delete_many(self, keys, version), None)

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._asked(lambda: RedisCache.has_key(self, key, version), False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._asked(lambda: RedisCache.incr(self, key, delta, version), delta)
