"""A promise is kept by what was paid, from its day until the promised one, as far as payments are known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from agents.models import Agent
from campaigns.models import Campaign, Contact, PaymentPromise
from campaigns.promises_and_callbacks.promise_outcomes import broken_promises, count_fates, with_outcome
from tests.campaigns.a_campaign import make_campaign, spoke
from tests.campaigns.some_receipts import owing, row, take

pytestmark = pytest.mark.django_db
At = Callable[[str], datetime]

# promised on the 26th at 10:00 for the 28th, 99 Bs; payments as (day, amount); asked on the 29th at 09:00
CASES: dict[str, tuple[list[tuple[str, str]], str]] = {
    "paid on the promised day": ([("11-28", "99")], "kept"),
    "paid before it": ([("11-27", "99")], "kept"),
    "paid on the day it was made": ([("11-26", "99")], "kept"),
    "paid in parts until the day": ([("11-27", "50"), ("11-28", "49")], "kept"),
    "paid a day later": ([("11-29", "99")], "broken"),
    "paid a part": ([("11-28", "98")], "partly"),
    "a part before the promise does not count": ([("11-25", "50")], "broken"),
    "what was left after an earlier part": ([("11-25", "50"), ("11-28", "49")], "kept"),
    "all of it before the promise, as is known later": ([("11-25", "99")], "before"),
    "nothing": ([], "broken"),
}


@pytest.fixture
def december() -> Campaign:
    return make_campaign(state="running")


def promised(contact: Contact, agent: Agent, at: datetime, day: date, amount: int = 99, **more: Any) -> PaymentPromise:
    attempt = spoke(contact.campaign, contact.contract, agent, at)
    return PaymentPromise.objects.create(
        campaign=contact.campaign, contact=contact, attempt=attempt, agent=agent, promised_on=day, amount=amount,
        made_at=at, **more,
    )  # fmt: skip


def outcome(promise: PaymentPromise, now: datetime) -> str:
    return with_outcome(PaymentPromise.objects.filter(pk=promise.pk)).get().outcome  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", CASES)
def test_what_became_of_a_promise(december: Campaign, ana: Agent, at: At, name: str) -> None:
    payments, expected = CASES[name]
    promise = promised(owing(december, "C1", "TV"), ana, at("2026-11-26 10:00"), date(2026, 11, 28))
    rows = [row(f"R{n}", "C1T", day, amount) for n, (day, amount) in enumerate(payments)]
    take([*rows, row("R9", "C9T", "11-29")], now=at("2026-11-29 08:00"))
    assert outcome(promise, at("2026-11-29 09:00")) == expected


def test_a_promise_is_open_until_payments_are_known_to_the_end_of_its_day(
    december: Campaign, ana: Agent, at: At
) -> None:
    promise = promised(owing(december, "C1", "TV"), ana, at("2026-11-26 10:00"), date(2026, 11, 28))
    assert outcome(promise, at("2026-11-29 09:00")) == "open"
    take([row("R1", "C9T", "11-28")], now=at("2026-11-28 20:00"))
    assert outcome(promise, at("2026-11-29 09:00")) == "open"
    take([row("R2", "C9T", "11-29")], now=at("2026-11-29 08:00"))
    assert outcome(promise, at("2026-11-29 09:00")) == "broken"


def test_a_smaller_promise_is_kept_by_what_was_promised(december: Campaign, ana: Agent, at: At) -> None:
    promise = promised(owing(december, "C1", "TV"), ana, at("2026-11-26 10:00"), date(2026, 11, 28), amount=50)
    take([row("R1", "C1T", "11-27", "50")], now=at("2026-11-27 20:00"))
    assert outcome(promise, at("2026-11-27 21:00")) == "kept"


def test_broken_ones_are_listed_until_the_contact_pays(december: Campaign, ana: Agent, at: At) -> None:
    contact = owing(december, "C1", "TV")
    early = promised(
        contact, ana, at("2026-11-25 10:00"), date(2026, 11, 26), superseded_at=at("2026-11-26 10:00")
    )  # fmt: skip
    late = promised(contact, ana, at("2026-11-26 10:00"), date(2026, 11, 27))
    take([row("R1", "C9T", "11-28")], now=at("2026-11-28 20:00"))
    now = at("2026-11-29 09:00")
    assert list(broken_promises(campaign=december)) == [late]
    assert early.pk not in broken_promises(campaign=december).values_list("pk", flat=True)
    in_force = PaymentPromise.objects.in_force()
    assert count_fates(promises=in_force, now=now) == {
        "due_today": 0,
        "open": 0,
        "kept": 0,
        "later": 0,
        "broken": 1,
        "void": 0,
    }
    take([row("R2", "C1T", "11-29")], now=at("2026-11-29 20:00"))
    assert list(broken_promises(campaign=december)) == []
    assert count_fates(promises=in_force, now=at("2026-11-30 09:00"))["later"] == 1


def test_who_had_paid_before_she_promised_neither_broke_her_word_nor_paid_later(
    december: Campaign, ana: Agent, at: At
) -> None:
    promised(owing(december, "C1", "TV"), ana, at("2026-11-26 10:00"), date(2026, 11, 28))
    take([row("R1", "C1T", "11-25"), row("R9", "C9T", "11-29")], now=at("2026-11-29 20:00"))
    counts = count_fates(promises=PaymentPromise.objects.in_force(), now=at("2026-11-30 09:00"))
    assert {name: n for name, n in counts.items() if n} == {"void": 1}


def test_what_was_known_when_it_was_promised_keeps_no_promise(december: Campaign, ana: Agent, at: At) -> None:
    """Internet was paid that morning, and known; she promised the television."""
    contact = owing(december, "C1", "TV", ("INTERNET", 419))
    take([row("R1", "C1I", "11-26", "419")], now=at("2026-11-26 09:00"))
    promise = promised(contact, ana, at("2026-11-26 10:00"), date(2026, 11, 28))
    take([row("R9", "C9T", "11-29")], now=at("2026-11-29 08:00"))
    assert outcome(promise, at("2026-11-29 09:00")) == "broken"
    take([row("R2", "C1T", "11-28", "99")], now=at("2026-11-29 08:30"))
    assert outcome(promise, at("2026-11-29 09:00")) == "kept"


def test_of_who_had_paid_it_all_and_it_was_known_nothing_was_owed(december: Campaign, ana: Agent, at: At) -> None:
    contact = owing(december, "C1", "TV")
    take([row("R1", "C1T", "11-26", "99")], now=at("2026-11-26 09:00"))
    promise = promised(contact, ana, at("2026-11-26 10:00"), date(2026, 11, 28))
    assert outcome(promise, at("2026-11-29 09:00")) == "before"
