"""Look-ups of personal data leave a row, and nobody makes more of them than her work needs."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from agents.models import DataPolicy, Search, User

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ONE_AT_A_TIME = 0x5EA5C4  # of the locks of the database: one person's look-ups are counted one after the other
# Plain, for the page of the room asks it each second, and mostly there is none.
_REFUSED = """
SELECT u.id, coalesce(nullif(u.first_name, ''), u.username), refused.count, refused.last_at
  FROM (SELECT user_id, count(*), max(at) AS last_at FROM agents_search WHERE is_refused AND at > %s GROUP BY user_id)
       refused JOIN agents_user u ON u.id = refused.user_id
 ORDER BY refused.count DESC, u.id"""


class TooMuch(Exception):
    """More than one person's work needs was asked for; the message says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Of one person, by her key; `last_at`: the newest."""

    user: int
    name: str
    count: int
    last_at: datetime


def note_search(
    *, user: User, where: Search.Where, asked: str, now: datetime, what: str = "", call: uuid.UUID | None = None
) -> None:
    """Write down what is about to be looked up. Raises TooMuch, and that is written down as well.

    What counts is how many different things were asked for. Call it outside of any transaction: a refusal stays.
    """
    row = Search(user=user, at=now, where=where, what=what[:60], asked=asked[:200], call=call)
    policy = DataPolicy.objects.in_force()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ONE_AT_A_TIME, user.pk])
        kept = Search.objects.filter(user=user, is_refused=False).exclude(asked=row.asked)
        counts = kept.filter(at__gt=now - DAY).aggregate(
            minute=Count("asked", filter=Q(at__gt=now - MINUTE), distinct=True), day=Count("asked", distinct=True)
        )
        in_a_minute, in_a_day = (counts[name] >= most for name, most in (
            ("minute", policy.searches_a_minute), ("day", policy.searches_a_day),
        ))  # fmt: skip
        row.is_refused = in_a_minute or in_a_day
        row.save()
    if in_a_day:
        words = _("Hizo %(most)s consultas de clientes en un día, lo que la política permite: hable con supervisión.")
        raise TooMuch(words % {"most": policy.searches_a_day})
    if in_a_minute:
        words = _("Hizo %(most)s consultas de clientes en un minuto, lo que la política permite: espere un momento.")
        raise TooMuch(words % {"most": policy.searches_a_minute})


def refusals(*, since: datetime) -> Sequence[Refusals]:
    """Who was refused look-ups since then, the most often refused first."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED, [since])
        return list(itertools.starmap(Refusals, cursor.fetchall()))
