"""A month in the middle of its calls: December 2026, called from 25 to 30 November."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from agents.models import Agent
from campaigns.models import Campaign, Contact, Disposition
from service_level.models import Holiday
from tests.campaigns.customers import make_customer

PERIOD = date(2026, 12, 1)


@pytest.fixture
def house_rules(db: None) -> None:
    """The calling policy a centre begins with, and no holiday in these weeks."""
    Holiday.objects.filter(day__range=(date(2026, 11, 20), date(2026, 12, 31))).delete()


@pytest.fixture
def december(house_rules: None, at: Callable[..., datetime]) -> Campaign:
    return Campaign.objects.create(
        period=PERIOD,
        state=Campaign.State.RUNNING,
        calls_from=date(2026, 11, 25),
        calls_until=date(2026, 11, 30),
        report_due_at=at("2026-11-25 07:00"),
        created_at=at("2026-11-25 06:00"),
        launched_at=at("2026-11-25 08:00"),
    )


@pytest.fixture
def make_contact(december: Campaign, at: Callable[..., datetime]) -> Callable[..., Contact]:
    """A customer in a list: `make_contact(ana, "Rosa Flores", telephones=["+59170712345"], position=3)`."""

    def make(owner: Agent | None, name: str = "Rosa Flores", **more: Any) -> Contact:
        values = {"campaign": december, "ready_at": at("2026-11-24 06:00"), **more}
        return make_customer(owner, name, **values)

    return make


@pytest.fixture
def result(house_rules: None) -> Callable[[str], Disposition]:
    """A disposition by its code: `result("no_answer")`."""
    return lambda code: Disposition.objects.get(code=code)
