"""A month that may be called at any hour of today, its customers, and Ana's desk in a browser."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import CallingPolicy, CallingWindow, Campaign
from tests.browser.looking import open_desk, settle
from tests.campaigns.customers import make_customer


@pytest.fixture
def campaign(db: None) -> Campaign:
    """A month that may be called at any hour of today."""
    cache.clear()
    CallingWindow.objects.all().delete()
    CallingWindow.objects.bulk_create(
        CallingWindow(weekday=weekday, opens=time.min, closes=time(23, 59, 59)) for weekday in range(7)
    )
    CallingPolicy.objects.update_or_create(id=1, defaults={"minutes_between_attempts": 120})
    now, today = timezone.now(), timezone.localdate()
    return Campaign.objects.create(
        period=(today.replace(day=1) + timedelta(days=63)).replace(day=1),
        state="running",
        calls_from=today - timedelta(days=1),
        calls_until=today + timedelta(days=9),
        report_due_at=now,
        created_at=now,
    )


@pytest.fixture
def customers(campaign, ana):
    names = ("Rosa Flores", "Juan Rojas", "Lidia Vargas", "Pedro Rocha", "Hugo Paz", "Inés Soliz", "Eva Luna")
    yesterday = timezone.now() - timedelta(days=1)
    due = timezone.localdate() + timedelta(days=5)
    return [make_customer(ana, name, campaign=campaign, ready_at=yesterday, due_on=due) for name in names]


@pytest.fixture
def desk(open_as, live_server, ana, customers) -> Page:
    page = open_as(ana)
    open_desk(page, f"{live_server.url}/desk/")
    return page


def customer(page: Page):
    """Whose contact is open."""
    return page.locator("#customer-name")


def say_it_was_meant(page: Page) -> None:
    """A result without a call is asked about, and Enter again records nothing: the answer has a key of its own."""
    question = page.get_by_text("No marcó a este cliente")
    expect(question).to_be_visible()
    page.keyboard.press("r")
    expect(question).to_have_count(0)


def pulse(page: Page) -> None:
    """The next beat of the desk's pulse, now."""
    with page.expect_response("**/desk/pulse/"):
        page.evaluate("htmx.ajax('POST', '/desk/pulse/', {source: '#pulse'})")
    settle(page)
