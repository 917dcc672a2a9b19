"""A cache or a broker that is down closes no page and holds up no click."""

import os
import pickle
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from kombu import Connection
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from callcenter import shared_cache
from callcenter.shared_cache import ForgivingRedisCache

NOBODY = "redis://127.0.0.1:1/1"


@pytest.fixture
def down(monkeypatch):
    monkeypatch.setattr(shared_cache, "_silences", {})
    return ForgivingRedisCache(NOBODY, {})


def test_what_a_cache_that_is_down_does_not_answer_is_a_miss(down):
    assert down.get("x", "otherwise") == "otherwise"
    down.set("x", 1)
    assert down.add("x", 1) is True
    assert down.get_many(["x"]) == {}
    assert down.set_many({"x": 1}) == ["x"]
    assert down.delete("x") is False
    assert down.touch("x") is False
    assert "x" not in down
    assert down.incr("x", 3) == 3
    assert down.get_or_set("x", 7) == 7
    down.delete_many(["x"])


def test_it_is_not_asked_again_until_it_answers(down, monkeypatch):
    down.get("x")
    monkeypatch.setattr(ForgivingRedisCache, "_cache", property(lambda _self: pytest.fail("asked again")))
    assert down.get("x") is None


def test_a_mistake_of_ours_is_not_forgiven(down, monkeypatch):
    monkeypatch.setattr(shared_cache.RedisCache, "get", lambda *_a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        down.get("x")


@pytest.mark.django_db
def test_a_signed_in_person_goes_on_working_without_the_cache(signed_in, ana, monkeypatch):
    client = signed_in(ana)

    def no_connection(*_a, **_k):
        raise NoConnection

    monkeypatch.setattr(shared_cache, "_silences", {})
    for name in ("get", "set", "add", "delete"):
        monkeypatch.setattr(shared_cache.RedisCache, name, no_connection)
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.post("/language/", {"language": "en"}).status_code == 302


def test_the_cache_of_the_settings_is_the_forgiving_one():
    assert isinstance(cache._connections[cache._alias], ForgivingRedisCache)


def test_a_message_to_a_broker_that_is_down_is_refused_at_once(settings, monkeypatch):
    paused = []
    monkeypatch.setattr("kombu.utils.functional.sleep", paused.append)
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with pytest.raises(OperationalError), Connection(NOBODY, transport_options=options) as connection:
        connection.default_channel  # noqa: B018
    assert sum(paused) < 1  # seconds it means to wait between two tries; kombu's own patience is six


class Runs:
    """What a pickle may do to whoever opens it."""

    def __reduce__(self):
        return (os.abort, ())


@pytest.mark.parametrize(
    "put_there", [pickle.dumps({"a": 1}), pickle.dumps(Runs()), b'{"a": 1}', b"", b"x" * 16 + b'j{"a": 1}']
)
def test_what_somebody_else_wrote_into_the_server_is_not_opened(put_there):
    cache.set("stranger", "ours")
    server = cache._cache.get_client(write=True)
    server.set(cache.make_and_validate_key("stranger"), put_there)
    assert cache.get("stranger", "a miss") == "a miss"
    assert cache.get_many(["stranger"]) == {}
    cache.set("stranger", "ours again")
    assert cache.get("stranger") == "ours again"  # and the cache goes on being asked


@pytest.mark.parametrize(
    "value", [0, -7, 12345678901234567890, 1.5, "ñ", "123", b"\x00\xff", None, True, [1, {"a": [2]}]]
)
def test_what_we_kept_comes_back_as_it_was(value):
    cache.set("kept", value)
    assert cache.get("kept", "a miss") == value


def test_a_count_is_added_to_in_the_server():
    cache.set("count", 4)
    assert cache.incr("count", 2) == 6
    assert cache.get("count") == 6


@pytest.mark.django_db
def test_neither_whose_session_it_is_nor_what_she_looked_for_can_be_read_in_the_server(signed_in, elena, settings):
    client = signed_in(elena)
    client.post("/payments/", {"q": "Quispe Mamani"})
    session = client.session
    session["looked_for"] = "Quispe Mamani"
    session.save()
    server = Redis.from_url(settings.QUEUE_OWNER_URL, db=urlsplit(cache._servers[0]).path.strip("/"))
    keys = list(server.scan_iter("*"))
    kept = b"".join(server.get(key) or b"" for key in keys if server.type(key) == b"string")
    assert cache.get(f"django.contrib.sessions.cached_db{session.session_key}")["looked_for"] == "Quispe Mamani"
    assert session.session_key.encode() not in b"".join(keys) + kept
    assert b"Quispe" not in kept


def test_another_secret_opens_nothing(settings):
    sealed = shared_cache.SealedSerializer().dumps({"user": 1})
    settings.SECRET_KEY = "another"
    with pytest.raises(shared_cache.NotOurs):
        shared_cache.SealedSerializer().loads(sealed)
