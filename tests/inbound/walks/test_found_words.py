"""What other systems say, as people read it."""

from __future__ import annotations

import pytest

from escalations.lists import LABELS
from inbound.outside.found_words import in_words, label_of, vocabulary, words_of
from inbound.outside.look_ups import look_ups
from inbound.outside.reaching import look_up
from tests.inbound.flows_to_read import LINES, flow_of

# What an answer is wrapped in, and what never leaves the client: nobody is shown it.
NOT_SHOWN = {"customer", "damages", "account", "orders", "line", "extensions", "reserved"}
ASKED = {"day": "2026-11-26", "hour": "10:30", "sold_on": "2026-11-20"}  # of what the house reads off the calendar


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("amounts", ["10.00", "20.00"], "Bs\u00a010,00, Bs\u00a020,00"),
        ("places", ["Oficina Central", "Bancos"], "Oficina Central, Bancos"),
        ("places", ["Oficina Central, Av. Ballivián", "Bancos, a toda hora"], "Oficina Central, Av. Ballivián; Bancos, a toda hora"),  # noqa: E501
        ("has_service", False, "No"),
        ("due_on", "2026-11-28", "28/11/2026"),
        ("state", "in_execution", "En ejecución"),
        ("state", "congelado", "congelado"),
        ("cause", None, ""),
    ],
)  # fmt: skip
def test_a_value_is_read_aloud(name, value, words):
    assert words_of(name, value) == words


def test_a_long_list_of_texts_stands_below_what_is_looked_for_first():
    places = [f"Agencia {number}, Av. América {number}" for number in range(25)]
    told = in_words({"places": places, "invoices": [{"number": "F-1", "amount": "150.00"}], "as_of": "2026-11-25"})
    assert told.facts == [("Al", "25/11/2026")]
    invoices, pay = told.tables
    assert (invoices.title, invoices.rows) == ("Facturas", [["F-1", "Bs\u00a0150,00"]])
    assert (pay.title, pay.heads, len(pay.rows), pay.more) == ("Dónde pagar", [], 20, 5)


def found_by(name, at):
    """The names that stand in what a look-up finds."""
    look = look_ups()[name]
    if look.gives or not name.startswith("house."):
        return set(look.gives) - NOT_SHOWN
    return set(look_up(name=name, arguments=ASKED, now=at("2026-11-25 09:30")).found)


@pytest.mark.parametrize(
    "name", sorted({step.look_up for line in LINES for step in flow_of(line).steps.values()} - {""})
)
@pytest.mark.django_db
def test_whatever_a_flow_finds_has_its_name_in_words(name, at):
    found = found_by(name, at)
    assert found
    assert found - set(vocabulary().labels) == set()


def test_until_when_a_visit_is_prepared_is_shown_in_spanish():
    assert (label_of("day"), label_of("hour")) == ("Día", "Hora")


@pytest.mark.parametrize("line", LINES)
def test_whatever_a_flow_hands_over_has_its_name_in_words(line):
    given = {name for step in flow_of(line).steps.values() if step.kind == "hand_over" for name in step.with_}
    assert given - set(LABELS) == set()
