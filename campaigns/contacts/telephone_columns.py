"""The telephones of a customer in a sheet: each in a column of its own, as text, so that a dialler can read them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _


def telephone_heads(count: int) -> list[str]:
    """`Teléfono 1`, `Teléfono 2` …: `count` of them."""
    return [_("Teléfono %(number)d") % {"number": number} for number in range(1, count + 1)]


def in_columns(telephones: Sequence[str], count: int) -> list[str]:
    """As many cells as there are heads; those nothing is known for are empty."""
    return [*telephones, *[""] * (count - len(telephones))]
