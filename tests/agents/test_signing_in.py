"""One door: signing in, its lock-out, and the language that comes with whoever signs in."""

import os
import re

import pytest
from django.test import Client

from agents.models import Role, User
from tests.agents.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db


def test_an_agent_signs_in_and_is_sent_to_the_first_page(client, ana, with_password):
    answer = sign_in(client, with_password(ana.user))
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_wrong_password_says_so_without_saying_which_part_was_wrong(client, ana, with_password):
    with_password(ana.user)
    wrong = sign_in(client, ana.user, "otra").content.decode()
    nobody = sign_in(client, User(username="nadie"), "otra").content.decode()
    assert "no son correctos" in wrong
    assert "no son correctos" in nobody


def test_five_failures_lock_that_person_at_that_address_and_nobody_else(client, ana, luis, with_password):
    with_password(ana.user)
    with_password(luis.user)
    for _turn in range(5):
        sign_in(client, ana.user, "otra")
    locked = sign_in(client, ana.user)
    assert locked.status_code == 429
    assert "15 minutos" in locked.content.decode()
    assert sign_in(Client(), luis.user).status_code == 302
    assert sign_in(Client(), ana.user, address="10.0.0.8").status_code == 302


def test_a_name_spelled_in_another_way_has_no_tries_of_its_own(client, ana, with_password):
    with_password(ana.user)
    for spelling in ("ana", "Ana", "ANA", " ana", "aNa"):
        client.post("/accounts/login/", {"login": spelling, "password": "otra"}, REMOTE_ADDR="10.0.0.7")
    assert sign_in(client, ana.user).status_code == 429


def test_a_floor_behind_one_address_signs_in_at_the_start_of_the_shift(make_agent, with_password):
    for turn in range(35):
        person = with_password(make_agent(f"Agente{turn}").user)
        assert sign_in(Client(), person).status_code == 302


def test_a_success_forgets_the_failures_before_it(client, ana, with_password):
    with_password(ana.user)
    for _round in range(2):
        for _turn in range(4):
            sign_in(client, ana.user, "otra")
        assert sign_in(Client(), ana.user).status_code == 302


def test_nobody_makes_an_account(client):
    page = client.get("/accounts/signup/")
    assert "Nadie se registra por su cuenta" in page.content.decode()
    client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.filter(username="x").exists()


def test_signing_out_is_a_post(signed_in, ana):
    client = signed_in(ana)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/accounts/2fa/").status_code == 302


def test_a_deactivated_person_does_not_come_in(client, ana, with_password):
    with_password(ana.user)
    User.objects.update(is_active=False)
    sign_in(client, ana.user)
    assert "_auth_user_id" not in client.session


def test_the_admin_site_has_the_same_door(client, signed_in, elena):
    asked = client.get("/admin/login/")
    assert asked.status_code == 302
    assert asked["Location"].startswith("/accounts/login/")
    assert signed_in(elena).get("/admin/").status_code in (302, 403)


def test_a_session_lasts_a_shift(client, ana, with_password, settings):
    sign_in(client, with_password(ana.user))
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE
    assert not client.session.get_expire_at_browser_close()
    assert client.cookies["callcenter_session"]["httponly"]
    assert settings.SESSION_COOKIE_AGE <= 12 * 3600 or "SESSION_HOURS" in os.environ


def test_spanish_is_the_default_whatever_the_browser_was_installed_in(client):
    page = client.get("/accounts/login/", headers={"Accept-Language": "en-US,en;q=0.9"})
    assert '<html lang="es">' in page.content.decode()
    client.cookies["callcenter_language"] = "xx"
    assert '<html lang="es">' in client.get("/accounts/login/").content.decode()


def test_the_language_is_kept_in_the_browser_before_and_after_signing_in(client, ana, with_password):
    client.post("/language/", {"language": "en", "next": "/accounts/login/"})
    assert client.cookies["callcenter_language"]["max-age"] > 30 * 24 * 3600
    assert '<html lang="en">' in client.get("/accounts/login/").content.decode()
    sign_in(client, with_password(ana.user))
    assert '<html lang="en">' in client.get("/accounts/2fa/").content.decode()


def language_of(client):
    return re.search(r'<html lang="(\w+)"', client.get("/accounts/2fa/").content.decode())[1]


def test_the_language_chosen_on_one_machine_is_there_on_the_next(ana, luis, with_password):
    there, here = Client(), Client()
    sign_in(there, with_password(ana.user))
    there.post("/language/", {"language": "en", "next": "/"})
    sign_in(here, ana.user)
    assert language_of(here) == "en"
    here.post("/accounts/logout/")
    with_password(luis.user)
    User.objects.filter(pk=luis.user.pk).update(language="es")
    sign_in(here, luis.user)
    assert language_of(here) == "es"  # on a machine whose browser somebody else left in English


@pytest.mark.parametrize("language", ["xx", "", "en\r\nSet-Cookie: a=b"])
def test_a_language_we_do_not_speak_is_not_kept(signed_in, ana, language):
    signed_in(ana).post("/language/", {"language": language, "next": "/"})
    ana.user.refresh_from_db()
    assert ana.user.language == ""


def test_a_stranger_who_switches_the_language_writes_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.post("/language/", {"language": "en", "next": "/accounts/login/"}).status_code == 302


def test_passwords_are_kept_by_argon2(ana, with_password):
    assert with_password(ana.user).password.startswith("argon2")


def test_every_role_has_its_places_in_the_navigation():
    from callcenter.shell import PLACES

    assert set(PLACES) == set(Role)
