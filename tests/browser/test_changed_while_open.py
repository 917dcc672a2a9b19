"""A payment that comes in, is given back or comes from a corrected report, while its customer is open at a desk."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import User
from campaigns.models import Attempt, Campaign, Contact, ListEntry, Receipt, Renewal
from campaigns.payments import refunds
from escalations.raising import raise_escalation
from tests.browser.a_desk import campaign, customer, customers, desk, pulse
from tests.browser.looking import DESK, TABLET, assert_accessible, picture, settle
from tests.campaigns.payments.some_refunds import collected

__all__ = ["campaign", "customers", "desk"]
pytestmark = pytest.mark.django_db(transaction=True)

SIZES = {
    "desk": DESK,
    "tablet": TABLET,
    "zoom": {"width": 683, "height": 384},
    "telephone": {"width": 390, "height": 844},
}
EDGE = "getComputedStyle(document.querySelector('.customer')).borderInlineStartWidth"  # of who paid it is thick


def pay(contact: Contact, number: str = "R1", amount: str = "289") -> None:
    """Her Internet, by a report of today."""
    service = f"{contact.contract}I"
    Renewal.objects.filter(contact=contact).update(service_number=service)
    now = timezone.now()
    collected(f"{number} {service} {timezone.localdate():%d/%m/%Y} {amount}", now=now)


def annul(by: User, number: str = "R1") -> None:
    receipt = Receipt.objects.get(number=number)
    refunds.annul(receipt_id=receipt.pk, by=by, now=timezone.now(), reason="Se cobró dos veces, según la caja central")


def test_a_payment_comes_and_is_given_back_under_the_hands_of_who_types(desk: Page, customers, elena):
    primary = desk.locator("#desk .button.primary")
    desk.keyboard.press("1")
    expect(desk.locator("#promised-amount")).to_have_value("289,00")
    desk.keyboard.press("Escape")
    desk.keyboard.press("n")
    desk.keyboard.type("Dice que pag")
    pay(customers[0])
    pulse(desk)
    expect(desk.locator(".payment-arrived")).to_contain_text("no hace falta llamar")
    expect(desk.locator(".services")).to_contain_text("Pagado")
    expect(desk.locator("#script-words")).to_contain_text("Su pago ya está registrado.")
    expect(desk.locator("#promised-amount")).to_have_value("0,00")
    assert desk.evaluate(EDGE) == "6px"
    desk.keyboard.type("ó ayer")
    annul(elena)
    pulse(desk)
    expect(desk.locator(".payment-arrived")).to_have_count(0)
    expect(desk.locator(".given-back")).to_contain_text("Pago devuelto")
    expect(desk.locator(".services .total")).to_contain_text("289,00")
    expect(desk.locator("#script-words")).to_contain_text("El monto es Bs 289,00")
    expect(desk.locator("#promised-amount")).to_have_value("289,00")
    assert desk.evaluate(EDGE) != "6px"
    expect(desk.locator("#note")).to_be_focused()
    expect(desk.locator("#note")).to_have_value("Dice que pagó ayer")
    expect(desk.locator("input[name=disposition]:checked")).to_have_count(1)
    expect(primary).to_have_text(re.compile("Registrar"))  # a result is chosen
    assert not Attempt.objects.exists()
    assert_accessible(desk, "desk-given-back")


def test_an_amount_that_was_typed_stays_and_a_field_one_is_in_too(desk: Page, customers):
    desk.keyboard.press("1")
    desk.locator("#promised-amount").fill("150")
    pay(customers[0], amount="100")
    pulse(desk)
    expect(desk.locator(".services .total")).to_contain_text("189,00")
    expect(desk.locator("#promised-amount")).to_have_value("150")
    desk.locator("#promised-amount").fill("189,00")
    pay(customers[0], number="R2", amount="50")
    pulse(desk)
    expect(desk.locator(".services .total")).to_contain_text("139,00")
    expect(desk.locator("#promised-amount")).to_have_value("189,00")
    expect(desk.locator("#promised-amount")).to_be_focused()


def test_the_main_verb_follows_and_nobody_is_dialled_by_itself(desk: Page, customers, elena):
    Campaign.objects.update(dialling="countdown")
    desk.reload()
    primary = desk.locator("#desk .button.primary")
    expect(desk.locator(".countdown")).to_be_visible()
    expect(primary).to_be_focused()
    pay(customers[0])
    pulse(desk)
    expect(desk.locator(".countdown")).to_have_count(0)
    expect(primary).to_have_text(re.compile("Registrar"))
    expect(primary).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("#disposition-error")).to_be_visible()
    annul(elena)
    pulse(desk)
    expect(primary).to_have_text(re.compile("Llamar"))
    expect(desk.locator(".countdown")).to_have_count(0)
    assert not Attempt.objects.exists()
    expect(desk.locator("#record")).not_to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("#telephones")).to_contain_text("En llamada")
    assert Attempt.objects.count() == 1


def test_a_corrected_report_takes_out_who_is_open(desk: Page, customers):
    now = timezone.now()
    Renewal.objects.filter(contact=customers[0]).update(gone_at=now)
    ListEntry.objects.filter(contact=customers[0]).update(state=ListEntry.State.GONE)
    pulse(desk)
    expect(desk.locator("#pulse")).to_contain_text("no se llama")
    expect(desk.locator(".services .total")).to_contain_text("0,00")
    expect(desk.locator("#telephones button")).to_have_count(0)
    expect(desk.locator("#record")).to_be_focused()
    assert_accessible(desk, "desk-gone")


def test_an_answer_that_comes_late_changes_nothing_of_the_next_customer(desk: Page, customers):
    expect(customer(desk)).to_have_text("Rosa Flores")
    pay(customers[0])
    late = desk.evaluate("""async () => {
      const body = new FormData();
      for (const [name, value] of Object.entries(JSON.parse(document.getElementById('pulse').getAttribute('hx-vals'))))
        body.append(name, value);
      const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
      const headers = {'X-CSRFToken': token, 'HX-Request': 'true'};
      const answer = await fetch('/desk/pulse/', {method: 'POST', body, headers});
      return answer.text();
    }""")
    desk.keyboard.press("s")
    expect(customer(desk)).to_have_text("Juan Rojas")
    desk.evaluate("(late) => htmx.swap(document.createElement('div'), late, {swapStyle: 'innerHTML'})", late)
    expect(desk.locator(".services .total")).to_contain_text("289,00")
    expect(desk.locator("#script-words")).to_contain_text("Juan Rojas")


@pytest.mark.parametrize("size", SIZES)
def test_no_strip_lies_over_the_customer_or_the_verbs(desk: Page, ana, elena, customers, size):
    now = timezone.now()
    raise_escalation(
        key="walk:x", kind="callback_promise", line="103", reason="Llamada en el transcurso del día", details={},
        customer_name="ROSA PROMETIDA", telephone="+59170712345", due_at=now, by=ana.user, now=now,
    )  # fmt: skip
    for number in ("R1", "R2"):
        pay(customers[0], number)
        annul(elena, number)
    desk.set_viewport_size(SIZES[size])
    for is_gone in (False, True):
        if is_gone:
            Renewal.objects.filter(contact=customers[0]).update(gone_at=now)
            ListEntry.objects.filter(contact=customers[0]).update(state=ListEntry.State.GONE)
        desk.reload()
        expect(desk.locator(".given-back")).to_have_count(2)
        expect(desk.get_by_role("heading", name="Rosa Prometida")).to_be_attached()
        settle(desk)
        picture(desk, f"desk-strip-{size}-{'gone' if is_gone else 'owes'}")
        covered = desk.evaluate("""() => {
          const strip = document.getElementById('calls-to-make').getBoundingClientRect();
          return [...document.querySelectorAll('.customer, #result, .script, .desk-head, .history')].filter((one) => {
            const box = one.getBoundingClientRect();
            return box.bottom > strip.top && box.top < strip.bottom && box.right > strip.left && box.left < strip.right;
          }).map((one) => one.className);
        }""")
        assert covered == []
        assert desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        if size in ("desk", "tablet"):
            expect(desk.get_by_role("button", name="Registrar")).to_be_in_viewport(ratio=1)
        words = desk.locator(".given-back > span:last-child").evaluate_all(
            "all => new Set(all.map((one) => one.getBoundingClientRect().left)).size"
        )
        assert words == 1
