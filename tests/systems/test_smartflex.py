"""Smartflex's client against the sandbox, over real HTTP."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from systems.errors import SystemRefused
from systems.smartflex.client import Smartflex
from tests.sandbox.running import RunningSandbox

A_CUSTOMER = "SELECT contract, name, identity_card, card_digits FROM sandbox_customer"


@pytest.fixture
def smartflex(sandbox: RunningSandbox) -> Smartflex:
    return Smartflex(sandbox.address)


def contracts(smartflex: Smartflex, text: str) -> set[str]:
    return {customer.contract for customer in smartflex.search(text=text).customers}


def test_a_customer_is_found_by_each_of_what_callers_have(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    contract, name, card, digits = sandbox.rows(f"{A_CUSTOMER} WHERE identity_card LIKE '%%-%%' LIMIT 1")[0]
    number = sandbox.value("SELECT service_number FROM sandbox_product WHERE contract = %s LIMIT 1", contract)
    for text in (contract, f" {contract} ", card, card.lower(), card.split()[0], digits, number, name):
        assert contract in contracts(smartflex, text), text


def test_a_line_is_found_however_its_number_is_written(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    number, contract = sandbox.rows("SELECT service_number, contract FROM sandbox_product WHERE service = 'FIXED'")[0]
    for text in (number, f"{number[:3]}-{number[3:]}", f"+591 4 {number}", f"591-4-{number}", f"(4) {number}"):
        assert contract in contracts(smartflex, text), text


@pytest.mark.parametrize("text", ["quispe mamani", "Mamani QUISPE", "Quispe Mam", "QUÍSPE  mamani,"])
def test_names_are_found_without_accents_in_any_order_and_half_written(
    sandbox: RunningSandbox, smartflex: Smartflex, text: str
) -> None:
    known = sandbox.rows(
        "SELECT contract FROM sandbox_customer WHERE name LIKE '%%Quispe%%' AND name LIKE '%%Mamani%%'"
    )
    assert known
    assert contracts(smartflex, text) == {row[0] for row in known}


def test_capital_letters_with_accents_are_found_too(smartflex: Smartflex) -> None:
    found = smartflex.search(text="óscar angel").customers or smartflex.search(text="Oscar").customers
    assert any("Óscar" in customer.name for customer in found)


def test_a_firm_is_found_by_its_name_as_it_is_written(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    contract, name = sandbox.rows("SELECT contract, name FROM sandbox_customer WHERE name LIKE '%%S.R.L.' LIMIT 1")[0]
    for text in (name, name.lower(), name.removesuffix("."), name.removesuffix(" S.R.L.")):
        assert contract in contracts(smartflex, text), text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Pollos Kanata S.R.L.", "pollos kanata srl"),
        ("Pollos Kanata S.R.L.", "SRL kanata"),
        ("Pollos Kanata S.R.L.", "Kanata s.r.l"),
        ("Pollos Kanata SRL", "Pollos Kanata S.R.L."),
        ("Pollos Kanata S.A.", "kanata sa"),
        ("Pollos Kanata SA", "kanata S.A."),
    ],
)
def test_a_firm_is_found_with_and_without_its_dots(
    sandbox: RunningSandbox, smartflex: Smartflex, written: str, said: str
) -> None:
    contract, name = sandbox.rows("SELECT contract, name FROM sandbox_customer WHERE name LIKE '%%S.R.L.' LIMIT 1")[0]
    sandbox.rows("UPDATE sandbox_customer SET name = %s WHERE contract = %s", written, contract)
    try:
        assert contract in contracts(smartflex, said)
    finally:
        sandbox.rows("UPDATE sandbox_customer SET name = %s WHERE contract = %s", name, contract)


def test_two_letters_are_no_beginning(smartflex: Smartflex) -> None:
    assert not any("San" in customer.name for customer in smartflex.search(text="sa").customers)


def test_at_most_twenty_are_told_and_that_there_are_more(smartflex: Smartflex) -> None:
    found = smartflex.search(text="Rojas")
    assert (len(found.customers), found.more) == (20, True)
    assert smartflex.search(text="Nadie Deestenombre").customers == ()


@pytest.mark.parametrize(
    "text",
    [" ", "!", "' OR 1=1 --", "a:*&|!<->", "%", "\\", "ñ", "😀", "9" * 120, "a.b.c:*", "1.2.3.x", "q.com", "é..é"],
)
def test_strange_texts_find_nobody_and_harm_nothing(smartflex: Smartflex, text: str) -> None:
    assert len(smartflex.search(text=text).customers) <= 20


def test_a_card_of_another_complement_is_somebody_elses(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    card = sandbox.value("SELECT identity_card FROM sandbox_customer WHERE identity_card LIKE '%%-1%%' LIMIT 1")
    assert contracts(smartflex, f"{card.split('-')[0]}-9Z") == set()


def test_a_customer_is_told_whole_and_an_unknown_one_is_none(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    contract, name, card, _digits = sandbox.rows(f"{A_CUSTOMER} LIMIT 1")[0]
    customer = smartflex.customer(contract=contract)
    assert customer is not None
    assert (customer.contract, customer.name, customer.identity_card) == (contract, name, card)
    assert customer.products
    assert smartflex.customer(contract="0") is None


def test_damages_come_newest_first_with_what_the_work_order_says(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    contract = sandbox.value("SELECT contract FROM sandbox_damage GROUP BY 1 HAVING count(*) > 2 LIMIT 1")
    damages = smartflex.damages(contract=contract)
    assert [one.registered_at for one in damages] == sorted((one.registered_at for one in damages), reverse=True)
    assert damages[0].registered_at.utcoffset() is not None
    assert smartflex.damages(contract="0") == ()


def test_an_account_tells_amounts_days_and_places(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    contract = sandbox.value("SELECT contract FROM sandbox_invoice WHERE paid_on IS NULL LIMIT 1")
    account = smartflex.account(contract=contract)
    invoices = [invoice for service in account.services for invoice in service.invoices]
    assert any(not invoice.is_paid and invoice.paid_on is None for invoice in invoices)
    assert all(isinstance(invoice.amount, Decimal) and invoice.amount > 0 for invoice in invoices)
    assert all(isinstance(invoice.due_on, date) and len(invoice.period) == 7 for invoice in invoices)
    assert account.places


def test_an_annulled_order_says_why(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    contract = sandbox.value("SELECT contract FROM sandbox_workorder WHERE annulled_for = 'wrong_address' LIMIT 1")
    orders = smartflex.orders(contract=contract)
    assert any((order.state, order.annulled_for) == ("annulled", "wrong_address") for order in orders)
    assert orders[0].zone


def test_a_damage_is_registered_once_and_reiterated(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    contract, number = sandbox.rows("SELECT contract, service_number FROM sandbox_product WHERE service = 'TV'")[0]
    told = {"contract": contract, "service_number": number, "cause": "Sin señal de TV", "description": "desde ayer"}
    told["component"] = "Decodificador"
    done = smartflex.register_damage(key="damage-1", **told)
    assert smartflex.register_damage(key="damage-1", **told) == done
    (registered,) = [one for one in smartflex.damages(contract=contract) if one.number == done.reference]
    assert registered.component == "Decodificador"
    smartflex.reiterate_damage(key="reiterate-1", damage=done.reference, cause="Sin señal de TV")
    smartflex.reiterate_damage(key="reiterate-1", damage=done.reference, cause="Sin señal de TV")
    damage = next(one for one in smartflex.damages(contract=contract) if one.number == done.reference)
    assert (damage.state, damage.reiterations, damage.has_service) == ("registered", 1, False)
    assert [deed["verb"] for deed in sandbox.book(key="damage-1")] == ["register_damage"]


def test_a_key_is_for_one_thing(smartflex: Smartflex) -> None:
    smartflex.write_interaction(key="one-thing", contract="", line="104", result="informed", text="")
    with pytest.raises(SystemRefused, match="clave"):
        smartflex.write_interaction(key="one-thing", contract="", line="104", result="not_listed", text="")


def test_what_is_not_there_is_refused_with_a_sentence(sandbox: RunningSandbox, smartflex: Smartflex) -> None:
    with pytest.raises(SystemRefused, match="contrato"):
        smartflex.register_claim(key="claim-of-nobody", contract="0", text="cobro excesivo")
    with pytest.raises(SystemRefused, match="daño"):
        smartflex.reiterate_damage(key="reiterate-nothing", damage="D-0", cause="x")
    closed = sandbox.value("SELECT number FROM sandbox_damage WHERE state = 'closed' LIMIT 1")
    with pytest.raises(SystemRefused, match="reiterar"):
        smartflex.reiterate_damage(key="reiterate-closed", damage=closed, cause="x")
    assert sandbox.book(key="claim-of-nobody") == []
