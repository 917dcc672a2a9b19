"""The headings the application knows by itself."""

from collections import Counter

import pytest

from campaigns.rows.cleaning import CCVP_FIELDS, RECAUDO_FIELDS
from systems.reports.known_headings import HEADINGS, REQUIRED
from systems.reports.reading import heading_key


@pytest.mark.parametrize("kind", ["ccvp", "recaudo"])
def test_no_heading_speaks_of_two_columns(kind: str) -> None:
    fields_of = Counter(key for names in HEADINGS[kind].values() for key in {heading_key(name) for name in names})
    assert [key for key, fields in fields_of.items() if fields > 1 or not key] == []


def test_every_column_that_is_cleaned_has_its_headings() -> None:
    assert tuple(HEADINGS["ccvp"]) == CCVP_FIELDS
    assert tuple(HEADINGS["recaudo"]) == RECAUDO_FIELDS
    assert all(set(REQUIRED[kind]) <= set(HEADINGS[kind]) for kind in HEADINGS)
