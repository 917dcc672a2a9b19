"""Cards as a call left them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent, User
from escalations.models import Escalation
from escalations.raising import raise_escalation
from tests.notices.mail_server import mail_server

__all__ = ["mail_server"]

CLAIM: dict[str, Any] = {
    "kind": "billing_claim", "line": "102", "reason": "Cobro excesivo en la factura de octubre", "contract": "1001",
    "customer_name": "María Quispe", "telephone": "+59171712345", "zone": "Sarco", "details": {"claim": "F-2616"},
    "promised": "Le llamamos hoy.",
}  # fmt: skip


@pytest.fixture
def morning(at: Callable[..., datetime]) -> datetime:
    """A Wednesday, half an hour into the centre's day."""
    return at("2026-11-25 09:00")


@pytest.fixture
def make_card(ana: Agent, morning: datetime, db: None) -> Callable[..., Escalation]:
    """A card as a call leaves it: `make_card(kind="complaint", contract="1002")`."""
    count = iter(range(1, 1_000_000))

    def make(*, now: datetime = morning, by: User | None = None, **more: Any) -> Escalation:
        said = {**CLAIM, "key": f"walk:x:{next(count)}", **more}
        return raise_escalation(by=by or ana.user, now=now, **said)

    return make


@pytest.fixture
def card(make_card: Callable[..., Escalation]) -> Escalation:
    """A billing claim: eight working hours, and its clock stops while a unit is waited for."""
    return make_card()
