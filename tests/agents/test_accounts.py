"""What happens to an account is in a book and told; a password of somebody else opens once; power takes two."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agents import power
from agents.accounts import READ, SHOWN, browser_of, note
from agents.models import AccountEvent, AccountSeen, Agent, PowerRequest, Role, User
from agents.people import set_duty
from notices.models import Notice
from tests.agents.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36"
OTHER = "Montaña-verde-siete-81"
Kind = AccountEvent.Kind


@pytest.fixture
def berta(db: None) -> User:
    """Another administrator than Inés."""
    found = User.objects.create(username="berta", first_name="Berta", role=Role.ADMINISTRATOR)
    found.is_staff = found.is_superuser = True
    found.save()
    return found


def signs_in(name: str, password: str = PASSWORD, browser: str = FIREFOX, address: str = "10.1.1.1") -> Client:
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=browser)
    client.post(reverse("account_login"), {"login": name, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("home")).status_code == 200 or client.get("/people/").status_code == 200


def kinds(user: User) -> list[str]:
    return list(AccountEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def told_on(page: str) -> str:
    return re.search(r'name="told" value="([^"]+)"', page)[1]


def puts_password(client: Client, user: User, password: str) -> str:
    address = reverse("admin:auth_user_password_change", args=[user.pk])
    sent = {"password1": password, "password2": password, "usable_password": "true"}
    return client.post(address, sent, follow=True).content.decode()


def acts(client: Client, action: str, model: str, *chosen: Any) -> str:
    sent = {"action": action, "_selected_action": [one.pk for one in chosen]}
    return client.post(reverse(f"admin:agents_{model}_changelist"), sent, follow=True).content.decode()


def test_a_new_place_is_told_in_the_other_session_and_by_mail_and_a_known_one_is_not(
    elena: User, with_password: Any
) -> None:
    with_password(elena)
    User.objects.filter(pk=elena.pk).update(email="elena@example.org")
    here = signs_in("elena")
    assert "Pasó algo con su cuenta" not in here.get("/people/").content.decode()  # she did it here
    signs_in("elena")
    assert kinds(elena) == ["signed_in"]
    signs_in("elena", browser=CHROME, address="10.9.9.9")
    page = here.get("/people/").content.decode()
    assert "Ingresó desde un equipo nuevo" in page
    assert "10.9.9.9 · Chrome · Linux" in page
    assert Notice.objects.filter(kind="account", to=["elena@example.org"]).count() == 2
    here.post(reverse("account_seen"))
    assert "Pasó algo con su cuenta" in here.get("/people/").content.decode(), "of what was not said"
    told = told_on(page)
    there = signs_in("elena", browser=CHROME, address="10.9.9.8")
    there.post(reverse("account_seen"), {"told": told})
    assert "10.9.9.9" in here.get("/people/").content.decode(), "another session was not told so"
    here.post(reverse("account_seen"), {"told": told})
    page = here.get("/people/").content.decode()
    assert "10.9.9.8" in page, "it happened after she had her page"
    assert "10.9.9.9" not in page
    for word in ("", "mañana", "1", told, f"{told}x", told_on(page)[:-1]):
        here.post(reverse("account_seen"), {"told": word})
    page = here.get("/people/").content.decode()
    assert "10.9.9.8" in page
    here.post(reverse("account_seen"), {"told": told_on(page)})
    assert "Pasó algo" not in here.get("/people/").content.decode()


def test_what_was_written_before_and_is_there_later_is_told(elena: User, signed_in: Any) -> None:
    """A lock held it up: its moment is earlier than what she was shown, and its key lower."""
    note(user=elena, kind=AccountEvent.Kind.UNLOCKED, now=timezone.now())
    here = signed_in(elena)
    here.post(reverse("account_seen"), {"told": told_on(here.get("/people/").content.decode())})
    before = {"pk": AccountEvent.objects.get(user=elena).pk - 1, "at": timezone.now() - timedelta(minutes=9)}
    AccountEvent.objects.create(user=elena, kind=AccountEvent.Kind.SESSIONS_ENDED, note="tarde", **before)
    assert "tarde" in here.get("/people/").content.decode()


def test_nobody_has_seen_for_another(elena: User, ana: Agent, signed_in: Any) -> None:
    note(user=elena, kind=AccountEvent.Kind.UNLOCKED, now=timezone.now())
    told = told_on(signed_in(elena).get("/people/").content.decode())
    signed_in(ana).post(reverse("account_seen"), {"told": told})
    assert "Pasó algo con su cuenta" in signed_in(elena).get("/people/").content.decode()


def test_what_was_seen_before_each_was_marked_by_itself_stays_seen(elena: User, signed_in: Any) -> None:
    now = timezone.now()
    event = note(user=elena, kind=AccountEvent.Kind.UNLOCKED, now=now)
    AccountSeen.objects.create(user=elena, at=now, last=event.pk)
    assert "Pasó algo" not in signed_in(elena).get("/people/").content.decode()


def test_of_many_things_some_are_shown_and_the_others_counted(elena: User, signed_in: Any) -> None:
    now = timezone.now()
    for number in range(8):
        note(user=elena, kind=AccountEvent.Kind.UNLOCKED, now=now, words=f"vez {number}")
    page = signed_in(elena).get("/people/").content.decode()
    assert [f"vez {number}" in page for number in range(8)] == [False] * 3 + [True] * 5
    assert "y 3 más" in page
    for _number in range(READ):
        note(user=elena, kind=AccountEvent.Kind.UNLOCKED, now=now)
    assert f"y al menos {READ - SHOWN} más" in signed_in(elena).get("/people/").content.decode()


def test_what_she_did_herself_is_not_told_to_her_when_the_key_of_her_session_changes(
    elena: User, with_password: Any
) -> None:
    with_password(elena)
    here = signs_in("elena")
    sent = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    before = here.session.session_key
    assert here.post(reverse("account_change_password"), sent).status_code == 302
    assert here.session.session_key != before
    assert kinds(elena) == ["signed_in", "password"]
    assert "Pasó algo con su cuenta" not in here.get("/people/").content.decode()


def test_whether_there_is_any_comes_with_who_is_signed_in(elena: User, with_password: Any) -> None:
    """Each page asks it: of who has seen all, or did it in this session herself, it costs no statement."""
    with_password(elena)
    here = signs_in("elena")
    assert kinds(elena) == ["signed_in"]
    here.get("/people/")
    with CaptureQueriesContext(connection) as asked:
        here.get("/people/")
    about = [one["sql"] for one in asked if "agents_accountevent" in one["sql"]]
    assert [sql.startswith('SELECT "agents_user"."id"') for sql in about] == [True]


def test_ones_sessions_are_listed_and_the_others_can_be_closed(elena: User, with_password: Any) -> None:
    with_password(elena)
    here, there = signs_in("elena"), signs_in("elena", browser=CHROME, address="10.9.9.9")
    page = here.get(reverse("usersessions_list")).content.decode()
    assert "Firefox · Windows" in page
    assert "Chrome · Linux" in page
    here.post(reverse("usersessions_list"))
    assert here.get("/people/").status_code == 200
    assert there.get("/people/").status_code == 302
    assert kinds(elena)[-1] == "sessions"
    assert "Cerrar las otras" not in here.get(reverse("usersessions_list")).content.decode()


def test_an_agent_who_signs_in_elsewhere_has_one_session(ana: Agent, with_password: Any) -> None:
    with_password(ana.user)
    signs_in("ana")
    there = signs_in("ana", browser=CHROME)
    page = there.get(reverse("usersessions_list")).content.decode()
    listed = page.split("Dónde está abierta")[1].split("Qué pasó")[0]
    assert "Chrome · Linux" in listed
    assert "Firefox" not in listed


def test_a_password_of_somebody_else_opens_once_and_only_to_choose_another(
    ines: User, ana: Agent, signed_in: SignedIn, with_password: Any
) -> None:
    with_password(ana.user)
    puts_password(signed_in(ines), ana.user, OTHER)
    assert kinds(ana.user) == ["reset"]
    hers = signs_in("ana", OTHER)
    for address in ("/desk/", "/lines/"):
        assert hers.get(address)["Location"] == reverse("account_change_password")
    again = Client(REMOTE_ADDR="10.1.1.1").post(reverse("account_login"), {"login": "ana", "password": OTHER})
    assert "ya sirvió una vez" in again.content.decode()
    wrong = Client(REMOTE_ADDR="10.1.1.1").post(reverse("account_login"), {"login": "ana", "password": "no es esa"})
    assert "ya sirvió una vez" not in wrong.content.decode()
    sent = {"oldpassword": OTHER, "password1": "Otra-montaña-azul-94", "password2": "Otra-montaña-azul-94"}
    hers.post(reverse("account_change_password"), sent)
    assert hers.get("/desk/").status_code == 403  # who put it may be who is in: supervision says whether she is there
    set_duty(agent=ana, on_duty=True)
    assert hers.get("/desk/").status_code == 200
    assert kinds(ana.user) == ["reset", "signed_in", "password"]
    assert signs_in("ana", "Otra-montaña-azul-94").get("/desk/").status_code == 200


def test_a_new_account_begins_with_a_password_that_opens_once(ines: User, signed_in: SignedIn) -> None:
    page = {"username": "rosa", "role": "agent", "usable_password": "true", "password1": OTHER, "password2": OTHER}
    signed_in(ines).post(reverse("admin:agents_user_add"), page)
    assert signs_in("rosa", OTHER).get("/desk/")["Location"] == reverse("account_change_password")


def test_the_role_of_supervisor_takes_a_second_administrator(
    ines: User, berta: User, ana: Agent, signed_in: SignedIn
) -> None:
    User.objects.filter(pk=ines.pk).update(is_staff=True, is_superuser=True)
    page = {"username": "ana", "first_name": "Ana", "role": "supervisor", "is_active": "on"}
    told = signed_in(ines).post(reverse("admin:agents_user_change", args=[ana.user.pk]), page, follow=True)
    assert "espera a que otra persona que administra lo confirme" in told.content.decode()
    assert "éxito" not in told.content.decode()  # all that was changed waits
    assert User.objects.get(username="ana").role == "agent"
    request = PowerRequest.objects.get()
    assert "Lo confirma otra persona que administra" in acts(signed_in(ines), "confirm", "powerrequest", request)
    assert User.objects.get(username="ana").role == "agent"
    assert "Confirmados: 1" in acts(signed_in(berta), "confirm", "powerrequest", request)
    assert User.objects.get(username="ana").role == "supervisor"
    event = AccountEvent.objects.get(user=ana.user)
    assert (event.kind, event.by, event.note) == ("role", berta, "Supervisión, pedido por Inés")
    assert "Ya se decidió" in acts(signed_in(berta), "confirm", "powerrequest", request)


def test_a_role_that_is_confirmed_lets_nobody_in_who_was_switched_off_meanwhile(
    ines: User, berta: User, ana: Agent, signed_in: SignedIn
) -> None:
    page = {"username": "ana", "first_name": "Ana", "role": "supervisor", "is_active": "on"}
    signed_in(ines).post(reverse("admin:agents_user_change", args=[ana.user.pk]), page)
    acts(signed_in(berta), "switch_off", "user", ana.user)
    acts(signed_in(berta), "confirm", "powerrequest", PowerRequest.objects.get())
    hers = User.objects.get(username="ana")
    assert (hers.role, hers.is_active) == ("supervisor", False)


def test_who_has_power_over_others_is_let_in_again_by_two(
    ines: User, berta: User, elena: User, ana: Agent, signed_in: SignedIn
) -> None:
    User.objects.filter(pk__in=[elena.pk, ana.user_id]).update(is_active=False)
    told = acts(signed_in(ines), "switch_on", "user", elena, ana.user)
    assert "Personas activadas: 1" in told
    assert "Activar la cuenta: espera a que otra persona" in told
    assert [User.objects.get(pk=pk).is_active for pk in (elena.pk, ana.user_id)] == [False, True]
    page = {"username": "elena", "first_name": "Elena", "role": "supervisor", "is_active": "on"}
    again = signed_in(ines).post(reverse("admin:agents_user_change", args=[elena.pk]), page, follow=True)
    assert "ya está pedido" in again.content.decode()
    acts(signed_in(berta), "confirm", "powerrequest", PowerRequest.objects.get())
    assert User.objects.get(pk=elena.pk).is_active
    assert kinds(elena) == ["on"]


def test_a_new_supervisor_cannot_sign_in_before_the_second_word(
    ines: User, berta: User, signed_in: SignedIn, settings: Any
) -> None:
    page = {"username": "rosa", "role": "supervisor", "usable_password": "true", "password1": OTHER, "password2": OTHER}
    signed_in(ines).post(reverse("admin:agents_user_add"), page)
    rosa = User.objects.get(username="rosa")
    assert (rosa.is_active, rosa.role) == (False, "agent")
    acts(signed_in(berta), "confirm", "powerrequest", PowerRequest.objects.get())
    rosa.refresh_from_db()
    assert (rosa.is_active, rosa.role, rosa.first_entry) == (True, "supervisor", "due")


def test_another_administrators_password_and_factor_wait_for_a_second_word(
    ines: User, berta: User, elena: User, signed_in: SignedIn, with_password: Any
) -> None:
    with_password(elena)
    told = puts_password(signed_in(ines), elena, OTHER)
    assert "espera a que otra persona" in told
    assert "exitosa" not in told  # nothing was changed yet
    assert "éxito" not in told
    elena.refresh_from_db()
    assert elena.check_password(PASSWORD)
    asked = PowerRequest.objects.get()
    assert OTHER not in asked.password
    assert "ya está pedido" in puts_password(signed_in(ines), elena, OTHER)
    acts(signed_in(ines), "take_off_second_factor", "user", elena)
    acts(signed_in(berta), "confirm", "powerrequest", *PowerRequest.objects.all())
    elena.refresh_from_db()
    assert elena.check_password(OTHER)
    assert elena.first_entry == "due"
    assert kinds(elena) == ["reset", "no_factor"]
    assert not PowerRequest.objects.exclude(password="").exists()


def test_who_is_to_have_power_gets_no_password_of_the_one_who_asked(
    ines: User, ana: Agent, signed_in: SignedIn
) -> None:
    """The second administrator confirms a role, and knows nothing of a password that was put meanwhile."""
    power.set_role(user=ana.user, role=Role.SUPERVISOR, by=ines, now=timezone.now())
    before = User.objects.get(pk=ana.user.pk).password
    assert "espera a que otra persona" in puts_password(signed_in(ines), ana.user, OTHER)
    assert User.objects.get(pk=ana.user.pk).password == before
    assert not power.take_off_factor(user=ana.user, by=ines, now=timezone.now())


def test_whose_role_was_taken_away_a_moment_ago_keeps_her_password_until_two_say_so(
    ines: User, elena: User, signed_in: SignedIn, with_password: Any
) -> None:
    """Who takes the role away alone would have the account, and then ask in good faith for the role again."""
    with_password(elena)
    now = timezone.now()
    power.set_role(user=elena, role=Role.AGENT, by=ines, now=now)
    assert User.objects.get(pk=elena.pk).role == "agent"
    assert "espera a que otra persona" in puts_password(signed_in(ines), elena, OTHER)
    elena.refresh_from_db()
    assert elena.check_password(PASSWORD)
    assert not power.take_off_factor(user=elena, by=ines, now=now + timedelta(days=29))
    assert power.take_off_factor(user=elena, by=ines, now=now + timedelta(days=31))


def test_what_was_asked_for_is_refused_taken_back_or_runs_out(ines: User, berta: User, elena: User) -> None:
    now = timezone.now()
    ask = {"kind": PowerRequest.Kind.FACTOR, "user": elena, "by": ines}
    power.refuse(request=power.ask(**ask, now=now), by=berta, now=now)
    power.refuse(request=power.ask(**ask, now=now), by=ines, now=now)
    old = power.ask(**ask, now=now)
    with pytest.raises(power.PowerRefused, match="hace más de dos días"):
        power.confirm(request=old, by=berta, now=now + timedelta(days=3))
    assert power.expire(now=now + timedelta(days=3)) == 1
    with pytest.raises(power.PowerRefused, match="Lo confirma otra persona"):
        power.confirm(request=power.ask(**ask | {"user": berta}, now=now), by=berta, now=now)
    assert kinds(elena) == ["refused", "refused"]


def test_the_database_itself_takes_no_word_of_the_one_who_asked(ines: User, elena: User) -> None:
    asked = power.ask(kind=PowerRequest.Kind.FACTOR, user=elena, by=ines, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        PowerRequest.objects.filter(pk=asked.pk).update(decided_by=ines, decided_at=timezone.now(), outcome="confirmed")


def test_what_an_administrator_does_to_an_account_is_in_the_book(ines: User, ana: Agent, signed_in: SignedIn) -> None:
    client = signed_in(ines)
    for action in ("unlock", "end_sessions", "take_off_second_factor", "switch_off", "switch_on"):
        acts(client, action, "user", ana.user)
    assert kinds(ana.user) == ["unlocked", "sessions", "no_factor", "off", "on"]
    assert set(AccountEvent.objects.values_list("by", flat=True)) == {ines.pk}
    ana.user.refresh_from_db()
    page = signed_in(ana).get(reverse("usersessions_list")).content.decode()
    assert "por Inés" in page


def test_who_deletes_the_failures_that_lock_somebody_out_unlocks_her(
    ines: User, ana: Agent, signed_in: Callable[..., Client]
) -> None:
    User.objects.filter(pk=ana.user.pk).update(username="Ana")  # failures are kept in small letters
    for where in ("10.0.0.1", "10.0.0.2"):
        AccessAttempt.objects.create(username="ana", ip_address=where, failures_since_start=5)
    AccessAttempt.objects.create(username="nobody", ip_address="10.0.0.3", failures_since_start=1)
    one = AccessAttempt.objects.get(ip_address="10.0.0.1")
    client = signed_in(ines)
    client.post(reverse("admin:axes_accessattempt_delete", args=[one.pk]), {"post": "yes"})
    assert kinds(ana.user) == ["unlocked"]
    assert AccountEvent.objects.get().by == ines
    chosen = {"action": "delete_selected", "_selected_action": [AccessAttempt.objects.get().pk], "post": "yes"}
    client.post(reverse("admin:axes_accessattempt_changelist"), chosen)
    assert not AccessAttempt.objects.exists()
    assert kinds(ana.user) == ["unlocked"]


def test_who_is_made_at_the_server_administers_so_that_there_are_two_to_begin_with(
    elena: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", OTHER)
    for name in ("uno", "dos"):
        call_command("createsuperuser", interactive=False, username=name, email="")
    first, second = User.objects.filter(role=Role.ADMINISTRATOR).order_by("pk")
    request = power.ask(kind=PowerRequest.Kind.ROLE, user=elena, by=first, now=timezone.now(), role=Role.ADMINISTRATOR)
    power.confirm(request=request, by=second, now=timezone.now())
    elena.refresh_from_db()
    assert elena.is_superuser


@pytest.mark.parametrize("password", ["comteco2026!!", "jefa-2026-jefa", "x" * 129])
def test_nobody_is_made_at_the_server_with_what_a_page_would_refuse(
    password: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = [
        *settings.AUTH_PASSWORD_VALIDATORS,
        {"NAME": "agents.passwords.OwnWordsValidator"},
    ]  # as production has it
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    with pytest.raises(CommandError, match="contraseña|palabras del centro|común"):
        call_command("createsuperuser", interactive=False, username="jefa", email="")
    answers = iter([password, password, "y"])  # typed, typed again, and *create user anyway*
    monkeypatch.setattr("getpass.getpass", lambda _prompt="": next(answers))
    monkeypatch.setattr("builtins.input", lambda _prompt="": next(answers))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    with pytest.raises(CommandError, match="contraseña|palabras del centro|común"):
        call_command("createsuperuser", interactive=True, username="jefa", email="")
    assert not User.objects.exists()


def test_an_account_that_waits_for_a_role_is_switched_on_by_two(ines: User, signed_in: SignedIn) -> None:
    page = {"username": "rosa", "role": "supervisor", "usable_password": "true", "password1": OTHER, "password2": OTHER}
    client = signed_in(ines)
    client.post(reverse("admin:agents_user_add"), page)
    acts(client, "switch_on", "user", User.objects.get(username="rosa"))
    rosa = User.objects.get(username="rosa")
    assert (rosa.is_active, rosa.role) == (False, "agent")
    waiting = PowerRequest.objects.waiting().filter(user=rosa).order_by("pk")
    assert [one.kind for one in waiting] == ["role", "active"]


@pytest.mark.parametrize(
    ("told", "words"),
    [(FIREFOX, "Firefox · Windows"), (CHROME, "Chrome · Linux"), ("curl/8.1", ""), ("", "")],
)
def test_a_browser_in_two_words(told: str, words: str) -> None:
    assert browser_of(told) == words


def test_nothing_happened_is_nothing_shown(elena: User, signed_in: SignedIn) -> None:
    assert "Pasó algo con su cuenta" not in signed_in(elena).get("/people/").content.decode()
    note(user=elena, kind=Kind.UNLOCKED, now=timezone.now())
    assert "Pasó algo con su cuenta" in signed_in(elena).get("/people/").content.decode()


def test_another_address_is_told_to_the_one_before_as_well(ines: User, elena: User, signed_in: SignedIn) -> None:
    """Whoever puts her own address on somebody's account would else be the only one who hears of it."""
    User.objects.filter(pk=elena.pk).update(email="elena@example.org")
    client, page = signed_in(ines), reverse("admin:agents_user_change", args=[elena.pk])
    shown = client.get(page).context["adminform"].form.initial
    sent = {name: value for name, value in shown.items() if isinstance(value, str) and name != "password"}
    client.post(page, {**sent, "is_active": "on", "email": "otra@example.org"})
    event = AccountEvent.objects.get(user=elena)
    assert (event.kind, event.by) == (Kind.WRITTEN, ines)
    assert "@" not in event.note
    told = Notice.objects.filter(kind="account").order_by("pk")
    assert [notice.to for notice in told] == [["otra@example.org"], ["elena@example.org"]]
    client.post(page, {**sent, "is_active": "on", "email": "otra@example.org"})
    assert AccountEvent.objects.filter(user=elena).count() == 1  # nothing changed


def test_whose_password_is_taken_is_out_and_told_so(ines: User, elena: User, signed_in: SignedIn) -> None:
    hers = signed_in(elena)
    assert is_in(hers)
    address = reverse("admin:auth_user_password_change", args=[elena.pk])
    signed_in(ines).post(address, {"usable_password": "false", "password1": "", "password2": ""})
    assert kinds(elena) == [Kind.PASSWORD_TAKEN]
    assert not is_in(hers)
