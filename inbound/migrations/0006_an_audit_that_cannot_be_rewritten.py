import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0006_the_door_of_retention'),
        ('inbound', '0005_of_a_contract'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='flowversion',
            name='flow_version_is_frozen',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='1312395310ece64196b359ef9bae36c64ab1fd24', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5572b', table='inbound_contentevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='7e2e02ec276cda3e80a03567d72b369113f50b98', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_65e38', table='inbound_contentevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='flowdraftevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='66c28338a99d3b38c6c54d0fa8ffa5448c5fe7ce', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d021c', table='inbound_flowdraftevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='flowdraftevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='6872c84fa1ebad9d63944f02e5167105f3ca6461', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_47f6e', table='inbound_flowdraftevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='flowversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='2a2764d556c22da2871305c5921fd2066abace71', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_714f2', table='inbound_flowversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='flowversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='b14bf5b827d9d97fcfcee826e768a27162d88e33', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_210e0', table='inbound_flowversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='footstep',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{walk_id,position,version_id,step,kind,entered_at,left_at,by_hand,proposed,chosen,write_id,escalation_id}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."walk_id", o."position", o."version_id", o."step", o."kind", o."entered_at", o."left_at", o."by_hand", o."proposed", o."chosen", o."write_id", o."escalation_id") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE o."left_at" IS NOT NULL AND (ROW(o."walk_id", o."position", o."version_id", o."step", o."kind", o."entered_at", o."left_at", o."by_hand", o."proposed", o."chosen", o."write_id", o."escalation_id", o."answer", o."found", o."reason", o."trouble") IS DISTINCT FROM ROW(n."walk_id", n."position", n."version_id", n."step", n."kind", n."entered_at", n."left_at", n."by_hand", n."proposed", n."chosen", n."write_id", n."escalation_id", n."answer", n."found", n."reason", n."trouble") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='814c477c09cab0868f865332df26ead1fc38752b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_8b322', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='inbound_footstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='footstep',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{walk_id,position,version_id,step,kind,entered_at,left_at,by_hand,proposed,chosen,write_id,escalation_id}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."walk_id", o."position", o."version_id", o."step", o."kind", o."entered_at", o."left_at", o."by_hand", o."proposed", o."chosen", o."write_id", o."escalation_id") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."left_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='712c21e31866954c2f6ce2cb5ef4af0c53f17d61', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_d0e35', referencing='REFERENCING OLD TABLE AS old_rows ', table='inbound_footstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='footstep',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='4a4251361dbf7d3f0b8e56359de403997b988535', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_1f2eb', table='inbound_footstep', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidesystemevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='4d1e3bac66d1553166b0243f57eee2b702c81b10', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9df13', table='inbound_outsidesystemevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidesystemevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='20cf0d31ec9b641e6c81b31ec28735b98de63bac', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_08001', table='inbound_outsidesystemevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidewrite',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{key,walk_id,position,system,action,is_accountable,amount,state,reference,owed_at,owed_by_id,settled_at,settled_by_id,card_id,follow_card_id,is_not_needed}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."key", o."walk_id", o."position", o."system", o."action", o."is_accountable", o."amount", o."state", o."reference", o."owed_at", o."owed_by_id", o."settled_at", o."settled_by_id", o."card_id", o."follow_card_id", o."is_not_needed") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE o."owed_at" IS NOT NULL AND (ROW(o."key", o."walk_id", o."position", o."system", o."action", o."is_accountable", o."amount", o."state", o."reference", o."owed_at", o."owed_by_id", o."settled_at", o."settled_by_id", o."card_id", o."follow_card_id", o."is_not_needed", o."payload", o."to_whom", o."requester_name", o."requester_card", o."requester_kinship") IS DISTINCT FROM ROW(n."key", n."walk_id", n."position", n."system", n."action", n."is_accountable", n."amount", n."state", n."reference", n."owed_at", n."owed_by_id", n."settled_at", n."settled_by_id", n."card_id", n."follow_card_id", n."is_not_needed", n."payload", n."to_whom", n."requester_name", n."requester_card", n."requester_kinship") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='63acab7fa4f214227446828da51ece6a93a7d6fb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_d3dfa', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='inbound_outsidewrite', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidewrite',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{key,walk_id,position,system,action,is_accountable,amount,state,reference,owed_at,owed_by_id,settled_at,settled_by_id,card_id,follow_card_id,is_not_needed}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."key", o."walk_id", o."position", o."system", o."action", o."is_accountable", o."amount", o."state", o."reference", o."owed_at", o."owed_by_id", o."settled_at", o."settled_by_id", o."card_id", o."follow_card_id", o."is_not_needed") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."owed_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='84d72318d8cbbd4005e48f73c46a739c4eb2d40c', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_316f0', referencing='REFERENCING OLD TABLE AS old_rows ', table='inbound_outsidewrite', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidewrite',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='e90c755c5d9cb78be0395233e5cfe601a6d3e86e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_4ffae', table='inbound_outsidewrite', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidewritechange',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND public.audit_door_is_open(TG_TABLE_NAME)\n                AND to_jsonb(NEW) - ARRAY['note'] = to_jsonb(OLD) - ARRAY['note'] THEN RETURN NEW; END IF; RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='9ad2572f8638e8856bf872bcec7dfa2da7698bae', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0b40e', table='inbound_outsidewritechange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outsidewritechange',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='00e672c99216321035357a56255220f176cdc62e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_c09b0', table='inbound_outsidewritechange', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personinchargeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='bc092b5ebe4d88f45eb7cb88728eec357d8ea553', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_75e06', table='inbound_personinchargeevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personinchargeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='5a852e827f46f2aad958656bb50494c01dc79889', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_f7de6', table='inbound_personinchargeevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairlimitevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='2b848be05dc587d1696365a83a7c3de58b29c6ea', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_68d2c', table='inbound_repairlimitevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='repairlimitevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='a0023c436fb10797317880915a1c29698d9bcfd7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_2d40f', table='inbound_repairlimitevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reservedsearch',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='9e052012797122d05b23030f8e4474a5a6690188', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_07350', table='inbound_reservedsearch', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reservedsearch',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='5e8fa0af0dc64e8edba3e5504d38e12b2999f8cc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_c12bb', table='inbound_reservedsearch', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicelineevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='9aa5f732befffc882e5ab633a6a89298b0021b1b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c0caa', table='inbound_servicelineevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicelineevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='5f328a71725d11142d90863bc4570f4bce118e24', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_36408', table='inbound_servicelineevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='walk',
            trigger=pgtrigger.compiler.Trigger(name='facts_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{line_id,version_id,agent_id,escalation_id,walked_by_id,call_id,began_at,ended_at,result,result_label}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."line_id", o."version_id", o."agent_id", o."escalation_id", o."walked_by_id", o."call_id", o."began_at", o."ended_at", o."result", o."result_label") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o LEFT JOIN new_rows n ON n."id" = o."id" WHERE o."ended_at" IS NOT NULL AND (ROW(o."line_id", o."version_id", o."agent_id", o."escalation_id", o."walked_by_id", o."call_id", o."began_at", o."ended_at", o."result", o."result_label", o."caller_number", o."caller_name", o."contract", o."customer_name") IS DISTINCT FROM ROW(n."line_id", n."version_id", n."agent_id", n."escalation_id", n."walked_by_id", n."call_id", n."began_at", n."ended_at", n."result", n."result_label", n."caller_number", n."caller_name", n."contract", n."customer_name") OR n."id" IS NULL)) changed\n         GROUP BY part;\n        RETURN NULL;', hash='0909c833de84fd3936b1491620d34f947e2dd1ae', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_facts_changed_224dd', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='inbound_walk', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='walk',
            trigger=pgtrigger.compiler.Trigger(name='facts_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO public.agents_factchange\n    (at, transaction, table_name, operation, count, columns, rows, database_user, address, context_id)\nSELECT clock_timestamp(), pg_current_xact_id()::text::bigint, TG_TABLE_NAME, lower(TG_OP), count(*), \'{line_id,version_id,agent_id,escalation_id,walked_by_id,call_id,began_at,ended_at,result,result_label}\', jsonb_object_agg(key, was), session_user, inet_client_addr(), (SELECT public._pgh_attach_context())\n          FROM (SELECT o."id" AS key, jsonb_build_array(o."line_id", o."version_id", o."agent_id", o."escalation_id", o."walked_by_id", o."call_id", o."began_at", o."ended_at", o."result", o."result_label") AS was,\n                       (row_number() OVER () - 1) / 1000 AS part\n                  FROM old_rows o WHERE o."ended_at" IS NOT NULL) changed\n         GROUP BY part;\n        RETURN NULL;', hash='2f061a27186c0902cc552337d39902dd55f665d6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_facts_deleted_55d2f', referencing='REFERENCING OLD TABLE AS old_rows ', table='inbound_walk', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='walk',
            trigger=pgtrigger.compiler.Trigger(name='facts_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='4853fd3dbf1bfa2a61fb9d696a973243dffd3d7f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_facts_not_emptied_5a6f7', table='inbound_walk', when='BEFORE')),
        ),
    ]
