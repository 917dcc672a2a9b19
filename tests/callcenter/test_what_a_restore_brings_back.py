"""What was taken away after a copy is there again in a site made of it: it opens nothing until somebody has looked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from agents.models import AccountEvent, FirstEntry, StrangersTold, StrangeWrite, User
from control_room.models import Wallboard
from control_room.wallboard.links import make_link, open_wallboard
from notices.models import Delivery, Notice, Webhook
from notices.programs import delivering
from tests.audit import by_its_owner
from tests.notices.a_program import happens, hook

pytestmark = pytest.mark.django_db


def after_restore() -> None:
    with by_its_owner():
        call_command("after_restore", "2026-10-28T02:00")


def test_a_session_of_before_opens_nothing(elena: User, signed_in: Callable[[Any], Client]) -> None:
    """The cache has it still, whatever the database forgot."""
    client = signed_in(elena)
    assert client.get("/reports/").status_code == 200
    after_restore()
    assert client.get("/reports/").status_code == 302
    elena.refresh_from_db()
    assert elena.sessions_ended >= 10_000, "some more were ended after the copy: none of those counts is met again"
    assert not StrangeWrite.objects.exists()


def test_a_wallboard_shows_nothing_by_its_link_until_it_is_switched_on(capsys: pytest.CaptureFixture[str]) -> None:
    token = make_link(Wallboard.objects.create(name="Sala"), now=timezone.now())
    Wallboard.objects.create(name="Pasillo", is_on=False)
    Wallboard.objects.create(name="Sin enlace")
    after_restore()
    assert open_wallboard(token, now=timezone.now()) is None
    assert "pantallas de pared 1, tokens de programas 0, avisos a otros programas 0" in capsys.readouterr().out


def test_an_initial_password_opens_nothing_and_ones_own_does(
    elena: User, rosa: User, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody may have used it since, and chosen another."""
    for person in (elena, rosa):
        person.set_password("una-clave-inicial")
        person.save()
    User.objects.filter(pk=rosa.pk).update(first_entry=FirstEntry.DUE, email="rosa@example.org")
    after_restore()
    elena.refresh_from_db()
    rosa.refresh_from_db()
    assert (elena.has_usable_password(), rosa.has_usable_password()) == (True, False)
    assert [event.user for event in AccountEvent.objects.filter(kind="no_entry")] == [rosa]
    assert [(mail.to, mail.state) for mail in Notice.objects.all()] == [(["rosa@example.org"], "waiting")]
    assert "no abren (pudieron usarse después): 1" in capsys.readouterr().out


def test_a_program_is_told_nothing_until_it_is_switched_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Its address or its secret may be others by now."""
    now = timezone.now()
    there = hook("http://127.0.0.1:9/", now)
    happens(now, 1, 2)
    after_restore()
    happens(now, 3)
    assert not Webhook.objects.get(pk=there.pk).is_active
    assert [*Delivery.objects.values_list("state", flat=True)] == ["parked", "parked"]
    assert "avisos a otros programas 1" in capsys.readouterr().out
    first, second = Delivery.objects.order_by("pk")
    delivering.send_again(first, now=now)
    first.refresh_from_db()
    delivering.let_be(first, now=now)
    delivering.let_be(second, now=now)
    assert [*Delivery.objects.values_list("state", flat=True)] == ["dropped", "dropped"]


def test_what_else_is_as_it_was_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    after_restore()
    told = capsys.readouterr().out
    for words in ("Roles", "contraseñas", "segundos factores", "códigos de recuperación", "destinatarios de correo"):
        assert words in told
    assert "quien se desactivó después está activo" in told


def test_how_far_people_were_told_of_strangers_is_counted_anew() -> None:
    """A database that moved to another server counts its transactions from the beginning."""
    StrangersTold.objects.create(pk=1, open_from=10**12)
    after_restore()
    assert not StrangersTold.objects.exists()
