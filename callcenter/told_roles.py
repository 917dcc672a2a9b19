"""What a role of the database told itself holds for nothing in the connections of the application.

Each begins with what it needs (`callcenter.beginnings`); of whatever else somebody with its password told it, the
server's own values are put back, before anything is asked (docs/decisions/0210).
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from agents.audit_check import HARMLESS
from callcenter.beginnings import ANY_LENGTH

# What a connection said itself stays: it comes of another source. Where nothing was told, nothing is looked for.
_TAKEN_BACK = f"""
SELECT (SELECT set_config(s.name, s.boot_val, false) FROM pg_catalog.pg_settings s
         WHERE s.name = split_part(said, '=', 1) AND s.source IN ('user', 'database user'))
  FROM pg_catalog.pg_db_role_setting told, pg_catalog.unnest(told.setconfig) said
 WHERE told.setrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user) AND said !~ '{HARMLESS}'
"""


def hear_nothing_of_it(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Of each connection, once it is made: `connection_created`. How long it may take goes first."""
    with connection.connection.cursor() as cursor:
        cursor.execute(f"SELECT {ANY_LENGTH}")
        cursor.execute(_TAKEN_BACK)
