"""A supervisor works a claim from its card, step by step; an agent makes the call that was promised."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from escalations import working
from escalations.models import Escalation
from escalations.raising import raise_escalation
from inbound.flows.paths import every_path
from inbound.models import OutsideSystem, ServiceLine
from tests.browser.looking import assert_accessible, settle
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import flow_of
from tests.inbound.lines_on_file import publish_every_flow
from tests.inbound.walks.test_every_line import walk_to_the_end

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card(ana, elena) -> Escalation:
    """A claim that Ana's call left, which Elena has."""
    now = timezone.now()
    publish_every_flow(now=now)
    OutsideSystem.objects.update(mode="by_hand")
    flow = flow_of("102")
    way = next(w for w in every_path(flow) if any(flow.steps[name].hands_to for name, _branch in w))
    walk_to_the_end(Caller(ana, ServiceLine.objects.get(number="102"), now), way)
    return working.take(escalation_id=Escalation.objects.get().pk, by=elena, now=now)


def test_a_claim_is_worked_step_by_step_and_its_card_closes(card, elena, open_as, live_server):
    page = open_as(elena)
    page.goto(live_server.url + reverse("escalations:escalation", args=[card.pk]))
    expect(page.get_by_role("heading", name="La llamada que la derivó")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Atender el reclamo").click()
    expect(page.locator("#step-title")).to_have_text("Reclamo recibido")
    assert_accessible(page)
    page.keyboard.press("Enter")
    page.locator("input[name=owed]").fill("0")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="No corresponde").click()
    expect(page.locator("#step-title")).to_have_text("Explicar la factura por teléfono")
    page.get_by_label("Nota").fill("Eran dos meses")
    page.get_by_role("button", name="Seguir").click()
    expect(page.get_by_text("el cliente fue informado por teléfono")).to_be_visible()
    page.get_by_role("button", name="Terminar la atención").click()
    expect(page.get_by_role("heading", name="Atención terminada")).to_be_visible()
    page.get_by_role("link", name="Volver a la derivación").last.click()
    expect(page.get_by_text("Factura explicada al cliente").first).to_be_visible()
    card.refresh_from_db()
    assert (card.state, card.outcome) == ("informed", "Factura explicada al cliente. Eran dos meses")


def test_a_promised_call_is_taken_tried_and_told(ana, open_as, live_server):
    now = timezone.now()
    call = raise_escalation(
        key="walk:x", kind="callback_promise", line="103", reason="Llamada en el transcurso del día", details={},
        customer_name="ROSA FLORES", telephone="+59170712345", due_at=now, by=ana.user, now=now,
    )  # fmt: skip
    page = open_as(ana)
    page.goto(live_server.url + reverse("inbound:lines"))
    calls = page.locator("#calls-to-make")
    expect(calls.get_by_role("heading", name="Rosa Flores")).to_be_visible()
    calls.get_by_role("button", name="Tomar").click()
    with page.expect_response("**/not-reached/"):
        calls.get_by_role("button", name="No contesta").click()
    settle(page)
    page.keyboard.press("i")
    calls.get_by_role("button", name="Guardar y cerrar").click()
    expect(calls.get_by_label("por teléfono")).to_be_focused()  # it stays open and says what is missing
    assert_accessible(page)
    calls.get_by_label("por teléfono").check()
    calls.get_by_role("button", name="Guardar y cerrar").click()
    expect(calls.get_by_role("heading", name="Rosa Flores")).to_have_count(0)
    call.refresh_from_db()
    assert (call.state, call.informed_how, call.informed_by) == ("informed", "telephone", ana.user)
