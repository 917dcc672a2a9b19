"""What the user of `DATABASE_URL` may do: read and write rows, and of books only read, or add (docs/decisions/0193).

Given anew after each migration, in one transaction: a table that a release brings is reached when its rights are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from agents.audit import books
from agents.hands import written_by_triggers

FOR_REPORTS = "staging"  # the one schema it makes tables in: each report's, dropped when it is taken (decision 0030)
CAN_MAINTAIN = (
    170_000  # PostgreSQL 17: ANALYZE without owning; before, it is skipped with a warning, and autovacuum does it
)

_come_later = ContextVar("_come_later", default=False)


class NoRights(RuntimeError):
    """Why the rights cannot be given, as a sentence."""


@contextmanager
def rights_come_later() -> Iterator[None]:
    """Migrating inside gives none: until they are given nobody works in a database that is not ready."""
    token = _come_later.set(True)
    try:
        yield
    finally:
        _come_later.reset(token)


def give_rights_after_migrating(**_signal: Any) -> None:
    """Where an owner is named, and the other user is there."""
    if (
        not _come_later.get()
        and settings.DATABASE_OWNER is not None
        and _is_there(who_works())
        and connection.settings_dict["USER"] != who_works()
    ):
        give_rights(to=who_works())


def who_works() -> str:
    """The user of `DATABASE_URL`, whoever the connection's is now."""
    return str(settings.DATABASE_WORKS_AS)


def make_role(*, name: str, password: str, like: str = "") -> bool:
    """Make the user, who may sign in and nothing else, or what another may; whether it was not there. Needs a user who
    may make users.
    """
    if _is_there(name):
        return False
    made = sql.SQL(
        "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
    ).format(sql.Identifier(name), sql.Literal(password))
    if like:
        made += sql.SQL(" IN ROLE {}").format(sql.Identifier(like))
    with connection.cursor() as cursor:
        cursor.execute(made.as_string(cursor.connection))
    return True


@transaction.atomic
def give_rights(*, to: str) -> None:
    """Exactly these, whatever it had before; again and again does no harm. Raises NoRights for the owner itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = %s", [to])
        found = cursor.fetchone()
        if found is None or found[0] == to or found[1]:
            raise NoRights(f"{to}: it is not there, owns the database, or is a superuser, whom no right holds back.")
        for statement in _statements(cursor.connection.info.server_version >= CAN_MAINTAIN):
            text = statement.format(
                who=sql.Identifier(to),
                database=sql.Identifier(str(connection.settings_dict["NAME"])),
                staging=sql.Identifier(FOR_REPORTS),
            )
            cursor.execute(text.as_string(cursor.connection))


def only_read() -> list[str]:
    """Tables whose rows triggers alone write, and the list of migrations."""
    return sorted({*written_by_triggers(), "django_migrations"} & {*connection.introspection.table_names()})


def only_added_to() -> list[str]:
    """Books the application writes itself."""
    return sorted({book.table for book in books()} - {*only_read()})


def endless() -> list[str]:
    """The sequences nobody can use up by asking. A number for an identity column is given without a right to ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('public.%I', sequencename) FROM pg_sequences"
            " WHERE schemaname = 'public' AND data_type = 'bigint'::regtype ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def _statements(can_maintain: bool) -> list[sql.SQL]:
    read, added = only_read(), only_added_to()
    tables = set(connection.introspection.table_names()) - {*read, *added}
    written = ", ".join(f'public."{name}"' for name in sorted(tables))
    return [
        sql.SQL(text)  # type: ignore[arg-type]  # names of our own tables
        for text in (
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC, {who}",
            "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {who}",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC, {who}",
            "GRANT USAGE ON SCHEMA public TO {who}",
            "GRANT USAGE, CREATE ON SCHEMA {staging} TO {who}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {who}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {who}",
            f"GRANT INSERT, UPDATE, DELETE ON {written} TO {{who}}",
            *([f"GRANT MAINTAIN ON {written} TO {{who}}"] if can_maintain else []),
            *(f'GRANT INSERT ON public."{name}" TO {{who}}' for name in added),
            "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {who}",
            "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {who}",  # for a copy, which says how far they are
            *(f"GRANT USAGE ON SEQUENCE {name} TO {{who}}" for name in endless()),
            "REVOKE ALL ON FUNCTION public.audit_forget(text, text, bigint[], text[]) FROM PUBLIC",
            "GRANT EXECUTE ON FUNCTION public.audit_forget(text, text, bigint[], text[]) TO {who}",
        )
    ]


def _is_there(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() is not None
