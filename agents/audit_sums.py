"""What a book, or a table of facts, holds of each day: how many rows, and one digest over all of them, counted in SQL.

Of facts it is what they were when a day's digest was made: what was changed or deleted since is taken from the book of
changes, so a correction that left its trace is no difference, and one that left none is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from agents.audit import Book, Facts

# What a row's text depends on besides the row.
OF_ONE_FORM = """SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
                 SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"""
NOTHING = "sha256(''::bytea)"
OF_A_BOOK = """
SELECT width_bucket(t.{at}, %(borders)s::timestamptz[]), count(*), {kept}, {whole}
  FROM public.{table} t
 WHERE t.{at} >= (%(borders)s::timestamptz[])[1] AND t.{at} < (%(borders)s::timestamptz[])[%(days)s + 1] GROUP BY 1"""
# A row's versions one after another: as each change found it, and as it is; with the change it stood from and until.
OF_FACTS = """
WITH inserted AS (
    SELECT array_agg((rows->>'first')::bigint ORDER BY (rows->>'first')::bigint) AS firsts,
           array_agg(at ORDER BY (rows->>'first')::bigint) AS ats
      FROM public.agents_factchange
     WHERE table_name = '{table}' AND operation = 'insert' AND {has_inserts}
), changed AS (
    SELECT one.key, c.id, c.at AS until_at, c.transaction AS until_in, jsonb_build_array({named}) AS was,
           lag(c.at) OVER of_a_row AS since_at, lag(c.transaction) OVER of_a_row AS since_in
      FROM public.agents_factchange c CROSS JOIN LATERAL jsonb_each(c.rows) one
     WHERE c.table_name = '{table}' AND c.operation IN ('update', 'delete')
    WINDOW of_a_row AS (PARTITION BY one.key ORDER BY c.id)
), version AS (
    SELECT key, since_at, since_in, until_at, until_in, was FROM changed
    UNION ALL
    SELECT t.{key}::text, last.until_at, last.until_in, NULL, NULL, jsonb_build_array({columns})
      FROM public.{table} t
      LEFT JOIN (SELECT DISTINCT ON (key) key, until_at, until_in FROM changed ORDER BY key, id DESC) last
           ON last.key = t.{key}::text
)
SELECT n, count(*), {kept}, {kept}
  FROM (SELECT width_bucket({at}, %(borders)s::timestamptz[]) AS n, version.* FROM version, inserted) row
 WHERE n BETWEEN 1 AND %(days)s AND (since_at IS NULL OR {seen_since}) AND (until_at IS NULL OR NOT {seen_until})
 GROUP BY n"""
# Whether a day's digest saw a change: by the clock, and by the transactions it saw where that is too near to tell.
SEEN = """CASE WHEN (%(made)s::timestamptz[])[n] IS NULL THEN TRUE
       WHEN {which}_at < (%(made)s::timestamptz[])[n] - interval '3 hours' THEN TRUE
       WHEN {which}_at > (%(made)s::timestamptz[])[n] + interval '3 hours' THEN FALSE
       ELSE pg_visible_in_snapshot({which}_in::text::xid8, (%(seen)s::text[])[n]::pg_snapshot) END"""
# And what the statement itself saw, in a row of its own.
WITH_WHAT_IT_SAW = """
SELECT one.*, NULL, NULL FROM ({}) one (n, count, kept, whole)
UNION ALL SELECT 0, 0, NULL, NULL, pg_current_snapshot()::text, clock_timestamp()"""


@dataclass(frozen=True)
class Day:
    """Rows written down from `since` (None: ever) to `until`, as they stood at `made_at` for who saw `snapshot`, or
    as they stand now.
    """

    since: datetime | None
    until: datetime
    made_at: datetime | None = None
    snapshot: str | None = None


@dataclass(frozen=True)
class Seen:
    """The moment of an answer, and the transactions it saw, as PostgreSQL writes a snapshot."""

    made_at: datetime
    snapshot: str


@dataclass(frozen=True)
class Sum:
    """`sha256`: of what stays; `whole`: of what retention may take away as well. Both are hexadecimal."""

    count: int
    sha256: str
    whole: str


def sums(table: Book | Facts, days: Sequence[Day], *, columns: Sequence[str]) -> tuple[list[Sum], Seen]:
    """What each of these days came to, which follow upon each other, over these columns of the table; and what of the
    database the answer is of.
    """
    nothing = _empty()
    borders = [days[0].since.isoformat() if days[0].since else "-infinity", *(day.until.isoformat() for day in days)]
    values: dict[str, Any] = {
        "borders": borders,
        "days": len(days),
        "made": [day.made_at for day in days],
        "seen": [day.snapshot for day in days],
    }
    question = _of_book(table, columns) if isinstance(table, Book) else _of_facts(table, columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OF_ONE_FORM)
        cursor.execute(WITH_WHAT_IT_SAW.format(question), values)
        rows = cursor.fetchall()
    found = {n: Sum(count, bytes(kept).hex(), bytes(whole).hex()) for n, count, kept, whole, *_seen in rows if n}
    ((snapshot, made_at),) = (seen for n, _count, _kept, _whole, *seen in rows if not n)
    return [found.get(n, nothing) for n in range(1, len(days) + 1)], Seen(made_at, snapshot)


def can_be_summed(table: Book | Facts) -> bool:
    """Whether something says when a row was written down: a column of its own, or the book of changes."""
    return isinstance(table, Book) or bool(table.at) or table.inserts


def columns_of(table: Book | Facts) -> list[str]:
    return list(table.columns)


def _of_book(book: Book, columns: Sequence[str]) -> str:
    key = f't."{book.key}"'
    whole = _digest(f"ROW({', '.join(_quoted(columns))})::text", key)
    stays = [column for column in columns if column not in book.personal]
    kept = _digest(f"ROW({', '.join(_quoted(stays))})::text", key) if book.personal else whole
    return OF_A_BOOK.format(at=f'"{book.at}"', table=book.table, kept=kept, whole=whole)


def _of_facts(facts: Facts, columns: Sequence[str]) -> str:
    at = f"(was->>{list(columns).index(facts.at)})::timestamptz" if facts.at else ""
    return OF_FACTS.format(
        table=facts.table,
        key=f'"{facts.key}"',
        columns=", ".join(_quoted(columns)),
        named=", ".join(f"one.value->(array_position(c.columns, '{column}') - 1)" for column in columns),
        kept=_digest("key || was::text", "key"),
        at=at or "coalesce(ats[width_bucket(key::bigint, firsts)], '-infinity')",
        has_inserts="FALSE" if at else "TRUE",
        seen_since=SEEN.format(which="since"),
        seen_until=SEEN.format(which="until"),
    )


def _digest(text: str, key: str) -> str:
    """Of all rows: the digest of their digests, in the order of their keys."""
    return f"sha256(string_agg(sha256(convert_to({text}, 'UTF8')), ''::bytea ORDER BY {key}))"


def _quoted(columns: Sequence[str]) -> list[str]:
    return [f't."{column}"' for column in columns]


def _empty() -> Sum:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NOTHING}")
        found = bytes(cursor.fetchone()[0]).hex()
    return Sum(0, found, found)
