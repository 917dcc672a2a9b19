"""The one way to personal data of a book, and the guards of the two books that libraries bring.

Both functions run as whoever migrates, and look for tables nowhere but in `public` (docs/decisions/0192).
"""

from django.db import migrations

DOOR = """
CREATE FUNCTION public.audit_clock() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT pg_catalog.clock_timestamp()';

-- Only whoever opened it sees it open: it is closed in the transaction, and by the function, that opened it.
CREATE FUNCTION public.audit_door_is_open(which name) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS 'SELECT EXISTS (SELECT FROM public.agents_auditremoval WHERE is_open AND table_name = which)';

CREATE FUNCTION public.audit_forget(which text, by_key text, keys bigint[], columns text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    -- a month less than any policy: months are kept from their close, and some days after it are told as well
    least CONSTANT interval := '2 months';
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
# A context grows while its request or task goes on: what it said already stays, and an old one grows no more.
CONTEXT = """
CREATE FUNCTION public.audit_context_grows() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.created_at < clock_timestamp() - interval '3 hours' THEN
        RETURN NULL;
    END IF;
    NEW.id := OLD.id;
    NEW.created_at := OLD.created_at;
    NEW.metadata := NEW.metadata || jsonb_strip_nulls(OLD.metadata);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_context_grows BEFORE UPDATE ON public.pghistory_context
   FOR EACH ROW EXECUTE FUNCTION public.audit_context_grows();
"""
REFUSED = """
CREATE FUNCTION public.audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE ON public.django_admin_log
   FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_refuse_to_empty BEFORE TRUNCATE ON public.django_admin_log
   FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_refuse BEFORE DELETE ON public.pghistory_context
   FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_refuse_to_empty BEFORE TRUNCATE ON public.pghistory_context
   FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
"""
UNDONE = """
DROP TRIGGER audit_refuse ON public.django_admin_log;
DROP TRIGGER audit_refuse_to_empty ON public.django_admin_log;
DROP TRIGGER audit_refuse ON public.pghistory_context;
DROP TRIGGER audit_refuse_to_empty ON public.pghistory_context;
DROP TRIGGER audit_context_grows ON public.pghistory_context;
DROP FUNCTION public.audit_refuse();
DROP FUNCTION public.audit_context_grows();
DROP FUNCTION public.audit_forget(text, text, bigint[], text[]);
DROP FUNCTION public.audit_door_is_open(name);
DROP FUNCTION public.audit_clock();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("agents", "0005_an_audit_that_cannot_be_rewritten"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [migrations.RunSQL(DOOR + CONTEXT + REFUSED, UNDONE)]
