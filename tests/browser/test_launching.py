"""From the proposal to a running campaign, and an absent agent's contacts given to others, by keyboard alone."""

from __future__ import annotations

import pytest
import time_machine
from playwright.sync_api import Page, expect

from campaigns.assignment.assigning import open_lists
from campaigns.models import Campaign
from tests.browser.looking import assert_accessible
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment, owners

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("centre_hours")]


@pytest.fixture(autouse=True)
def _on_the_25th():
    with time_machine.travel(moment("2026-11-25 09:00"), tick=True):
        yield


@pytest.fixture
def centre_hours(db):
    """The hours and the policy a migration wrote, which emptied tables have lost."""
    from datetime import time

    from campaigns.models import CallingPolicy, CallingWindow
    from service_level.models import WorkingHours

    CallingPolicy.objects.get_or_create(pk=1)
    for weekday in range(5):
        WorkingHours.objects.get_or_create(weekday=weekday, opens=time(8, 30), defaults={"closes": time(18, 30)})
        CallingWindow.objects.get_or_create(weekday=weekday, opens=time(8, 30), defaults={"closes": time(20)})


@pytest.fixture
def december(ana, luis, marta) -> Campaign:
    campaign = make_campaign()
    add_contacts(campaign, 30)
    add_contacts(campaign, 15, "BOTH", start=100)
    open_lists(campaign=campaign, now=moment("2026-11-25 08:00"))
    return campaign


def focus_on(page: Page, label: str) -> None:
    """Tab until the field with this label has the focus."""
    for _step in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.labels?.[0]?.innerText"
        )
        if focused and focused.startswith(label):
            return
    pytest.fail(f"«{label}» cannot be reached by Tab")


def say_yes(page: Page, verb: str) -> None:
    """The question's own button: Enter alone would not be enough for what cannot be taken lightly."""
    page.get_by_role("dialog").get_by_role("button", name=verb).press("Enter")


def test_the_supervisor_changes_the_assignment_and_launches(open_as, live_server, elena, december):
    page = open_as(elena)
    page.goto(f"{live_server.url}/campaigns/2026-12/")
    expect(page.get_by_role("heading", name="Alcanza con 3 agentes hasta el 25/11/2026.")).to_be_visible()
    assert_accessible(page, "proposal")
    focus_on(page, "Peso: Ana")
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Repartidos 45 contactos entre 3 agentes")
    assert sorted(owners(december).values()) == [11, 11, 23]
    page.locator("h1").click()
    page.keyboard.press("l")
    expect(page.get_by_role("dialog")).to_contain_text("¿Lanzar la campaña de diciembre 2026?")
    say_yes(page, "Lanzar campaña")
    expect(page.get_by_role("heading", level=1)).to_contain_text("En curso")
    december.refresh_from_db()
    assert december.state == "running"


def test_contacts_of_an_absent_agent_go_to_another_and_come_back(open_as, live_server, elena, december):
    Campaign.objects.update(state="running", launched_at=moment("2026-11-25 08:30"))
    page = open_as(elena)
    page.goto(f"{live_server.url}/campaigns/2026-12/")
    page.keyboard.press("a")
    page.wait_for_url("**/reassign/")
    assert_accessible(page, "reassign")
    focus_on(page, "De: Ana")
    page.keyboard.press("Space")
    focus_on(page, "A: Luis")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Reasignar 15 contactos")).to_be_visible()
    assert_accessible(page, "reassign with its preview")
    page.locator("h1").click()
    page.keyboard.press("m")
    expect(page.get_by_role("dialog")).to_contain_text("¿Reasignar 15 contactos a Luis?")
    say_yes(page, "Reasignar")
    expect(page.locator(".toast")).to_contain_text("15 contactos cambiaron de manos")
    assert owners(december) == {"Luis": 30, "Marta": 15}
    page.get_by_role("button", name="Deshacer").press("Enter")
    say_yes(page, "Deshacer")
    expect(page.locator(".toast")).to_contain_text("volvieron a quien los tenía")
    assert owners(december) == {"Ana": 15, "Luis": 15, "Marta": 15}
