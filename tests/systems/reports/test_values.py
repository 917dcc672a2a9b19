"""Single cells as clerks and spreadsheets write them."""

import sys
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from systems.reports import values
from systems.reports.values import NotReadable


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Bs. 1,149.00", "1149.00"),
        ("Bs 1.149,00", "1149.00"),
        ("149,00", "149.00"),
        ("1.149,00", "1149.00"),
        ("1149", "1149.00"),
        ("149.0", "149.00"),
        ("149,5", "149.50"),
        (",50", "0.50"),
        ("0,50", "0.50"),
        ("0.500", "0.50"),
        ("12,345,678.90", "12345678.90"),
        ("12.345.678", "12345678.00"),
        ("1 149,00", "1149.00"),
        ("1\xa0149,00 Bs.", "1149.00"),
        ("1149.125", "1149.13"),
        ("289 BOLIVIANOS", "289.00"),
        ("BOB 99", "99.00"),
        *((f"199{even}", "199.00") for even in (".-", ",-", ".--", ",--", ".–", ",—", " .-", ". -")),
        *(("Bs 199.-", "199.00"), ("Bs.- 199", "199.00"), ("199 Bs.-", "199.00"), ("199.- Bs", "199.00")),
        *(("149,00.-", "149.00"), ("1.149,50.-", "1149.50"), ("1.149.-", "1149.00"), ("Bs 1,149.-", "1149.00")),
    ],
)
def test_an_amount_is_read_as_meant(text: str, amount: str) -> None:
    assert values.money(text) == Decimal(amount)
    assert str(values.money(text)) == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_amount"),
        ("   ", "no_amount"),
        ("gratis", "bad_amount"),
        ("-", "bad_amount"),
        ("1,14,9", "bad_amount"),
        ("1.149.00", "bad_amount"),
        ("149 o 159", "bad_amount"),
        ("1e5", "bad_amount"),
        ("NaN", "bad_amount"),
        ("Infinity", "bad_amount"),
        ("999999999", "bad_amount"),
        ("-149,00", "amount_not_positive"),
        ("Bs. -149", "amount_not_positive"),
        ("(149.00)", "amount_not_positive"),
        ("0", "amount_not_positive"),
        ("0,00", "amount_not_positive"),
        ("0.004", "under_a_cent"),
        ("0,001 Bs", "under_a_cent"),
        ("1.149", "two_readings"),
        ("Bs. 74,505", "two_readings"),
        ("-1.149", "amount_not_positive"),
        *((f"289{minus}", "amount_not_positive") for minus in ("-", " -", ",00-", "- Bs")),
        *(("-289.-", "amount_not_positive"), ("(289.-)", "amount_not_positive"), ("Bs.-289", "amount_not_positive")),
    ],
)
def test_what_is_no_amount_says_why(text: str, code: str) -> None:
    with pytest.raises(NotReadable) as error:
        values.money(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("289.-", "289.00"), ("149,00.-", "149.00"), ("Bs.- 149", "149.00"), ("1.149,-", "1149.00")),
        *(("289-", "-289.00"), ("-289.-", "-289.00"), ("(289.-)", "-289.00"), ("(289) Bs", "-289.00")),
        *(("Bs -1.149.-", "-1149.00"), ("149,00-", "-149.00"), ("Bs.-149", "-149.00")),
    ],
)
def test_a_hyphen_in_place_of_cents_is_no_minus(text: str, amount: str) -> None:
    assert str(values.signed_money(text)) == amount
    assert values.is_given_back(text) == amount.startswith("-")


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        *(("149,50", ","), ("1.149,00", ","), ("Bs 149,5", ","), ("12.345.678", ",")),
        *(("149.50", "."), ("1,149.00", "."), ("12,345,678 Bs", "."), (".5", ".")),
        *(("149", ""), ("1.149", ""), ("1,149", ""), ("gratis", ""), ("", ""), ("74.5050", "")),
    ],
)
def test_an_amount_tells_how_its_column_parts_decimals(text: str, mark: str) -> None:
    assert values.decimal_mark(text) == mark


SIGNS = ["\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff", "\u202c", "\u2066", "\u2069", "\u115f", "\u3164", "\ufe0f"]


@pytest.mark.parametrize("sign", [*SIGNS, "\x7f", "\x1f", "\x90", "\u2800", "\U000e0001", "\U000e0041", "\U000e0100"])
def test_what_nobody_sees_decides_nothing(sign: str) -> None:
    assert values.services(f"Inter{sign}net") == ("INTERNET",)
    assert values.identifier(f"{sign}600{sign}070") == "600070"
    assert values.money(f"149{sign},00{sign}") == Decimal("149.00")
    assert values.day(f"30/11{sign}/2026") == date(2026, 11, 30)
    assert values.identity_card(f"48301{sign}68.0{sign}") == "4830168"
    assert not values.is_annulled(f"Pag{sign}ado")


def test_every_sign_of_control_and_format_that_parts_no_words_is_seen_by_nobody() -> None:
    signs = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cc", "Cf")]
    assert [sign for sign in signs if values.visible(sign)] == list("\t\n\v\f\r\x85")


def test_a_number_in_wide_digits_is_the_number() -> None:
    assert values.identifier("７７000001") == "77000001"
    assert values.identity_card("４８３０１６８ CB") == "4830168 CB"
    assert values.money("１．１４９，００") == Decimal("1149.00")
    assert values.day("３０/１１/２０２６") == date(2026, 11, 30)


@given(st.decimals(min_value="0.01", max_value="99999999.99", places=2))
def test_every_way_of_writing_an_amount_gives_it_back(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    spanish = english.translate(str.maketrans(",.", ".,"))
    for text in (
        f"{amount:.2f}",
        f"{amount:.2f}".replace(".", ","),
        english,
        spanish,
        f"Bs. {english}",
        f"{spanish} Bs",
    ):
        assert values.money(text) == amount


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    """Whatever is read is within what a column of the database holds; whatever is not has one of the known reasons."""
    reasons = {"no_amount", "bad_amount", "amount_not_positive", "under_a_cent", "two_readings"}
    amount = read_or_refused(values.money, text, reasons)
    assert amount is None or (0 <= amount <= 100_000_000 and amount == round(amount, 2))
    day = read_or_refused(values.day, text, {"no_date", "bad_date"})
    assert day is None or type(day) is date
    assert values.service(text) in ("INTERNET", "TV", None)
    assert values.contract(values.contract(text)) == values.contract(text), "what is read once is read the same again"
    assert values.identity_card(values.identity_card(text)) == values.identity_card(text)


def read_or_refused(parser: Callable[[str], Any], text: str, reasons: set[str]) -> Any:
    try:
        return parser(text)
    except NotReadable as error:
        refused = error
    assert refused.code in reasons
    return None


@pytest.mark.parametrize(
    "text",
    [
        "30/11/2026",
        "30-11-2026",
        "30.11.2026",
        "2026-11-30",
        "2026/11/30",
        "2026-11-30 00:00:00",
        "2026-11-30T14:05:00-04:00",
        "30/11/2026 00:00:00",
        "30/11/2026 2:05 p. m.",
        "30/11/26",
        "20261130",
        "46356",
        "46356.0",
        "46356.5",
        "30-nov-2026",
        "30-NOV-26",
        "30 de noviembre de 2026",
    ],
)
def test_a_day_is_read_as_meant(text: str) -> None:
    assert values.day(text) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_date"),
        ("31/02/2026", "bad_date"),
        ("29/02/2026", "bad_date"),
        ("11/30/2026", "bad_date"),
        ("30/11/1026", "bad_date"),
        ("99999", "bad_date"),
        ("30", "bad_date"),
        ("mañana", "bad_date"),
        ("0000-00-00", "bad_date"),
        ("30-xyz-2026", "bad_date"),
    ],
)
def test_what_is_no_day_says_why(text: str, code: str) -> None:
    with pytest.raises(NotReadable) as error:
        values.day(text)
    assert error.value.code == code


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_way_of_writing_a_day_gives_it_back(day: date) -> None:
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)
    for text in (f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y %H:%M}", day.isoformat(), f"{day}T00:00:00", str(serial)):
        assert values.day(text) == day


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Internet", "INTERNET"),
        ("INTERNET FTTH", "INTERNET"),
        ("Internet Prepago", "INTERNET"),
        ("Fibra Óptica", "INTERNET"),
        ("Televisión por Cable", "TV"),
        ("TELEVISION POR CABLE", "TV"),
        ("TV CABLE", "TV"),
        ("Tv Cable Prepago", "TV"),
        ("TV_PREPAGO", "TV"),
        ("Cable Básico", "TV"),
        ("IPTV", "TV"),
        ("Banda  Ancha 30 Mb", "INTERNET"),
        ("ADSL", "INTERNET"),
        ("Telefonía Fija", None),
        ("Línea fija prepago", None),
        ("Internet + TV", None),
        ("", None),
    ],
)
def test_the_service_of_a_product(text: str, service: str | None) -> None:
    assert values.service(text) == service


@pytest.mark.parametrize(
    ("text", "contract"),
    [
        ("120100008", "120100008"),
        ("120100026.0", "120100026"),
        (" 120 100 026 ", "120100026"),
        ("00120", "00120"),
        ("c-1201", "C-1201"),
        ("1.20100026E8", "120100026"),
        ("1,20100026E+08", "120100026"),
        ("1,201E+08", ""),  # a spreadsheet has kept the first digits only
        ("6,00E+05", ""),
        ("6E+05", ""),
        ("600E+03", ""),
        ("120,100026E+06", "120100026"),
        ("6E5", "6E5"),  # nobody writes so but who means it
        ("600.000", "600.000"),
        ("600070.000", "600070"),
        ("", ""),
        ("0", ""),
        ("-", ""),
        ("S/N", ""),
    ],
)
def test_a_contract_keeps_its_digits(text: str, contract: str) -> None:
    assert values.contract(text) == contract


@pytest.mark.parametrize(
    "text", ["Pagado - anulado", "PAGADO/ANULADO", "Cobrado (reversado)", "Registrado: anulado", "Quién sabe"]
)
def test_a_state_that_says_both_is_none(text: str) -> None:
    with pytest.raises(values.NotReadable) as error:
        values.is_annulled(text)
    assert error.value.code == "bad_status"


@pytest.mark.parametrize(
    ("text", "is_so"), [("Anulado", True), ("Pagado", False), ("Devolución aprobada", True), ("", False)]
)
def test_a_state_says_whether_a_receipt_holds(text: str, is_so: bool) -> None:
    assert values.is_annulled(text) is is_so


def test_a_cable_modem_is_internet() -> None:
    assert values.services("Cable módem 10 Mb") == values.services("CABLEMODEM") == ("INTERNET",)
    assert values.services("TV Cable") == ("TV",)


@pytest.mark.parametrize("text", ["20 $", "$20", "USD 20", "$us 20"])
def test_what_is_not_in_bolivianos_is_no_amount(text: str) -> None:
    with pytest.raises(values.NotReadable):
        values.money(text)
