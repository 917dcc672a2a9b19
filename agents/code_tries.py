"""Codes of the second factor may be tried five times; then that person's codes are locked for a while.

Counted by person and not by address: who tries codes has the password already, and may have many addresses. Counted in
one statement before the code is looked at, so that a hundred tries at once are a hundred tries.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection

from agents.models import CodeTries, User


def take_try(*, user: User, now: datetime) -> bool:
    """Count a try; False when there are none left, and then no code may be looked at."""
    limit, since = settings.AXES_FAILURE_LIMIT, now - settings.AXES_COOLOFF_TIME
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO agents_codetries AS kept (user_id, tries, last_at) VALUES (%(user)s, 1, %(now)s)
            ON CONFLICT (user_id) DO UPDATE
               SET tries = CASE WHEN kept.last_at < %(since)s THEN 1 ELSE least(kept.tries, %(limit)s) + 1 END,
                   last_at = CASE WHEN kept.last_at >= %(since)s AND kept.tries >= %(limit)s THEN kept.last_at
                                  ELSE %(now)s END
            RETURNING tries
            """,
            {"user": user.pk, "now": now, "since": since, "limit": limit},
        )
        (tries,) = cursor.fetchone()
    return bool(tries <= limit)


def forget_tries(*, user: User) -> None:
    """A right code, or somebody who administers, gives all tries back."""
    CodeTries.objects.filter(user=user).delete()
