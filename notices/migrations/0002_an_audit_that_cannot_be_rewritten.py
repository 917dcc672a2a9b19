import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0006_the_door_of_retention'),
        ('notices', '0001_initial'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{key,kind,to,state,created_at,sent_at}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."key", o."kind", o."to", o."state", o."created_at", o."sent_at") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE o."created_at" IS NOT NULL AND (ROW(o."key", o."kind", o."to", o."state", o."created_at", o."sent_at", o."subject", o."body") IS DISTINCT FROM ROW(n."key", n."kind", n."to", n."state", n."created_at", n."sent_at", n."subject", n."body") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='5c8c3649b9a2207940ce28c72d97b044a2713288', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_3b1ba', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='notices_notice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{key,kind,to,state,created_at,sent_at}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."key", o."kind", o."to", o."state", o."created_at", o."sent_at") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."created_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='52eabd6c633116fc61909e196f8dd2690a60503c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_0eb88', referencing='REFERENCING OLD TABLE AS old_rows ', table='notices_notice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='cf210f65f8415101f0d409568dbf007541dcfd73', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_54348', table='notices_notice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recipientevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='89507a75729567dbc3b01139448c5b5c81a4d933', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9ff31', table='notices_recipientevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recipientevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='318d24b7944cdbb2b09fa0ce2fed097a0b53fa88', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_13324', table='notices_recipientevent', when='BEFORE')),
        ),
    ]
