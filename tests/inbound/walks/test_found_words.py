"""What other systems say, as people read it."""

from __future__ import annotations

import pytest

from inbound.outside.found_words import in_words, words_of


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
