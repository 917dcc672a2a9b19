"""Whose hand writes in the database: what no process of the application wrote stands in a book (docs/decisions/0210).

Each connection of the application says a word (`callcenter/hand.py`) that its user's password does not tell. The
database knows the word's digest alone: a row that is written without the word gets a line in `StrangeWrite`, whichever
table it is in. Until the owner of the database was told which words count (`manage.py know_hand`), every hand is the
application's: programs of a release that says none may still be at work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from agents.models import AuditRemoval, FactChange, StrangeWrite, User

TRIGGER = "strange_write"

# Its body is read when it is made, not when it is asked: a session's path, or what lies there, turns nothing in it.
_STRANGER = """
CREATE OR REPLACE FUNCTION public.is_a_stranger() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN {answer}
"""
_SAID = "sha256(convert_to(coalesce(current_setting('callcenter.hand', TRUE), ''), 'UTF8'))"
_WRITES_DOWN = """
CREATE OR REPLACE FUNCTION public.strange_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    written jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN written := to_jsonb(OLD); ELSE written := to_jsonb(NEW); END IF;
    INSERT INTO public.agents_strangewrite
        (at, transaction, table_name, operation, key, database_user, address, program)
    VALUES (clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP),
            coalesce(written ->> TG_ARGV[0], ''), session_user, inet_client_addr(),
            current_setting('application_name'));
    RETURN NULL;
END $$
"""
# What a stranger is refused as well: what tells people of him and who has seen it, and retention's door, which writes
# first. A model says so itself: `refuses_strangers`, all of it or what is named.
_REFUSES = """
CREATE OR REPLACE FUNCTION public.no_stranger() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'audit: % of % is refused, it is for the application', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege';
END $$
"""
REFUSED, EVERYTHING = "no_stranger", "INSERT OR UPDATE OR DELETE"
# With the column of its key, where that is a number: others may be somebody's, and this book is kept for good.
_WITHOUT = """
SELECT format('%%I', c.relname), coalesce(key.attname, '') FROM pg_class c
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
  LEFT JOIN pg_attribute key ON key.attrelid = c.oid AND key.attnum = i.indkey[0]
       AND key.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'uuid'::regtype)
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
   AND c.relname <> ALL (%s)
   AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = %s AND t.tgenabled = 'O')
 ORDER BY 1
"""


def written_by_triggers() -> set[str]:
    """Tables whose rows triggers alone write: copies of what people edit, and the books about all others."""
    copies = {model._meta.db_table for model in apps.get_models() if issubclass(model, pghistory.models.Event)}
    books = (FactChange, AuditRemoval, StrangeWrite, pghistory.models.Context)
    return copies | {model._meta.db_table for model in books}


def _refused_to_strangers() -> dict[str, str]:
    """Of each table that refuses them something, what."""
    found = {model._meta.db_table: getattr(model, "refuses_strangers", False) for model in apps.get_models()}
    return {table: EVERYTHING if what is True else what for table, what in found.items() if what}


def unwatched_on_purpose() -> set[str]:
    """But for the copies of accounts, which say where people were reached before a stranger wrote."""
    return written_by_triggers() - {User._meta.get_field("events").related_model._meta.db_table}


def watch_every_table(**_signal: Any) -> None:
    """After each migration, by whoever migrates; again and again does no harm."""
    if StrangeWrite._meta.db_table not in connection.introspection.table_names():
        return  # a test that migrates to somewhere before it
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('public.is_a_stranger') IS NULL")
        if cursor.fetchone()[0]:
            cursor.execute(_STRANGER.format(answer="FALSE"))
        cursor.execute(_WRITES_DOWN)
        cursor.execute("REVOKE ALL ON FUNCTION public.strange_write() FROM PUBLIC")
        cursor.execute(_REFUSES)
        cursor.execute("REVOKE ALL ON FUNCTION public.no_stranger() FROM PUBLIC")
        there = {*connection.introspection.table_names()}
        for table, what in sorted(_refused_to_strangers().items()):
            if table not in there:
                continue
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {REFUSED} BEFORE {what} ON public.{table}"
                " FOR EACH ROW WHEN (public.is_a_stranger()) EXECUTE FUNCTION public.no_stranger()"
            )
    for table, key in unwatched():  # one at a time: each waits for the table's own writers alone
        made = sql.SQL(
            "CREATE OR REPLACE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON public.{} FOR EACH ROW"
            " WHEN (public.is_a_stranger()) EXECUTE FUNCTION public.strange_write({})"
        ).format(sql.Identifier(TRIGGER), sql.SQL(table), sql.Literal(key))  # type: ignore[arg-type]  # the server's
        with connection.cursor() as cursor:
            cursor.execute(made.as_string(cursor.connection))


def unwatched() -> Sequence[tuple[str, str]]:
    """Tables in which anybody's hand could write without a word of it, and the column of each one's key."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT, [sorted({*unwatched_on_purpose(), "django_migrations"}), TRIGGER])
        return cursor.fetchall()


@transaction.atomic
def know(words: Sequence[str]) -> None:
    """From now on whoever says none of `words` is a stranger; nobody is, where there are none. By the owner alone."""
    digests = [sql.Literal(hashlib.sha256(word.encode()).digest()) for word in words]
    answer = sql.SQL("{} <> ALL (ARRAY[{}])").format(sql.SQL(_SAID), sql.SQL(", ").join(digests)) if words else None
    with connection.cursor() as cursor:
        said = answer.as_string(cursor.connection) if answer else "FALSE"
        cursor.execute(_STRANGER.format(answer=said))


def has_hands() -> bool:
    """Whether this database can be told whose hands are ours at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('public.is_a_stranger') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def is_known() -> bool:
    """Whether the database was told whose hands are the application's; until then nobody's are a stranger's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_function_sqlbody('public.is_a_stranger'::regproc) <> 'RETURN false'")
        return bool(cursor.fetchone()[0])


def is_ours() -> bool:
    """Whether what this process writes counts as the application's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT public.is_a_stranger()")
        return bool(cursor.fetchone()[0])
