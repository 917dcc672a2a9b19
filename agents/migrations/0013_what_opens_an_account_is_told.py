"""Retention's door keeps to the policy, and the book of changes tells of what opens an account and of the schedule.

Whoever has the database's password may write both; what he writes is told, without what it is (docs/decisions/0192).
"""

from django.db import migrations

# As the first one (0006), but for `least`: a month less than the shortest policy there is, as its own row says it.
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
    SELECT make_interval(months => min(months) - 1) INTO least FROM (
        SELECT coalesce(min(least(months_of_calls, months_of_numbers, months_of_books)), 24) FROM agents_datapolicy
        UNION ALL SELECT coalesce(min(personal_data_months), 24) FROM campaigns_callingpolicy) kept (months);
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
# Which row, and that these columns of it are others now; what they were and are opens doors, and stays out of books.
TOLD = """
CREATE FUNCTION public.audit_tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    one bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.id ELSE OLD.id END;
BEGIN
    INSERT INTO public.agents_factchange
           (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)
    VALUES (clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), 1, TG_ARGV,
            jsonb_build_object(one, '[]'::jsonb), session_user, inet_client_addr(), public._pgh_attach_context());
    RETURN NULL;
END $$;
CREATE TRIGGER audit_tell AFTER UPDATE OF password ON public.agents_user FOR EACH ROW
  WHEN (OLD.password IS DISTINCT FROM NEW.password) EXECUTE FUNCTION public.audit_tell('password');
CREATE TRIGGER audit_tell AFTER INSERT OR DELETE ON public.mfa_authenticator FOR EACH ROW
  EXECUTE FUNCTION public.audit_tell('type', 'user_id', 'data');
CREATE TRIGGER audit_tell_update AFTER UPDATE OF type, user_id, data ON public.mfa_authenticator FOR EACH ROW
  WHEN (ROW(OLD.type, OLD.user_id, OLD.data) IS DISTINCT FROM ROW(NEW.type, NEW.user_id, NEW.data))
  EXECUTE FUNCTION public.audit_tell('type', 'user_id', 'data');
CREATE TRIGGER audit_tell AFTER INSERT OR DELETE ON public.django_celery_beat_periodictask FOR EACH ROW
  EXECUTE FUNCTION public.audit_tell('name', 'task', 'enabled');
CREATE TRIGGER audit_tell_update AFTER UPDATE ON public.django_celery_beat_periodictask FOR EACH ROW
  WHEN (to_jsonb(OLD) - ARRAY['last_run_at', 'total_run_count', 'date_changed']
        IS DISTINCT FROM to_jsonb(NEW) - ARRAY['last_run_at', 'total_run_count', 'date_changed'])
  EXECUTE FUNCTION public.audit_tell('what it does, and when');
CREATE TRIGGER audit_tell AFTER INSERT OR UPDATE OR DELETE ON public.django_celery_beat_intervalschedule FOR EACH ROW
  EXECUTE FUNCTION public.audit_tell('every', 'period');
CREATE TRIGGER audit_tell AFTER INSERT OR UPDATE OR DELETE ON public.django_celery_beat_crontabschedule FOR EACH ROW
  EXECUTE FUNCTION public.audit_tell('when');
"""
UNTOLD = """
DROP TRIGGER audit_tell ON public.agents_user;
DROP TRIGGER audit_tell ON public.mfa_authenticator;
DROP TRIGGER audit_tell_update ON public.mfa_authenticator;
DROP TRIGGER audit_tell ON public.django_celery_beat_periodictask;
DROP TRIGGER audit_tell_update ON public.django_celery_beat_periodictask;
DROP TRIGGER audit_tell ON public.django_celery_beat_intervalschedule;
DROP TRIGGER audit_tell ON public.django_celery_beat_crontabschedule;
DROP FUNCTION public.audit_tell();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0012_tokens_act_for_people"),
        ("campaigns", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunSQL(DOOR, migrations.RunSQL.noop), migrations.RunSQL(TOLD, UNTOLD)]
