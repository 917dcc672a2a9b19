"""Who steers works with a second factor: set up, used in this session, its codes counted, and no way around."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from agents import power
from agents.code_tries import take_try
from agents.models import CodeTries, PowerRequest, Role, User
from agents.spent_codes import spend
from tests.agents.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
SET_UP = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def two_codes_for_the_whole_test(monkeypatch):
    """The present one and the next: thirty seconds might end between reading a code and typing it."""
    counters = list(totp.yield_hotp_counters_from_time())
    counters.append(counters[-1] + 1)
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter(counters))


@pytest.fixture
def secret(elena, with_password):
    """Elena has a password and a second factor: its secret."""
    with_password(elena)
    made = totp.generate_totp_secret()
    totp.TOTP.activate(elena, made)
    return made


def right_code(secret, turn=0):
    """The first of those that are right now, or one after it."""
    return totp.format_hotp_value(totp.hotp_value(secret, list(totp.yield_hotp_counters_from_time())[turn]))


def give_code(client, code, **more):
    return client.post("/accounts/2fa/authenticate/", {"code": code}, **more)


@pytest.fixture
def required(settings):
    settings.TOTP_REQUIRED = True


@pytest.mark.parametrize("who", ["elena", "ines"])
@pytest.mark.parametrize(
    "address", ["/", "/people/", "/admin/", "/ui/", "/accounts/2fa/", "/accounts/password/change/"]
)
def test_who_steers_without_a_second_factor_is_sent_to_set_it_up(required, signed_in, who, address, request):
    answer = signed_in(request.getfixturevalue(who)).get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/totp/activate/")


@pytest.mark.parametrize("who", ["ana", "oscar", "elena", "ines"])
def test_everybody_needs_one(required, signed_in, who, request):
    assert signed_in(request.getfixturevalue(who)).get("/accounts/2fa/").status_code == 302


@pytest.mark.parametrize("who", ["ana", "oscar", "elena", "ines"])
@pytest.mark.parametrize("address", ["/accounts/2fa/totp/activate/", "/accounts/reauthenticate/"])
def test_the_page_on_which_it_is_set_up_asks_for_nothing_by_itself(
    required, client, who, address, with_password, request
):
    """What it asked for would be sent to this very page, which would begin anew while she types."""
    person = request.getfixturevalue(who)
    user = getattr(person, "user", person)
    with_password(user)
    sign_in(client, user)
    page = client.get(address, follow=True).content.decode()
    assert "<form" in page
    assert [word for word in ("every ", 'id="ringing"', "calls-changed", "data-stream") if word in page] == []


def test_roles_the_site_leaves_out_need_none(required, settings, signed_in, ana, oscar, elena):
    settings.TOTP_NOT_FOR = ["agent", "supervisor"]
    assert signed_in(ana).get("/accounts/2fa/").status_code == 200
    assert signed_in(elena).get("/accounts/2fa/").status_code == 200
    assert signed_in(oscar).get("/accounts/2fa/").status_code == 302


def test_a_superuser_needs_one_whatever_the_role(required, settings, signed_in, ana):
    settings.TOTP_NOT_FOR = ["agent"]
    User.objects.filter(pk=ana.user_id).update(is_superuser=True)
    assert signed_in(ana).get("/accounts/2fa/").status_code == 302


def test_with_a_second_factor_everything_opens_and_it_cannot_be_taken_off(required, client, elena, secret):
    sign_in(client, elena)
    give_code(client, right_code(secret))
    assert client.get("/people/").status_code == 200
    assert client.get("/accounts/2fa/totp/deactivate/")["Location"] == "/accounts/2fa/"


@pytest.mark.parametrize("address", ["/people/", "/admin/", "/accounts/2fa/recovery-codes/", "/?a=b"])
@pytest.mark.parametrize("who", ["elena", "ines"])
def test_a_session_that_gave_no_code_is_asked_for_one(required, signed_in, request, who, address):
    person = request.getfixturevalue(who)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    client = signed_in(person)  # as a session that was open before the factor was set up
    asked = client.get(address)
    assert asked["Location"] == f"/accounts/2fa/reauthenticate/?{urlencode({'next': address})}"
    given = client.post(asked["Location"], {"code": right_code(secret), "next": address})
    assert (given.status_code, given["Location"]) == (302, address)
    assert client.get("/accounts/2fa/").status_code == 200


def test_a_fragment_sends_the_whole_page_there(required, signed_in, elena, secret):
    answer = signed_in(elena).get("/people/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/accounts/2fa/reauthenticate/")


def test_a_password_given_again_is_no_code(required, signed_in, elena, secret):
    client = signed_in(elena)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/people/").status_code == 302


def test_setting_it_up_closes_the_other_sessions_and_keeps_this_one(required, client, elena, with_password):
    thief = Client()
    sign_in(thief, with_password(elena))
    sign_in(client, elena)
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": right_code(secret)})
    assert client.get("/people/").status_code == 200
    assert thief.get("/people/")["Location"].startswith("/accounts/login/")


# -- Codes are counted -------------------------------------------------------------------------------------------------


def test_five_wrong_codes_lock_a_persons_codes_from_anywhere(client, elena, luis, secret, with_password):
    sign_in(client, elena)
    for turn in range(5):
        give_code(client, "000000", REMOTE_ADDR=f"10.0.0.{turn}")
    there = Client()
    sign_in(there, elena, address="10.7.7.7")
    locked = give_code(there, right_code(secret), REMOTE_ADDR="10.7.7.7")
    assert "15 minutos" in locked.content.decode()
    assert there.get("/people/").status_code == 302
    assert sign_in(Client(), with_password(luis.user)).status_code == 302  # nobody else is locked


def test_the_lock_of_codes_ends_after_its_time_whatever_is_tried_meanwhile(client, elena, secret):
    sign_in(client, elena)
    for _turn in range(9):
        give_code(client, "000000")
    CodeTries.objects.update(last_at=F("last_at") - timedelta(minutes=16))
    assert give_code(client, right_code(secret)).status_code == 302
    assert client.get("/people/").status_code == 200


def test_a_right_code_forgets_the_wrong_ones_before_it(elena, secret):
    for turn in range(2):
        client = Client()
        sign_in(client, elena)
        for _turn in range(4):
            give_code(client, "000000")
        assert give_code(client, right_code(secret, turn)).status_code == 302


def test_a_code_opens_once(elena, secret, settings):
    settings.MFA_TOTP_PERIOD, settings.MFA_TOTP_TOLERANCE = 3600, 1  # a code that no slow machine outlives
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, elena)
    code = right_code(secret)
    assert give_code(first, code).status_code == 302
    assert give_code(second, code).status_code == 200
    assert (first.get("/people/").status_code, second.get("/people/").status_code) == (200, 302)


@pytest.mark.parametrize("is_earlier", [False, True])
def test_a_code_opens_once_though_the_cache_forgot_it(elena, secret, is_earlier):
    """It may be down, or be emptied: what counts stands on the row. One before the last is none either."""
    first, second = Client(), Client()
    sign_in(first, elena)
    assert give_code(first, right_code(secret, 1)).status_code == 302
    cache.clear()
    sign_in(second, elena)
    answer = give_code(second, right_code(secret, 0 if is_earlier else 1))
    assert "Ese código ya se usó" in answer.content.decode()
    assert second.get("/people/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_one_code_given_by_many_at_once_opens_once(elena, secret):
    factor, code = Authenticator.objects.get(), right_code(secret)

    def one(_turn):
        try:
            return spend(factor=factor, code=code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as at_once:
        assert sum(at_once.map(one, range(16))) == 1


def test_recovery_codes_and_the_page_that_asks_again_count_too(signed_in, elena, secret):
    client = signed_in(elena)
    for _turn in range(5):
        client.post("/accounts/2fa/reauthenticate/", {"code": "1234 5678"})
    assert "15 minutos" in client.post("/accounts/2fa/reauthenticate/", {"code": right_code(secret)}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_as_many_tries(elena):
    now = timezone.now()

    def one(_turn):
        try:
            return take_try(user=elena, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as at_once:
        assert sum(at_once.map(one, range(24))) == 5


# -- What an administrator does about it -------------------------------------------------------------------------------


def do(admin_client, action, *people):
    chosen = {"action": action, "_selected_action": [str(person.pk) for person in people]}
    return admin_client.post("/admin/agents/user/", chosen)


def test_a_lost_telephone_is_taken_off_and_the_sessions_end(signed_in, ines, elena, secret):
    hers = signed_in(elena)
    do(signed_in(ines), "take_off_second_factor", elena)
    assert Authenticator.objects.filter(user=elena).exists()  # a supervisor's waits for another administrator
    berta = User.objects.create(username="berta", role=Role.ADMINISTRATOR)
    power.confirm(request=PowerRequest.objects.get(), by=berta, now=timezone.now())
    assert not Authenticator.objects.filter(user=elena).exists()
    assert hers.get("/people/").status_code == 302
    client = Client()
    sign_in(client, elena)
    assert client.get("/people/").status_code == 200


def test_nobody_takes_off_her_own_second_factor_in_the_admin(signed_in, ines):
    totp.TOTP.activate(ines, totp.generate_totp_secret())
    do(signed_in(ines), "take_off_second_factor", ines)
    assert Authenticator.objects.filter(user=ines).exists()


def test_unlocking_gives_back_the_tries_of_passwords_and_codes(client, signed_in, ines, elena, secret):
    for _turn in range(5):
        sign_in(client, elena, "otra")
    CodeTries.objects.create(user=elena, tries=6, last_at=timezone.now())
    do(signed_in(ines), "unlock", elena)
    assert sign_in(client, elena).status_code == 302
    assert give_code(client, right_code(secret)).status_code == 302


def test_sessions_are_ended_on_every_machine(signed_in, ines, ana):
    here, there = signed_in(ana), signed_in(ana)
    do(signed_in(ines), "end_sessions", ana.user)
    assert [browser.get("/accounts/2fa/").status_code for browser in (here, there)] == [302, 302]
    ana.user.refresh_from_db()
    assert signed_in(ana).get("/accounts/2fa/").status_code == 200


def test_the_way_from_the_password_to_the_first_code(required, client, elena, with_password):
    sign_in(client, with_password(elena))
    assert client.get(SET_UP).status_code == 200, "she has just given her password"
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] -= 301
    session.save()
    asked = client.get(SET_UP)
    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F"
    assert client.get(asked["Location"]).status_code == 200
    again = client.post(asked["Location"], {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"})
    page = client.get(again["Location"])
    assert page.status_code == 200
    assert "data:image/svg+xml" in page.content.decode()
    secret = page.context["form"].secret
    code = right_code(secret)
    done = client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert done.status_code == 302
    assert client.get("/people/").status_code == 200
    assert client.get(done["Location"]).status_code == 200
    assert Authenticator.objects.filter(user=elena).count() == 2
    client.post("/accounts/logout/")
    asked = sign_in(client, elena)
    assert asked["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/people/").status_code == 302
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
    again = give_code(client, code)
    assert "Ese código ya se usó" in again.content.decode()
    assert give_code(client, right_code(secret, 1)).status_code == 302
