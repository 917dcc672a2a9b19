import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0006_the_door_of_retention'),
        ('escalations', '0004_mail_that_reached_nobody'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='change',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND public.audit_door_is_open(TG_TABLE_NAME)\n                AND to_jsonb(NEW) - ARRAY['note'] = to_jsonb(OLD) - ARRAY['note'] THEN RETURN NEW; END IF; RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='58091b20abf89beaf2e702a6c09d92f897026999', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_07358', table='escalations_change', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='change',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='fddd55de220e2d2e8fdb3331b7d631836c2e890d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_61907', table='escalations_change', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='escalationcall',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{escalation_id,by_id,asked_at}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."call_id" AS key, jsonb_build_array(o."escalation_id", o."by_id", o."asked_at") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."call_id" = o."call_id" WHERE o."asked_at" IS NOT NULL AND (ROW(o."escalation_id", o."by_id", o."asked_at") IS DISTINCT FROM ROW(n."escalation_id", n."by_id", n."asked_at") OR n."call_id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='57c635f7f6336e5813a25e1082dd08e83359457e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_c1a82', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='escalations_escalationcall', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='escalationcall',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{escalation_id,by_id,asked_at}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."call_id" AS key, jsonb_build_array(o."escalation_id", o."by_id", o."asked_at") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."asked_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='c771af365b15716efe63d590f809d7d25799acb7', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_a9cc3', referencing='REFERENCING OLD TABLE AS old_rows ', table='escalations_escalationcall', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='escalationcall',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='2284916af917bf25ba4b9fff3ebc7ada71ea27a0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_e773b', table='escalations_escalationcall', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='escalationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND public.audit_door_is_open(TG_TABLE_NAME)\n                AND to_jsonb(NEW) - ARRAY['customer_name', 'contract', 'telephone', 'reason', 'details', 'promised', 'outcome'] = to_jsonb(OLD) - ARRAY['customer_name', 'contract', 'telephone', 'reason', 'details', 'promised', 'outcome'] THEN RETURN NEW; END IF; RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='4a0bbe4376e51e481535ed7d308f1fdd9b8477cc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f5256', table='escalations_escalationevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='escalationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='3c40f782fca347d9a095e673e77f3bb755559eab', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_bdff3', table='escalations_escalationevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kindevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='e2a356326d65464377e715130f35772f57832e8d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_82336', table='escalations_kindevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kindevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='304594444249799a48a0529b9f6562a4de7d4784', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_a906d', table='escalations_kindevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='letter',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{escalation_id,unit_id,notice_id,to_whom}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."escalation_id", o."unit_id", o."notice_id", o."to_whom") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE TRUE AND (ROW(o."escalation_id", o."unit_id", o."notice_id", o."to_whom") IS DISTINCT FROM ROW(n."escalation_id", n."unit_id", n."notice_id", n."to_whom") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='fe8cc64bccccc3297840b82721a5db12a9ca02c6', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_0b6f5', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='escalations_letter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='letter',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{escalation_id,unit_id,notice_id,to_whom}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."escalation_id", o."unit_id", o."notice_id", o."to_whom") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE TRUE) changed\n         GROUP BY part;\n        RETURN NULL;', hash='c136cbbec7694fb0bc25bfd0dffbbc3599d1266e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_5b4a4', referencing='REFERENCING OLD TABLE AS old_rows ', table='escalations_letter', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='letter',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='d7d334ad45096f9204e66359de3525e0c24213e5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_0db4c', table='escalations_letter', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unitaddressevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='64ddb5d9f3261843b5258b57a5c82b31e4122621', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e33ef', table='escalations_unitaddressevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unitaddressevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='6edb8ee1ec9669f5458a3d99fb88dd101528b3d2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_6a303', table='escalations_unitaddressevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unitevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='2775566e4ca2eb386a4c5d8754ad10713ee92eac', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_147b8', table='escalations_unitevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='unitevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='82471099932b3fc8f5b8d635604b36c7530f48fb', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_bda4d', table='escalations_unitevent', when='BEFORE')),
        ),
    ]
