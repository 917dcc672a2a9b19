"""An agent's day, by keyboard alone: calls, results, a promise, an agreed call, a payment that arrives, a pause."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import AgentState
from campaigns.models import Attempt, CallBack, CallingPolicy, Campaign, ListEntry, PaymentPromise
from escalations.raising import raise_escalation
from tests.browser.a_desk import campaign, customer, customers, desk, say_it_was_meant
from tests.browser.looking import DESK, TABLET, assert_accessible, open_desk, settle

__all__ = ["campaign", "customers", "desk"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_promised_call_stays_in_sight_while_the_list_is_worked(desk, ana, live_server):
    now = timezone.now()
    raise_escalation(
        key="walk:x", kind="callback_promise", line="103", reason="Llamada en el transcurso del día", details={},
        customer_name="ROSA PROMETIDA", telephone="+59170712345", due_at=now, by=ana.user, now=now,
    )  # fmt: skip
    desk.reload()
    for size in (DESK, TABLET):
        desk.set_viewport_size(size)
        expect(desk.get_by_role("heading", name="Rosa Prometida")).to_be_in_viewport()
        expect(desk.get_by_role("button", name="Registrar")).to_be_in_viewport()
    assert_accessible(desk, "desk-with-a-promised-call")
    for key, asked in (("1", "Pagará el"), ("3", "Llamar el")):
        desk.keyboard.press(key)
        expect(desk.get_by_label(asked)).to_be_visible()
        expect(desk.get_by_role("button", name="Registrar")).to_be_in_viewport()
        verb = desk.get_by_role("button", name="Registrar").bounding_box()
        assert verb["y"] + verb["height"] <= desk.locator("#calls-to-make").bounding_box()["y"], asked
        desk.keyboard.press("Escape")
    desk.keyboard.press("t")
    expect(desk.locator("#calls-to-make").get_by_text("Informar al cliente")).to_be_in_viewport()
    desk.keyboard.press("i")
    expect(desk.get_by_label("por teléfono")).to_be_in_viewport()


def test_the_help_shows_all_keys_of_the_desk_at_once(desk):
    expect(customer(desk)).not_to_be_empty()
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Teclas de esta página")
    expect(dialog.locator("dd", has_text="Otro resultado")).to_be_visible()
    assert dialog.evaluate("one => one.scrollHeight - one.clientHeight") == 0
    expect(dialog.get_by_role("heading")).to_be_in_viewport(ratio=1)


def test_a_day_by_keyboard_alone(desk: Page, ana):
    keys = desk.keyboard
    expect(customer(desk)).to_have_text("Rosa Flores")
    assert_accessible(desk, "desk")

    # Enter calls, 4 and Enter say that nobody answered, and the next contact is there
    keys.press("Enter")
    expect(desk.locator("#telephones")).to_contain_text("En llamada")
    keys.press("4")
    expect(desk.locator("#record")).to_be_focused()
    keys.press("Enter")
    expect(customer(desk)).to_have_text("Juan Rojas")
    expect(desk.locator(".desk-progress")).to_contain_text("1 de 7 gestionados")
    assert Attempt.objects.get().disposition.code == "no_answer"

    # a promise: the day and the amount are proposed, a note is written, Enter records
    keys.press("Enter")
    expect(desk.locator("#telephones")).to_contain_text("En llamada")
    keys.press("1")
    expect(desk.locator("#promised-on")).to_be_focused()
    keys.press("Escape")
    keys.press("n")
    keys.type("Cobra el viernes 27")
    assert_accessible(desk, "desk-promise")
    keys.press("Enter")
    expect(customer(desk)).to_have_text("Lidia Vargas")
    assert PaymentPromise.objects.get().amount == Decimal("289.00")
    assert Attempt.objects.get(disposition__code="promise").note == "Cobra el viernes 27"

    # a result under «Otro», numbered in its dialog; what it asks for is asked
    keys.press("9")
    expect(desk.get_by_role("dialog", name="Otro resultado")).to_be_visible()
    assert_accessible(desk, "desk-other")
    keys.press("6")
    expect(desk.locator("#note")).to_be_focused()
    keys.press("Enter")
    expect(desk.get_by_text("Escriba una nota: este resultado la pide.")).to_be_visible()
    expect(desk.locator("#note")).to_be_focused()
    keys.type("Le cobran dos veces")
    keys.press("Enter")
    say_it_was_meant(desk)
    expect(customer(desk)).to_have_text("Pedro Rocha")

    # an agreed call: an hour that is past is refused with the next one, nothing typed is lost
    keys.press("3")
    expect(desk.locator("#call-back-time")).to_be_focused()
    desk.locator("#call-back-day").fill((timezone.localdate() - timedelta(days=1)).isoformat())
    keys.press("Enter")
    expect(desk.locator("#call-back-error")).to_contain_text("La próxima hora posible es")
    desk.locator("#call-back-day").fill((timezone.localdate() + timedelta(days=2)).isoformat())
    keys.press("Enter")
    say_it_was_meant(desk)
    expect(customer(desk)).to_have_text("Hugo Paz")
    assert CallBack.objects.get().agent == ana

    # correct the last result
    keys.press("c")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Corregir el resultado · Pedro Rocha")
    assert_accessible(desk, "correct-result")
    keys.press("8")
    expect(desk.locator("#reason")).to_be_focused()
    keys.type("Precio")
    keys.press("Enter")
    expect(customer(desk)).to_have_text("Hugo Paz")
    desk.wait_for_load_state("domcontentloaded")  # its keys come a little after its words
    assert not CallBack.objects.filter(state="pending").exists()

    # pass one over, take a pause, come back
    keys.press("s")
    expect(customer(desk)).to_have_text("Inés Soliz")
    keys.press("p")
    expect(desk.get_by_role("dialog", name="¿Por qué la pausa?")).to_be_visible()
    assert_accessible(desk, "desk-pause-reasons")
    keys.press("2")
    expect(desk.get_by_role("heading", name="Está en pausa: Almuerzo")).to_be_visible()
    expect(desk.locator("#desk")).to_contain_text("Puede durar 60 min")
    assert AgentState.objects.open().get().reason.code == "ALMUERZO"
    assert_accessible(desk, "desk-pause")
    keys.press("Enter")
    expect(customer(desk)).to_have_text("Inés Soliz")


def test_a_payment_that_arrives_turns_the_card_green_and_disturbs_nobody(desk: Page, customers):
    desk.keyboard.press("n")
    desk.keyboard.type("Dice que pag")
    ListEntry.objects.filter(contact=customers[0]).update(state="paid", paid_on=timezone.localdate())
    desk.evaluate("htmx.trigger('#pulse', 'every'); htmx.ajax('POST', '/desk/pulse/', {source: '#pulse'})")
    expect(desk.locator(".payment-arrived")).to_contain_text("no hace falta llamar")
    expect(desk.locator("#note")).to_be_focused()
    expect(desk.locator("#note")).to_have_value("Dice que pag")
    assert_accessible(desk, "desk-paid")
    desk.keyboard.press("Escape")
    desk.keyboard.press("s")
    expect(customer(desk)).to_have_text("Juan Rojas")


def test_half_a_note_and_the_contact_survive_a_dead_browser(desk: Page, open_as, live_server, ana, customers):
    desk.keyboard.press("Enter")
    expect(desk.locator("#telephones")).to_contain_text("En llamada")
    desk.keyboard.press("8")
    expect(desk.locator("#reason")).to_be_focused()
    with desk.expect_response("**/desk/draft/"):
        desk.keyboard.type("Muy caro para")
    desk.context.close()
    again = open_as(ana)
    open_desk(again, f"{live_server.url}/desk/")
    expect(customer(again)).to_have_text("Rosa Flores")
    expect(again.locator("#telephones")).to_contain_text("En llamada")
    expect(again.locator("#reason")).to_have_value("Muy caro para")
    expect(again.locator("input[value=refused]")).to_be_checked()
    assert Attempt.objects.count() == 1


def test_two_tabs_show_the_same_contact_and_record_once(desk: Page, live_server, customers):
    other = desk.context.new_page()
    open_desk(other, f"{live_server.url}/desk/")
    expect(customer(other)).to_have_text("Rosa Flores")
    for page in (desk, other):
        page.bring_to_front()
        page.keyboard.press("5")
        page.keyboard.press("Enter")
        if page is desk:
            say_it_was_meant(page)
        expect(customer(page)).to_have_text("Juan Rojas")
    assert Attempt.objects.count() == 1


def test_the_countdown_calls_by_itself_and_can_be_stopped(open_as, live_server, ana, customers, campaign):
    Campaign.objects.update(dialling="countdown")
    CallingPolicy.objects.update(countdown_seconds=60)
    page = open_as(ana)
    page.clock.install()
    open_desk(page, f"{live_server.url}/desk/")
    expect(page.locator(".countdown")).to_contain_text("Llamando en")
    page.keyboard.press("Escape")
    expect(page.locator(".countdown")).to_be_hidden()
    page.clock.run_for(90_000)
    settle(page)
    assert not Attempt.objects.exists()
    page.reload()
    expect(page.locator(".countdown")).to_contain_text("Llamando en")
    page.clock.run_for(90_000)
    expect(page.locator("#telephones")).to_contain_text("En llamada")
    assert Attempt.objects.get().mode == "countdown"


def test_the_agents_other_pages_are_accessible(desk: Page, live_server, customers):
    desk.keyboard.press("3")
    desk.keyboard.press("Enter")
    say_it_was_meant(desk)
    expect(customer(desk)).to_have_text("Juan Rojas")
    agreed = CallBack.objects.get()
    pages = ("list/", "day/", "agenda/", f"agenda/{agreed.pk}/", f"contacts/{customers[0].pk}/")
    for address in pages:
        desk.goto(f"{live_server.url}/desk/{address}")
        assert_accessible(desk)
    desk.goto(f"{live_server.url}/desk/list/")
    desk.keyboard.press("/")
    desk.keyboard.type("ro a s")  # Rosa Flores and Juan Rojas
    expect(desk.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Buscar un cliente")).to_be_visible()
    expect(desk.get_by_role("link", name="Juan Rojas")).to_be_visible()
    assert_accessible(desk, "desk-search")
    assert re.search(r"/desk/search/$", desk.url)


def test_an_empty_desk_says_why(open_as, live_server, ana, campaign):
    page = open_as(ana)
    open_desk(page, f"{live_server.url}/desk/")
    expect(page.get_by_role("heading", name="No hay a quién llamar ahora")).to_be_visible()
    assert_accessible(page, "desk-empty")
