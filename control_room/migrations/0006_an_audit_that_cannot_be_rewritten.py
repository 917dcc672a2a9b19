import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0006_the_door_of_retention'),
        ('control_room', '0005_clocks_that_lie'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='alertlimitevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='b0717f522a6ff458f8d0cb370664a0a4781fbacd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fedf3', table='control_room_alertlimitevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alertlimitevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='587b96e795c00f9da9d0e13b9be9b0cd8f57d088', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_de610', table='control_room_alertlimitevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wallboardevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='6838fff3736be38e221b390d82d44ec2a45eff0c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cd8fd', table='control_room_wallboardevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wallboardevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only_not_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit: % of % is refused, it is append-only', TG_OP, TG_TABLE_NAME\n             USING ERRCODE = 'insufficient_privilege';", hash='f31a764975f38532ee7a1129023dd4affe79da8c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_not_emptied_ceda0', table='control_room_wallboardevent', when='BEFORE')),
        ),
    ]
