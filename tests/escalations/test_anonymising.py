"""What is left of an escalation whose personal data were taken away, in its row and in its audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from escalations import anonymising
from escalations.anonymising import NOBODY, anonymise_escalations
from escalations.models import Escalation
from escalations.raising import raise_escalation

pytestmark = pytest.mark.django_db
PERSONAL = ("Rosa", "C-77", "70712345", "Reclama", "Sucre")


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-25 09:30")


@pytest.fixture
def handed_over(ana: Agent, now: datetime) -> Escalation:
    found = raise_escalation(
        key="1", kind="billing_claim", line="102", reason="Reclama el 70712345", details={"address": "Calle Sucre 12"},
        due_at=now + timedelta(days=2), by=ana.user, now=now, contract="C-77", customer_name="Rosa Flores",
        telephone="+59170712345", zone="Sarco", promised="Se llama a Rosa.",
    )  # fmt: skip
    found.reason = "Reclama Rosa, otra vez"
    found.save()
    return found


def everything() -> str:
    with connection.cursor() as cursor:
        tables = ("escalation", "escalationevent")
        cursor.execute(" UNION ALL ".join(f"SELECT to_jsonb(t)::text FROM escalations_{name} t" for name in tables))
        return "\n".join(row for (row,) in cursor.fetchall())


def test_nobody_is_left_in_the_row_nor_in_its_audit(handed_over: Escalation, now: datetime, ana: Agent) -> None:
    assert [word for word in PERSONAL if word not in everything()] == []
    later = now + timedelta(days=731)
    assert anonymise_escalations(before=later, now=later) == 1
    assert [word for word in PERSONAL if word in everything()] == []
    kept = Escalation.objects.get()
    assert (kept.customer_name, kept.reason, kept.anonymised_at) == (NOBODY, NOBODY, later)
    assert (kept.kind_id, kept.line, kept.zone, kept.raised_at, kept.raised_by) == (
        "billing_claim", "102", "Sarco", now, ana.user,
    )  # fmt: skip
    assert anonymise_escalations(before=later, now=later) == 0


@pytest.mark.parametrize(("days", "goes"), [(-1, 0), (1, 0), (3, 1)])
def test_what_is_not_due_yet_stays(handed_over: Escalation, now: datetime, days: int, goes: int) -> None:
    """Raised on day 0, due on day 2."""
    moment = now + timedelta(days=days)
    assert anonymise_escalations(before=moment, now=moment, only_look=True) == goes
    assert anonymise_escalations(before=moment, now=moment) == goes


def test_a_batch_is_all_or_nothing(handed_over: Escalation, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anonymising, "STEPS", (*anonymising.STEPS, "SELECT 1 / 0"))
    with pytest.raises(Exception, match="division by zero"):
        anonymise_escalations(before=now + timedelta(days=9), now=now)
    assert "Rosa Flores" in everything()


def test_its_page_says_so(
    handed_over: Escalation, now: datetime, elena: User, signed_in: Callable[[User], Client]
) -> None:
    anonymise_escalations(before=now + timedelta(days=9), now=now)
    page = signed_in(elena).get(reverse("escalations:escalation", args=[handed_over.pk])).content.decode()
    assert "ya no tiene datos personales" in page
    assert "Rosa" not in page
