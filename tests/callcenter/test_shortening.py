"""Who shortens how long personal data are kept takes nothing away at once: a week passes, and the others know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.keeping import keeps_from
from agents.models import AccountEvent, DataPolicy, Role, User
from agents.shortening import months_in_force
from callcenter.retention import keeps_each_from
from campaigns.models import CallingPolicy
from notices.models import Notice

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7, minutes=1)


@pytest.fixture
def rosa() -> User:
    return User.objects.create(
        username="rosa", role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True, email="rosa@example.org"
    )


def months_of(field: str, *, later: timedelta = timedelta()) -> int:
    return months_in_force(DataPolicy, field, now=timezone.now() + later)


def test_less_holds_a_week_later_and_more_at_once() -> None:
    policy = DataPolicy.objects.create(months_of_calls=6, months_of_books=36)
    assert (months_of("months_of_calls"), months_of("months_of_calls", later=WEEK)) == (24, 6)
    assert (months_of("months_of_numbers"), months_of("months_of_books")) == (24, 36)
    DataPolicy.objects.filter(pk=policy.pk).update(months_of_calls=3)
    assert (months_of("months_of_calls"), months_of("months_of_calls", later=WEEK)) == (24, 3)


def test_who_writes_it_into_the_database_waits_too() -> None:
    DataPolicy.objects.create()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agents_datapolicy SET months_of_calls = 3")
    assert (months_of("months_of_calls"), months_of("months_of_calls", later=WEEK)) == (24, 3)


def test_a_policy_nobody_saved_says_its_defaults() -> None:
    now = timezone.now()
    assert keeps_each_from(now=now) == dict.fromkeys(
        ("campaigns", "calls", "numbers", "books"), keeps_from(months=24, now=now)
    )


def test_who_shortens_one_reads_from_when_and_the_others_are_told(
    ines: User, rosa: User, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    client, page = signed_in(ines), reverse("admin:agents_datapolicy_change", args=[1])
    form = {field.name: getattr(DataPolicy(), field.name) for field in DataPolicy._meta.concrete_fields}
    told = client.post(page, {**form, "months_of_calls": 6}, follow=True).content.decode()
    assert "Se guarda menos desde el" in told
    assert "Personas a quienes se avisó: 2" in told
    events = AccountEvent.objects.filter(kind=AccountEvent.Kind.KEEPING).order_by("user__username")
    assert [(event.user, event.by) for event in events] == [(elena, ines), (rosa, ines)]
    event = events[0]
    assert "24 → 6" in event.note
    page = signed_in(rosa).get(reverse("usersessions_list")).content.decode()
    assert "Cambió algo por lo que usted responde" in page
    assert "Pasó algo con su cuenta" not in page  # it is no account's, and no password is to be changed
    mailed = Notice.objects.get(kind="account", to=["rosa@example.org"])
    assert "contraseña" not in mailed.body
    assert "24 → 6" in signed_in(rosa).get(reverse("usersessions_list")).content.decode()
    assert "Se guarda menos" not in client.post(page, {**form, "months_of_calls": 12}, follow=True).content.decode()


def test_the_months_of_campaigns_wait_as_long(ines: User, rosa: User, signed_in: Callable[[Any], Client]) -> None:
    client, page = signed_in(ines), reverse("admin:campaigns_callingpolicy_change", args=[1])
    shown = client.get(page).context["adminform"].form
    client.post(page, {**shown.initial, "personal_data_months": 3})
    assert CallingPolicy.objects.get().personal_data_months == 3
    now = timezone.now()
    assert keeps_each_from(now=now)["campaigns"] == keeps_from(months=24, now=now)
    assert AccountEvent.objects.filter(user=rosa, kind=AccountEvent.Kind.KEEPING).exists()
