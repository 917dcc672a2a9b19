"""What a request puts around the statements of its thread goes with it, however often its connection is made anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from callcenter.slow_statements import tell_if_slow

pytestmark = pytest.mark.django_db(transaction=True)


def test_after_many_requests_a_thread_is_as_it_was(ana: Agent, elena: User, signed_in: Callable[[Any], Client]) -> None:
    """A connection out of the pool is made within each request: among what the middlewares have put there already."""
    clients = [signed_in(ana), signed_in(elena)]
    connection.execute_wrappers.clear()
    for _turn in range(5):
        for client in clients:
            connection.close()
            assert client.get(reverse("usersessions_list")).status_code == 200
            assert connection.execute_wrappers == [tell_if_slow]
