"""A program with a token, asking over HTTP as Django's test client does."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from agents.models import Agent, Role, User
from api.models import Token
from api.tokens import confirm_token, make_token
from tests.campaigns.conftest import december, house_rules, make_contact, result

__all__ = ["december", "house_rules", "make_contact", "result"]


class Program:
    """`program("campaigns/")` asks; with something to send it writes, under a key of its own unless one is given."""

    keys = itertools.count()

    def __init__(self, secret: str) -> None:
        self.headers: dict[str, Any] = {"Authorization": f"Bearer {secret}"}
        self.client = Client(raise_request_exception=False)

    def __call__(self, address: str, sent: Any = None, *, key: str = "", **headers: str) -> HttpResponse:
        more = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        path = address if address.startswith("/") else f"/api/v1/{address}"
        if sent is None:
            return self.client.get(path, headers=more)
        more["Idempotency-Key"] = key or f"key-{next(self.keys):08}"
        return self.client.post(path, sent, content_type="application/json", headers=more)


@pytest.fixture
def now(at: Any) -> Any:
    return at("2026-11-25 10:30")


@pytest.fixture(autouse=True)
def that_day(now: Any) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def sonia(db: None) -> User:
    """Another administrator than Inés."""
    return User.objects.create(username="sonia", role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)


@pytest.fixture
def make(now: Any, ines: User, sonia: User) -> Callable[..., tuple[Token, str]]:
    """A token that works: `make(ana, "desk")`."""

    def make_it(person: User | Agent, *scopes: str, **more: Any) -> tuple[Token, str]:
        user = person.user if isinstance(person, Agent) else person
        told = {"name": "Almacén de datos", "expires_at": now + timedelta(days=30), **more}
        token, secret = make_token(user=user, scopes=scopes, by=ines, now=now, **told)
        confirm_token(token=token, by=sonia, now=now)
        return token, secret

    return make_it


@pytest.fixture
def program(make: Callable[..., tuple[Token, str]]) -> Callable[..., Program]:
    """`program(elena, "campaigns")`."""
    return lambda person, *scopes, **more: Program(make(person, *scopes, **more)[1])
