"""What an agent owns is found by indexes: the header of a desk must not read a million rows a minute."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.db.models import Count

from campaigns.desk.own_work import own_entries

pytestmark = pytest.mark.django_db
A_FLOOR_OF, AGENTS = 40_000, 200
A_FLOOR = """
INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, owner_id, position, ready_at, attempts,
                                 attempts_on_day, fence)
SELECT n, %s, 'TV', CASE WHEN n %% 400 < 200 THEN 'open' ELSE 'done' END, %s + n %% %s, n, now(), 0, 0, 0
  FROM generate_series(1, %s) n
"""


def test_nothing_but_what_an_agent_owns_is_read(december, ana):
    with connection.cursor() as cursor:
        cursor.execute(A_FLOOR, [december.pk, ana.pk, AGENTS, A_FLOOR_OF])
        cursor.execute("ANALYZE campaigns_listentry")
    asked = own_entries(ana).filter(campaign__in=[december.pk])
    (read,) = json.loads(asked.values("pk").explain(format="json", analyze=True))
    nodes = list(nodes_of(read["Plan"]))
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan"]
    by_state = dict(asked.values_list("state").annotate(Count("pk")))
    assert by_state == {"open": 100, "done": 100}
    for node in nodes:
        discarded = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        assert discarded == 0, "it reads what others own"


def nodes_of(plan):
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes_of(inner)
