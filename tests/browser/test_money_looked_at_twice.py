"""Much money by keyboard alone: the amount typed again, and another person who approves it on her own screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from inbound.models import OutsideSystem, OutsideWrite
from inbound.writes.delivering import deliver_due
from tests.browser.looking import assert_accessible
from tests.inbound.a_walk import publish
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db(transaction=True)
FLOWS = Path(__file__).parents[2] / "inbound" / "flows"


@pytest.fixture
def line(db: None, settings, sandbox: RunningSandbox) -> tuple[str, str]:
    """A Fijacom number and an amount of its plan, which is more than one person may do alone."""
    connect(settings, sandbox)
    fijacom = publish((FLOWS / "109.yaml").read_text(), timezone.now(), line="109")
    type(fijacom).objects.filter(pk=fijacom.pk).update(position=0)
    number, amount = sandbox.rows("SELECT number, amounts[1]::text FROM sandbox_fijacomline ORDER BY number LIMIT 1")[0]
    OutsideSystem.objects.filter(code="c_cli4g").update(typed_again_above=1, second_person_above=2)
    return number, amount.replace(".", ",")


def step(page: Page):
    return page.locator("#step-title")


@pytest.fixture
def before_it(open_as, live_server, ana, line) -> Page:
    """Her page, before the top-up is asked for."""
    number, amount = line
    page = open_as(ana)
    page.goto(f"{live_server.url}/lines/")
    page.wait_for_load_state("domcontentloaded")
    page.keyboard.press("1")
    page.wait_for_url("**/walks/**")
    page.wait_for_load_state("domcontentloaded")
    page.locator("#id_number").fill(number)
    page.locator("#id_requester_name").fill("Rosa Flores")
    page.locator("#id_requester_card").fill("3456789 CB")
    page.keyboard.press("Enter")
    expect(step(page)).to_contain_text("¿Es el número que desea recargar?")
    page.keyboard.press("1")
    expect(step(page)).to_have_text("Recarga de Bolsillo")
    page.locator("#id_amount").fill(amount)
    page.locator("#id_requester_is").select_option("other")
    page.locator("#id_requester_kinship").select_option("child")
    page.locator("#id_amount").focus()
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text("Recargar")
    return page


def test_the_amount_is_typed_again_and_another_person_lets_it_go(before_it, line, open_as, live_server, elena):
    page, (_number, amount) = before_it, line
    page.keyboard.press("Enter")
    again = page.locator("#amount-again")
    expect(again).to_be_focused()
    expect(again).to_have_value("")
    assert_accessible(page, "money-typed-again")
    page.keyboard.type("9" + amount)
    page.keyboard.press("Enter")
    expect(page.locator("#amount-again-error")).to_be_visible()
    expect(page.locator("#amount-again")).to_be_focused()
    expect(page.locator("#amount-again")).to_have_value("9" + amount)
    assert_accessible(page, "money-typed-again-wrong")
    assert not OutsideWrite.objects.exists()
    page.locator("#amount-again").press("Control+a")
    page.keyboard.type(amount)
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Todavía no está hecha: supervisión la revisa")
    assert_accessible(page, "money-waits-for-another")
    write = OutsideWrite.objects.get()
    assert write.state == OutsideWrite.State.APPROVAL

    theirs = open_as(elena)
    theirs.goto(f"{live_server.url}/lines/writes/?show=approval")
    assert_accessible(theirs, "writes-to-approve")
    theirs.goto(f"{live_server.url}/lines/writes/{write.pk}/")
    expect(theirs.locator("#approve-title")).to_be_visible()
    assert_accessible(theirs, "write-to-approve")
    theirs.keyboard.press("a")
    expect(theirs.locator("body")).to_contain_text("Aprobada. Está por enviarse a C_CLI4G.")
    deliver_due(now=timezone.now())
    write.refresh_from_db()
    assert (write.state, write.changes.count()) == ("done", 4)
    expect(page.locator("#left-behind")).to_contain_text("Hecho")


def test_who_asked_reads_why_it_is_not_hers_to_approve_or_to_settle(before_it, line, open_as, live_server, ana, elena):
    page, (_number, amount) = before_it, line
    page.keyboard.press("Enter")
    expect(page.locator("#amount-again")).to_be_focused()
    page.keyboard.type(amount)
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Todavía no está hecha")
    write = OutsideWrite.objects.get()
    type(ana.user).objects.filter(pk=ana.user.pk).update(role="supervisor")
    address = f"{live_server.url}/lines/writes/{write.pk}/"
    mine = open_as(type(ana.user).objects.get(pk=ana.user.pk))
    mine.goto(address)
    expect(mine.locator("#why-not-approve")).to_contain_text("La pidió usted")
    assert_accessible(mine, "write-not-hers-to-approve")
    OutsideWrite.objects.update(state="uncertain")
    mine.goto(address)
    expect(mine.locator("#why-not-settle")).to_contain_text("La pidió usted")
    assert_accessible(mine, "write-not-hers-to-settle")
    OutsideWrite.objects.update(state="not_done", settled_at=timezone.now(), settled_by=elena)
    mine.goto(address)
    expect(mine.locator("p[id^=why-not-give-back]")).to_contain_text("La pidió usted")
    theirs = open_as(elena)
    theirs.goto(address)
    assert_accessible(theirs, "write-to-give-back")
    theirs.locator("[id^=give-back-reason]").fill("Visto en el libro de C_CLI4G: no está")
    theirs.keyboard.press("Enter")
    expect(theirs.locator("#given-back-title")).to_be_visible()
    assert_accessible(theirs, "write-given-back")
