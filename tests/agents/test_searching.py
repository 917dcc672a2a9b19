"""Nobody looks through the customers: each look-up leaves a row, and more than a day's work needs are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.disclosure import record_export
from agents.models import Agent, DataPolicy, Disclosure, Search, User
from agents.searching import TooMuch, note_search
from control_room.page import alerts_now

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
PASSWORD = "Una clave larga 2026"


@pytest.fixture
def strict() -> DataPolicy:
    return DataPolicy.objects.create(
        searches_a_minute=3, searches_a_day=5, exports_a_day=2, rows_of_an_export=100, names_of_an_address=4
    )


def asks(client: Client, text: str, door: str = "campaigns:search_suggestions") -> int:
    return int(client.post(reverse(door), {"q": text}, HTTP_HX_REQUEST="true").status_code)


def test_a_loop_through_the_customers_ends_with_429_a_trace_and_an_alert(
    strict: DataPolicy, ana: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(ana)
    assert [asks(client, text) for text in ("1001", "1002", "1003", "1004", "1003")] == [200, 200, 200, 429, 200]
    kept = Search.objects.order_by("pk").values_list("user", "where", "asked", "is_refused")
    assert list(kept) == [
        *((ana.user.pk, "desk", text, False) for text in ("1001", "1002", "1003")),
        (ana.user.pk, "desk", "1004", True),
        (ana.user.pk, "desk", "1003", False),  # the same again is no other customer
    ]
    page = client.post(reverse("campaigns:search"), {"q": "1004"})
    assert page.status_code == 429
    assert "Hizo 3 consultas de clientes en un minuto" in page.content.decode()
    (words,) = [one.words for one in alerts_now(now=timezone.now()) if one.kind == "searches"]
    assert words.startswith("A Ana se le rechazaron 2 consultas de clientes en una hora")


def test_what_begins_with_the_same_two_hundred_letters_is_asked_twice(strict: DataPolicy, ana: Agent) -> None:
    """An address so long that the names after it are cut off made one of all."""
    for name in ("Rojas", "Mamani"):
        note_search(user=ana.user, where=Search.Where.CALL, asked=f"{'x' * 200} {name}", now=timezone.now())
    kept = [*Search.objects.values_list("asked", flat=True)]
    assert (len({*kept}), {len(asked) for asked in kept}) == (2, {200})


def test_who_waits_a_minute_goes_on_until_the_day_is_full(strict: DataPolicy, ana: Agent, luis: Agent) -> None:
    began = timezone.now()

    def search(agent: Agent, text: str, minutes: float) -> None:
        note_search(user=agent.user, where=Search.Where.DESK, asked=text, now=began + timedelta(minutes=minutes))

    for number in range(5):
        search(ana, f"100{number}", number)
    with pytest.raises(TooMuch, match="en un día"):
        search(ana, "1009", 60)
    search(luis, "1009", 60)  # counted by person
    search(ana, "1009", 24 * 60 + 10)


def test_what_is_too_short_to_look_for_is_no_search(ana: Agent, signed_in: SignedIn) -> None:
    assert asks(signed_in(ana), "10") == 200
    assert not Search.objects.exists()


def test_the_page_of_a_customer_is_one_too(elena: User, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    client.get(reverse("customer", args=["100200"]))
    client.get(reverse("customer", args=["100200"]), {"part": "damages"})
    assert set(Search.objects.values_list("where", "what", "asked")) == {
        ("customer", "", "100200"),
        ("customer", "smartflex.damages", "100200"),
    }


def test_exports_are_counted_and_large_ones_are_supervisions(strict: DataPolicy, oscar: User, elena: User) -> None:
    now = timezone.now()
    record_export(user=oscar, subject="Pagos", rows=100, now=now)
    with pytest.raises(TooMuch, match="Son 101 filas. Más de 100 las exporta supervisión"):
        record_export(user=oscar, subject="Pagos", rows=101, now=now)
    record_export(user=elena, subject="Pagos", rows=101, now=now)
    record_export(user=oscar, subject="Pagos", rows=1, now=now)
    with pytest.raises(TooMuch, match="Ya exportó 2 veces en un día"):
        record_export(user=oscar, subject="Pagos", rows=1, now=now)
    assert Disclosure.objects.count() == 3
    record_export(user=oscar, subject="Pagos", rows=1, now=now + timedelta(days=1, minutes=1))


def test_the_book_of_searches_is_looked_at_and_does_not_show_whom(ines: User, ana: Agent, signed_in: SignedIn) -> None:
    note_search(user=ana.user, where=Search.Where.DESK, asked="70712345", now=timezone.now())
    client = signed_in(ines)
    rows = client.get(reverse("admin:agents_search_changelist")).content.decode()
    assert "70712345" not in rows
    assert "Ana" in rows
    one = client.get(reverse("admin:agents_search_change", args=[Search.objects.get().pk])).content.decode()
    assert "70712345" not in one


@pytest.fixture
def people(strict: DataPolicy) -> list[User]:
    found = [User.objects.create(username=f"persona{n}", role="agent") for n in range(6)]
    for one in found:
        one.set_password(PASSWORD)
        one.save()
    return found


def signs_in(name: str, password: str) -> Client:
    client = Client(REMOTE_ADDR="10.1.2.3")
    client.post(reverse("account_login"), {"login": name, "password": password})
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_one_password_tried_with_many_names_is_stopped_and_who_is_known_there_still_signs_in(
    people: list[User], settings: Any
) -> None:
    assert is_in(signs_in("persona0", PASSWORD))
    for one in people[1:5]:
        assert not is_in(signs_in(one.username, "Comteco2026"))
    assert not is_in(signs_in("persona5", PASSWORD))  # the right one, at the fifth name
    assert is_in(signs_in("persona0", PASSWORD))
    answer = Client(REMOTE_ADDR="10.1.2.3").post(reverse("account_login"), {"login": "persona5", "password": PASSWORD})
    assert answer.status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    elsewhere.post(reverse("account_login"), {"login": "persona5", "password": PASSWORD})
    assert is_in(elsewhere)
    assert not [one for one in alerts_now(now=timezone.now()) if one.kind == "sign_in"]  # ten, as it begins
    for number in range(10):
        signs_in(f"nadie{number}", "Comteco2026")
    (words,) = [one.words for one in alerts_now(now=timezone.now()) if one.kind == "sign_in"]
    assert "Desde 10.1.2.3 fallaron" in words
