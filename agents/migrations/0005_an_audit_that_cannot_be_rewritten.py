import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0004_secrets_of_factors_are_encrypted'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table_name', models.CharField(max_length=63, verbose_name='tabla')),
                ('since', models.DateTimeField(help_text='Vacío: desde el comienzo.', null=True, verbose_name='desde')),
                ('until', models.DateTimeField(verbose_name='hasta')),
                ('count', models.PositiveBigIntegerField(verbose_name='filas')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), size=None, verbose_name='columnas')),
                ('sha256', models.CharField(max_length=64, verbose_name='huella')),
                ('sha256_whole', models.CharField(max_length=64, verbose_name='huella con datos personales')),
                ('chain', models.CharField(max_length=64, verbose_name='huella de la cadena')),
                ('made_at', models.DateTimeField(verbose_name='hecha')),
                ('snapshot', models.TextField(help_text='Las transacciones que la huella ve (pg_snapshot).')),
            ],
            options={
                'verbose_name': 'huella de un día',
                'verbose_name_plural': 'huellas de los días',
            },
        ),
        migrations.CreateModel(
            name='AuditRemoval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='cuándo')),
                ('table_name', models.CharField(max_length=63, verbose_name='tabla')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), size=None, verbose_name='columnas')),
                ('count', models.PositiveIntegerField(db_default=0, default=0, verbose_name='filas')),
                ('since', models.DateTimeField(null=True, verbose_name='desde')),
                ('until', models.DateTimeField(null=True, verbose_name='hasta')),
                ('is_open', models.BooleanField(db_default=True, default=True)),
                ('database_user', models.CharField(max_length=63, verbose_name='usuario de la base')),
            ],
            options={
                'verbose_name': 'dato quitado de la auditoría',
                'verbose_name_plural': 'datos quitados de la auditoría',
            },
        ),
        migrations.CreateModel(
            name='FactChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='cuándo')),
                ('transaction', models.BigIntegerField(verbose_name='transacción')),
                ('table_name', models.CharField(max_length=63, verbose_name='tabla')),
                ('operation', models.CharField(max_length=6, verbose_name='operación')),
                ('count', models.PositiveIntegerField(verbose_name='filas')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), size=None, verbose_name='columnas')),
                ('rows', models.JSONField(verbose_name='cómo estaban')),
                ('database_user', models.CharField(max_length=63, verbose_name='usuario de la base')),
                ('address', models.GenericIPAddressField(null=True, verbose_name='dirección')),
            ],
            options={
                'verbose_name': 'cambio de un hecho',
                'verbose_name_plural': 'cambios de hechos',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='1d8f242e87e2fb11660a17e39afef1e3ff653315', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a6f66', table='agents_agentevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='6a7ba1e44b43e4d80edec2409a8b3b7ff66d53ce', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_bc83b', table='agents_agentevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agentmessage',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{agent_id,sender_id,text,sent_at,seen_at}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."agent_id", o."sender_id", o."text", o."sent_at", o."seen_at") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE o."sent_at" IS NOT NULL AND (ROW(o."agent_id", o."sender_id", o."text", o."sent_at", o."seen_at") IS DISTINCT FROM ROW(n."agent_id", n."sender_id", n."text", n."sent_at", n."seen_at") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='2ea1f323e5c400932a19b7b6b6a9d7d495111b16', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_e5aac', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='agents_agentmessage', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agentmessage',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{agent_id,sender_id,text,sent_at,seen_at}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."agent_id", o."sender_id", o."text", o."sent_at", o."seen_at") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."sent_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='b32c6f9323acd6184ab11605658d3d2236f617dd', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_6e03d', referencing='REFERENCING OLD TABLE AS old_rows ', table='agents_agentmessage', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agentmessage',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='31b12656253d51f9e6af6920c73ba14b27678a1d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_1b91c', table='agents_agentmessage', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agentstate',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{agent_id,shift_id,state,reason_id,began_at,ended_at,by,person_id}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."agent_id", o."shift_id", o."state", o."reason_id", o."began_at", o."ended_at", o."by", o."person_id") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE o."ended_at" IS NOT NULL AND (ROW(o."agent_id", o."shift_id", o."state", o."reason_id", o."began_at", o."ended_at", o."by", o."person_id") IS DISTINCT FROM ROW(n."agent_id", n."shift_id", n."state", n."reason_id", n."began_at", n."ended_at", n."by", n."person_id") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='7709fb30b3d74b19c764895a596f1f1e4e33e9c7', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_231f7', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='agents_agentstate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agentstate',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{agent_id,shift_id,state,reason_id,began_at,ended_at,by,person_id}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."agent_id", o."shift_id", o."state", o."reason_id", o."began_at", o."ended_at", o."by", o."person_id") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."ended_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='f21c341fadf5435f80549309e75573a3c7a3621b', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_8900b', referencing='REFERENCING OLD TABLE AS old_rows ', table='agents_agentstate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agentstate',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='5796b1033ab56f1ac7e6f8e0a5a9389e08f42c89', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_cbf8e', table='agents_agentstate', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disclosure',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='5f707f6639d0bf72aa02f5bf83c110d1ae7ba473', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b8091', table='agents_disclosure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disclosure',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='32260aa77c14b31ebd44a1510cc8dba005c3540b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_7af08', table='agents_disclosure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pausereasonevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='91d082b77efcb47913dab83dd58768e8805afca3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d99a9', table='agents_pausereasonevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pausereasonevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='31492094956cb119ce2ec6bd1793d37eed257c41', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_4dca2', table='agents_pausereasonevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='shift',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{agent_id,began_at,ended_at,ended_by,ended_by_person_id}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."agent_id", o."began_at", o."ended_at", o."ended_by", o."ended_by_person_id") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE o."ended_at" IS NOT NULL AND (ROW(o."agent_id", o."began_at", o."ended_at", o."ended_by", o."ended_by_person_id") IS DISTINCT FROM ROW(n."agent_id", n."began_at", n."ended_at", n."ended_by", n."ended_by_person_id") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='1f08d4d59f7d99960ba06578a9195ddb286cc685', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_11249', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='agents_shift', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='shift',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{agent_id,began_at,ended_at,ended_by,ended_by_person_id}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."agent_id", o."began_at", o."ended_at", o."ended_by", o."ended_by_person_id") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."ended_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='c7fb63d9f8de579dda5b1b95bb5ffcb06d9d7020', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_82ab6', referencing='REFERENCING OLD TABLE AS old_rows ', table='agents_shift', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='shift',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='8b1728a95122553d8a7ff67ede97e550c18d9965', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_f294f', table='agents_shift', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statepolicyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='ecec25fbee4f86246daab43390b57fb4071db116', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c9748', table='agents_statepolicyevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statepolicyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='636993a9ecdcdea4a219c3ec54c830a4a3940fa4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_cbd93', table='agents_statepolicyevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stretchquestion',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{stretch_id,note,asked_at,seen_at,seen_by_id}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."stretch_id", o."note", o."asked_at", o."seen_at", o."seen_by_id") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE o."asked_at" IS NOT NULL AND (ROW(o."stretch_id", o."note", o."asked_at", o."seen_at", o."seen_by_id") IS DISTINCT FROM ROW(n."stretch_id", n."note", n."asked_at", n."seen_at", n."seen_by_id") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='066d8815efafbf8f97bfc36ec3887d28c2714653', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_5d902', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='agents_stretchquestion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stretchquestion',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{stretch_id,note,asked_at,seen_at,seen_by_id}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."stretch_id", o."note", o."asked_at", o."seen_at", o."seen_by_id") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."asked_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='e12dc767e3b8ddcde323b4f0b7ba5e1156e9a76c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_be4c1', referencing='REFERENCING OLD TABLE AS old_rows ', table='agents_stretchquestion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stretchquestion',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='3e6a5fd398c7036d3625a9ff9213572f13d25706', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_8e2b2', table='agents_stretchquestion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='userevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='f0f59efc62fa879b3f557fd6791229f78654b759', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0b89a', table='agents_userevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='userevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='522077c61575007884b9a414a2bec12fe68b0b04', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_037dd', table='agents_userevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='auditdigest',
            constraint=models.UniqueConstraint(fields=('table_name', 'until'), name='audit_digest_once_a_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditdigest',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='eaac889e1f6657d9417fd8c0d02466d7a5e1d198', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_37db2', table='agents_auditdigest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditdigest',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='f0ce24c8adbb372b92c5f855c11da1a02f182cbc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_029d8', table='agents_auditdigest', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='auditremoval',
            name='context',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='factchange',
            name='context',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditremoval',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND OLD.is_open THEN RETURN NEW; END IF; RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='4472fe29ea31dba5ab4695d71f9ecff58190156f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1e60b', table='agents_auditremoval', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditremoval',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='313d914ac4bb929074e331b9a2952e9ecc3c709e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_04f29', table='agents_auditremoval', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='factchange',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['at'], name='fact_change_by_time'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='factchange',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='7f45e895380705285b6f7a2cce7f40ebf7b247b6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_98a1b', table='agents_factchange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='factchange',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='5d9ef02e86b260b0ee6290cb1bb063314e8b00ed', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_7b7ea', table='agents_factchange', when='BEFORE')),
        ),
    ]
