"""Who owns the database, and who works in it: the owner migrates, the other reads and writes (docs/decisions/0193).

`DATABASE_URL` is the one who works: web server, workers and commands. What changes tables is done as
`DATABASE_OWNER_URL`, in this module's frame alone. Without one both are the same user, and roles protect nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

WHO = ("USER", "PASSWORD", "HOST", "PORT")


@contextmanager
def as_owner() -> Iterator[None]:
    """This process's connection is the owner's inside, in the same database."""
    owner = settings.DATABASE_OWNER
    if owner is None or connection.settings_dict["USER"] == owner["USER"]:
        yield
        return
    kept = {name: connection.settings_dict[name] for name in WHO}
    _be({name: owner[name] for name in WHO})
    try:
        yield
    finally:
        _be(kept)


def _be(who: dict[str, Any]) -> None:
    connection.close()
    connection.settings_dict.update(who)
