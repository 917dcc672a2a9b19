"""Pages that only read are read from a copy of the database, and from the database where that cannot be had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from agents.models import User
from callcenter.ports import a_free_port
from campaigns.models import Campaign
from screens import copies
from tests.campaigns.conftest import december, house_rules

__all__ = ["december", "house_rules"]
pytestmark = pytest.mark.django_db(transaction=True)
SignedIn = Callable[[Any], Client]


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The database once more, in sessions that write nothing."""
    own = connection.settings_dict
    kept = {**own, "OPTIONS": {**own["OPTIONS"]}}
    kept["OPTIONS"]["options"] += " -c default_transaction_read_only=on -c application_name=copy"
    monkeypatch.setitem(connections.settings, copies.COPY, kept)
    monkeypatch.setattr(copies, "_away_until", 0.0)
    there = connections[copies.COPY]

    def connect() -> None:  # Django lets tests connect only to what was there before them
        if there.connection is None:
            with there.wrap_database_errors:
                there.connect()

    monkeypatch.setattr(there, "ensure_connection", connect)
    yield kept
    connections[copies.COPY].close()
    del connections[copies.COPY]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a page read from the copy; opening a session and asking how far behind it is are no page's."""
    seen: list[str] = []

    def look(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        if connection.alias == copies.COPY:
            seen.append(statement)
        return execute(statement, params, many, context)

    really = copies.from_the_copy

    def watched() -> Any:
        connections[copies.COPY].execute_wrappers[:] = [look]
        return really()

    monkeypatch.setattr(copies, "from_the_copy", watched)
    return seen


def pages_that_read_one() -> list[str]:
    """Names of every address whose page does."""
    found = []

    def walk(patterns: Any, prefix: str) -> None:
        for one in patterns:
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)
            elif _is_marked(one.callback):
                found.append(f"{prefix}{one.name}")

    walk(get_resolver().url_patterns, "")
    return sorted(found)


def _is_marked(view: Any) -> bool:
    while view is not None:
        if getattr(view, "reads_a_copy", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def addresses(campaign: Campaign) -> dict[str, str]:
    month = timezone.localdate().replace(day=1)
    known: dict[str, list[Any]] = {
        "service_level:newest": [], "service_level:month": [f"{month:%Y-%m}"],
        "service_level:line": [f"{month:%Y-%m}", "101"], "service_level:day": [f"{month:%Y-%m}", f"{month:%Y-%m-%d}"],
        "service_level:beside": [f"{month:%Y-%m}"], "service_level:staffing": [],
        "campaigns:campaign_figures": [f"{campaign.period:%Y-%m}"],
    }  # fmt: skip
    return {name: reverse(name, args=given) for name, given in known.items()}


def test_each_of_them_is_read_there_and_says_the_same(
    copy: dict[str, Any], asked: list[str], december: Campaign, elena: User, signed_in: SignedIn
) -> None:
    """A page of these that wrote anything would not be answered: the copy's sessions refuse it."""
    client, there = signed_in(elena), addresses(december)
    assert sorted(there) == pages_that_read_one()
    for name, address in there.items():
        asked.clear()
        answer = client.get(address)
        assert answer.status_code in (200, 302), (name, answer.status_code)
        assert asked, name
    assert copies._away_until == 0.0
    assert connection.alias == "default"
    assert connections["default"].settings_dict is connection.settings_dict


def test_one_that_is_away_costs_no_page(
    copy: dict[str, Any], asked: list[str], december: Campaign, elena: User, signed_in: SignedIn
) -> None:
    copy |= {"HOST": "127.0.0.1", "PORT": a_free_port()}
    copy["OPTIONS"].pop("host", None)
    client, address = signed_in(elena), reverse("service_level:staffing")
    assert client.get(address).status_code == 200
    assert copies._away_until > 0, "it is not asked again for a while"
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(("behind", "read"), [("0", True), ("29", True), ("31", False), ("NULL", False)])
def test_one_that_is_far_behind_is_not_read(
    behind: str, read: bool, copy: dict[str, Any], asked: list[str], elena: User, signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(copies, "_BEHIND", f"SELECT {behind}::float8")
    assert signed_in(elena).get(reverse("service_level:staffing")).status_code == 200
    assert bool(asked) == read


def test_what_fails_in_the_middle_is_read_again_from_the_database(
    copy: dict[str, Any], asked: list[str], elena: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy takes rows away under a page that reads for long, and ends its statement."""
    from service_level.staffing import views

    really, tried = views.render, []

    def once(*given: Any, **more: Any) -> Any:
        tried.append(connection.alias)
        if connection.alias == copies.COPY:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 1; SELECT pg_sleep(1)")
        return really(*given, **more)

    monkeypatch.setattr(views, "render", once)
    assert signed_in(elena).get(reverse("service_level:staffing")).status_code == 200
    assert tried == [copies.COPY, "default"]


def test_without_one_nothing_is_asked_for_it(elena: User, signed_in: SignedIn) -> None:
    assert copies.COPY not in connections.settings
    assert signed_in(elena).get(reverse("service_level:staffing")).status_code == 200
