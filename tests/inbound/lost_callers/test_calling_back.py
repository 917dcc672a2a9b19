"""Who hung up waiting is called back: once a number, by whoever is at a desk, unless she got through meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from agents.models import User
from escalations.calls import calls_to_make, inform_customer
from escalations.models import Escalation, Kind
from escalations.working import take
from inbound.lost_callers.callers import KIND
from inbound.lost_callers.calling_back import call_back_the_lost
from inbound.lost_callers.figures import calls_lost, count_lost
from telephony.models import Switchboard
from telephony.queue_log.taking import take_lines

pytestmark = pytest.mark.django_db
ANA_S = "+59170712345"


@pytest.fixture
def board() -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-25 10:30")


@pytest.fixture
def rings(board: Switchboard, now: datetime) -> Callable[..., None]:
    """`rings(20, "hung_up", wait=40)`: a call so many minutes ago, and how it ended."""
    ends = {
        "hung_up": "NONE|ABANDON|1|1|{wait}",
        "timed_out": "NONE|EXITWITHTIMEOUT|1|1|{wait}",
        "nobody": "NONE|EXITEMPTY|1|1|{wait}",
        "key": "NONE|EXITWITHKEY|1|1|1|{wait}",
        "answered": "Ana|CONNECT|{wait}|9.9|2",
    }
    number = 0

    def write(minutes: float, end: str, *, wait: int = 40, caller: str = "70712345", queue: str = "101") -> None:
        nonlocal number
        number += 1
        begins = int((now - timedelta(minutes=minutes)).timestamp())
        lines = [f"{begins}|{number}.1|{queue}|NONE|ENTERQUEUE||{caller}|1"]
        if end != "waits":
            lines.append(f"{begins + wait}|{number}.1|{queue}|{ends[end].format(wait=wait)}")
        take_lines(board=board, lines=lines)

    return write


def notes(card: Escalation) -> list[str]:
    return [change.note for change in card.changes.order_by("pk") if change.note]


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_the_others_back_is_heard_of(rings: Callable[..., None], now: datetime) -> None:
    """Going by without a word left callers lost as long as somebody held the lock."""
    rings(20, "hung_up")
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as another:
        another.execute("SELECT pg_advisory_xact_lock(hashtextextended('lost callers', 0))")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(OperationalError):
            call_back_the_lost(now=now)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert call_back_the_lost(now=now) == 1


@pytest.mark.parametrize("end", ["hung_up", "timed_out", "nobody"])
def test_who_was_not_answered_is_a_call_on_every_desk(
    end: str, rings: Callable[..., None], now: datetime, ana: Any, luis: Any
) -> None:
    rings(20, end)
    assert call_back_the_lost(now=now) == 1
    card = Escalation.objects.get()
    assert (card.kind_id, card.telephone, card.line, card.raised_by) == (KIND, ANA_S, "101", None)
    assert "(10:10)" in card.reason
    assert "0:40" in card.reason
    assert calls_to_make(by=ana.user, now=now) == calls_to_make(by=luis.user, now=now) == [card]
    call_command("check_invariants")


@pytest.mark.parametrize(
    ("minutes", "end", "caller"),
    [
        (1, "hung_up", "70712345"),  # she may be dialling again
        (20, "key", "70712345"),
        (20, "answered", "70712345"),
        (20, "waits", "70712345"),
        (20, "hung_up", "anonymous"),
        (20, "hung_up", "101"),
        (60 * 25, "hung_up", "70712345"),
    ],
)
def test_who_is_not_called_back(
    minutes: float, end: str, caller: str, rings: Callable[..., None], now: datetime
) -> None:
    rings(minutes, end, caller=caller)
    assert call_back_the_lost(now=now) == 0
    assert not Escalation.objects.exists()


def test_a_number_is_called_once_however_often_it_was_lost(rings: Callable[..., None], now: datetime) -> None:
    for minutes in (50, 40, 30):
        rings(minutes, "hung_up")
    rings(35, "hung_up", caller="+59170712345", queue="102")
    assert call_back_the_lost(now=now) == 1
    card = Escalation.objects.get()
    assert "(09:40, 09:50, 09:55, 10:00)" in card.reason
    assert call_back_the_lost(now=now + timedelta(minutes=1)) == 0
    assert Escalation.objects.count() == 1
    assert not notes(card)


def test_who_was_lost_yesterday_is_told_with_the_day(rings: Callable[..., None], now: datetime) -> None:
    rings(60 * 15, "hung_up")
    rings(20, "hung_up")
    assert call_back_the_lost(now=now) == 1
    assert "(24/11 19:30, 10:10)" in Escalation.objects.get().reason


def test_she_calls_again_in_vain_and_the_card_says_so_once(rings: Callable[..., None], now: datetime) -> None:
    rings(20, "hung_up")
    call_back_the_lost(now=now - timedelta(minutes=10))
    rings(5, "hung_up")
    for _look in range(2):
        assert call_back_the_lost(now=now) == 0
    assert notes(Escalation.objects.get()) == ["Volvió a llamar a las 10:25 y tampoco se le atendió."]


def test_who_gets_through_later_is_called_no_more(rings: Callable[..., None], now: datetime, ana: Any) -> None:
    rings(20, "hung_up")
    call_back_the_lost(now=now - timedelta(minutes=10))
    rings(5, "answered", wait=8)
    call_back_the_lost(now=now)
    card = Escalation.objects.get()
    assert (card.state, card.closed_at) == ("resolved", now)
    assert card.outcome == "Volvió a llamar y fue atendido, a las 10:25."
    assert calls_to_make(by=ana.user, now=now) == []
    call_command("check_invariants")
    rings(3, "hung_up")  # and hangs up once more: another call
    assert call_back_the_lost(now=now + timedelta(minutes=2)) == 1


def test_who_has_taken_the_call_is_told_that_she_got_through(
    rings: Callable[..., None], now: datetime, ana: Any
) -> None:
    rings(20, "hung_up")
    call_back_the_lost(now=now - timedelta(minutes=10))
    card = Escalation.objects.get()
    take(escalation_id=card.pk, by=ana.user, now=now - timedelta(minutes=6))
    rings(5, "answered", wait=8)
    for _look in range(2):
        call_back_the_lost(now=now)
    card.refresh_from_db()
    assert card.state == "taken"
    assert [note for note in notes(card) if "fue atendido" in note] == ["Volvió a llamar y fue atendido, a las 10:25."]


def test_who_was_called_back_is_not_called_again_for_the_same(
    rings: Callable[..., None], now: datetime, ana: Any
) -> None:
    rings(20, "hung_up")
    call_back_the_lost(now=now)
    card = Escalation.objects.get()
    take(escalation_id=card.pk, by=ana.user, now=now)
    inform_customer(escalation_id=card.pk, how="telephone", told_at=now, by=ana.user, now=now)
    card.refresh_from_db()
    assert (card.state, card.informed_by) == ("informed", ana.user)
    assert call_back_the_lost(now=now + timedelta(minutes=5)) == 0
    assert Escalation.objects.count() == 1
    call_command("check_invariants")


def test_switched_off_nobody_is_called(rings: Callable[..., None], now: datetime) -> None:
    Kind.objects.filter(code=KIND).update(is_active=False)
    rings(20, "hung_up")
    assert call_back_the_lost(now=now) == 0


def test_their_figures(rings: Callable[..., None], now: datetime, ana: Any, elena: User, signed_in: Any) -> None:
    for number in range(4):
        rings(30, "hung_up", caller=f"7071234{number}")
    assert call_back_the_lost(now=now - timedelta(minutes=10)) == 4
    rings(5, "answered", caller="70712340")
    call_back_the_lost(now=now)
    card = Escalation.objects.get(telephone="+59170712341")
    take(escalation_id=card.pk, by=ana.user, now=now)
    inform_customer(escalation_id=card.pk, how="telephone", told_at=now, by=ana.user, now=now)
    cards = calls_lost(since=now - timedelta(days=1), until=now, user=elena)
    found = count_lost(cards)
    assert (found.lost, found.reached, found.got_through, found.open, found.in_vain, found.merged) == (4, 1, 1, 2, 0, 0)
    assert found.minutes == 10
    client: Client = signed_in(elena)
    seen = client.get(reverse("inbound:lost_of_a_month", args=["2026-11"])).content.decode()
    assert "10 min" in seen
    for fate, count in {"": 4, "reached": 1, "got_through": 1, "open": 2, "in_vain": 0, "otra": 4}.items():
        page = client.get(reverse("inbound:lost_of_a_month", args=["2026-11"]), {"fate": fate})
        assert len(page.context["table"].rows) == count, fate
    assert (
        "Ninguna llamada perdida" in client.get(reverse("inbound:lost_of_a_month", args=["2026-07"])).content.decode()
    )
    assert client.get(reverse("inbound:lost_of_a_month", args=["hoy"])).status_code == 404
