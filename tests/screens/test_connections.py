"""Behind a pooler that hands out connections by transaction: what outlives one goes past it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from agents.models import Agent, User
from campaigns.assignment.moving import Selection
from campaigns.assignment.rebalancing import preview_reassign, reassign
from campaigns.figures.refreshing import counting_alone
from campaigns.models import Campaign
from screens.connections import SESSION, one_session
from tests.campaigns.conftest import december, house_rules

__all__ = ["december", "house_rules"]
OUTLIVES = re.compile(
    r"pg_(?:try_)?advisory_lock\(|CREATE TEMP(?:ORARY)? TABLE (?!(?:(?!CREATE TEMP)[\s\S]){0,120}?ON COMMIT DROP)"
)


@pytest.fixture
def past_the_pooler(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Who was asked with each statement that outlives a transaction."""
    monkeypatch.setitem(connections.settings, SESSION, {**connection.settings_dict})
    asked: list[str] = []
    there = connections[SESSION]

    def connect() -> None:  # Django lets tests connect only to what was there before them
        if there.connection is None:
            with there.wrap_database_errors:
                there.connect()

    monkeypatch.setattr(there, "ensure_connection", connect)

    def look(execute, statement, params, many, context):  # type: ignore[no-untyped-def]
        asked.append(statement)
        return execute(statement, params, many, context)

    with there.execute_wrapper(look):
        yield asked
    there.close()
    del connections[SESSION]


@pytest.mark.django_db(transaction=True)
def test_a_table_of_ones_own_and_a_lock_of_the_session_go_past_it(
    past_the_pooler: list[str], december: Campaign, ana: Agent, luis: Agent, elena: User
) -> None:
    Campaign.objects.update(state="running")
    december.refresh_from_db()
    preview_reassign(campaign=december, selection=Selection(agents=(ana.pk,)), to=[luis])
    assert any("CREATE TEMP TABLE moving" in one for one in past_the_pooler)
    assert any("FROM moving" in one for one in past_the_pooler)
    past_the_pooler.clear()
    reassign(campaign=december, selection=Selection(agents=(ana.pk,)), to=[luis], by=elena, now=december.created_at)
    assert any("DROP TABLE moving" in one for one in past_the_pooler)
    with counting_alone(december, waits=False) as is_alone:
        assert is_alone
        assert connection.alias == SESSION
        with transaction.atomic():
            assert connection.alias == SESSION
    assert connection.alias == "default"


@pytest.mark.django_db
def test_it_is_not_begun_within_a_transaction(past_the_pooler: list[str]) -> None:
    with pytest.raises(RuntimeError, match="outside"), one_session():
        pass


def test_without_a_pooler_it_is_the_connection_there_is(db: None) -> None:
    with one_session():
        assert connection.alias == "default"


def test_whatever_outlives_a_transaction_is_within_one_session() -> None:
    """Read in the sources, but for what a seeded demo or a document does."""
    found = set()
    for room in ("agents", "api", "callcenter", "campaigns", "control_room", "escalations", "inbound", "notices",
                 "service_level", "telephony", "work", "screens"):  # fmt: skip
        for path in Path(settings.BASE_DIR, room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if OUTLIVES.search(text) and "one_session" not in text:
                found.add(path.relative_to(settings.BASE_DIR).as_posix())
    assert found == {"campaigns/assignment/moving.py"}, "its callers begin the session (rebalancing.py)"
