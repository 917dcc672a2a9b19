"""People who can sign in with a password, and a way to do it as a browser does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from agents.models import User

PASSWORD = "agua-clara-en-tunari"


@pytest.fixture
def with_password(db: None) -> Callable[[User], User]:
    def give(user: User) -> User:
        user.set_password(PASSWORD)
        user.save()
        return user

    return give


def sign_in(client: Client, user: User, password: str = PASSWORD, address: str = "10.0.0.7", **more: Any) -> Any:
    entered = {"login": user.username, "password": password}
    return client.post("/accounts/login/", entered, REMOTE_ADDR=address, **more)
