"""Two calls about one order, or one damage, each with a card of its own: whoever works one reads of the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from escalations.models import Escalation
from escalations.raising import raise_escalation
from escalations.working import resolve, take
from tests.inbound.walks.a_stolen_line import clock, told

pytestmark = pytest.mark.django_db
KIND = "overdue_installation"


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-23 10:00")  # type: ignore[no-any-return]


def a_card(now: datetime, *, call: str = "", step: str = "visit", **details: str) -> Escalation:
    key = f"walk:{call or uuid4()}:103:{step}"
    return raise_escalation(
        key=key, kind=KIND, line="103", contract="1011018", customer_name="Rosa Flores",
        telephone="+59172222221", reason="Visita", details=details, by=None, now=now,
    )  # fmt: skip


@pytest.mark.parametrize("about", ["order", "damage"])
def test_each_names_the_other_once(now: datetime, about: str) -> None:
    first, second = (a_card(now + timedelta(minutes=n), **{about: "O-9"}) for n in (0, 9))
    clock(now, 10, 20)
    assert told(first).count(f"De O-9 hay otra derivación, de otra llamada: #{second.pk}.") == 1
    assert told(second).count(f"#{first.pk}") == 1


def test_of_one_call_or_of_two_orders_nothing_is_told(now: datetime) -> None:
    call = str(uuid4())
    cards = [a_card(now, call=call, order="O-9"), a_card(now, call=call, step="again", order="O-9")]
    cards += [a_card(now, order="O-8"), a_card(now, order="O-7"), a_card(now)]
    clock(now, 10)
    assert not any("otra derivación, de otra llamada" in told(card) for card in cards)


def test_what_was_settled_is_over(now: datetime, elena: Any) -> None:
    first = a_card(now, order="O-9")
    take(escalation_id=first.pk, by=elena, now=now)
    resolve(escalation_id=first.pk, outcome="Instalada", by=elena, now=now)
    second = a_card(now + timedelta(minutes=9), order="O-9")
    clock(now, 10)
    assert f"#{first.pk}" not in told(second)
