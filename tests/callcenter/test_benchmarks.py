"""What every benchmark lays out before it begins; what they measure is not a test's (docs/architecture.md)."""

import pytest
from django.db import connection

from agents.models import DataPolicy
from benchmarks._house import UNLIMITED


@pytest.mark.django_db
def test_one_caller_may_ask_there_what_people_ask_in_a_day() -> None:
    with connection.cursor() as cursor:
        cursor.execute(UNLIMITED)
    DataPolicy.objects.get().full_clean()
