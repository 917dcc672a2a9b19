"""Every address of the house × who sees customers there: the page of one customer's row leaves a row of who looked."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from agents.models import DataPolicy, Disclosure, Search
from tests.callcenter.planted import marks_in, plant
from tests.callcenter.test_every_address import ADDRESSES, Address
from tests.callcenter.world import World
from tests.databases import undone

pytestmark = pytest.mark.django_db
# Lists as the menu opens them, and pieces of the board as it changes: what is looked for there, and each other page,
# leaves a row (agents/searched_lists.py).
LISTS = {
    *("agents:people", "agents:books", "campaigns:report_list", "campaigns:contact_list", "campaigns:do_not_call"),
    *(
        "campaigns:agenda",
        "campaigns:reassign",
        "campaigns:rejected_rows",
        "campaigns:report_changes",
        "notices:outbox",
    ),
    *("owed_work", "escalations:board", "escalations:board_column", "escalations:board_card", "inbound:attended"),
    *("escalations:escalation_list", "inbound:write_list"),
}
# Of a thing that has no customer: what the mark stands in is a text somebody typed, or the name of a file.
OF_NO_CUSTOMER = {
    *("agents:shift", "control_room:agent", "campaigns:report", "campaigns:report_withdraw", "campaigns:campaign"),
}
HERS = {  # her own work
    "ana": {
        "inbound:lines",
        "inbound:walk",
        "inbound:ringing",
        "inbound:write",
        "campaigns:call_back",
        "campaigns:desk",
    },
}


@pytest.mark.parametrize("who", ["elena", "oscar", "ana", "marta"])
def test_the_page_of_a_customer_leaves_a_row(who: str, world: World, signed_in: Any) -> None:
    world.furnish()
    plant(world)
    DataPolicy(searches_a_minute=10_000).save()
    client, silent, told = signed_in(getattr(world, who)), [], 0
    for address in ADDRESSES:
        if who in address.opens_to and (address.sends is None or address.form):
            with undone():
                marks, rows = _looked_at(client, address, world)
            told += bool(marks) and rows > 0
            if marks and not rows:
                silent.append(address.name)
    assert sorted({*silent} - LISTS - OF_NO_CUSTOMER - HERS.get(who, set())) == []
    assert told >= {"elena": 6, "oscar": 4, "ana": 1, "marta": 0}[who]


def _looked_at(client: Any, address: Address, world: World) -> tuple[set[str], int]:
    """What of a customer the page says, and how many rows it left."""
    before = Search.objects.count()
    answer = client.get(reverse(address.name, kwargs=address.of(world) if address.of else {}))
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return marks_in(text.decode(errors="replace")), Search.objects.count() - before


OF_HER_ACCOUNT = ("account_", "mfa_", "usersessions_")  # among them signing out
# What is sent there is her own work, or a step that stays in the history of its row, or a list's first page; or it
# stands in a text of somebody's or the name of a file.
SENT_OF_HERS: dict[str, set[str]] = {
    "elena": {"campaigns:assign", "campaigns:do_not_call_add", "campaigns:report_withdraw"},
    "ana": {"campaigns:desk_next", "campaigns:desk_pause", "inbound:walk_caller"},
}


@pytest.mark.parametrize("who", ["elena", "oscar", "ana", "marta"])
def test_what_answers_to_a_step_leaves_a_row_as_well(who: str, world: World, signed_in: Any) -> None:
    """Refused, or with nothing filled in: the answer is often the page."""
    world.furnish()
    plant(world)
    DataPolicy(searches_a_minute=10_000).save()
    client, silent = signed_in(getattr(world, who)), []
    for address in ADDRESSES:
        if who in address.opens_to and address.sends is not None and not address.name.startswith(OF_HER_ACCOUNT):
            for headers in ({}, {"HX-Request": "true"}):
                with undone():
                    before = Search.objects.count() + Disclosure.objects.count()
                    where = reverse(address.name, kwargs=address.of(world) if address.of else {})
                    answer = client.post(where, {}, headers=headers)
                    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
                    rows = Search.objects.count() + Disclosure.objects.count() - before
                    if marks_in(text.decode(errors="replace")) and not rows:
                        silent.append(address.name)
    assert sorted({*silent} - SENT_OF_HERS.get(who, set())) == []


NOTED = {"part_is_noted", "search_is_noted"}
TABLES_OF_NO_CUSTOMER = {  # of people who work here, of days, of figures, of calls whose numbers are masked
    "CallTable", "AgentTable", "DifferenceTable", "MonitoringTable", "SampleTable", "WorkdayTable",
}  # fmt: skip


def test_whoever_goes_through_a_table_of_customers_leaves_a_row() -> None:
    """With rows or without: a table that is new is asked for here before anybody has filled it."""
    silent, seen = [], set()
    for view in _views():
        named = {one.id for one in ast.walk(view) if isinstance(one, ast.Name)}  # one of two that are called, as well
        tables = {name for name in named if name.endswith("Table")}
        seen |= tables
        decorated = {name.id for name in view.decorator_list if isinstance(name, ast.Name)}
        if tables - TABLES_OF_NO_CUSTOMER and not decorated & NOTED:
            silent.append(view.name)
    assert silent == []
    assert {"RepairTable", "WalkTable", "NoticeTable", "CallTable", "SearchTable", "DisclosureTable"} <= seen


def _views() -> Iterator[ast.FunctionDef]:
    """As they are written: what answers a request, but for what those of a file share."""
    base = Path(settings.BASE_DIR)
    doors = ("*/views.py", "*/views/*.py", "*/*/views.py", "*/*/views/*.py")
    for path in itertools.chain.from_iterable(map(base.glob, doors)):
        for one in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(one, ast.FunctionDef) and one.decorator_list and not one.name.startswith("_"):
                yield one
