"""What a role of the database told itself holds for nothing in the connections of the application.

Each begins with what it needs (`callcenter.beginnings`); of whatever else somebody with its password told it,
PostgreSQL's own values are put back, before anything is asked (docs/decisions/0210).
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Connection

from callcenter.beginnings import ANY_LENGTH

# As this session has it: the role may have taken back meanwhile what it was told. What a connection said itself stays.
_TAKEN_BACK = """
SELECT set_config(name, boot_val, false) FROM pg_catalog.pg_settings
 WHERE source IN ('user', 'database user') AND boot_val IS NOT NULL
"""

_heard: WeakSet[Connection[Any]] = WeakSet()  # a pool hands out the same ones


def hear_nothing_of_it(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Of each connection, once it is made: `connection_created`. How long it may take goes first."""
    made = connection.connection
    if made in _heard:
        return
    try:
        with made.cursor() as cursor:
            cursor.execute(f"SELECT {ANY_LENGTH}")
            cursor.execute(_TAKEN_BACK)
    except BaseException:
        connection.close()  # it is nobody's to go on with
        raise
    _heard.add(made)
