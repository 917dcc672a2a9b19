import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0006_the_door_of_retention'),
        ('service_level', '0012_asternic_calls_without_a_wait'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='formulaevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='4b144af474803b715f728f791b1edc432e17ebab', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3c58d', table='service_level_formulaevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formulaevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='f60c095b6b5a201d53d4dc8b46a0e795246977e1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_674d7', table='service_level_formulaevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holidayevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='ab7748b787bdf65580182d42ae95c5e328f3b848', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_82cd7', table='service_level_holidayevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holidayevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='ecc082950455c3880a67d5b5dd3f118bf18ca97d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_b82dc', table='service_level_holidayevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measuredqueueevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='11beaf980f2fa32f8a6d449c00ab6021cc6b60c1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0537b', table='service_level_measuredqueueevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measuredqueueevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='1686429125f208dba20af756c83d0b01e29369af', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_46860', table='service_level_measuredqueueevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthseal',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='a09a3df7025376d4906b8db54638bf62f349eaf3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_10b9c', table='service_level_monthseal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='monthseal',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='cf1fb5b2d7b5bf31d967e12ac6667c2016399b2c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_3624e', table='service_level_monthseal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sealorder',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{month,reason,asked_at,asked_by_id,state}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."month", o."reason", o."asked_at", o."asked_by_id", o."state") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE o."asked_at" IS NOT NULL AND (ROW(o."month", o."reason", o."asked_at", o."asked_by_id", o."state") IS DISTINCT FROM ROW(n."month", n."reason", n."asked_at", n."asked_by_id", n."state") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='623f07a0bd13805bcc71703e979981ef6f7e2bb6', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_13a7f', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='service_level_sealorder', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sealorder',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{month,reason,asked_at,asked_by_id,state}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."month", o."reason", o."asked_at", o."asked_by_id", o."state") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."asked_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='6f0c7ef1c869a0ebd88b3716fc2347f339398fdc', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_91ecf', referencing='REFERENCING OLD TABLE AS old_rows ', table='service_level_sealorder', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sealorder',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='befdb4f8b7c83172e90dfcb3dc08b79857e2bb75', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_d31e5', table='service_level_sealorder', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffingpolicyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='a7b2d6d2d302f9e59a453c4cc7e7032fccc3c95d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7ac2d', table='service_level_staffingpolicyevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='staffingpolicyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='5166fb387f5ee773e863abdb698f80837654f2a3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_c73b6', table='service_level_staffingpolicyevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workinghoursevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='dc7ac34ae1087ad2ee09ffd53cc97747d13978d3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c1548', table='service_level_workinghoursevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workinghoursevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='16cf9a330ffc65613965ff1e5750911036adc05d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_e4ef6', table='service_level_workinghoursevent', when='BEFORE')),
        ),
    ]
