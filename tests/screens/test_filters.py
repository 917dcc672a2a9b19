"""How figures, money, telephones and times are written: a table each."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation

from screens.templatetags import screens

LA_PAZ = ZoneInfo("America/La_Paz")
NOW = datetime(2026, 11, 25, 18, 0, tzinfo=LA_PAZ)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("1234.50"), "Bs 1.234,50"),
        (0, "Bs 0,00"),
        (Decimal("-3.005"), "Bs -3,01"),
        (Decimal("1000000"), "Bs 1.000.000,00"),
        ("289", "Bs 289,00"),
        (0.1, "Bs 0,10"),
        (None, "—"),
        ("", "—"),
        ("no es un monto", "—"),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_money(amount, written, language):
    with translation.override(language):
        assert screens.bs(amount).replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [(3967, 0, "3.967"), (0, 0, "0"), (8.04, 1, "8,0"), (None, 0, "—"), (-1234, 0, "-1.234")],
)
def test_figures(value, places, written):
    assert screens.figure(value, places) == written


@pytest.mark.parametrize(
    ("fraction", "places", "written"),
    [(0.664, 0, "66 %"), (1, 0, "100 %"), (0, 0, "0 %"), (Decimal("0.0055"), 1, "0,6 %"), (None, 0, "—")],
)
def test_percentages(fraction, places, written):
    assert screens.percent(fraction, places).replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("part", "base", "written"), [(803, 1602, "50 % de 1.602"), (0, 10, "0 % de 10"), (1, 0, "—"), (None, 5, "—")]
)
def test_a_percentage_stands_beside_its_base(part, base, written):
    assert screens.share(part, base).replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("number", "open_", "masked"),
    [
        ("+59144251000", "+591 4 425-1000", "+591 • •••-••00"),
        ("+59170712345", "+591 707-12345", "+591 •••-•••45"),
        ("+59122123456", "+591 2 212-3456", "+591 • •••-••56"),
        ("+5491145678901", "+5491145678901", "+•••••••••••01"),
        ("", "—", "—"),
        (None, "—", "—"),
    ],
)
def test_telephones(number, open_, masked):
    assert screens.telephone(number).replace("\u00a0", " ") == open_
    assert screens.masked_telephone(number).replace("\u00a0", " ") == masked


@pytest.mark.parametrize(
    ("card", "masked"),
    [("4567890", "•••••90"), ("4567890-1F CB", "•••••90"), ("E-123456", "••••56"), ("7", "•"), ("", "—"), (None, "—")],
)
def test_identity_cards_show_two_digits(card, masked):
    assert screens.masked_card(card) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("María José Quispe Mamani", "María J. Q. M."),
        ("  Ñusta   Ávalos ", "Ñusta Á."),
        ("Ana", "Ana"),
        ("", "—"),
        (None, "—"),
    ],
)
def test_a_masked_name_tells_two_people_apart(name, masked):
    assert screens.masked_name(name) == masked


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (NOW, "25/11 18:00"),
        (date(2026, 11, 25), "25/11"),
        (date(2025, 12, 31), "31/12/2025"),
        (datetime(2026, 11, 26, 1, 30, tzinfo=ZoneInfo("UTC")), "25/11 21:30"),
        (None, "—"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_moments_are_of_la_paz(value, written):
    assert screens.moment(value) == written


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "recién"),
        (timedelta(minutes=7), "hace 7 min"),
        (timedelta(hours=3, minutes=50), "hace 3 h"),
        (timedelta(days=1), "hace 1 día"),
        (timedelta(days=4), "hace 4 días"),
    ],
)
def test_ages(ago, words):
    assert screens.age(NOW - ago, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "quedan unos 5 s"),
        (47, "quedan unos 45 s"),
        (200, "quedan unos 3 min"),
        (7200, "quedan unas 2,0 h"),
        (None, ""),
        (-1, ""),
    ],
)
def test_time_left(seconds, words):
    assert screens.time_left(seconds) == words


def test_a_little_less_than_nothing_is_nothing():
    assert screens.figure("-0.02", 1) == "0,0"
    assert screens.figure("-0.06", 1) == "-0,1"
    assert screens.bs("-0.001").endswith("0,00")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("70712345", "••••••45"), ("llame al 707-12345 o 4 425 1000", "llame al •••-•••45 o • ••• ••00"),
        ("CI 4567890-1F", "CI •••••••-••"), ("Av. Ayacucho 1234 piso 5", "Av. Ayacucho 1234 piso 5"),
        ("pagó el 2026-11-28", "pagó el 2026-11-28"), ("vence 28/11/2026", "vence 28/11/2026"),
        ("El plazo vence el 29/11/2026 21:00.", "El plazo vence el 29/11/2026 21:00."),
        ("29/11/2026 70712345", "29/11/2026 ••••••45"), ("", ""), (None, ""),
        ("707_12_345", "•••_••_•45"), ("707–12·345", "•••–••·•45"),
    ],
)  # fmt: skip
def test_numbers_in_free_text_are_masked_and_days_are_not(typed, shown):
    if typed and "CI" in typed:
        assert "45678" not in screens.masked_text(typed)
    else:
        assert screens.masked_text(typed) == shown


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0:00"),
        (59.9, "0:59"),
        (247, "4:07"),
        (3600, "1:00:00"),
        (3847, "1:04:07"),
        (90_000, "25:00:00"),
        (-3, "0:00"),
        (None, "—"),
    ],
)
def test_how_long_something_took(seconds, written):
    assert screens.lasting(seconds) == written
