"""Where the customer of a card is called back."""

import pytest

from inbound.walks.consequences import call_back_on


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
    assert call_back_on(caller_number, known) == number
