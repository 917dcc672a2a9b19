"""Whoever gets hold of the house's password of Valkey does there what the house does, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.core.management import CommandError, call_command
from kombu import Connection, Queue
from redis import Redis
from redis.exceptions import NoPermissionError

from callcenter import health
from callcenter.queue_rights import NEVER, excess, rules
from tests.callcenter.a_valkey import a_valkey, owner_of

WORD = "of-the-house"
ALL_AT_ONCE = [
    *(
        ("FLUSHALL",),
        ("FLUSHDB",),
        ("CONFIG", "GET", "*"),
        ("CONFIG", "SET", "dir", "/tmp"),
        ("KEYS", "*"),
        ("SCAN", "0"),
    ),
    *(("SCRIPT", "FLUSH"), ("SHUTDOWN", "NOSAVE"), ("ACL", "WHOAMI"), ("MODULE", "LIST")),
    *(("REPLICAOF", "127.0.0.1", "1"), ("EVAL", "return 1", "0"), ("SAVE",), ("BGREWRITEAOF",), ("CLIENT", "LIST")),
    *(("MONITOR",), ("INFO",), ("GET", "of-another-program"), ("PUBLISH", "of-another-program", "x")),
]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with a_valkey(tmp_path_factory.mktemp("valkey")) as at:
        with owner_of(at) as owner:
            owner.execute_command("ACL", "SETUSER", "callcenter", "reset", *rules(password=WORD))
            owner.set("of-another-program", "kept")
        yield at


@pytest.fixture
def address(port: int) -> str:
    return f"redis://callcenter:{WORD}@127.0.0.1:{port}/0"


@pytest.fixture
def house(address: str) -> Iterator[Redis]:
    with Redis.from_url(address) as client:
        yield client


@pytest.mark.parametrize("command", ALL_AT_ONCE, ids=" ".join)
def test_what_the_house_never_does_is_refused(command: tuple[str, ...], house: Redis, port: int) -> None:
    with pytest.raises(NoPermissionError):
        house.execute_command(*command)
    with owner_of(port) as owner:
        assert owner.get("of-another-program") == b"kept"


def test_asking_for_more_than_it_needs_does_nothing(house: Redis, port: int) -> None:
    assert excess(house) == []
    with owner_of(port) as owner:
        assert excess(owner) == [name for name, _command in NEVER]
        assert owner.get("of-another-program") == b"kept"
        assert owner.info("replication")["role"] == "master"


@pytest.mark.parametrize(("name", "command"), NEVER, ids=[name for name, _command in NEVER])
def test_one_right_too_many_is_told_by_its_name(name: str, command: tuple[str, ...], port: int) -> None:
    with owner_of(port) as owner:
        owner.execute_command("ACL", "SETUSER", "more", "reset", *rules(password=WORD), f"+{command[0].lower()}")
        with Redis(port=port, username="more", password=WORD) as client:
            found = excess(client)
    assert name in found
    assert {one.split()[0] for one in found} == {name.split()[0]}


def test_the_cache_has_all_it_asks_for(address: str, settings: Any) -> None:
    """Asked without forgiving: what the cache may not do would pass for a miss."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": address, "KEY_PREFIX": "callcenter",
        },
    }  # fmt: skip
    assert isinstance(cache._connections[cache._alias], RedisCache)
    cache.set("a", 1)
    assert cache.add("a", 2) is False
    assert cache.add("b", "x", 60) is True
    assert (cache.incr("a", 2), cache.decr("a"), cache.get("a")) == (3, 2, 2)
    assert cache.touch("a", 60) is True
    assert cache.touch("a", None) is True
    cache.set_many({"c": 1, "d": 2}, 60)
    assert cache.get_many(["a", "c", "none"]) == {"a": 2, "c": 1}
    assert "d" in cache
    cache.set("gone", 1, 0)
    cache.delete_many(["a", "b", "c"])
    assert cache.delete("d") is True


def test_the_queues_have_all_they_ask_for(address: str, port: int, settings: Any) -> None:
    """A message is sent, taken, given back, lost with its worker and brought back; workers are called."""
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "visibility_timeout": 0}
    queue = Queue("ticks", routing_key="ticks")
    with owner_of(port) as owner:
        owner.acl_log_reset()
    with Connection(address, transport_options=options) as connection:
        bound = queue(connection.default_channel)
        bound.declare()
        with connection.Producer() as producer:
            producer.publish({"a": 1}, routing_key="ticks", exchange=queue.exchange, declare=[queue])
        message = bound.get()
        assert message is not None
        message.requeue()
        taken = bound.get()
        assert taken is not None
        connection.default_channel.qos.restore_visible(num=10)  # as of a worker that was killed
        again = bound.get()
        assert again is not None
        again.ack()
        bound.purge()
        bound.delete()
    with owner_of(port) as owner:
        assert owner.acl_log() == []


def test_the_command_says_what_makes_that_user(
    address: str, port: int, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.REDIS_URL = address.replace("callcenter:", "runtime:")
    call_command("queue_user")
    told = capsys.readouterr().out
    assert told.startswith("ACL SETUSER runtime reset on #")
    assert WORD not in told
    with owner_of(port) as owner:
        owner.execute_command(*told.split())
    call_command("queue_user", "--check")
    assert "and no more" in capsys.readouterr().out
    settings.REDIS_URL = f"redis://:of-the-owner@127.0.0.1:{port}"
    with pytest.raises(CommandError, match="never does: FLUSHALL, FLUSHDB, KEYS"):
        call_command("queue_user", "--check")
    with pytest.raises(CommandError, match="name a user and a password"):
        call_command("queue_user")
    settings.REDIS_URL = f"redis://callcenter:another@127.0.0.1:{port}"
    with pytest.raises(CommandError, match="REDIS_URL: AuthenticationError"):
        call_command("queue_user", "--check")


def test_production_tells_of_a_user_who_may_do_more(
    address: str, port: int, settings: Any, client: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_lately", health.Lately())
    monkeypatch.setattr(health, "KEPT_FOR", 0.0)
    assert "queue_user" not in client.get("/readyz").json()["findings"], "a demo's server holds nothing of anybody"
    settings.IS_DEMO = False
    settings.REDIS_URL = address
    told = client.get("/readyz").json()
    assert told["findings"]["queue_user"] == {"holds": True, "vital": False, "seen": "may do what it needs"}
    settings.REDIS_URL = f"redis://:of-the-owner@127.0.0.1:{port}"
    told = client.get("/readyz").json()
    assert told["ready"] is True
    assert told["findings"]["queue_user"]["holds"] is False
    assert told["findings"]["queue_user"]["seen"].startswith("may do more than it needs: FLUSHALL, FLUSHDB, KEYS")
