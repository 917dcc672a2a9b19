"""Retention's door lets go by the longest the policy said within a week; a password that waits for a second word is told.

Whoever has the database's password shortens the policy, or adds another row to it, and takes nothing away by that.
"""

from django.db import migrations

# As the one before (0013), but for `least`.
DOOR = """
CREATE OR REPLACE FUNCTION public.audit_forget(which text, by_key text, keys bigint[], columns text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    least interval;
    book regclass := format('public.%I', which)::regclass;
    written text;
    emptied text;
    removal bigint;
    gone bigint;
    began timestamptz;
    ended timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = book AND tgname LIKE 'pgtrigger_append_only_%') THEN
        RAISE EXCEPTION 'audit: % is no book', which USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- a month less: months are kept from their close, and some days after it are told as well
    WITH data AS (
        SELECT months_of_calls, months_of_numbers, months_of_books FROM agents_datapolicy WHERE id = 1
        UNION ALL SELECT months_of_calls, months_of_numbers, months_of_books FROM agents_datapolicyevent
                   WHERE pgh_created_at > audit_clock() - interval '7 days'
        UNION ALL (SELECT months_of_calls, months_of_numbers, months_of_books FROM agents_datapolicyevent
                    WHERE pgh_created_at <= audit_clock() - interval '7 days' ORDER BY pgh_id DESC LIMIT 1)
        UNION ALL SELECT 24, 24, 24 WHERE NOT EXISTS (SELECT FROM agents_datapolicy WHERE id = 1) OR EXISTS (
                    SELECT FROM agents_datapolicyevent HAVING min(pgh_created_at) > audit_clock() - interval '7 days')
    ), calls AS (
        SELECT personal_data_months AS months FROM campaigns_callingpolicy WHERE id = 1
        UNION ALL SELECT personal_data_months FROM campaigns_callingpolicyevent
                   WHERE pgh_created_at > audit_clock() - interval '7 days'
        UNION ALL (SELECT personal_data_months FROM campaigns_callingpolicyevent
                    WHERE pgh_created_at <= audit_clock() - interval '7 days' ORDER BY pgh_id DESC LIMIT 1)
        UNION ALL SELECT 24 WHERE NOT EXISTS (SELECT FROM campaigns_callingpolicy WHERE id = 1) OR EXISTS (
                    SELECT FROM campaigns_callingpolicyevent HAVING min(pgh_created_at) > audit_clock() - interval '7 days')
    )
    SELECT make_interval(months => least(max(months_of_calls), max(months_of_numbers), max(months_of_books),
                                         (SELECT max(months) FROM calls)) - 1) INTO least FROM data;
    SELECT CASE WHEN bool_or(attname = 'pgh_created_at') THEN 'pgh_created_at' ELSE 'at' END INTO written
      FROM pg_attribute WHERE attrelid = book AND attnum > 0 AND NOT attisdropped;
    SELECT string_agg(format('%I = %s', attname, CASE WHEN atttypid = 'jsonb'::regtype THEN '''{}'''
                                                     WHEN atttypid IN ('text'::regtype, 'varchar'::regtype) THEN ''''''
                                                     ELSE 'NULL' END), ', ') INTO emptied
      FROM pg_attribute WHERE attrelid = book AND attname = ANY(columns) AND attnum > 0 AND NOT attisdropped;
    INSERT INTO agents_auditremoval (at, table_name, columns, count, is_open, database_user, context_id)
    VALUES (clock_timestamp(), which, columns, 0, TRUE, session_user, _pgh_attach_context()) RETURNING id INTO removal;
    EXECUTE format('WITH gone AS (UPDATE %1$s SET %2$s WHERE %3$I = ANY($1) AND %4$I < audit_clock() - $2
                                     RETURNING %4$I AS written)
                    SELECT count(*), min(written), max(written) FROM gone', book, emptied, by_key, written)
       INTO gone, began, ended USING keys, least;
    UPDATE agents_auditremoval SET count = gone, since = began, until = ended, is_open = FALSE WHERE id = removal;
    RETURN gone;
END $$;
"""
TOLD = """
CREATE TRIGGER audit_tell AFTER UPDATE OF password ON public.agents_powerrequest FOR EACH ROW
  WHEN (OLD.password IS DISTINCT FROM NEW.password) EXECUTE FUNCTION public.audit_tell('password')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0015_months_are_shortened_with_notice"),
        ("campaigns", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(DOOR, migrations.RunSQL.noop),
        migrations.RunSQL(TOLD, "DROP TRIGGER audit_tell ON public.agents_powerrequest"),
    ]
