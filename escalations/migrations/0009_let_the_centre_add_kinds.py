"""Kinds are rows: any code, one name each, and the words of the button that begins the lane of one."""

import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from django.utils.translation import gettext_noop as _

LANE_BUTTONS = {"billing_claim": _("Atender el reclamo")}


def begin_with_the_buttons(apps, schema_editor):
    kind = apps.get_model("escalations", "Kind")
    for code, words in LANE_BUTTONS.items():
        kind.objects.filter(code=code).update(lane_button=words)


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0008_find_what_is_open_first'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='kind',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='kind',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='kind',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='kind',
            name='lane_button',
            field=models.CharField(blank=True, help_text='Vacío: «Atender paso a paso».', max_length=40, verbose_name='botón que la atiende paso a paso'),
        ),
        migrations.AddField(
            model_name='kindevent',
            name='lane_button',
            field=models.CharField(blank=True, help_text='Vacío: «Atender paso a paso».', max_length=40, verbose_name='botón que la atiende paso a paso'),
        ),
        migrations.AlterField(
            model_name='kind',
            name='code',
            field=models.SlugField(help_text='Con él lo nombran los flujos y los resultados; después no se cambia.', max_length=24, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]*\\Z', 'Minúsculas sin acento, cifras y _: así lo nombran los flujos.')], verbose_name='código'),
        ),
        migrations.AlterField(
            model_name='kind',
            name='is_active',
            field=models.BooleanField(default=True, help_text='Inactivo no se ofrece y el reloj no lo deriva; lo que derivan los flujos sigue llegando.', verbose_name='activo'),
        ),
        migrations.AlterField(
            model_name='kind',
            name='name',
            field=models.CharField(max_length=80, unique=True, verbose_name='nombre'),
        ),
        migrations.AlterField(
            model_name='kindevent',
            name='code',
            field=models.SlugField(db_index=False, help_text='Con él lo nombran los flujos y los resultados; después no se cambia.', max_length=24, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]*\\Z', 'Minúsculas sin acento, cifras y _: así lo nombran los flujos.')], verbose_name='código'),
        ),
        migrations.AlterField(
            model_name='kindevent',
            name='is_active',
            field=models.BooleanField(default=True, help_text='Inactivo no se ofrece y el reloj no lo deriva; lo que derivan los flujos sigue llegando.', verbose_name='activo'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kind',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "escalations_kindevent" ("body", "closes", "code", "id", "is_active", "lane_button", "limit_hours", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stops_while_waiting", "subject", "unit_id", "warn_hours", "worked_by", "writes_at_once") VALUES (NEW."body", NEW."closes", NEW."code", NEW."id", NEW."is_active", NEW."lane_button", NEW."limit_hours", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."stops_while_waiting", NEW."subject", NEW."unit_id", NEW."warn_hours", NEW."worked_by", NEW."writes_at_once"); RETURN NULL;', hash='b6638cff3dd4a31f267f76fa5662be02e4668167', operation='INSERT', pgid='pgtrigger_insert_insert_8777c', table='escalations_kind', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kind',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "escalations_kindevent" ("body", "closes", "code", "id", "is_active", "lane_button", "limit_hours", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stops_while_waiting", "subject", "unit_id", "warn_hours", "worked_by", "writes_at_once") VALUES (NEW."body", NEW."closes", NEW."code", NEW."id", NEW."is_active", NEW."lane_button", NEW."limit_hours", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."stops_while_waiting", NEW."subject", NEW."unit_id", NEW."warn_hours", NEW."worked_by", NEW."writes_at_once"); RETURN NULL;', hash='34b0a672fa3acb8f5ceb1ec6b91db5d652ce3442', operation='UPDATE', pgid='pgtrigger_update_update_78b57', table='escalations_kind', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kind',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "escalations_kindevent" ("body", "closes", "code", "id", "is_active", "lane_button", "limit_hours", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stops_while_waiting", "subject", "unit_id", "warn_hours", "worked_by", "writes_at_once") VALUES (OLD."body", OLD."closes", OLD."code", OLD."id", OLD."is_active", OLD."lane_button", OLD."limit_hours", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."stops_while_waiting", OLD."subject", OLD."unit_id", OLD."warn_hours", OLD."worked_by", OLD."writes_at_once"); RETURN NULL;', hash='319057a4626e72ec452906da344e28ba6f97abe7', operation='DELETE', pgid='pgtrigger_delete_delete_9bab4', table='escalations_kind', when='AFTER')),
        ),
        migrations.RunPython(begin_with_the_buttons, migrations.RunPython.noop),
    ]
