"""Behind a proxy each visitor has an address of her own; a header that no proxy of ours wrote changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client

from agents.models import Agent
from callcenter import health
from callcenter.proxies import VisitorsAddress, address_in

pytestmark = pytest.mark.django_db
PROXY = "10.9.0.1"
PASSWORD = "agua-clara-en-tunari"


@pytest.fixture
def at_the_door() -> Callable[..., Client]:
    """A browser whose requests go through what callcenter/wsgi.py puts around Django."""

    def open_browser(proxies: tuple[str, ...] = (PROXY,)) -> Client:
        client = Client()
        inner: Any = client.handler
        door = VisitorsAddress(lambda environ, _start: inner(environ), proxies=proxies)
        client.handler = lambda environ: door(environ, None)  # type: ignore[assignment]
        return client

    return open_browser


@pytest.fixture
def ana_with_password(ana: Agent) -> Agent:
    ana.user.set_password(PASSWORD)
    ana.user.save()
    return ana


def try_to_sign_in(client: Client, forwarded: str, peer: str = PROXY, password: str = "otra") -> int:
    entered = {"login": "ana", "password": password}
    asked = client.post("/accounts/login/", entered, REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    return asked.status_code


def test_the_lock_is_for_the_visitors_address_and_not_for_the_proxy(
    at_the_door: Callable[..., Client], ana_with_password: Agent
) -> None:
    for _turn in range(5):
        try_to_sign_in(at_the_door(), "200.87.1.1")
    assert try_to_sign_in(at_the_door(), "200.87.1.1", password=PASSWORD) == 429
    assert try_to_sign_in(at_the_door(), "200.87.1.2", password=PASSWORD) == 302
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"200.87.1.1"}


def test_what_a_visitor_writes_before_the_proxys_word_gives_no_new_tries(
    at_the_door: Callable[..., Client], ana_with_password: Agent
) -> None:
    for turn in range(5):
        try_to_sign_in(at_the_door(), f"1.2.3.{turn}, 200.87.1.1")
    assert try_to_sign_in(at_the_door(), "1.2.3.99, 200.87.1.1", password=PASSWORD) == 429


def test_a_visitor_who_is_no_proxy_of_ours_keeps_her_address(
    at_the_door: Callable[..., Client], ana_with_password: Agent
) -> None:
    for turn in range(5):
        try_to_sign_in(at_the_door(), f"1.2.3.{turn}", peer="200.87.1.1")
    assert try_to_sign_in(at_the_door(), "1.2.3.99", peer="200.87.1.1", password=PASSWORD) == 429


@pytest.mark.parametrize(
    ("peer", "headers", "proxies"),
    [
        ("200.87.1.1", {"X-Forwarded-For": "127.0.0.1"}, (PROXY,)),
        ("200.87.1.1", {"X-Real-IP": "127.0.0.1"}, (PROXY,)),
        (PROXY, {"X-Forwarded-For": "127.0.0.1, 200.87.1.1"}, (PROXY,)),
        ("127.0.0.1", {"X-Forwarded-For": "200.87.1.1"}, ("127.0.0.1",)),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, ("127.0.0.1",)),
        ("127.0.0.1", {"X-Forwarded-For": "200.87.1.1"}, ()),  # a proxy nobody told us about
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, ("127.0.0.1",)),  # one that does not say for whom it asks
    ],
)
def test_nobody_from_outside_passes_for_this_machine(
    at_the_door: Callable[..., Client], peer: str, headers: dict[str, str], proxies: tuple[str, ...]
) -> None:
    health._lately.forget()
    browser = at_the_door(proxies)
    assert set(browser.get("/readyz", REMOTE_ADDR=peer, headers=headers).json()) == {"ready"}
    assert browser.get("/metrics", REMOTE_ADDR=peer, headers=headers).status_code == 404


def test_this_machine_itself_still_sees_the_details(at_the_door: Callable[..., Client]) -> None:
    health._lately.forget()
    assert "findings" in at_the_door(("127.0.0.1",)).get("/readyz", REMOTE_ADDR="127.0.0.1").json()


@pytest.mark.parametrize(("peer", "is_https"), [(PROXY, True), ("200.87.1.1", False)])
def test_only_a_proxy_of_ours_says_that_it_came_by_https(
    at_the_door: Callable[..., Client], settings: Any, peer: str, is_https: bool
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    headers = {"X-Forwarded-For": "200.87.1.1", "X-Forwarded-Proto": "https"}
    asked = at_the_door().get("/accounts/login/", REMOTE_ADDR=peer, headers=headers)
    assert asked.status_code == (200 if is_https else 301)


def test_the_web_server_stands_behind_this_door(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from callcenter import wsgi

    monkeypatch.setattr(health, "_lately", health.Lately())
    started = []

    def respond(status: str, headers: list[tuple[str, str]], *_error: Any) -> None:
        started.append(status)

    client = Client()
    environ = client._base_environ(PATH_INFO="/metrics", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="200.87.1.1")  # type: ignore[attr-defined]
    list(itertools.islice(wsgi.application(environ, respond), 1))
    assert started == ["404 Not Found"]
    assert isinstance(wsgi.application, VisitorsAddress)


@pytest.mark.parametrize(
    ("told", "visitor"),
    [
        ("200.87.1.1", "200.87.1.1"),
        ("1.2.3.4, 200.87.1.1", "200.87.1.1"),
        ("200.87.1.1, 10.9.0.2", "200.87.1.1"),  # through two proxies of ours
        ("10.9.0.3, 10.9.0.2", "10.9.0.3"),  # a proxy itself asks
        ("200.87.1.1:5678", "200.87.1.1"),
        ("[2800:cd0::1]:443", "2800:cd0::1"),
        ("2800:cd0::1", "2800:cd0::1"),
        ("::ffff:200.87.1.1", "200.87.1.1"),
        ("1.2.3.4, unknown", PROXY),  # the proxy says nothing we understand: nobody else is believed instead
        ("", PROXY),
        (",", PROXY),
    ],
)
def test_who_is_meant(told: str, visitor: str) -> None:
    environ: dict[str, Any] = {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": told}
    VisitorsAddress(lambda _environ, _start: [], proxies=["10.9.0.0/28"])(environ, None)
    assert environ["REMOTE_ADDR"] == visitor


@pytest.mark.parametrize("text", ["localhost", "1.2.3", "1.2.3.4:x", "[::1", "1.2.3.4:80:90", "٣.٣.٣.٣", "' OR 1=1"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert address_in(text) is None


def test_a_proxy_that_is_reached_by_both_kinds_of_address_is_the_same_one() -> None:
    environ: dict[str, Any] = {"REMOTE_ADDR": "::ffff:10.9.0.1", "HTTP_X_FORWARDED_FOR": "200.87.1.1"}
    VisitorsAddress(lambda _environ, _start: [], proxies=[PROXY])(environ, None)
    assert environ["REMOTE_ADDR"] == "200.87.1.1"
