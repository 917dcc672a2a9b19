"""NOCC: what is reported is kept in the book."""

from __future__ import annotations

from datetime import datetime


def report(*, number: str, text: str, reference: str, now: datetime) -> None:
    """Any number: they ask the caller's network, not a table."""
