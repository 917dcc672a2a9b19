"""What people call a country else than by its name: who says USA found nothing."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

OTHER_NAMES = {"Estados Unidos": "EE. UU., EEUU, USA, Norteamérica", "Reino Unido": "Inglaterra, Gran Bretaña, UK"}


def begin(apps, schema_editor):
    contents = apps.get_model("inbound", "Content").objects.filter(topic="countries", other_names="")
    for name, others in OTHER_NAMES.items():
        contents.filter(name=name).update(other_names=others)


class Migration(migrations.Migration):

    dependencies = [
        ('inbound', '0010_codes_by_reach_and_what_mio_tells'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='content',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='content',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='content',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='content',
            name='other_names',
            field=models.CharField(blank=True, help_text='Como también lo dice la gente: EE. UU., USA.', max_length=120, verbose_name='otros nombres'),
        ),
        migrations.AddField(
            model_name='contentevent',
            name='other_names',
            field=models.CharField(blank=True, help_text='Como también lo dice la gente: EE. UU., USA.', max_length=120, verbose_name='otros nombres'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='content',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_contentevent" ("code", "id", "is_active", "name", "other_names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "text", "topic") VALUES (NEW."code", NEW."id", NEW."is_active", NEW."name", NEW."other_names", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."text", NEW."topic"); RETURN NULL;', hash='a19bd075339251b5f3f4d0d7d05ca891aa9d903b', operation='INSERT', pgid='pgtrigger_insert_insert_134cb', table='inbound_content', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='content',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "inbound_contentevent" ("code", "id", "is_active", "name", "other_names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "text", "topic") VALUES (NEW."code", NEW."id", NEW."is_active", NEW."name", NEW."other_names", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."text", NEW."topic"); RETURN NULL;', hash='28678932feb0498954f1e4680b684bf29422ccc0', operation='UPDATE', pgid='pgtrigger_update_update_10c27', table='inbound_content', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='content',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "inbound_contentevent" ("code", "id", "is_active", "name", "other_names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "text", "topic") VALUES (OLD."code", OLD."id", OLD."is_active", OLD."name", OLD."other_names", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."text", OLD."topic"); RETURN NULL;', hash='01d838b1b84843c6a6fa693edc206c1ac3922cd5', operation='DELETE', pgid='pgtrigger_delete_delete_2a3ea', table='inbound_content', when='AFTER')),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
