"""Where the rows of a report stand between the file and the campaign: one unlogged table a report.

The rows arrive clean and typed from the reader as `COPY` text, so the database parses nothing twice. The table is
each attempt's own and dropped when the report is published: a killed worker leaves nothing half-done. Between the
transactions of an attempt its rows stand where whoever has the application's password may write: each transaction sees
first that every row is still its own (docs/decisions/0209).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from campaigns.models import Report, ReportKind

COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    ReportKind.CCVP: (
        ("line", "integer"),
        ("contract", "text"),
        ("service_number", "text"),
        ("service", "text"),
        ("name", "text"),
        ("name_key", "text"),
        ("identity_card", "text"),
        ("telephones", "varchar(16)[]"),
        ("plan", "text"),
        ("due_on", "date"),
        ("amount", "numeric(10,2)"),
        ("zone", "text"),
        ("address", "text"),
        ("segment", "text"),
        ("reason", "text"),
        ("detail", "text"),
        ("cells", "text"),
    ),
    ReportKind.RECAUDO: (
        ("line", "integer"),
        ("receipt", "text"),
        ("contract", "text"),
        ("service_number", "text"),
        ("service", "text"),
        ("paid_on", "date"),
        ("amount", "numeric(12,2)"),
        ("channel", "text"),
        ("status", "text"),
        ("reason", "text"),
        ("detail", "text"),
        ("cells", "text"),
    ),
}
NOT_CELLS = ("line", "reason", "detail", "cells", "name_key")
CELL_OF = {"service": "product", "telephones": "mobile"}  # where a typed value stands when a row is written back


class RowsTouched(Exception):
    """Somebody else wrote into the staging table, or made another of it, between two transactions of the attempt."""


@dataclass(frozen=True)
class Counted:
    """What publishing made of the usable rows. `figures` is JSON; amounts are written as text."""

    taken: int
    duplicates: int
    other_service: int
    figures: dict[str, Any] = field(default_factory=dict)


def table_of(report: Report) -> str:
    """Name of the staging table of this attempt at `report`: letters and digits of ours, safe inside a statement. Its
    schema is the one where the application makes tables (docs/decisions/0193).

    The fence is part of it, so that a worker that was thought dead and its successor never meet in one table.
    """
    return f"staging.report_{int(report.pk)}_{int(report.fence)}"


def make_table(*, report: Report) -> str:
    """Make the empty staging table of this attempt. Returns its name."""
    table = table_of(report)
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS[report.kind])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE UNLOGGED TABLE {table} ({columns}) WITH (autovacuum_enabled = false)")
    return table


def copy_lines(*, report: Report, chunks: Iterable[bytes]) -> None:
    """Take chunks of `COPY` text into the table, columns in the order of `COLUMNS`.

    The table was made in the same transaction, so the rows can be written frozen: later reads need not mark them.
    """
    columns = ", ".join(name for name, _ in COLUMNS[report.kind])
    statement = f"COPY {table_of(report)} ({columns}) FROM STDIN WITH (FREEZE)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in chunks:
            copy.write(chunk)


@dataclass(frozen=True)
class Remembered:
    """What the table of an attempt is and which transactions wrote its rows: of this process, and of no row."""

    shape: tuple[Any, ...] | None
    writers: list[tuple[Any, ...]]


def remember(*, report: Report) -> Remembered:
    """How the table stands before the transaction of the attempt ends that wrote there."""
    return Remembered(_shape(report), _writers(report))


def check_untouched(*, report: Report, since: Remembered) -> None:
    """Keep everybody else from writing there until this transaction ends. Raises RowsTouched where somebody has since.

    A row says which transaction wrote it, and nobody can say another: told apart from this are rows changed, added and
    taken away, columns that changed names, a constraint, a default or anything else that hangs on it, and a view or
    another table in the place of this one.
    """
    with connection.cursor() as cursor:  # whatever was read meanwhile may have said another path
        cursor.execute("SET LOCAL search_path = pg_catalog, public, pg_temp")
    is_the_same = _shape(report) == since.shape  # a view in its place would not be locked
    if is_the_same:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table_of(report)} IN EXCLUSIVE MODE")
        # rows of what is another by now are not read: a column of a view may be a program
        is_the_same = _shape(report) == since.shape and _writers(report) == since.writers
    if not is_the_same:
        words = _("Mientras se tomaba, alguien escribió en sus filas en la base: avise a quien tiene el servidor.")
        raise RowsTouched(words)


def _shape(report: Report) -> tuple[Any, ...] | None:
    """All that the catalogue says of the table and its columns, and how many things hang on it or it hangs on (a
    constraint or a default may call a function of somebody's, in the transaction of whoever writes the next row).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT to_jsonb(c) - ARRAY['relpages', 'reltuples', 'relallvisible', 'relallfrozen', 'relfrozenxid',
                                       'relminmxid'],  -- what VACUUM and ANALYZE write
                   (SELECT jsonb_agg(to_jsonb(a) ORDER BY attnum) FROM pg_catalog.pg_attribute a
                     WHERE attrelid = c.oid),
                   (SELECT count(*) FROM pg_catalog.pg_depend
                     WHERE refclassid = 'pg_catalog.pg_class'::regclass AND refobjid = c.oid),
                   (SELECT count(*) FROM pg_catalog.pg_depend
                     WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = c.oid)
              FROM pg_catalog.pg_class c WHERE c.oid = to_regclass(%s)
            """,
            [table_of(report)],
        )
        return cursor.fetchone()


def _writers(report: Report) -> list[tuple[str, int]]:
    """Of each transaction that wrote rows that are there: how many."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT xmin::text, count(*) FROM ONLY {table_of(report)} GROUP BY 1 ORDER BY 1")
        return cursor.fetchall()


def settle_two_readings(*, report: Report, decimal: str) -> None:
    """Give the amounts with one mark and three digits (`1.149`) their value, now that the whole column told.

    `decimal`: the mark that parts decimals; `1.149` is Bs 1,15 if it is the point, and Bs 1.149,00 if it is not. Until
    then `amount` is their sign alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table_of(report)} staged
               SET amount = sign(staged.amount) * CASE WHEN substr(found.text, length(found.text) - 3, 1) = %s
                                                     THEN regexp_replace(found.text, '[.,]', '.')::numeric
                                                     ELSE regexp_replace(found.text, '[.,]', '')::numeric END,
                   reason = NULL, detail = NULL, cells = NULL
              FROM (SELECT line, substring(detail FROM '[0-9]{{1,3}}[.,][0-9]{{3}}') AS text
                      FROM {table_of(report)} WHERE reason = 'two_readings') found
             WHERE found.line = staged.line
            """,
            [decimal],
        )


def drop_table(*, report: Report) -> None:
    """Drop the staging table of this attempt; nothing when there is none. Waits for whoever still holds it.

    A view that somebody put in its place is left, for `verify_audit` to name.
    """
    table = table_of(report)
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_class WHERE oid = to_regclass(%s) AND relkind = 'r'", [table])
        if cursor.fetchone() is not None:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def forget_orphans() -> int:
    """Drop the staging tables of attempts nobody works at any more. Returns how many.

    One that a worker still holds, though its report was given to another, is left for the next time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT staged.relname FROM pg_class staged
            LEFT JOIN campaigns_report report
                ON staged.relname = format('report_%%s_%%s', report.id, report.fence)
            WHERE staged.relkind = 'r' AND staged.relname ~ '^report_[0-9]+_[0-9]+$'  -- others are somebody's
              AND staged.relnamespace = 'staging'::regnamespace
              AND coalesce(report.state NOT IN ('waiting', 'reading', 'checking', 'publishing'), true)
            """,
            [],
        )
        orphans = [name for (name,) in cursor.fetchall()]
    return sum(_dropped(name) for name in orphans)


def _dropped(name: str) -> bool:
    drop = sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier("staging", name))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            cursor.execute(drop.as_string(cursor.connection))
    except OperationalError:
        return False
    return True


def write_rejected(*, report: Report) -> int:
    """Keep the rows of the staging table that have a reason as RejectedRow. Returns how many are rejected.

    A report that is read again has some already: they keep what a person wrote, or go if they are usable now.
    """
    table = table_of(report)
    words = [name for name, _ in COLUMNS[report.kind] if name not in NOT_CELLS]
    rebuilt = ", ".join(f"'{CELL_OF.get(name, name)}', {_as_text(name)}" for name in words)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO campaigns_rejectedrow (report_id, line, cells, reason, detail, state)
            SELECT %s, line, coalesce(cells::jsonb, jsonb_build_object({rebuilt})), left(reason, 32),
                   left(coalesce(detail, ''), 200), 'waiting'
            FROM {table} WHERE reason IS NOT NULL
            ON CONFLICT (report_id, line) DO UPDATE SET reason = EXCLUDED.reason, detail = EXCLUDED.detail
            """,
            [report.pk],
        )
        rejected = int(cursor.rowcount)
        cursor.execute(
            f"""
            DELETE FROM campaigns_rejectedrow kept
             WHERE report_id = %s AND NOT EXISTS (
               SELECT FROM {table} staged WHERE staged.line = kept.line AND staged.reason IS NOT NULL)
            """,
            [report.pk],
        )
        return rejected


def _as_text(column: str) -> str:
    return "array_to_string(telephones, ' / ')" if column == "telephones" else f"coalesce({column}::text, '')"
