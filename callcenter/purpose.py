"""A database is a demo's or production's for good, and nobody works on the other one's.

Without `CALLCENTER_ENV` it runs as a demo, on servers that the environment names too. On a centre's real database that
would be an open door: a secret everybody knows, any host name, no second factor. So the database remembers which it is
(docs/decisions/0101).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from callcenter.models import DatabasePurpose

SENTENCES = {
    "production": "CALLCENTER_ENV: this database is a production's; without CALLCENTER_ENV=production this is a demo.",
    "demo": "DATABASE_URL: this database is a demo's, with people whose password is known; production needs its own.",
}


class AnotherPurpose(ImproperlyConfigured, CommandError):
    """The database is of the other environment; a command tells it in one line."""


def refuse_another_purpose(**_signal: Any) -> None:
    """Raise AnotherPurpose when the database is of the other environment. One that is down is not judged."""
    try:
        kept = DatabasePurpose.objects.filter(pk=1).values_list("environment", flat=True).first()
    except DatabaseError:  # not there yet, or down: /readyz tells, and the next start asks again
        return
    finally:
        if not connection.in_atomic_block:
            connection.close()
    if kept not in (None, settings.CALLCENTER_ENV):
        raise AnotherPurpose(SENTENCES[kept])


def remember_purpose(**_signal: Any) -> None:
    """Write which environment this database is of, unless it is written."""
    if DatabasePurpose._meta.db_table in connection.introspection.table_names():
        DatabasePurpose.objects.get_or_create(pk=1, defaults={"environment": settings.CALLCENTER_ENV})
