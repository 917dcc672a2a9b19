"""Whoever reads the database, a copy of it or the cache is nobody by what stands there of sessions."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from agents.models import User
from callcenter.session_store import SessionStore, key_of
from tests.agents.conftest import sign_in

pytestmark = pytest.mark.django_db
NAME = settings.SESSION_COOKIE_NAME


def visits(cookie: str) -> int:
    client = Client()
    client.cookies[NAME] = cookie
    return client.get("/reports/").status_code


def test_a_key_that_was_read_opens_nothing(elena: User, signed_in: Any) -> None:
    client = signed_in(elena)
    cookie = client.cookies[NAME].value
    assert visits(cookie) == 200
    keys = [*Session.objects.values_list("session_key", flat=True)]
    keys += UserSession.objects.values_list("session_key", flat=True)
    assert keys
    assert cookie not in keys
    assert {visits(key) for key in keys} == {302}


def test_the_browser_gets_the_cookie_and_keeps_it(client: Client, elena: User, with_password: Any) -> None:
    with_password(elena)
    sign_in(client, elena)
    cookie = client.cookies[NAME]
    assert len(cookie.value) == 48
    assert cookie["httponly"]
    assert not Session.objects.filter(session_key=cookie.value).exists()
    client.get("/reports/")
    assert client.cookies[NAME].value == cookie.value


def test_a_session_begun_before_goes_on_until_its_shift_ends(elena: User, signed_in: Any) -> None:
    """Its cookie was its key, of 32 letters: whoever works through an upgrade is not thrown out."""
    session = signed_in(elena).session
    data = SessionStore("a" * 32).encode(dict(session.items()))
    Session.objects.create(session_key="a" * 32, session_data=data, expire_date=session.get_expiry_date())
    assert visits("a" * 32) == 200


@pytest.mark.parametrize("mine", ["b" * 48, "b" * 32])
def test_a_session_put_under_a_key_of_ones_own_is_nobodys(mine: str, elena: User, signed_in: Any) -> None:
    """By whoever may write in the database and not in the settings."""
    hers = Session.objects.get(session_key=signed_in(elena).session.session_key)
    Session.objects.create(session_key=key_of(mine), session_data=hers.session_data, expire_date=hers.expire_date)
    assert visits(mine) == 302
    Session.objects.filter(pk=hers.pk).update(session_key=key_of("c" * 48))
    assert visits("c" * 48) == 302


@pytest.mark.parametrize("cookie", ["", "x", "é" * 48, "a" * 40, "b" * 48, "c" * 4000])
def test_what_is_no_cookie_of_ours_is_nobody(cookie: str) -> None:
    assert visits(cookie) == 302
