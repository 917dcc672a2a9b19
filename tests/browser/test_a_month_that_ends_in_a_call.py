"""A month that ends while an agent talks: her call goes on, its result is taken, and no other is dialled."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import User
from campaigns.models import Attempt, Campaign, ListEntry
from campaigns.month.lifecycle import close, pause
from telephony.models import OutgoingCall
from tests.browser.a_desk import customer
from tests.browser.looking import assert_accessible, open_desk, settle
from tests.browser.test_a_call_by_the_switchboard import campaign, chosen, desk, phase, played, running, seated
from tests.sandbox.switchboard.playing import Board

__all__ = ["campaign", "desk", "played", "running", "seated"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("verb", "words"), [(close, "Sin contactos asignados"), (pause, "pausa")], ids=["closed", "paused"]
)
def test_who_talks_finishes_and_nobody_else_is_called(
    desk: Page, played: Board, elena: User, verb: object, words: str
) -> None:
    desk.keyboard.press("Enter")
    expect(phase(desk)).to_contain_text("En llamada")
    Campaign.objects.update(launched_at=timezone.now())
    verb(campaign=Campaign.objects.get(), by=elena, now=timezone.now(), note="Se terminó el presupuesto")  # type: ignore[operator]
    played.do("hang-up", extension="1001")
    expect(phase(desk)).to_contain_text("Contestó")
    expect(customer(desk)).to_have_text("Rosa Flores")  # she is still hers to finish
    desk.keyboard.press("2")
    expect(chosen(desk)).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(desk.locator("#desk")).to_contain_text(words)
    assert_accessible(desk, f"desk-after-{verb.__name__}")  # type: ignore[attr-defined]
    attempt = Attempt.objects.get()
    assert attempt.disposition.code == "already_paid"
    assert OutgoingCall.objects.get().outcome == "answered"
    assert not ListEntry.objects.exclude(lease_agent=None).exists()
    open_desk(desk, desk.url)
    desk.keyboard.press("Enter")
    settle(desk)
    assert OutgoingCall.objects.count() == 1
