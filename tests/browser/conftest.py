"""A real browser on the real pages: Debian's Chromium against a live server.

    def test_something(open_as, live_server, elena):
        page = open_as(elena)                       # signed in already
        page.goto(f"{live_server.url}/people/")
        assert_accessible(page)                     # axe-core: both sizes, light and dark

`SCREENSHOTS=folder` keeps a picture of every page that `assert_accessible` or `picture` looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from agents.models import Agent, User
from telephony import call_orders, dialling, monitoring
from tests.browser.looking import DESK, let_in, patient
from tests.callcenter.world import World, world
from tests.campaigns.conftest import december, house_rules, make_contact, result
from tests.everything import browser as browser_on_this_machine

__all__ = ["World", "december", "house_rules", "make_contact", "result", "world"]

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's own loop runs in the thread of the test

PATIENCE = 60_000  # milliseconds after which a thing will not be seen any more, however busy the machine is
expect.set_options(timeout=PATIENCE)

CHROMIUM = browser_on_this_machine()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not CHROMIUM:
        pytest.fail("These tests need Chromium: apt-get install chromium, or name one in CHROMIUM.", pytrace=False)
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    more = "--disable-component-update --disable-sync --force-color-profile=srgb"
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": f"{quiet} {more}".split()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": DESK, "locale": "es-BO", "timezone_id": "America/La_Paz"}


@pytest.fixture(autouse=True)
def orders_are_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is, an order for the telephone is not too late; no clock that closes one works here."""
    for module in (dialling, call_orders, monitoring):
        monkeypatch.setattr(module, "TOO_LATE", timedelta(milliseconds=PATIENCE))


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """The one of Playwright's own `page`."""
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def open_as(browser: Browser, browser_context_args: dict[str, Any], live_server: Any) -> Iterator[Callable[..., Page]]:
    """A browser of one's own in which somebody is signed in: `open_as(ana)`; two people have two browsers."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(person: User | Agent, **more: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, **more})
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = patient(context.new_page())
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        let_in(context, live_server.url, person)
        return page

    yield open_one
    for context in opened:
        context.close()
    assert not complaints, "the pages complained: " + "; ".join(complaints)
