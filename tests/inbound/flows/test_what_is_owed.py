"""What the flows tell of money: owed by service, paid, and of share certificates only what was read."""

from __future__ import annotations

from typing import Any

import pytest

from inbound.flows.conditions import script
from inbound.outside.found_words import in_words, label_of, words_of
from inbound.outside.look_ups import found_by_hand
from tests.inbound.flows.test_what_is_said import ways
from tests.inbound.flows_to_read import flow_of

OWED = [("102", "topic", "amounts"), ("4522222", "account_found", "found"), ("4639999", "account_found", "found")]


@pytest.mark.parametrize(("line", "decision", "told"), OWED)
def test_who_owes_nothing_is_told_so_and_not_sent_to_pay(line: str, decision: str, told: str) -> None:
    for owed, way, closed in (("0.00", "nothing_owed", told), ("120.50", told, "nothing_owed")):
        proposed, open_ways = ways(line, decision, {"account": {"owed": owed, "places": ["Oficinas"]}})
        assert (way in open_ways, closed in open_ways) == (True, False)
        assert proposed in ("", way)
    words = {"contrato": "1001", "account": {"owed": "Bs 0,00", "places": "Oficinas"}}
    say = script(flow_of(line).steps["tell_nothing_owed"].say, words)
    assert say == "No tiene facturas por pagar. Es lo que figura en su contrato 1001."


def test_who_owes_her_share_certificates_alone_is_told_where_to_pay_them() -> None:
    words = {"contrato": "1", "account": {"places": "Oficinas"}, "certificates": {"pending": "Bs 40,00"}}
    assert script(flow_of("102").steps["tell_nothing_owed"].say, words).endswith(
        "debe Bs 40,00. Esos Bs 40,00 los puede pagar en Oficinas."
    )


@pytest.mark.parametrize(
    ("line", "told"), [("102", "tell_amounts"), ("4522222", "tell_billing"), ("4639999", "tell_billing")]
)
def test_what_is_owed_is_told_by_service_and_when_and_where_as_far_as_it_is_known(line: str, told: str) -> None:
    say = flow_of(line).steps[told].say
    account = {"owed": "Bs 319,00", "owed_internet": "Bs 199,00", "owed_tv": "Bs 120,00"}
    owes = (
        "Debe en total Bs 319,00. Es la deuda de su contrato 1001. De Internet debe Bs 199,00."
        " De televisión debe Bs 120,00."
    )
    assert script(say, {"contrato": "1001", "account": account}) == owes
    when, where = " Su deuda más antigua tiene vencimiento al 10/11/2026.", " Puede pagar en Oficinas."
    for known, told_besides in (
        ({"due_on": "10/11/2026"}, when),
        ({"places": "Oficinas"}, where),
        ({"due_on": "10/11/2026", "places": "Oficinas"}, when + where),
    ):
        assert script(say, {"contrato": "1001", "account": {**account, **known}}) == owes + told_besides


def test_what_was_paid_is_told_by_service_with_its_amount() -> None:
    account = {"services": [{"service": "INTERNET", "invoices": [{"is_paid": True, "amount": "199.00"}]}]}
    assert "paid" in ways("102", "topic", {"account": account})[1]
    assert "paid" not in ways("102", "topic", {"account": {"owed": "1.00"}})[1]
    steps = flow_of("102").steps
    words = {"account_of": {"service": "Internet"}, "invoice": {"amount": "Bs 199,00", "period": "10/2026"}}
    assert script(steps["tell_invoice"].say, words) == (
        "Figura pagada su factura de Bs 199,00. Es de su servicio de Internet. Es del mes 10/2026."
    )
    for invoice, way in (({"is_paid": True, "amount": "199.00"}, "paid"), (None, "not_paid"), ({"amount": "1"}, "")):
        proposed, open_ways = ways("102", "invoice_paid", {"invoice": invoice})
        assert (proposed, open_ways) == (way, {*filter(None, [way]), "not_seen"})


@pytest.mark.parametrize(
    ("certificates", "way"),
    [
        ({"pending": "40.00"}, "certificates"),  # a balance alone was read by hand
        ({"certificates": [], "pending": None, "all_paid": None}, "no_certificates"),  # whatever Smartflex says
        (found_by_hand(name="pac.certificates", answers={"certificates.none": "none"}), "no_certificates"),
        ({"certificates": [{"number": "1"}], "pending": None, "all_paid": True}, "certificates_paid"),
        ({"certificates": [{"number": "1"}]}, ""),  # nothing was read of what is paid
        (None, ""),
    ],
)
@pytest.mark.parametrize("account", [None, {"owed": "1.00"}])
def test_of_share_certificates_only_what_was_read_is_told(certificates: Any, way: str, account: Any) -> None:
    of_them = {"certificates", "certificates_paid", "no_certificates"}
    known = {"account": account, "certificates": certificates}
    assert ways("102", "topic", known)[1] & of_them == {*filter(None, [way])}


def test_the_certificates_have_their_name_and_a_month_is_read_as_one() -> None:
    told = in_words({"certificates": [{"number": "7", "pending": "40.00"}], "all_paid": False})
    assert [table.title for table in told.tables] == ["Certificados"]
    assert label_of("all_paid") == "¿Todos pagados?"
    assert (words_of("period", "2026-11"), words_of("period", "4251-99")) == ("11/2026", "4251-99")
    assert words_of("state", "inactive") == "Inactivo"
