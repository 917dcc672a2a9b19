"""The other systems' clients against the sandbox, over real HTTP."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import pytest

from systems.boliviatel.client import Boliviatel
from systems.btel2.client import Btel2
from systems.c_cli4g.client import CCli4g
from systems.errors import OutcomeUnknown, SystemRefused, SystemUnavailable
from systems.gsi.client import Gsi
from systems.guia_comercial.client import GuiaComercial
from systems.guiatel.client import Guiatel
from systems.lbc.client import Lbc
from systems.mio.client import Mio
from systems.nocc.client import Nocc
from systems.p_empleados.client import PEmpleados
from systems.pac.client import Certificates, Pac
from systems.qbc.client import Qbc
from systems.smartflex.client import Smartflex
from systems.wire import forget_wires
from tests.sandbox.running import RunningSandbox
from tests.systems.misbehaving import answers, misbehaving


def a_line(sandbox: RunningSandbox, table: str, where: str = "true") -> str:
    number: str = sandbox.value(f"SELECT number FROM sandbox_{table} WHERE {where} ORDER BY number LIMIT 1")
    return number


def test_a_fijacom_line_is_topped_up_by_an_amount_of_its_plan_and_once(sandbox: RunningSandbox) -> None:
    client, number = CCli4g(sandbox.address), a_line(sandbox, "fijacomline")
    before = client.line(number=number)
    assert before is not None
    amount = before.amounts[0]
    done = client.top_up(key="fijacom-1", number=number, amount=amount, note="Rosa Nina, 5234567 CB, hija")
    assert client.top_up(key="fijacom-1", number=number, amount=amount, note="Rosa Nina, 5234567 CB, hija") == done
    after = client.line(number=number)
    assert after is not None
    assert after.balance == before.balance + amount
    (deed,) = sandbox.book(key="fijacom-1")
    assert (deed["reference"], deed["payload"]["note"]) == (done.reference, "Rosa Nina, 5234567 CB, hija")
    with pytest.raises(SystemRefused, match="importes"):
        client.top_up(key="fijacom-2", number=number, amount=amount + Decimal("0.01"), note="")
    with pytest.raises(SystemRefused, match="línea Fijacom"):
        client.top_up(key="fijacom-3", number="1", amount=amount, note="")
    assert client.line(number="1") is None


@pytest.mark.parametrize("amount", ["0", "-10", "10.005", "1000000", "NaN", "Infinity"])
def test_an_amount_that_is_none_is_not_sent(amount: str) -> None:
    with misbehaving(answers("201 Created", {"reference": "x"})) as server:
        with pytest.raises(ValueError, match="amount"):
            Qbc(server.address).top_up(key="k", number="70000000", amount=Decimal(amount))
        assert server.requests == []


def test_a_sim_is_blocked_once_and_takes_no_balance_then(sandbox: RunningSandbox) -> None:
    client, number = Mio(sandbox.address), a_line(sandbox, "mioline", "state = 'active'")
    line = client.line(number=f"+591 {number}")
    assert line is not None
    assert line.state == "active"
    Qbc(sandbox.address).top_up(key="qbc-1", number=number, amount=line.amounts[-1])
    richer = client.line(number=number)
    assert richer is not None
    assert richer.balance == line.balance + line.amounts[-1]
    done = client.block_sim(key="block-1", number=number, reason="robo")
    assert client.block_sim(key="block-1", number=number, reason="robo") == done
    with pytest.raises(SystemRefused, match="bloqueado"):
        client.block_sim(key="block-2", number=number, reason="robo")
    with pytest.raises(SystemRefused, match="bloqueado"):
        Qbc(sandbox.address).top_up(key="qbc-2", number=number, amount=line.amounts[0])
    blocked = client.line(number=number)
    assert blocked is not None
    assert blocked.state == "blocked"


def test_a_product_is_suspended_at_the_customers_request(sandbox: RunningSandbox) -> None:
    contract, number = sandbox.rows(
        "SELECT contract, service_number FROM sandbox_product WHERE service = 'MIO' AND state = 'active' LIMIT 1"
    )[0]
    Lbc(sandbox.address).suspend(key="lbc-1", contract=contract, number=number, reason="robo del equipo")
    customer = Smartflex(sandbox.address).customer(contract=contract)
    assert customer is not None
    product = next(one for one in customer.products if one.service_number == number)
    assert (product.state, product.suspended_for) == ("suspended", "request")
    with pytest.raises(SystemRefused, match="suspendido"):
        Lbc(sandbox.address).suspend(key="lbc-2", contract=contract, number=number, reason="")
    with pytest.raises(SystemRefused, match="número de servicio"):
        Lbc(sandbox.address).suspend(key="lbc-3", contract=contract, number="1", reason="")


def test_error_62_goes_with_a_raised_credit_up_to_the_limit(sandbox: RunningSandbox) -> None:
    number = a_line(sandbox, "longdistancecustomer", "error_62")
    (customer,) = Boliviatel(sandbox.address).search(number=number)
    assert customer.error_62
    btel2 = Btel2(sandbox.address)
    before = btel2.balance(number=number)
    assert before.as_of.utcoffset() is not None
    btel2.raise_credit(key="credit-1", number=number, amount=Decimal("20"))
    after = btel2.balance(number=number)
    assert after.amount == before.amount + 20
    assert not Boliviatel(sandbox.address).search(number=number)[0].error_62
    with pytest.raises(SystemRefused, match="límite"):
        btel2.raise_credit(key="credit-2", number=number, amount=after.limit)
    with pytest.raises(SystemRefused, match="larga distancia"):
        btel2.balance(number="1")


def test_a_long_distance_customer_is_found_by_all_of_what_is_given(sandbox: RunningSandbox) -> None:
    client = Boliviatel(sandbox.address)
    number, name, card = sandbox.rows(
        "SELECT number, name, identity_card FROM sandbox_longdistancecustomer WHERE name LIKE '%% %% %% %%' LIMIT 1"
    )[0]
    assert [one.number for one in client.search(identity_card=card)] == [number]
    assert number in [one.number for one in client.search(name=name)]
    assert [one.number for one in client.search(number=number, identity_card=card, name=name)] == [number]
    assert client.search(number=number, name="Otro Nombre") == ()
    assert client.search() == ()
    assert client.search(name="!") == ()
    found = client.search(name="Rojas") + client.search(name="Vargas")
    assert any(one.last_payment_on is None or isinstance(one.last_payment_on, date) for one in found)


def test_gsi_keeps_alerts_and_tells_every_code(sandbox: RunningSandbox) -> None:
    client = Gsi(sandbox.address)
    client.reiterate(key="gsi-1", damage="D-1", text="sin tono hace dos días")
    client.derive(key="gsi-2", order="OT-1", text="")
    assert [deed["verb"] for deed in sandbox.book(system="gsi")] == ["derive", "reiterate"]
    ways = itertools.product(("fixed", "mobile", "booth"), ("fixed", "mobile"), ("national", "abroad"))
    for origin, destination, reach in ways:
        code = client.code(origin=origin, destination=destination, reach=reach)  # type: ignore[arg-type]
        assert code.words.endswith(".")
        assert code.code.startswith("00") == (reach == "abroad")
        assert bool(code.code) != (origin == destination == "mobile" and reach == "national")
    assert client.code(origin="fixed", destination="fixed") == client.code(
        origin="fixed", destination="fixed", reach="national"
    )


def test_certificates_add_up(sandbox: RunningSandbox) -> None:
    client = Pac(sandbox.address)
    contract = sandbox.value("SELECT contract FROM sandbox_certificate WHERE paid < amount LIMIT 1")
    found = client.certificates(contract=contract)
    (certificate,) = found.certificates
    assert found.pending == certificate.pending
    assert certificate.pending == certificate.amount - certificate.paid > 0
    assert client.certificates(contract="0") == Certificates((), None, None)


def test_whoever_is_in_reserve_does_not_leave_the_client(sandbox: RunningSandbox) -> None:
    reserved = sandbox.rows("SELECT name, address, number FROM sandbox_directoryentry WHERE is_reserved LIMIT 30")
    assert len(reserved) == 30
    for name, address, number in reserved:
        told = sandbox.post("guiatel/search", {"name": name, "address": address}).json()
        assert {"name": name, "address": address, "number": number, "reserved": True} in told["entries"]
        listing = Guiatel(sandbox.address).search(name=name, address=address)
        assert listing.reserved >= 1
        assert number not in repr(listing)


def test_an_entry_that_does_not_say_whether_it_is_in_reserve_is_not_told(sandbox: RunningSandbox) -> None:
    entry = {"name": "Rosa Nina", "address": "Calle Sucre 1", "number": "4251001"}
    for reserved in ({}, {"reserved": None}, {"reserved": "no"}, {"reserved": 0}):
        with (
            misbehaving(answers("200 OK", {"entries": [entry | reserved], "more": False})) as server,
            pytest.raises(SystemUnavailable) as raised,
        ):
            Guiatel(server.address).search(name="Rosa")
        assert "4251001" not in str(raised.value)


def test_the_guide_of_firms_and_the_internal_numbers(sandbox: RunningSandbox) -> None:
    listing = GuiaComercial(sandbox.address).search(words="farmacia")
    assert listing.entries
    assert all("Farmacia" in entry.name for entry in listing.entries)
    assert listing.reserved == 0
    internal = PEmpleados(sandbox.address).search(words="facturacion")
    assert internal
    assert {one.unit for one in internal} == {"Facturación"}
    assert PEmpleados(sandbox.address).search(words=internal[0].extension) == (internal[0],)
    assert PEmpleados(sandbox.address).search(words="...") == ()


def test_the_network_is_told_in_the_callers_words(sandbox: RunningSandbox) -> None:
    done = Nocc(sandbox.address).report(key="nocc-1", number="4251001", text="no salen llamadas a La Paz")
    (deed,) = sandbox.book(key="nocc-1")
    assert deed["reference"] == done.reference
    assert deed["payload"] == {"number": "4251001", "text": "no salen llamadas a La Paz"}


def test_a_system_that_is_down_did_nothing_and_the_same_key_goes_through_later(sandbox: RunningSandbox) -> None:
    sandbox.turn("nocc", mode="down")
    with pytest.raises(SystemUnavailable, match="caído"):
        Nocc(sandbox.address).report(key="nocc-2", number="4251001", text="")
    assert sandbox.book(key="nocc-2") == []
    sandbox.turn("nocc")
    assert Nocc(sandbox.address).report(key="nocc-2", number="4251001", text="").reference


def test_what_timed_out_after_it_was_done_is_there_once_when_it_is_sent_again(sandbox: RunningSandbox) -> None:
    number = a_line(sandbox, "mioline", "state = 'active' AND plan = 'MIO Joven'")
    before = sandbox.value("SELECT balance FROM sandbox_mioline WHERE number = %s", number)
    sandbox.turn("qbc", mode="timed_out_after_doing")
    with pytest.raises(OutcomeUnknown):
        Qbc(sandbox.address, timeout=0.5).top_up(key="qbc-lost", number=number, amount=Decimal("25"))
    sandbox.turn("qbc")
    forget_wires()  # its rest is over
    again = Qbc(sandbox.address).top_up(key="qbc-lost", number=number, amount=Decimal("25"))
    assert [deed["reference"] for deed in sandbox.book(key="qbc-lost")] == [again.reference]
    assert sandbox.value("SELECT balance FROM sandbox_mioline WHERE number = %s", number) == before + 25


def test_an_answer_of_another_shape_leaves_a_write_unknown(sandbox: RunningSandbox) -> None:
    sandbox.turn("nocc", mode="wrong")
    with pytest.raises(OutcomeUnknown):
        Nocc(sandbox.address).report(key="nocc-3", number="4251001", text="")
    sandbox.turn("pac", mode="wrong")
    with pytest.raises(SystemUnavailable, match="no se entiende"):
        Pac(sandbox.address).certificates(contract="1")


def test_a_slow_system_holds_nobody_longer_than_the_time_out(sandbox: RunningSandbox) -> None:
    sandbox.turn("pac", latency_ms=400)
    assert Pac(sandbox.address).certificates(contract="0") == Certificates((), None, None)
    sandbox.turn("pac", latency_ms=10_000)
    with pytest.raises(SystemUnavailable, match="a tiempo"):
        Pac(sandbox.address, timeout=0.5).certificates(contract="0")
