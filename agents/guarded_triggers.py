"""What every trigger of the audit is given after each migration, by whoever migrates (docs/decisions/0192).

Triggers that libraries write can be got round by whoever may connect: `pgtrigger.ignore` switches one off for a
session, and a temporary table of the right name takes what was meant for the book. Here they lose both ways, and write
as their owner, so that nobody else needs the right to write into a book.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

# The library's answer, whatever a session asks for. It is written anew with each trigger: this follows migrations.
NEVER_IGNORED = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN FALSE; END'
"""
# `pg_temp` last: where it is not named it comes first. Moments in the book of changes are told in one time zone.
GUARDED = """
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
                WHERE p.pronamespace = 'public'::regnamespace
                  AND (p.proname LIKE 'pgtrigger\\_%'
                       OR p.proname IN ('_pgh_attach_context', 'audit_context_grows', 'audit_tell'))
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', one.name);
        EXECUTE format('ALTER FUNCTION %s SET timezone = ''UTC''', one.name);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one.name);
    END LOOP;
END $$
"""


def guard_triggers(**_signal: Any) -> None:
    """Again and again does no harm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('public._pgtrigger_should_ignore') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(NEVER_IGNORED)
            cursor.execute(GUARDED)
