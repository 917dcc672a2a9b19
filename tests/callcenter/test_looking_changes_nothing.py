"""No page changes a state by being looked at: every address is read as every role, and the database is compared."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from tests.callcenter.test_every_address import EVERYBODY, OURS, TABLE, open_house, sign_in
from tests.callcenter.world import World

__all__ = ["open_house"]
# What says that somebody looked, and changes nothing of what she looked at.
BOOKS = {
    "agents_search": "who looked for whom",
    "agents_shift": "that an agent is there",
    "agents_agentstate": "her shift begins with the first page that finds none",
    "agents_agentstateevent": "the same",
    "control_room_wallboard": "when its television was open last",
    "django_session": "the session itself",
    "usersessions_usersession": "sessions that are over are left out of the list",
    "axes_accesslog": "sign-ins",
    "pghistory_context": "the context of an audit, written with the first change",
}


def state() -> dict[str, Any]:
    """Of each table but those, how many rows there are and what is in them."""
    tables = [name for name in connection.introspection.table_names() if name not in BOOKS]
    parts = [
        f"SELECT '{name}', count(*), coalesce(sum(('x' || left(md5(t::text), 8))::bit(32)::bigint), 0) FROM {name} t"  # noqa: S608
        for name in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {name: (count, sum_) for name, count, sum_ in cursor.fetchall()}


@pytest.mark.sweep
@pytest.mark.django_db
@pytest.mark.parametrize("visitor", [*EVERYBODY, "nobody"])
def test_looking_changes_nothing(open_house: World, visitor: str) -> None:
    client = sign_in(open_house, visitor)
    client.get("/")
    before, changed = state(), {}
    for name in OURS:
        if name not in TABLE or TABLE[name].sends is not None:
            continue
        address = TABLE[name]
        client.get(reverse(name, kwargs=address.of(open_house) if address.of else {}))
        after = state()
        if after != before:
            changed[name] = sorted(table for table in after if after[table] != before.get(table))
            before = after
    assert changed == {}


@pytest.mark.sweep
@pytest.mark.django_db
def test_neither_does_looking_at_the_admin(open_house: World) -> None:
    client = sign_in(open_house, "ines")
    client.get("/admin/")
    before, changed = state(), {}
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for address in (reverse(f"{name}_changelist"), reverse(f"{name}_add"), reverse(f"{name}_change", args=[1])):
            client.get(address, follow=True)
        if (after := state()) != before:
            changed[name] = sorted(table for table in after if after[table] != before.get(table))
            before = after
    assert changed == {}
