"""Amounts as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from screens.amounts import read_amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("289", "289"),
        ("289,5", "289.5"),
        ("289.50", "289.50"),
        ("289,", "289"),
        ("0,05", "0.05"),
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,5", "1234.5"),
        ("12.345.678", "12345678"),
        (" Bs. 1.149,00 ", "1149"),
        ("bs20", "20"),
    ],
)
def test_an_amount_is_read_as_it_was_meant(typed: str, amount: str) -> None:
    assert read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["", "veinte", "-20", "20 $us", "1e5", "Bs", "2O"])
def test_what_is_no_amount_is_none(typed: str) -> None:
    assert read_amount(typed) is None
