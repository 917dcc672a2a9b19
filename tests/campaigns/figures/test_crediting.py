"""A payment is after contact from the day of the first right-party contact on, by the calendar of La Paz."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection

from campaigns.figures.crediting import paid_after_contact
from campaigns.models import Contact, ListEntry
from tests.campaigns.a_campaign import add_contacts, make_campaign

CASES = {
    "the day before": ("2026-11-26 09:00", date(2026, 11, 25), False),
    "the same day": ("2026-11-26 09:00", date(2026, 11, 26), True),
    "the day after": ("2026-11-26 09:00", date(2026, 11, 27), True),
    "the same day of La Paz, already the next in Greenwich": ("2026-11-26 19:45", date(2026, 11, 26), True),
    "never contacted": (None, date(2026, 11, 26), None),
    "not paid": ("2026-11-26 09:00", None, None),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES)
def test_credit_by_day(case: str, at: Callable[[str], datetime]) -> None:
    contacted, paid_on, credited = CASES[case]
    campaign = make_campaign()
    add_contacts(campaign, 1)
    contact = Contact.objects.get()
    moment = at(contacted) if contacted else None
    ListEntry.objects.create(
        contact=contact, campaign=campaign, call_list="INTERNET", ready_at=campaign.created_at,
        contacted_at=moment, paid_on=paid_on,
    )  # fmt: skip
    with connection.cursor() as cursor:
        is_after = paid_after_contact(paid_on="paid_on", contacted_at="contacted_at")
        cursor.execute(f"SELECT {is_after} FROM campaigns_listentry")
        assert cursor.fetchone()[0] is credited
        cursor.execute(f"SELECT count(*) FILTER (WHERE {is_after}) FROM campaigns_listentry")
        assert cursor.fetchone()[0] == int(bool(credited))
