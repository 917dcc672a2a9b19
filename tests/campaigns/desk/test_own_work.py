"""What an agent owns is found by two partial indexes: the header of a desk must not read a million rows a minute."""

from __future__ import annotations

import pytest
from django.db import connection

from campaigns.desk.own_work import own_entries

pytestmark = pytest.mark.django_db
A_FLOOR = """
INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, owner_id, position, ready_at, attempts,
                                 attempts_on_day, fence)
SELECT n, %s, 'TV', CASE WHEN n %% 2 = 0 THEN 'open' ELSE 'done' END, %s + n %% 200, n, now(), 0, 0, 0
  FROM generate_series(1, 40000) n
"""


def test_both_halves_of_what_an_agent_owns_have_their_index(december, ana):
    with connection.cursor() as cursor:
        cursor.execute(A_FLOOR, [december.pk, ana.pk])
        cursor.execute("ANALYZE campaigns_listentry")
    plan = own_entries(ana).filter(campaign__in=[december.pk]).values("pk").explain()
    assert "list_entry_next" in plan
    assert "list_entry_settled" in plan
