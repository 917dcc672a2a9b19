"""What an agent's open pages are told of at once: that something of hers changed. What it is they ask the web."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

CHANNEL = "agents"  # of the database: the key of a person


def tell_pages(people: Iterable[int]) -> None:
    """The pages of these people (keys of users), once the transaction is committed."""
    if keys := sorted(set(people)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, unnest(%s::bigint[])::text)", [CHANNEL, keys])
