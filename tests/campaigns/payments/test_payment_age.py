"""Payments are as old as the newest collections report, and say when that is too old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from campaigns.models import CallingPolicy
from campaigns.payments.payment_age import payment_age
from tests.campaigns.some_receipts import arrived, row, take

pytestmark = pytest.mark.django_db
At = Callable[[str], datetime]


def test_without_a_report_nothing_is_known_and_nothing_is_stale(at: At) -> None:
    arrived()
    age = payment_age(now=at("2026-11-28 10:00"))
    assert (age.data_until, age.is_stale) == (None, False)


REACHES = {
    "a file of today reaches as far as it arrived": (["11-27", "11-28"], "2026-11-28 18:00", "2026-11-28 18:00"),
    "payments of days to come do not make it younger": (["11-30"], "2026-11-28 18:00", "2026-11-28 18:00"),
    "a file that ends yesterday reaches to midnight": (["11-26", "11-27"], "2026-11-28 18:00", "2026-11-28 00:00"),
}


@pytest.mark.parametrize("name", REACHES)
def test_how_far_a_file_reaches(at: At, name: str) -> None:
    days, arrives, reaches = REACHES[name]
    take([row(f"R{day}", "C9T", day) for day in days], now=at(arrives))
    assert payment_age(now=at(arrives)).data_until == at(reaches)


def test_the_newest_data_count_not_the_newest_file(at: At) -> None:
    take([row("R1", "C9T", "11-28")], now=at("2026-11-28 18:00"))
    take([row("R2", "C9T", "11-20")], now=at("2026-11-28 19:00"))
    assert payment_age(now=at("2026-11-28 20:00")).data_until == at("2026-11-28 18:00")


def test_the_policy_says_when_payments_are_stale(at: At) -> None:
    take([row("R1", "C9T", "11-28")], now=at("2026-11-28 10:00"))
    assert not payment_age(now=at("2026-11-28 16:00")).is_stale
    assert payment_age(now=at("2026-11-28 16:01")).is_stale
    CallingPolicy.objects.update_or_create(pk=1, defaults={"payments_stale_hours": 24})
    assert not payment_age(now=at("2026-11-28 16:01")).is_stale
