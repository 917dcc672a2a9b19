"""The shared cache, without which everything still works, only slower.

It holds copies (sessions, drawings), signs of life and spent sign-in codes; the truth is in PostgreSQL. A cache that is
down must not close a page: what it does not answer counts as not kept, and it is not asked again until it answers.

What is kept is JSON or bytes, encrypted under a seal of ours and never a pickle: whoever can write into the server runs
no code here and puts neither a session nor a drawing of his own into a page, and whoever can read it reads neither
whose session it is nor what she looked for (docs/decisions/0102).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis import Redis
from redis.exceptions import RedisError

from callcenter.silent_servers import Silence

SIGN_OF_LIFE = "heartbeat:"
ANSWERS_WITHIN = 2  # seconds

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")
_silences: dict[str, Silence] = {}  # by server: a cache object lives for one request


def silence_of(url: str) -> Silence:
    """The silence of a Redis or Valkey, which is over when it answers a PING."""

    def ask() -> None:
        with Redis.from_url(url, socket_timeout=ANSWERS_WITHIN, socket_connect_timeout=ANSWERS_WITHIN) as server:
            server.ping()

    return Silence(ask, errors=(RedisError, OSError))


class NotOurs(ValueError):
    """A value of the cache that this house, with this secret, did not write."""


class SealedSerializer:
    """Encrypted and sealed: a nonce, and behind it one letter for the kind and the value. Whole numbers stay bare: INCR
    adds to them.
    """

    NONCE = 12

    def __init__(self) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"callcenter.shared_cache" + settings.SECRET_KEY.encode()).digest())

    def dumps(self, value: Any) -> Any:
        if type(value) is int:
            return value
        told = b"b" + value if isinstance(value, bytes) else b"j" + json.dumps(value).encode()
        nonce = os.urandom(self.NONCE)
        return nonce + self._cipher.encrypt(nonce, told, None)

    def loads(self, kept: bytes) -> Any:
        """Raises NotOurs."""
        if kept.removeprefix(b"-").isdigit():
            return int(kept)
        try:
            told = self._cipher.decrypt(kept[: self.NONCE], kept[self.NONCE :], None)
        except (InvalidTag, ValueError):  # too short for a nonce
            raise NotOurs from None
        return told[1:] if told[:1] == b"b" else json.loads(told[1:])


def kept_as(key: str, prefix: str, version: int) -> str:
    """What a value is kept under: a session's key opens it, and some are of people, so it is a fingerprint of them.
    Signs of life are nobody's, and are looked for by their names.
    """
    if key.startswith(SIGN_OF_LIFE):
        return f"{prefix}:{version}:{key}"
    secret = settings.SECRET_KEY.encode()
    return f"{prefix}:{version}:{hmac.digest(secret, key.encode(), 'sha256').hex()[:40]}"


class ForgivingRedisCache(RedisCache):
    """Redis or Valkey as Django's cache; what it cannot answer is a miss, and so is what it holds of strangers."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        params = {**params, "OPTIONS": {**params.get("OPTIONS", {}), "serializer": SealedSerializer}}
        super().__init__(server, params)
        self.server = server

    def _asked(self, work: Callable[[], Answer], otherwise: Answer) -> Answer:
        silence = _silences.get(self.server) or _silences.setdefault(self.server, silence_of(self.server))
        if silence.lasts():
            return otherwise
        try:
            return work()
        except NotOurs:
            log.warning("cache_holds_what_is_not_ours")
            return otherwise
        except RedisError as error:
            silence.begin()
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

    def clear(self) -> None:
        """All of the database, as the owner of the server: nothing that runs may."""
        where = urlsplit(settings.QUEUE_OWNER_URL)._replace(path=urlsplit(self.server).path).geturl()
        with Redis.from_url(where) as owner:
            owner.flushdb()

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._asked(lambda: RedisCache.incr(self, key, delta, version), delta)
