"""Look-ups of personal data leave a row, and nobody makes more of them than her work needs."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import DataPolicy, Search, User

LONGEST = 200  # of what was asked, as its row keeps it
MINUTE, A_WHILE, DAY = timedelta(minutes=1), timedelta(minutes=10), timedelta(days=1)
ONE_AT_A_TIME = 0x5EA5C4  # of the locks of the database: one person's look-ups are counted one after the other
# One trip to the database, for it stands before every page and part of a customer: the statements of one string are one
# transaction, and each sees what was there when it began; the lock comes first. Nobody waits for the disk: where the
# server falls, the looks of its last second may be lost (docs/security.md).
_NOTED = """
SET LOCAL synchronous_commit = off;
SELECT pg_advisory_xact_lock(%(one_at_a_time)s, %(user)s);
WITH allowed AS (
  SELECT coalesce(max(searches_a_minute), %(a_minute)s) AS a_minute, coalesce(max(searches_a_day), %(a_day)s) AS a_day
    FROM agents_datapolicy WHERE id = 1
), others AS (
  SELECT count(DISTINCT asked) FILTER (WHERE at > %(minute)s) AS a_minute, count(DISTINCT asked) AS a_day
    FROM agents_search WHERE user_id = %(user)s AND at > %(day)s AND NOT is_refused AND asked <> %(asked)s
), refused AS (
  SELECT others.a_minute >= allowed.a_minute AS a_minute, others.a_day >= allowed.a_day AS a_day FROM others, allowed
), noted AS (
  INSERT INTO agents_search (user_id, at, "where", what, asked, call, is_refused)
  SELECT %(user)s, %(now)s, %(where)s, %(what)s, %(asked)s, %(call)s, a_minute OR a_day FROM refused
)
SELECT refused.a_minute, refused.a_day, allowed.a_minute, allowed.a_day FROM refused, allowed"""
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
    usual = DataPolicy()  # while nobody has saved one
    row: dict[str, Any] = {
        "one_at_a_time": ONE_AT_A_TIME, "user": user.pk, "now": now, "minute": now - MINUTE, "day": now - DAY,
        "where": where.value, "what": what[:60], "asked": _kept(asked), "call": call,
        "a_minute": usual.searches_a_minute, "a_day": usual.searches_a_day,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NOTED, row)
        while cursor.nextset():
            pass  # the answer is that of the last statement
        ((in_a_minute, in_a_day, most_in_a_minute, most_in_a_day),) = cursor.fetchall()
    if in_a_day:
        words = ngettext(
            "Hizo %(most)s consulta de clientes en un día, lo que la política permite: hable con supervisión.",
            "Hizo %(most)s consultas de clientes en un día, lo que la política permite: hable con supervisión.",
            most_in_a_day,
        )
        raise TooMuch(words % {"most": most_in_a_day})
    if in_a_minute:
        words = ngettext(
            "Hizo %(most)s consulta de clientes en un minuto, lo que la política permite: espere un momento.",
            "Hizo %(most)s consultas de clientes en un minuto, lo que la política permite: espere un momento.",
            most_in_a_minute,
        )
        raise TooMuch(words % {"most": most_in_a_minute})


def note_while_it_stays(*, user: User, where: Search.Where, asked: str, now: datetime, what: str = "") -> None:
    """The same for what an open page asks for again by itself: a row for each ten minutes of it, and of what is refused
    one a minute. Raises TooMuch.
    """
    noted = Search.objects.filter(user=user, where=where, asked=_kept(asked))
    if noted.filter(is_refused=True, at__gt=now - MINUTE).exists():
        raise TooMuch(_("Hizo más consultas de clientes de las que la política permite: espere un momento."))
    if not noted.filter(is_refused=False, at__gt=now - A_WHILE).exists():
        note_search(user=user, where=where, what=what, asked=asked, now=now)


def _kept(asked: str) -> str:
    """As much as a row holds; what is cut off is told apart all the same."""
    if len(asked) <= LONGEST:
        return asked
    mark = hashlib.sha256(asked.encode()).hexdigest()[:12]
    return f"{asked[: LONGEST - len(mark) - 3]} · {mark}"


def refusals(*, since: datetime) -> Sequence[Refusals]:
    """Who was refused look-ups since then, the most often refused first."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED, [since])
        return list(itertools.starmap(Refusals, cursor.fetchall()))
