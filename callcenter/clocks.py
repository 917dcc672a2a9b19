"""Whether the machines agree what time it is: leases, windows of calling and due times are told by both."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone


def clocks_differ_by() -> float:
    """Seconds between the clock of the database and this machine's, whichever is ahead. Raises DatabaseError."""
    with connection.cursor() as cursor:
        began = timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        (told,) = cursor.fetchone()
    here = began + (timezone.now() - began) / 2
    return abs(float((told - here).total_seconds()))
