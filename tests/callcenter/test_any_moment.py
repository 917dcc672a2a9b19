"""What PostgreSQL keeps and no calendar has is read as the nearest moment there is: it ends nothing in an error."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("infinity", datetime(9998, 1, 1, tzinfo=UTC)),
        ("-infinity", datetime(2, 1, 1, tzinfo=UTC)),
        ("12000-01-01 00:00+00", datetime(9998, 1, 1, tzinfo=UTC)),
        ("0044-03-15 12:00+00 BC", datetime(2, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59+00", datetime(9998, 12, 1, 23, 59, tzinfo=UTC)),
        ("0001-01-01 00:00+00", datetime(2, 1, 1, tzinfo=UTC)),
        ("2024-02-29 10:00-04", datetime(2024, 2, 29, 14, 0, tzinfo=UTC)),
    ],
)
def test_a_moment(written: str, read: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [written])
        found = cursor.fetchone()[0]
    assert found == read
    assert date_format(timezone.localtime(found), "SHORT_DATETIME_FORMAT")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("infinity", date(9998, 1, 1)), ("-infinity", date(2, 1, 1)), ("0044-03-15 BC", date(2, 1, 1)),
        ("9999-12-31", date(9998, 12, 1)), ("2024-02-29", date(2024, 2, 29)),
    ],
)  # fmt: skip
def test_a_day(written: str, read: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::date", [written])
        assert cursor.fetchone()[0] == read
