"""Telephones as they stand in cells."""

import json
import time
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from systems.reports.known_headings import HEADINGS, REQUIRED
from systems.reports.reading import read_report
from systems.reports.values import identifier
from telephony.phone_numbers import as_said, best_first, display, kind, mask, parse, parse_cell

DATA = Path(__file__).resolve().parents[1] / "data"
MOBILE, OTHER_MOBILE, FIXED = "+59170712345", "+59165798873", "+59144251000"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("70712345", [MOBILE]),
        ("70712345.0", [MOBILE]),
        ("5.9170712345E10", [MOBILE]),
        ("5,9170712345E+10", [MOBILE]),
        ("7.07123450E7", [MOBILE]),
        ("5.9178E10", []),  # digits are lost: a guess would call a stranger
        ("707-12345", [MOBILE]),
        ("707 12 345", [MOBILE]),
        ("+591 70712345", [MOBILE]),
        ("(591) 7071 2345", [MOBILE]),
        ("59170712345", [MOBILE]),
        ("0059170712345", [MOBILE]),
        ("070712345", [MOBILE]),
        ("cel. 70712345", [MOBILE]),
        ("4251000", [FIXED]),
        ("4251000.0", [FIXED]),
        ("4-4251000", [FIXED]),
        ("(4) 425-1000", [FIXED]),
        ("44251000", [FIXED]),
        ("044251000", [FIXED]),
        ("0104 4251000", [FIXED]),
        ("+591 4 425-1000", [FIXED]),
        ("591 4251000", [FIXED]),
        ("4251000 int. 123", [FIXED]),
        ("22123456", ["+59122123456"]),
        ("33123456", ["+59133123456"]),
        ("441-20101 / 751-82310", ["+59144120101", "+59175182310"]),
        ("70712345,4251000", [MOBILE, FIXED]),
        ("70712345; 65798873", [MOBILE, OTHER_MOBILE]),
        ("70712345 y 65798873", [MOBILE, OTHER_MOBILE]),
        ("70712345 65798873", [MOBILE, OTHER_MOBILE]),
        ("70712345-4251000", [MOBILE, FIXED]),
        ("707 12345 425 1000", [MOBILE, FIXED]),
        ("70712345/70712345", [MOBILE]),
        ("70712345 / S/N", [MOBILE]),
        ("fijo 4251000 cel 70712345 (esposa)", [FIXED, MOBILE]),
        *(
            (junk, [])
            for junk in (
                *("", "0", "S/N", "99999999", "12345", "-", "NO TIENE", "77777777", "60000000", "4444444", "0000000"),
                *("101", "800131313", "800130001", "1234567", "21/11/2026", "120100008", "1201000081", "9" * 40),
                *("707123456", "7071234", "10712345", "٧٠٧١٢٣٤٥", "²²²²²²²²"),
            )
        ),
    ],
)
def test_the_telephones_of_a_cell(cell: str, numbers: list[str]) -> None:
    assert parse_cell(cell) == numbers
    assert parse(cell) == (numbers[0] if numbers else None)


@pytest.mark.parametrize("sample", ["xlsx-300", "xlsx-5000", "csv-300"])
def test_the_samples_give_the_telephones_that_are_known(sample: str) -> None:
    known: dict[str, Any] = json.loads(next((DATA / sample).glob("truth-*")).read_text())["sample_items"]
    path = next((DATA / sample).glob("ccvp-*"))
    checked = set()
    with read_report(path, columns=HEADINGS["ccvp"], required=REQUIRED["ccvp"]) as reading:
        for _, cells in reading:
            row = dict(zip(reading.fields, cells, strict=True))
            number = identifier(row["service_number"])
            if number in known:
                found = {one for name in ("telephone_1", "telephone_2", "mobile") for one in parse_cell(row[name])}
                assert sorted(found) == known[number]["phones"]
                checked.add(number)
    assert checked == set(known)


@given(st.integers(min_value=20_000_000, max_value=79_999_999))
def test_what_the_library_knows_as_a_telephone_is_one(number: int) -> None:
    national = str(number)
    known = phonenumbers.parse(f"+591{national}")
    is_usual = national[0] != "5"  # 50 and 57 are for calls over the internet: nobody's telephone at home
    if is_usual and phonenumbers.is_valid_number(known) and len(set(national[1:])) > 1:
        assert parse_cell(national) == [f"+591{national}"]
        is_mobile = phonenumbers.number_type(known) == phonenumbers.PhoneNumberType.MOBILE
        assert kind(f"+591{national}") == ("mobile" if is_mobile else "fixed")
    if found := parse(national):
        assert phonenumbers.is_possible_number(phonenumbers.parse(found))


@given(st.text(max_size=60))
def test_any_text_gives_numbers_that_read_back_as_themselves(cell: str) -> None:
    for number in parse_cell(cell):
        assert parse_cell(number) == [number] == parse_cell(display(number))


def test_mobiles_come_first_and_once() -> None:
    assert best_first([FIXED, MOBILE, FIXED, OTHER_MOBILE]) == [MOBILE, OTHER_MOBILE, FIXED]


def test_numbers_are_shown_as_they_are_read_aloud() -> None:
    assert display(FIXED) == "+591 4 425-1000"
    assert display(MOBILE) == "+591 707-12345"
    assert display("101") == "101"


def test_a_masked_number_keeps_its_last_two_digits() -> None:
    assert mask(FIXED) == "+591 • •••-••00"
    assert mask(MOBILE) == "+591 •••-•••45"
    assert mask("101") == "•01"


@given(
    st.sampled_from(["7 ", "1", "4 4 ", "70712345 ", " ", "+591-", "4251000/", "a y ", "int ", "٧", "7.0E", "0 "]),
    st.integers(1_000, 1_000_000),
)
@settings(max_examples=60)
def test_no_cell_costs_more_than_a_moment(piece: str, length: int) -> None:
    """One that was looked at again from each of its letters would take minutes."""
    cell = (piece * (length // len(piece) + 1))[:length]
    began = time.process_time()
    assert len(parse_cell(cell)) <= 30
    assert time.process_time() - began < 20


def test_a_number_cut_off_by_the_end_of_what_is_looked_at_is_left_out() -> None:
    assert parse_cell("70712345" + " " * 184 + "44251000 65798873") == [MOBILE]
    assert parse_cell("70712345" + " " * 185 + "44251000 65798873") == [MOBILE]  # not 442-5100 of Cochabamba
    assert parse_cell("70712345" + " " * 180 + "44251000 65798873") == [MOBILE, FIXED]


def test_a_sentence_says_numbers_as_one_does_here() -> None:
    said = as_said(f"Llame al {display(FIXED)} o al {display(MOBILE)}; de La Paz, al {display('+59122411000')}.")
    assert said == "Llame al 425-1000 o al 707-12345; de La Paz, al 2 241-1000."
    assert as_said("El contrato +591, y nada más.") == "El contrato +591, y nada más."
