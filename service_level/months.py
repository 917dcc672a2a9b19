"""Months by their first day, and as addresses and commands write them."""

from __future__ import annotations

from datetime import date

from service_level.days import EARLIEST, LATEST


def month_of(day: date) -> date:
    return day.replace(day=1)


def after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def read_month_name(text: str) -> date | None:
    """Of `2026-11`; None for what is no month of the centre."""
    year, dash, number = text.partition("-")
    if not dash or len(year) != 4 or len(number) != 2 or not (year + number).isdecimal() or not text.isascii():
        return None
    if not EARLIEST <= int(year) < LATEST or not 1 <= int(number) <= 12:
        return None
    return date(int(year), int(number), 1)


def written(month: date) -> str:
    """As it is read: `2026-11`."""
    return f"{month:%Y-%m}"
