"""Where the customer of a card is called back."""

import pytest

from inbound.models import Walk
from inbound.walks.asked import call_back_on


@pytest.mark.parametrize(
    ("caller_number", "known", "number"),
    [
        ("", {}, ""),
        ("", {"customer": {"telephones": ["69362293", "4624360"]}}, "+59169362293"),
        ("", {"customer": {"telephones": ["4624360"]}}, "+59144624360"),
        ("", {"customer": {"telephones": ["S/N"]}}, "S/N"),
        ("+59171712345", {"customer": {"telephones": ["69362293"]}}, "+59171712345"),
        ("+59171712345", {"telephone": "+59170000001", "customer": None}, "+59170000001"),
    ],
)
def test_the_number_she_gave_then_the_one_she_calls_from_then_the_one_on_file(caller_number, known, number):
    assert call_back_on(Walk(caller_number=caller_number), known) == number


def test_the_number_on_file_is_of_the_contract_the_call_is_about():
    known = {
        "customer": {"contract": "1", "telephones": ["75725847"]},
        "owner": {"contract": "2", "telephones": ["69362293"]},
    }
    assert call_back_on(Walk(contract="2"), known) == "+59169362293"
