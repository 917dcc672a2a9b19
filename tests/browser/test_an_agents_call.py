"""An agent attends calls by keyboard alone, on systems that answer, hang and come back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from escalations.models import Escalation
from inbound.models import Footstep, OutsideSystem, OutsideWrite, Walk
from tests.browser.looking import assert_accessible, settle, wait_by_its_own_clock
from tests.inbound.a_walk import publish
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db(transaction=True)
FLOWS = Path(__file__).parents[2] / "inbound" / "flows"


@pytest.fixture
def lines(db: None, settings, sandbox: RunningSandbox) -> RunningSandbox:
    connect(settings, sandbox)
    for place, number in enumerate(("101", "102")):
        line = publish((FLOWS / f"{number}.yaml").read_text(), timezone.now(), line=number)
        type(line).objects.filter(pk=line.pk).update(
            position=place, name={"101": "Reclamos", "102": "Facturas"}[number]
        )
    return sandbox


@pytest.fixture
def customer(lines: RunningSandbox) -> tuple[str, str]:
    """Somebody whose newest damage is being worked at: contract and name."""
    return lines.rows(
        "SELECT contract, name FROM sandbox_customer JOIN"
        " (SELECT DISTINCT ON (contract) contract, state FROM sandbox_damage"
        "   ORDER BY contract, registered_at DESC) newest"
        " USING (contract) WHERE state = 'in_execution' ORDER BY contract LIMIT 1"
    )[0]


@pytest.fixture
def page(open_as, live_server, ana, lines) -> Page:
    opened = open_as(ana)
    opened.goto(f"{live_server.url}/lines/")
    opened.wait_for_load_state("domcontentloaded")
    return opened


def step(page: Page):
    return page.locator("#step-title")


def answer_the_telephone(page: Page) -> None:
    """The first line's key, and the walk's page with its keys at work: they are once the document is read."""
    page.keyboard.press("1")
    page.wait_for_url("**/walks/**")
    page.wait_for_load_state("domcontentloaded")
    expect(step(page)).to_have_text("Saludo")


def test_a_call_by_keyboard_alone_from_the_line_to_its_result(page, customer, lines):
    contract, name = customer
    assert_accessible(page, "lines")
    answer_the_telephone(page)
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text("Datos del cliente")
    assert_accessible(page, "walk-ask")
    page.keyboard.press("/")
    page.keyboard.type(contract)
    expect(page.locator("[data-customer]")).to_have_count(1)
    page.keyboard.press("Escape")
    wait_by_its_own_clock(page, 500)  # longer than a search box waits before it asks
    settle(page)
    expect(page.locator("#customer-search")).to_have_value(contract)
    page.keyboard.press("1")
    expect(step(page)).to_contain_text("¿Hay un daño")
    expect(page.locator(".known-side")).to_contain_text(name.title())
    assert_accessible(page, "walk-decide")
    while page.locator("[data-proposed]").count():
        before = step(page).inner_text()
        page.keyboard.press(page.locator("[data-proposed]").get_attribute("data-key"))
        expect(step(page)).not_to_have_text(before)
    expect(step(page)).to_contain_text("Reiterar el daño")
    page.keyboard.press("b")
    expect(step(page)).to_contain_text("estado")
    page.keyboard.press("1")
    expect(step(page)).to_contain_text("Reiterar el daño")
    page.keyboard.press("Enter")
    expect(page.locator("#left-behind")).to_contain_text("Reiterar el daño")
    for _step in range(4):
        if Walk.objects.get().ended_at:
            break
        before = step(page).inner_text()
        page.keyboard.press("Enter")
        expect(step(page)).not_to_have_text(before)
    expect(step(page)).to_have_text("Atención terminada")
    assert_accessible(page, "walk-ended")
    walk = Walk.objects.get()
    assert (walk.contract, walk.result) == (contract, "reiterated")
    assert OutsideWrite.objects.filter(walk=walk, action="smartflex.reiterate_damage").count() == 1
    assert OutsideWrite.objects.filter(walk=walk, action="smartflex.write_interaction").count() == 1


@pytest.mark.parametrize(
    "knob", [{"mode": "down"}, {"mode": "wrong"}, {"latency_ms": 10_000}], ids=["down", "wrong", "slow"]
)
def test_a_system_in_trouble_leaves_the_agent_with_a_next_step(page, customer, lines, knob):
    lines.turn("smartflex", **knob)
    if "latency_ms" in knob:
        OutsideSystem.objects.filter(code="smartflex").update(timeout_seconds=1)
    answer_the_telephone(page)
    page.keyboard.press("Enter")
    page.locator("#id_customer").fill("1011018")
    page.locator("#id_customer_name").fill("Zulma Quispe")
    page.keyboard.press("Enter")
    expect(page.locator(".trouble")).to_be_visible()
    assert_accessible(page, "walk-trouble")
    page.locator("#content").click(position={"x": 2, "y": 2})
    for _look_up in range(2):
        before = step(page).inner_text()
        page.keyboard.press("Enter")
        expect(step(page)).not_to_have_text(before)
        if page.locator(".looking").count():
            expect(page.locator(".trouble")).to_be_visible()
    expect(step(page)).to_contain_text("¿Hay un daño")
    page.keyboard.press("o")
    page.locator("textarea[name=seen]").fill("Smartflex no abre")
    page.locator("#id_telephone").fill("70712345")
    page.keyboard.press("Enter")
    expect(page.locator("#left-behind")).to_contain_text("Estado no previsto")
    assert Escalation.objects.get().contract == "1011018"


def test_the_words_wait_for_the_answer_and_a_refusal_goes_to_supervision(page, lines):
    contract, name = lines.rows(
        "SELECT contract, name FROM sandbox_customer WHERE contract NOT IN (SELECT contract FROM sandbox_damage)"
        " AND contract IN (SELECT contract FROM sandbox_product GROUP BY 1 HAVING count(*) = 1 AND"
        " every(state = 'active')) ORDER BY contract LIMIT 1"
    )[0]
    answer_the_telephone(page)
    page.keyboard.press("Enter")
    page.locator("#id_customer").fill(contract)
    page.locator("#id_customer_name").fill(name)
    page.keyboard.press("Enter")
    expect(step(page)).to_contain_text("¿Hay un daño")
    page.keyboard.press(page.locator("[data-proposed]").get_attribute("data-key"))
    expect(step(page)).to_have_text("Daño nuevo")
    page.locator("[name=service_number]").fill("9999999")
    page.locator("[name=component]").select_option("Decodificador")
    page.locator("[name=cause]").fill("Sin señal")
    page.locator("[name=description]").fill("Desde ayer")
    page.locator("[name=description]").press("Tab")
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text("Registrar el daño en Smartflex")
    lines.turn("smartflex", latency_ms=1500)
    page.keyboard.press("Enter")
    expect(page.locator(".awaited")).to_contain_text("No le diga todavía que está hecho")
    expect(step(page)).to_contain_text("El daño no se registró", timeout=20_000)
    expect(page.locator(".trouble")).to_contain_text("Rechazado")
    lines.turn("smartflex")
    assert_accessible(page, "walk-refused")
    page.keyboard.press("2")
    expect(step(page)).to_have_text("Registro del daño por supervisión")
    expect(page.locator("#id_telephone")).not_to_have_value("")
    page.locator("#content").click(position={"x": 2, "y": 2})
    page.keyboard.press("Enter")
    expect(step(page)).to_contain_text("No se hizo y se derivó")
    card = Escalation.objects.get()
    assert (card.kind.code, card.contract, bool(card.telephone)) == ("write_not_done", contract, True)
    assert OutsideWrite.objects.get(action="smartflex.register_damage").card == card


def test_half_an_answer_survives_a_dead_browser_and_an_old_tab_changes_nothing(
    page, open_as, live_server, ana, customer
):
    answer_the_telephone(page)
    old = page.context.new_page()
    old.goto(page.url)
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text("Datos del cliente")
    with page.expect_response(re.compile("/draft/")):
        page.locator("#id_customer_name").fill("A medias")
    address = page.url
    page.close()
    again = open_as(ana)
    again.goto(address)
    expect(again.locator("#id_customer_name")).to_have_value("A medias")
    old.wait_for_load_state("domcontentloaded")
    old.keyboard.press("Enter")
    expect(old.locator(".problems")).to_contain_text("ya se respondió")
    assert Footstep.objects.count() == 2


def test_who_calls_is_found_and_chosen_without_leaving_the_search_box(page, lines):
    name = lines.value("SELECT name FROM sandbox_customer GROUP BY name HAVING count(*) > 1 ORDER BY 1 LIMIT 1")
    second = lines.rows("SELECT contract FROM sandbox_customer WHERE name = %s ORDER BY contract", name)[1][0]
    answer_the_telephone(page)
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text("Datos del cliente")
    page.keyboard.press("/")
    page.keyboard.type(name)
    expect(page.locator("[data-found-for]")).to_have_attribute("data-found-for", name)
    assert page.locator("[data-customer]").count() > 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-customer]").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#customer-search")).to_be_focused()
    first = page.locator("[data-customer]").first.get_attribute("data-customer")
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text(re.compile("¿Hay un daño|¿Por cuál de sus servicios"))
    assert Walk.objects.get().contract == first != second


def test_of_several_services_one_is_chosen_by_its_key_and_the_call_may_end_before(page, lines):
    contract, name = lines.rows(
        "SELECT contract, name FROM sandbox_customer WHERE contract IN (SELECT contract FROM sandbox_product"
        " WHERE state = 'active' GROUP BY 1 HAVING count(*) = 3) ORDER BY contract LIMIT 1"
    )[0]
    answer_the_telephone(page)
    page.keyboard.press("Enter")
    page.locator("#id_customer").fill(contract)
    page.locator("#id_customer_name").fill(name)
    page.keyboard.press("Enter")
    expect(step(page)).to_contain_text("¿Por cuál de sus servicios")
    assert_accessible(page, "walk-choose")
    page.keyboard.press("2")
    expect(step(page)).not_to_contain_text("¿Por cuál de sus servicios")
    page.keyboard.press("x")
    leaving = page.locator("dialog#leave-call")
    expect(leaving).to_be_visible()
    assert_accessible(page, "walk-leave")
    leaving.get_by_label("Derivado a supervisión").check()
    leaving.get_by_role("button", name="Terminar la atención").click()
    expect(leaving.get_by_role("alert").first).to_contain_text("Escriba qué pide el cliente")
    leaving.locator("[name=reason]").fill("Pide hablar con supervisión")
    leaving.get_by_role("button", name="Terminar la atención").click()
    expect(step(page)).to_have_text("Atención terminada")
    card = Escalation.objects.get()
    assert (card.contract, bool(card.telephone), "Pide hablar" in card.reason) == (contract, True, True)


def test_a_number_is_typed_as_it_is_said_and_lands_in_the_search_box(page, customer, lines):
    contract, _name = customer
    answer_the_telephone(page)
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text("Datos del cliente")
    page.keyboard.type(contract)
    expect(page.locator("#customer-search")).to_have_value(contract)
    expect(page.locator("[data-customer]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(step(page)).to_contain_text("¿Hay un daño")
    assert Walk.objects.get().contract == contract


def test_the_flow_opens_where_the_call_is(page, customer, lines):
    contract, _name = customer
    answer_the_telephone(page)
    page.keyboard.press("Enter")
    expect(step(page)).to_have_text("Datos del cliente")
    page.keyboard.type(contract)
    expect(page.locator("[data-customer]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(step(page)).to_contain_text("¿Hay un daño")
    page.keyboard.press("2")
    expect(step(page)).to_contain_text("¿En qué estado")
    page.keyboard.press("1")
    expect(step(page)).to_contain_text("Reiterar el daño")
    page.keyboard.press("d")
    expect(page.locator("dialog.diagram .is-current")).to_be_in_viewport(ratio=1)


def test_a_telephone_typed_the_moment_before_the_call_ends_is_on_the_card(page, lines):
    """The page keeps what is typed a little later than the keys: whoever hangs up in between has said it."""
    page.keyboard.press("2")
    page.wait_for_url("**/walks/**")
    page.wait_for_load_state("domcontentloaded")
    OutsideSystem.objects.update(mode="by_hand")
    for _step in range(8):
        if step(page).text_content().strip() == "Otro caso":
            break
        contract = page.get_by_label("Contrato", exact=True)
        if contract.count():
            contract.fill("1011018")
        other = page.get_by_role("button", name="Otro")
        (other if other.count() else page.locator("[data-key=Enter]")).first.click()
        settle(page)
    expect(step(page)).to_have_text("Otro caso")
    page.get_by_label("Teléfono para llamarle").fill("70712388")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Terminar antes").click()
    page.get_by_label("El cliente colgó").check()
    page.get_by_role("dialog").get_by_role("button", name="Terminar la atención").click()
    expect(page.get_by_text("Atención terminada")).to_be_visible()
    assert Escalation.objects.get().telephone == "+59170712388"


def test_who_calls_typed_and_not_noted_is_who_is_called_back(page, lines):
    page.keyboard.press("1")
    page.wait_for_url("**/walks/**")
    page.wait_for_load_state("domcontentloaded")
    page.get_by_text("Anotar quién llama y de qué número").click()
    page.get_by_label("Teléfono del que llama").fill("70733379")
    page.get_by_role("button", name="Terminar antes").click()
    expect(page.get_by_role("dialog").get_by_label("Teléfono")).to_have_value("70733379")
