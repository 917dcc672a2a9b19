"""What an agent typed a moment before she pressed another button is kept, and who calls goes along with it."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from inbound.models import Content, Footstep, OutsideSystem, ServiceLine, Walk
from tests.browser.looking import assert_accessible, settle
from tests.browser.test_an_agents_call import FLOWS, answer_the_telephone, lines, page, step
from tests.inbound.a_walk import publish
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


GUIDES = ["No enciende", "Sin señal", "Pide configuración", "Imagen congelada", "Sin sonido", "Pide clave"]


def test_a_guide_is_found_by_words_of_it(open_as, live_server, ana, lines) -> None:
    publish((FLOWS / "4522222.yaml").read_text(), timezone.now(), line="4522222")
    ServiceLine.objects.filter(number="4522222").update(position=0)
    ServiceLine.objects.exclude(number="4522222").update(position=5)
    for place, name in enumerate(GUIDES):
        text = "Revise el cable HDMI." if name == "Sin sonido" else "Apáguelo."
        Content.objects.create(topic=Content.Topic.DECODER, name=name, text=text, position=place)
    page = open_as(ana)
    page.goto(f"{live_server.url}/lines/")
    page.wait_for_load_state("domcontentloaded")
    answer_the_telephone(page)
    for _step in range(8):
        decoder = page.get_by_role("button", name="Problema con el decodificador")
        (decoder if decoder.count() else page.locator("[data-key=Enter]")).first.click()
        settle(page)
        if page.locator("[data-narrows]").count():
            break
    rows = page.locator(".way[data-searched]")
    expect(rows).to_have_count(len(GUIDES))
    assert_accessible(page, "walk-narrowed")
    page.keyboard.press("/")
    page.keyboard.type("senal")
    expect(rows.filter(visible=True)).to_have_text([re.compile("Sin señal")])
    expect(page.locator("#narrowed")).to_have_text("⏎ elige la única que queda.")
    page.locator("[data-narrows]").fill("pide")
    expect(rows.filter(visible=True)).to_have_count(2)
    page.keyboard.press("Enter")
    expect(rows.filter(visible=True).first).to_be_focused()
    page.locator("[data-narrows]").fill("nada de esto")
    expect(page.locator("#narrowed")).to_have_text("Ninguna dice eso.")
    page.locator("[data-narrows]").fill("hdmi")
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text("¿Hay una guía para su caso?")
    assert Footstep.objects.get(step="which_guide").found["name"] == "Sin sonido"
