"""A session ends a shift after it began and when nobody used it; an agent has one; what power changes ends it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents import people
from agents.models import Agent, Role, User
from agents.presence import sign_in as begin_shift
from agents.sessions import BEGAN, SEEN
from agents.states import By, Event, change_state
from tests.agents.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
HOUR = 3600.0


def set_back(client: Client, **seconds: float) -> None:
    session = client.session
    for name, by in seconds.items():
        session[name] -= by
    session.save()


def is_in(client: Client) -> bool:
    return client.get("/accounts/2fa/").status_code == 200


def test_a_shift_after_it_began_it_is_over_whatever_is_done_in_it(signed_in: Any, elena: User) -> None:
    client = signed_in(elena)
    set_back(client, **{BEGAN: 9.9 * HOUR})
    assert client.post("/people/", {"search": "Ana"}).status_code in (200, 302, 405)
    assert is_in(client)
    set_back(client, **{BEGAN: 0.2 * HOUR})
    answer = client.get("/people/?page=2")
    assert answer["Location"] == "/accounts/login/?next=%2Fpeople%2F%3Fpage%3D2"
    assert "duró un turno completo" in client.get(answer["Location"]).content.decode()
    assert "_auth_user_id" not in client.session


def test_one_that_nobody_used_is_over(signed_in: Any, elena: User) -> None:
    client = signed_in(elena)
    set_back(client, **{SEEN: 29 * 60})
    assert is_in(client)
    set_back(client, **{SEEN: 29 * 60})
    assert is_in(client), "it was used meanwhile"
    set_back(client, **{SEEN: 31 * 60})
    answer = client.get("/people/")
    assert "pasaron 30 minutos sin usarla" in client.get(answer["Location"]).content.decode()


def test_what_a_page_asks_for_by_itself_is_no_use(signed_in: Any, elena: User) -> None:
    client = signed_in(elena)
    set_back(client, **{SEEN: 20 * 60})
    before = client.session[SEEN]
    assert client.get("/room/now/").status_code == 200
    assert client.session[SEEN] == before
    set_back(client, **{SEEN: 20 * 60})
    answer = client.get("/room/now/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/room/"})
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Froom%2F"


def test_who_talks_to_a_customer_uses_it(signed_in: Any, ana: Agent) -> None:
    client, now = signed_in(ana), timezone.now()
    begin_shift(user=ana.user, now=now)
    change_state(agent=ana, event=Event.RANG, now=now, by=By.TELEPHONE, call="1" * 32)
    change_state(agent=ana, event=Event.ANSWERED, now=now, by=By.TELEPHONE, call="1" * 32)
    set_back(client, **{SEEN: 2 * HOUR})
    assert is_in(client)


def test_an_agent_has_one_and_others_may_have_two(ana: Agent, elena: User, with_password: Any) -> None:
    for person, stays in ((ana.user, False), (elena, True)):
        with_password(person)
        here, there = Client(), Client()
        sign_in(here, person)
        sign_in(there, person)
        assert (is_in(here), is_in(there)) == (stays, True)


def test_an_old_one_does_not_come_alive_when_she_is_let_in_again(signed_in: Any, ana: Agent, ines: User) -> None:
    client, now = signed_in(ana), timezone.now()
    people.deactivate(user=ana.user, by=ines, now=now)
    people.activate(user=ana.user, by=ines, now=now)
    assert not is_in(client)


def test_another_role_ends_it(signed_in: Any, ines: User, elena: User) -> None:
    hers, fields = signed_in(elena), {"username": "elena", "first_name": "Elena", "last_name": "", "email": ""}
    admin, page = signed_in(ines), f"/admin/agents/user/{elena.pk}/change/"
    admin.post(page, {**fields, "role": Role.SUPERVISOR, "is_active": "on"})
    assert is_in(hers), "nothing changed"
    admin.post(page, {**fields, "role": Role.AGENT, "is_active": "on"})
    elena.refresh_from_db()
    assert elena.role == Role.AGENT
    assert not is_in(hers)


def test_who_leaves_takes_everything_of_hers_out_of_the_browser(client: Client, ana: Agent, with_password: Any) -> None:
    sign_in(client, with_password(ana.user), PASSWORD)
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache", "storage"'
