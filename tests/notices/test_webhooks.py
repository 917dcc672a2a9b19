"""Other programs are told what happened: signed, in order, tried again, and one's troubles are no other's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from agents.models import User
from notices.models import Delivery, EventKind, ProgramEvent, Webhook
from notices.programs import delivering
from notices.programs.announcing import announce_all
from notices.programs.signing import headers
from notices.restored import set_aside_what_may_be_sent
from tests.notices.a_program import SECRET, Program, deliver, happens, hook, states
from work.kinds import kind_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("any_machine")]


@pytest.fixture
def program() -> Iterator[Program]:
    program = Program()
    yield program
    program.close()


@pytest.fixture(autouse=True)
def _this_machine(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow it is: a round takes as long as it takes, and nobody is slow by accident."""
    settings.WEBHOOK_HOSTS = ["127.0.0.1:*"]
    for limit in ("ROUND", "SHARE", "SLOW", "SECONDS"):
        monkeypatch.setattr(delivering, limit, 60.0)


def test_a_message_is_signed_as_standard_webhooks_says() -> None:
    """The example of its specification, made by another program."""
    body, moment = b'{"test": 2432232314}', datetime.fromtimestamp(1_614_265_330, tz=UTC)
    secret, name = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signed = headers(secrets=[secret], message=name, body=body, now=moment)
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (signed["webhook-id"], signed["webhook-timestamp"]) == (name, "1614265330")


def test_who_wants_to_know_is_told_once_and_can_see_from_whom(program: Program, now: datetime) -> None:
    hook(program.url, now)
    hook(program.url, now, "Otro", EventKind.CAMPAIGN)
    happens(now, 7)
    assert deliver(now) == 1
    assert deliver(now) == 0
    ((sent, body),) = program.told
    event = ProgramEvent.objects.get()
    assert json.loads(body) == {
        "type": "card.changed", "timestamp": event.at.isoformat(), "subject": "card:1", "data": {"n": 7}
    }  # fmt: skip
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    assert sent["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert sent["webhook-id"] == str(event.pk)
    assert states() == ["sent"]
    assert SECRET not in Webhook.objects.get(name="CRM").secret


def test_where_nobody_wants_to_know_nothing_is_written(now: datetime) -> None:
    happens(now, 1)
    Webhook.objects.filter(pk=hook("http://127.0.0.1:9/", now).pk).update(is_active=False)
    happens(now, 2)
    assert not ProgramEvent.objects.exists()


def test_what_did_not_happen_is_told_to_nobody(program: Program, now: datetime) -> None:
    hook(program.url, now)
    with transaction.atomic():
        happens(now, 1)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_of_one_thing_the_next_waits_for_the_one_before(program: Program, now: datetime) -> None:
    hook(program.url, now)
    happens(now, 1, 2, 3)
    happens(now, 9, subject="card:2")
    program.answers = [400]
    deliver(now)
    assert program.facts == [1, 9], "the first is refused, its next wait, and another thing goes its way"
    deliver(now + timedelta(minutes=2))
    assert program.facts == [1, 9, 1, 2, 3]
    assert program.told[0][0]["webhook-id"] == program.told[2][0]["webhook-id"], "the same message, whenever it comes"


@pytest.mark.parametrize("status", [400, 404, 410, 301, 307])
def test_what_is_refused_waits_for_a_person_in_the_end(status: int, program: Program, now: datetime) -> None:
    hook(program.url, now)
    happens(now, 1, 2)
    program.answers = [status] * 4
    for hours in range(5):
        deliver(now + timedelta(hours=2 * hours))
    assert states() == ["parked", "waiting"]
    assert program.facts == [1, 1, 1, 1], "nor is the next one told before somebody looked"
    parked = Delivery.objects.get(state="parked")
    assert f"Respondió {status}" in parked.last_error
    later = now + timedelta(days=1)
    delivering.send_again(parked, now=later)
    deliver(later)
    assert (states(), program.facts[-2:]) == (["sent", "sent"], [1, 2])


def test_what_is_let_be_by_two_is_said_to_the_second(program: Program, now: datetime) -> None:
    hook(program.url, now)
    happens(now, 1)
    Delivery.objects.update(state="parked", parked_at=now)
    first, second = Delivery.objects.get(), Delivery.objects.get()
    delivering.let_be(first, now=now)
    with pytest.raises(delivering.WebhookRefused, match="Cambió en este momento"):
        delivering.let_be(second, now=now)


def test_what_waits_for_a_program_that_is_switched_off_may_be_let_be(program: Program, now: datetime) -> None:
    there = hook(program.url, now)
    happens(now, 1)
    Webhook.objects.filter(pk=there.pk).update(is_active=False)
    waiting = Delivery.objects.get()
    with pytest.raises(delivering.WebhookRefused, match="está apagado"):
        delivering.send_again(waiting, now=now)
    Delivery.objects.update(lease_until=now + timedelta(seconds=30))  # of a worker that died over it
    with pytest.raises(delivering.WebhookRefused, match="espere un minuto"):
        delivering.let_be(Delivery.objects.get(), now=now)
    now += timedelta(minutes=1)
    delivering.let_be(Delivery.objects.get(), now=now)
    assert states() == ["dropped"]


def test_a_second_try_does_not_wait_for_the_first(program: Program, now: datetime) -> None:
    there = hook(program.url, now)
    program.answers = [404]
    delivering.send_test(there, now=now)
    assert deliver(now) == 0
    delivering.send_test(there, now=now)
    assert deliver(now) == 1
    assert states() == ["waiting", "sent"]


def test_one_that_is_let_be_holds_nobody_up(program: Program, now: datetime) -> None:
    hook(program.url, now)
    happens(now, 1, 2)
    program.answers = [400] * 4
    for hours in range(4):
        deliver(now + timedelta(hours=2 * hours))
    with pytest.raises(delivering.WebhookRefused):
        delivering.let_be(Delivery.objects.get(state="waiting"), now=now)
    delivering.let_be(Delivery.objects.get(state="parked"), now=now)
    deliver(now + timedelta(days=1))
    assert states() == ["dropped", "sent"]


@pytest.mark.parametrize("answers", [[503], [429], [500]])
def test_a_program_that_is_down_costs_no_message_an_attempt(
    answers: list[int], program: Program, now: datetime
) -> None:
    hook(program.url, now)
    happens(now, 1)
    happens(now, 2, subject="card:2")
    program.answers = answers
    deliver(now)
    assert program.facts == [1], "one knock for all of them"
    assert [*Delivery.objects.values_list("attempts", flat=True)] == [0, 0]
    deliver(now + timedelta(seconds=30))
    assert program.facts == [1]
    deliver(now + timedelta(minutes=2))
    assert sorted(program.facts) == [1, 1, 2]


def test_one_that_is_away_for_days_waits_for_a_person(now: datetime) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        hook(f"http://127.0.0.1:{nobody.getsockname()[1]}/", now)
        happens(now, 1)
        deliver(now)
        assert states() == ["waiting"]
        for hours in range(4):
            deliver(now + timedelta(days=3, hours=2 * hours))
    assert states() == ["parked"]
    assert "ConnectError" in Delivery.objects.get().last_error


def test_one_that_is_away_for_days_is_knocked_at_once_a_minute_all_the_same(now: datetime) -> None:
    later = now + timedelta(days=3)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        hook(f"http://127.0.0.1:{nobody.getsockname()[1]}/", now)
        for number in range(3):
            happens(now, number, subject=f"card:{number}")
        deliver(now)
        deliver(later)
    assert Delivery.objects.filter(attempts__gt=0).count() == 1
    assert not Delivery.objects.filter(not_before__lt=later + delivering.NOBODY_THERE).exists()


def test_what_waited_for_something_else_gets_its_two_days_from_the_first_knock(program: Program, now: datetime) -> None:
    """It stood behind one that was parked, or its program was switched off: nobody had knocked for it."""
    hook(program.url, now)
    happens(now, 1)
    program.answers = [503, 503, 204, 503, 503]
    later = now + timedelta(days=3)
    for moment in (later, later + timedelta(days=1)):
        deliver(moment)
        assert [*Delivery.objects.values_list("state", "attempts")] == [("waiting", 0)]
    deliver(later + timedelta(days=2))
    happens(now, 2)
    for days in (4, 5):
        deliver(later + timedelta(days=days))
    assert [*Delivery.objects.order_by("pk").values_list("state", "attempts")] == [("sent", 1), ("waiting", 0)]
    assert Webhook.objects.get().away_since == later + timedelta(days=4), "it had answered meanwhile"


def test_one_that_was_switched_off_is_away_from_when_it_is_switched_on(
    ines: User, signed_in: Callable[[Any], Client], program: Program, now: datetime
) -> None:
    there = hook(program.url, now)
    happens(now, 1)
    program.answers = [503, 503]
    deliver(now)
    row, page = {"name": "CRM", "url": program.url, "kinds": ["card.changed"]}, "admin:notices_webhook_change"
    for more in ({}, {"is_active": "on"}):
        signed_in(ines).post(reverse(page, args=[there.pk]), row | more)
    later = now + timedelta(days=3)
    deliver(later)
    assert [*Delivery.objects.values_list("state", "attempts")] == [("waiting", 0)]
    assert Webhook.objects.get().away_since == later


def test_a_program_that_hangs_holds_up_no_other(program: Program, now: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(delivering, "SECONDS", 4.0)
    with socket.create_server(("127.0.0.1", 0)) as hangs:
        hook(f"http://127.0.0.1:{hangs.getsockname()[1]}/", now, "Que cuelga")
        hook(program.url, now)
        happens(now, 1)
        happens(now, 2, subject="card:2")
        began = time.monotonic()
        assert deliver(now) == 2
        assert time.monotonic() - began < 30
    assert sorted(program.facts) == [1, 2]


def test_a_program_that_is_slow_gets_one_message_a_round_and_the_others_all_of_theirs(
    program: Program, now: datetime, monkeypatch: Any
) -> None:
    """It is right and takes its time: nobody waits for it, and the clock's worker is not held up."""
    monkeypatch.setattr(delivering, "SLOW", 2.0)
    slow = Program()
    slow.takes = 2.5
    try:
        hook(slow.url, now, "Lento")
        hook(program.url, now)
        for number in range(4):
            happens(now, number, subject=f"card:{number}")
        assert deliver(now) == 5
        assert (len(slow.told), len(program.told)) == (1, 4)
        happens(now, 9, subject="card:9")
        assert deliver(now) == 2
        assert program.told[-1][1] != slow.told[-1][1]
        assert Delivery.objects.filter(webhook__name="CRM").order_by("-sent_at")[0].milliseconds < 2000  # type: ignore[operator]
    finally:
        slow.close()


def test_a_program_is_served_by_one_at_a_time_and_taken_over_from_who_died(program: Program, now: datetime) -> None:
    hook(program.url, now)
    happens(now, 1)
    Webhook.objects.update(served_until=now + timedelta(seconds=30))
    assert deliver(now) == 0
    assert deliver(now + timedelta(minutes=1)) == 1
    assert Webhook.objects.get().served_until is None


def test_each_message_is_signed_at_its_own_moment(program: Program, now: datetime) -> None:
    """Who verifies refuses what is older than some minutes."""
    hook(program.url, now)
    happens(now, 1, 2)
    moments = iter(now + timedelta(minutes=minutes) for minutes in range(100))
    delivering.deliver_due(clock=lambda: next(moments))
    first, second = (int(sent["webhook-timestamp"]) for sent, _body in program.told)
    assert second - first >= 60


def test_what_arrived_is_sent_once_more_under_its_name(program: Program, now: datetime) -> None:
    hook(program.url, now)
    happens(now, 1)
    deliver(now)
    delivering.send_again(Delivery.objects.get(), now=now)
    with pytest.raises(delivering.WebhookRefused, match="Todavía"):
        delivering.send_again(Delivery.objects.get(state="waiting"), now=now)
    deliver(now)
    assert [sent["webhook-id"] for sent, _body in program.told] == [str(ProgramEvent.objects.get().pk)] * 2


@pytest.mark.parametrize(
    "url",
    [
        *("http://crm.example/", "https://crm.example/", "https://crm.comteco.example:22/", "ftp://127.0.0.1/"),
        *("https://ana:clave@crm.comteco.example/", "https:///", "http://169.254.169.254/latest/"),
        *(
            "https://crm.comteco.example/\r\nX: y",
            "https://crm.comteco.example/\ttold",
            "https://crm.comteco.example:0/",
        ),
    ],
)
def test_nobody_is_told_at_a_server_this_installation_does_not_know(
    url: str, program: Program, now: datetime, settings: Any
) -> None:
    settings.WEBHOOK_HOSTS = ["crm.comteco.example"]
    with pytest.raises(delivering.WebhookRefused):
        delivering.check_url(url)
    delivering.check_url("https://crm.comteco.example/told?by=centro")
    hook(program.url, now)
    happens(now, 1)
    deliver(now)
    assert (program.told, states()) == ([], ["waiting"]), "nor where one is not known any more"


def test_many_things_are_told_by_one_statement(
    program: Program, now: datetime, django_assert_num_queries: Callable[[int], Any]
) -> None:
    hook(program.url, now)
    with django_assert_num_queries(1):
        announce_all(EventKind.CARD, told=[(f"card:{n}", {"n": n}) for n in range(50)], at=now)
    assert deliver(now) == 50
    assert sorted(program.facts) == [*range(50)]


def test_after_a_restore_a_person_says_whether_they_go(program: Program, now: datetime) -> None:
    hook(program.url, now)
    happens(now, 1)
    assert set_aside_what_may_be_sent(why="Se restauró una copia.", now=now) == 1
    assert states() == ["parked"]


def test_they_are_forgotten_after_a_month(program: Program, now: datetime) -> None:
    webhook = hook(program.url, now)
    happens(now, 1)
    deliver(now)
    Webhook.objects.update(is_active=False)
    delivering.send_test(webhook, now=now)
    assert delivering.forget_old(now=now + timedelta(days=29)) == 0
    assert delivering.forget_old(now=now + timedelta(days=31)) == 1
    assert ProgramEvent.objects.count() == Delivery.objects.count() == 1, "what is on its way stays"
    assert kind_of(Delivery).rests is not None


def test_an_administrator_makes_one_tries_it_and_looks_what_became_of_it(
    ines: User, signed_in: Callable[[Any], Client], program: Program, now: datetime
) -> None:
    client, add = signed_in(ines), reverse("admin:notices_webhook_add")
    row = {"name": "CRM", "url": "http://otro.example/", "kinds": ["card.changed"], "is_active": "on"}
    assert "https://" in client.post(add, row).content.decode()
    shown = client.post(add, {**row, "url": program.url}).content.decode()
    assert "whsec_" in shown
    webhook = Webhook.objects.get()
    listed, book = reverse("admin:notices_webhook_changelist"), reverse("admin:notices_delivery_changelist")
    assert "whsec_" not in client.get(listed).content.decode()
    act = {"_selected_action": [webhook.pk]}
    assert "Pruebas por enviar: 1" in client.post(listed, {**act, "action": "send_test"}, follow=True).content.decode()
    assert deliver(datetime.now(UTC)) == 1
    delivery = Delivery.objects.get()
    told = client.post(book, {"action": "send_again", "_selected_action": [delivery.pk]}, follow=True)
    assert "Por enviar otra vez: 1" in told.content.decode()
    one = client.get(reverse("admin:notices_delivery_change", args=[delivery.pk])).content.decode()
    assert str(delivery.event_id) in one
    assert "webhook:" in one
    changed = client.post(listed, {**act, "action": "change_secret"}).content.decode()
    assert "whsec_" in changed
    assert webhook.secret != Webhook.objects.get().secret
    assert webhook.events.count() == 2  # type: ignore[attr-defined]  # its copies in the audit tell of it


def test_who_only_supervises_configures_none(elena: User, signed_in: Callable[[Any], Client], now: datetime) -> None:
    hook("http://127.0.0.1:9/", now)
    assert signed_in(elena).get(reverse("admin:notices_webhook_changelist")).status_code in (302, 403)
    assert not Webhook.objects.visible_to(elena).exists()
