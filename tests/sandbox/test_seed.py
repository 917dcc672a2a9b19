"""The seed: the same every time, with every state a flow must have a way out of."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.processes.house import ROOT
from tests.sandbox.running import RunningSandbox, manage, own_database

TABLES = (
    *("customer", "product", "damage", "workorder", "invoice", "certificate", "fijacomline", "mioline"),
    *("longdistancecustomer", "dialcode", "directoryentry", "commercialentry", "employee"),
)
ORDER = ["registered", "assigned", "in_execution", "executed", "attended", "closed", "annulled"]
DATES = (
    ("damage", "registered_at"),
    ("workorder", "sold_on"),
    ("invoice", "due_on"),
    ("invoice", "paid_on"),
    ("longdistancecustomer", "last_payment_on"),
)

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def sown() -> Iterator[RunningSandbox]:
    """A small one, sown as of another day; nothing serves it."""
    with own_database() as database_url:
        manage(database_url, "migrate", "-v0")
        manage(database_url, "seed", "--customers", "300", "--today", "2026-03-31")
        yield RunningSandbox(address="", database_url=database_url)


def fingerprint(sandbox: RunningSandbox, table: str) -> str:
    found: str = sandbox.value(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM sandbox_{table} t")
    return found


def test_the_same_numbers_sow_the_same_rows(sown: RunningSandbox) -> None:
    before = {table: fingerprint(sown, table) for table in TABLES}
    assert None not in before.values()
    said = manage(sown.database_url, "seed", "--customers", "300", "--today", "2026-03-31")
    assert said == "Sown: 300 customers as of 2026-03-31.\n"
    assert {table: fingerprint(sown, table) for table in TABLES} == before


def test_more_customers_leave_the_first_ones_as_they_are(sandbox: RunningSandbox, sown: RunningSandbox) -> None:
    told = "SELECT contract, name, identity_card, address, telephones FROM sandbox_customer ORDER BY contract LIMIT 300"
    assert sandbox.rows(told) == sown.rows(told)


def test_dates_move_on_with_the_days_and_what_was_done_stays(sown: RunningSandbox) -> None:
    sown.rows(
        "INSERT INTO sandbox_damage (number, contract, service_number, component, cause, description, registered_at,"
        " reiterations, state, has_service, order_number, is_sown)"
        " VALUES ('D-7', '1000000', '1', '', '', '', '2026-03-31 10:00-04', 0, 'registered', false, '', false)"
    )
    before = {date: sown.value(f"SELECT max({date[1]}) FROM sandbox_{date[0]}") for date in DATES}
    manage(sown.database_url, "seed", "--if-empty", "--today", "2026-04-10")
    manage(sown.database_url, "seed", "--if-empty", "--today", "2026-04-10")
    for table, column in DATES[1:]:
        moved = sown.value(f"SELECT max({column}) FROM sandbox_{table}") - before[table, column]
        assert moved.days == 10, (table, column)
    assert sown.value("SELECT registered_at::date::text FROM sandbox_damage WHERE number = 'D-7'") == "2026-03-31"
    manage(sown.database_url, "seed", "--customers", "300", "--today", "2026-03-31")


def test_too_many_customers_are_refused_in_a_sentence(sown: RunningSandbox) -> None:
    with pytest.raises(AssertionError, match="from 1 to 1000000"):
        manage(sown.database_url, "seed", "--customers", "1000001")


def states(sandbox: RunningSandbox, sql: str) -> set[tuple[object, ...]]:
    return set(sandbox.rows(f"SELECT DISTINCT {sql}"))


def test_every_state_of_a_damage_is_there_and_one_nobody_knows(sandbox: RunningSandbox) -> None:
    found = {state for (state,) in states(sandbox, "state FROM sandbox_damage WHERE is_sown")}
    assert found == {*ORDER, "suspended", "diferido"}
    assert {("attended", True), ("attended", False)} <= states(sandbox, "state, has_service FROM sandbox_damage")
    assert sandbox.value("SELECT max(reiterations) FROM sandbox_damage WHERE is_sown") >= 3


def test_suspended_damages_are_of_suspended_products_for_both_reasons(sandbox: RunningSandbox) -> None:
    found = sandbox.rows(
        "SELECT DISTINCT product.state, suspended_for FROM sandbox_damage damage"
        " JOIN sandbox_product product USING (contract, service_number) WHERE damage.state = 'suspended'"
    )
    assert set(found) == {("suspended", "debt"), ("suspended", "request")}


def test_orders_are_there_in_every_state_inside_and_past_ten_days(sandbox: RunningSandbox) -> None:
    found = states(sandbox, "kind, state FROM sandbox_workorder")
    assert found >= {(kind, state) for kind in ("installation", "transfer") for state in ORDER}
    assert ("installation", "paralizada") in found
    assert {("closed", True), ("closed", False)} <= states(sandbox, "state, has_service FROM sandbox_workorder")
    age = "(date '2026-11-25' - sold_on)"
    ages = {row[0] for row in sandbox.rows(f"SELECT {age} FROM sandbox_workorder WHERE state = 'registered'")}
    assert ages >= {0, 1, 9, 10, 11, 17}
    causes = states(sandbox, "annulled_for FROM sandbox_workorder WHERE state = 'annulled'")
    assert {cause for (cause,) in causes} >= {"technical_data", "subscriber_absent", "wrong_address", "at_request"}


@pytest.mark.parametrize(("table", "rare"), [("sandbox_workorder", "paralizada"), ("sandbox_damage", "diferido")])
def test_of_a_hundred_customers_at_most_one_is_in_a_state_no_procedure_knows(
    sandbox: RunningSandbox, table: str, rare: str
) -> None:
    customers = sandbox.value("SELECT count(*) FROM sandbox_customer")
    found = sandbox.value(f"SELECT count(DISTINCT contract) FROM {table} WHERE state = '{rare}'")
    assert 0 < found < customers / 100


def test_products_lines_and_money_are_of_every_kind(sandbox: RunningSandbox) -> None:
    services = {service for (service,) in states(sandbox, "service FROM sandbox_product")}
    assert services == {"FIXED", "INTERNET", "TV", "FIJACOM", "MIO", "PUBLIC"}
    found = states(sandbox, "state, suspended_for FROM sandbox_product")
    assert found >= {("active", ""), ("suspended", "debt"), ("suspended", "request"), ("retired", "")}
    paid = sandbox.value("SELECT count(*) FILTER (WHERE paid_on IS NULL) FROM sandbox_invoice")
    assert 0 < paid < sandbox.value("SELECT count(*) FROM sandbox_invoice")
    debtors = sandbox.rows(
        "SELECT count(*) FROM sandbox_invoice JOIN sandbox_product USING (contract, service_number)"
        " WHERE suspended_for = 'debt' AND paid_on IS NULL GROUP BY service_number"
    )
    assert {owed for (owed,) in debtors} == {2}
    assert {state for (state,) in states(sandbox, "state FROM sandbox_mioline")} >= {"active", "blocked"}
    assert states(sandbox, "error_62 FROM sandbox_longdistancecustomer") == {(True,), (False,)}
    assert states(sandbox, "kind FROM sandbox_longdistancecustomer") == {("prepaid",), ("postpaid",)}
    assert sandbox.value("SELECT count(*) FROM sandbox_certificate WHERE paid < amount") > 0
    assert sandbox.value("SELECT min(cardinality(amounts)) FROM sandbox_fijacomline") >= 2


def test_about_one_in_twenty_of_the_guide_is_in_reserve(sandbox: RunningSandbox) -> None:
    share = sandbox.value("SELECT avg(is_reserved::int) FROM sandbox_directoryentry")
    assert 0.03 < share < 0.07


def test_numbers_are_as_cochabamba_writes_them_and_nobodys_twice(sandbox: RunningSandbox) -> None:
    numbers = sandbox.rows("SELECT service, service_number FROM sandbox_product")
    for service, number in numbers:
        shape = r"7\d{7}" if service == "MIO" else r"\d{7}0\d" if service in ("INTERNET", "TV") else r"4\d{6}"
        assert re.fullmatch(shape, number), (service, number)
    assert len({number for _service, number in numbers}) == len(numbers)
    assert not {"4200224", "4251000", "4522222", "4639999"} & {number for _service, number in numbers}
    cards = sandbox.rows("SELECT identity_card, card_digits FROM sandbox_customer WHERE segment <> 'Corporativo'")
    for card, digits in cards:
        assert re.fullmatch(rf"{digits}(-[1-9][A-Z])? (CB|LP|OR|PT|SC|CH|TJ|BE|PD)", card), card
    assert any("-" in card for card, _digits in cards)
    telephones = {one for (those,) in sandbox.rows("SELECT telephones FROM sandbox_customer") for one in those}
    assert all(re.fullmatch(r"[67]\d{7}|4\d{6}", one) for one in telephones)
    assert sandbox.value("SELECT count(*) FROM sandbox_customer WHERE cardinality(telephones) = 0") > 0


def test_the_customers_the_readme_names_are_as_it_says(sandbox: RunningSandbox) -> None:
    readme = (ROOT / "README.md").read_text()
    assert all(f"`{number}`" in readme for number in ("1000378", "1001309", "4266559"))
    assert sandbox.value("SELECT state FROM sandbox_damage WHERE contract = '1000378'") == "in_execution"
    annulled = sandbox.rows("SELECT state, annulled_for FROM sandbox_workorder WHERE contract = '1001309'")
    assert annulled == [("annulled", "wrong_address")]
    assert sandbox.value("SELECT amounts FROM sandbox_fijacomline WHERE number = '4266559'")
