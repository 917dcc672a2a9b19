"""Delivery against real mail servers on loopback: one that takes mail, one that refuses a person, one that hangs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from notices.mailing import SERVER_DOWN, deliver_due, message_id, retry
from notices.models import Notice
from tests.notices.mail_server import HELD, MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.waits]


def test_a_sweep_sends_all_that_is_due_in_one_session(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    for number in range(3):
        owed(key=f"n{number}", subject="Reporte atrasado: ñ", attachments=[("informe.txt", "text/plain", b"uno")])
    assert deliver_due(now=now) == 3
    assert (len(server.taken), server.sessions) == (3, 1)
    for number, message in enumerate(server.taken):
        assert f"Message-ID: {message_id(f'n{number}')}" in message
        assert "informe.txt" in message


def test_a_person_the_server_does_not_know_hinders_nobody_else(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    refused = owed(key="first", to=["nobody@comteco.example"])
    owed(now + timedelta(seconds=1), key="second")
    assert deliver_due(now=now + timedelta(seconds=2)) == 1
    assert len(server.taken) == 1
    refused.refresh_from_db()
    assert (refused.state, refused.attempts) == (Notice.State.WAITING, 1)
    assert "no such user" in refused.last_error


def test_a_server_that_never_answers_is_given_up_at_once_and_for_all(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server(hangs=True)
    for number in range(5):
        owed(key=f"n{number}")
    began = time.monotonic()
    assert deliver_due(now=now) == 0
    assert time.monotonic() - began < HELD / 2
    assert server.knocks == 1
    assert set(Notice.objects.values_list("attempts", "not_before")) == {(0, now + SERVER_DOWN)}


@pytest.mark.parametrize(
    ("outage", "error"),
    [
        (None, "ConnectionRefusedError"),
        ({"greeting": "421 come back later"}, "421"),
        ({"greeting": "450 busy"}, "450"),
        ({"greeting": "554 not for you"}, "554"),
        ({"signing_in": "535 wrong password"}, "535"),
        ({"signing_in": "454 cannot check it now"}, "454"),
    ],
)
def test_a_night_without_the_mail_server_costs_no_mail_an_attempt(
    outage: dict[str, str] | None,
    error: str,
    now: datetime,
    owed: Callable[..., Notice],
    mail_server: Callable[..., MailServer],
    settings: Any,
) -> None:
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "centro"
    down = mail_server(**(outage or {}))
    port = down.server_address[1]
    if outage is None:
        down.shutdown()
        down.server_close()
    for number in range(3):
        owed(now + timedelta(seconds=number), key=f"n{number}")
    for minute in range(0, 9 * 60, 3):  # from the evening to the morning
        assert deliver_due(now=now + timedelta(minutes=minute)) == 0
    assert set(Notice.objects.values_list("state", "attempts")) == {(Notice.State.WAITING, 0)}
    assert all(error in words for words in Notice.objects.values_list("last_error", flat=True))
    assert down.sessions <= 9 * 60 / 2  # one knock for all of them, and not at every look

    if outage is not None:
        down.shutdown()
        down.server_close()
    up = mail_server(port=port)
    assert deliver_due(now=now + timedelta(hours=10)) == 3
    assert len(up.taken) == 3
    assert set(Notice.objects.values_list("state", "attempts", "last_error")) == {(Notice.State.SENT, 1, "")}


def test_a_mailbox_without_room_is_waited_for_and_hinders_nobody_else(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    full = owed(key="first", to=["full@comteco.example"])
    owed(now + timedelta(seconds=1), key="second")
    assert deliver_due(now=now + timedelta(seconds=2)) == 1
    assert len(server.taken) == 1
    for hour in range(5):
        assert deliver_due(now=now + timedelta(hours=hour)) == 0
    full.refresh_from_db()
    assert (full.state, full.attempts) == (Notice.State.WAITING, 0)
    assert "no room left" in full.last_error


def test_of_several_the_refused_are_told_and_tried_again_and_nobody_gets_it_twice(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    several = ["nobody@b.example", "full@b.example", "elena@b.example", "poison@b.example", "rosa@b.example"]
    notice = owed(to=several)
    for hour in range(4):
        assert deliver_due(now=now + timedelta(hours=hour)) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (Notice.State.PARKED, 3)
    assert notice.reached == ["elena@b.example", "rosa@b.example"]
    assert "nobody@b.example" in notice.last_error
    assert len(server.taken) == 2

    Notice.objects.update(to=["julia@b.example", "elena@b.example", "rosa@b.example"])  # the addresses are put right
    notice.refresh_from_db()
    retry(notice=notice, now=now + timedelta(days=1))
    assert deliver_due(now=now + timedelta(days=1)) == 1
    assert [("To: julia@b.example" in message) for message in server.taken] == [False, False, True]


def test_a_server_that_goes_down_between_two_people_is_waited_for_and_nobody_gets_it_twice(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    notice = owed(to=["elena@b.example", "closing@b.example", "rosa@b.example"])
    assert deliver_due(now=now) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.reached) == (Notice.State.WAITING, 0, ["elena@b.example"])
    server.shuts_down = False
    assert deliver_due(now=now + SERVER_DOWN) == 1
    assert len(server.taken) == 3


def test_a_mail_that_makes_the_server_hang_up_is_parked_and_hinders_no_other(
    now: datetime, owed: Callable[..., Notice], mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    poison = owed(key="first", to=["poison@comteco.example"])
    owed(now + timedelta(seconds=1), key="second")
    assert deliver_due(now=now + timedelta(seconds=2)) == 1
    assert len(server.taken) == 1
    for hour in (1, 2, 3):
        deliver_due(now=now + timedelta(hours=hour))
    poison.refresh_from_db()
    assert (poison.state, poison.attempts) == (Notice.State.PARKED, 3)
    retry(notice=poison, now=now + timedelta(days=9))
    poison.refresh_from_db()
    assert (poison.state, poison.attempts) == (Notice.State.WAITING, 0)
