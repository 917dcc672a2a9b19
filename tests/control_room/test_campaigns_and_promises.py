"""The room shows how the campaigns come on, who waits on which line, and what was promised and is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from agents.models import Agent, User
from campaigns.figures.patterns import count_patterns
from campaigns.models import Campaign, ListEntry
from control_room.campaigns_now import campaigns_now
from control_room.models import AlertLimit
from control_room.page import lay_room
from escalations.models import Escalation
from escalations.raising import raise_escalation
from tests.campaigns.conftest import december, house_rules, make_contact

__all__ = ["december", "house_rules", "make_contact"]
pytestmark = pytest.mark.django_db
ROOM = reverse("control_room:campaigns")


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    return at("2026-11-26 12:00")


def test_a_campaign_stands_beside_its_plan(
    december: Campaign, make_contact: Any, ana: Agent, elena: User, signed_in: Any, now: datetime
) -> None:
    Campaign.objects.update(launched_at=now - timedelta(hours=3))
    for number in range(4):
        make_contact(ana, f"Persona {number}")
    client = signed_in(elena)
    assert "todavía no se contó" in client.get(ROOM).content.decode()
    count_patterns(campaign=december, now=now)
    (one,) = campaigns_now()
    assert (one.left, one.at_start) == (4, 4)
    assert one.behind == 4 - one.planned
    page = " ".join(client.get(ROOM).content.decode().split())
    assert f"Por llamar <strong>4</strong> de 4; según el plan, {one.planned}." in page
    assert reverse("campaigns:plan", args=["2026-12"]) in page
    ListEntry.objects.filter(pk__in=ListEntry.objects.values("pk")[:1]).update(state="done")
    count_patterns(campaign=december, now=now + timedelta(minutes=1))
    assert campaigns_now()[0].left == 3


def test_one_that_is_closed_is_not_there(december: Campaign, elena: User, signed_in: Any) -> None:
    Campaign.objects.update(state="closed")
    assert campaigns_now() == []
    assert signed_in(elena).get(ROOM).content.decode().strip() == ""


def promised(now: datetime, *, minutes: float, kind: str = "callback_promise") -> Escalation:
    return raise_escalation(
        key=f"walk:x:{kind}:{minutes}", kind=kind, line="103", reason="Le llaman hoy", details={}, by=None,
        due_at=now - timedelta(minutes=minutes), now=now - timedelta(hours=5),
    )  # fmt: skip


def test_a_call_promised_on_a_line_is_late_as_an_agreed_one(
    now: datetime, elena: User, signed_in: Any, house_rules: Any
) -> None:
    limit = AlertLimit.objects.get(kind="agreed").limit
    promised(now, minutes=limit / 60 - 1)
    assert not [alert for alert in lay_room(now=now).alerts if alert.kind == "agreed"]
    promised(now, minutes=limit / 60 + 30)
    promised(now, minutes=limit / 60 + 90, kind="write_not_done")
    (alert,) = [alert for alert in lay_room(now=now).alerts if alert.kind == "agreed"]
    assert "llamada prometida en una derivación venció hace" in alert.words
    assert signed_in(elena).get(alert.href).status_code == 200
    Escalation.objects.filter(kind="callback_promise").update(state="resolved")
    assert not [alert for alert in lay_room(now=now).alerts if alert.kind == "agreed"]
