"""The manual in a browser, under the policy of the pages: read, searched, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from agents.models import Agent
from tests.browser.looking import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def test_help_opens_the_page_that_explains_it(open_as: Any, live_server: Any, ana: Agent) -> None:
    assert (settings.MANUAL / "es/pages.json").exists(), "make manual"
    page: Page = open_as(ana)
    page.goto(f"{live_server.url}/people/shift/")
    with page.expect_popup() as opened:
        page.locator("footer").get_by_role("link", name="Manual de esta página").click()
    manual = opened.value
    expect(manual.get_by_role("heading", name="Mi jornada")).to_be_in_viewport()
    assert_accessible(manual, "manual-agents")
    manual.get_by_role("search").get_by_role("searchbox").fill("recarga")
    manual.keyboard.press("Enter")
    found = manual.locator("#search-results a")
    expect(found.first).to_be_visible()
    assert_accessible(manual, "manual-search")
    found.filter(has_text="Atender").first.click()
    expect(manual.get_by_role("heading", name="Operaciones en otros sistemas")).to_be_visible()
    manual.get_by_role("link", name="English").click()
    expect(manual.get_by_role("heading", name="Operations in other systems")).to_be_visible()
    for picture in manual.get_by_role("img").all():
        assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 0
