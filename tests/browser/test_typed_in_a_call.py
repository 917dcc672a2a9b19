"""What an agent typed a moment before she pressed another button is kept, and who calls goes along with it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from inbound.models import OutsideSystem, Walk
from tests.browser.looking import settle
from tests.browser.test_an_agents_call import answer_the_telephone, lines, page, step
from tests.sandbox.running import sandbox, sandbox_process

__all__ = ["lines", "page", "sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db(transaction=True)
CLAIM = "Octubre está doble"


@pytest.fixture
def claim(page: Page) -> Page:
    """The page of a call at the claim of 102."""
    page.keyboard.press("2")
    page.wait_for_url("**/walks/**")
    page.wait_for_load_state("domcontentloaded")
    OutsideSystem.objects.update(mode="by_hand")
    for _step in range(8):
        contract = page.get_by_label("Contrato", exact=True)
        if contract.count():
            contract.fill("1011018")
        claims = page.get_by_role("button", name="Reclama un cobro excesivo")
        (claims if claims.count() else page.locator("[data-key=Enter]")).first.click()
        settle(page)
        if step(page).text_content().strip() == "Derivar el reclamo a supervisión":
            return page
    pytest.fail("the call does not come to its claim")


def test_what_was_typed_is_there_after_who_calls_was_noted(claim: Page) -> None:
    claim.get_by_text("Anotar quién llama y de qué número").click()
    claim.get_by_label("Teléfono del que llama").fill("70733379")
    claim.get_by_label("Qué factura reclama").fill(CLAIM)
    claim.get_by_role("button", name="Anotar", exact=True).click()
    expect(claim.locator(".caller")).to_contain_text("707-33379")
    expect(claim.get_by_label("Qué factura reclama")).to_have_value(CLAIM)
    claim.get_by_text("Corregir quién llama").click()
    claim.get_by_label("Teléfono del que llama").fill("70733378")
    claim.get_by_role("button", name="Anotar", exact=True).click()
    expect(claim.locator(".caller")).to_contain_text("707-33378")


def test_what_was_typed_is_there_after_another_call_was_looked_at(claim: Page) -> None:
    address = claim.url
    claim.get_by_label("Qué factura reclama").fill(CLAIM)
    claim.get_by_role("link", name="Otra llamada").click()
    claim.wait_for_url("**/lines/")
    claim.goto(address)
    expect(claim.get_by_label("Qué factura reclama")).to_have_value(CLAIM)


def test_enter_in_what_was_typed_goes_on_as_everywhere(claim: Page) -> None:
    words = claim.get_by_label("Qué factura reclama")
    words.press_sequentially(CLAIM)
    words.press("Shift+Enter")
    expect(words).to_have_value(f"{CLAIM}\n")
    words.press("Enter")
    expect(claim.locator("#walk .error").first).to_be_visible()  # nobody knows yet who is called back
    expect(words).to_have_value(re.compile(CLAIM))


def test_who_calls_typed_and_not_noted_is_noted_with_the_answer(page: Page) -> None:
    answer_the_telephone(page)
    page.get_by_text("Anotar quién llama y de qué número").click()
    page.get_by_label("Teléfono del que llama").fill("70733379")
    page.locator("#content").click(position={"x": 2, "y": 2})
    page.get_by_role("button", name="Seguir").click()
    expect(step(page)).to_have_text("Datos del cliente")
    assert Walk.objects.get().caller_number == "+59170733379"
