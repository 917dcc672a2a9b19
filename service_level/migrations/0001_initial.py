import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models

from screens.whole_tables import WholeTables


class Migration(WholeTables):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='día')),
                ('name', models.CharField(max_length=120, verbose_name='nombre')),
                ('decree', models.CharField(blank=True, help_text='Ley o decreto que lo dispone.', max_length=120, verbose_name='norma')),
                ('is_day_off', models.BooleanField(default=True, help_text='Sin marcar, el día se trabaja y se llama como cualquier otro.', verbose_name='no se trabaja')),
            ],
            options={
                'verbose_name': 'feriado',
                'verbose_name_plural': 'feriados',
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_level_holidayevent" ("day", "decree", "id", "is_day_off", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."day", NEW."decree", NEW."id", NEW."is_day_off", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='324f2336f1914f5ffa3c8eb9aa0b1338ae036cd6', operation='INSERT', pgid='pgtrigger_insert_insert_f312a', table='service_level_holiday', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_level_holidayevent" ("day", "decree", "id", "is_day_off", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."day", NEW."decree", NEW."id", NEW."is_day_off", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='7100b3e478b068a107cfc5e815e1f00a2a105715', operation='UPDATE', pgid='pgtrigger_update_update_d8d1a', table='service_level_holiday', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_level_holidayevent" ("day", "decree", "id", "is_day_off", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."day", OLD."decree", OLD."id", OLD."is_day_off", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='6f35457774984c7e730db43b3dc8b70d3b4ba2e0', operation='DELETE', pgid='pgtrigger_delete_delete_ec1a3', table='service_level_holiday', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='HolidayEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='service_level.holiday')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('day', models.DateField(verbose_name='día')),
                ('name', models.CharField(max_length=120, verbose_name='nombre')),
                ('decree', models.CharField(blank=True, help_text='Ley o decreto que lo dispone.', max_length=120, verbose_name='norma')),
                ('is_day_off', models.BooleanField(default=True, help_text='Sin marcar, el día se trabaja y se llama como cualquier otro.', verbose_name='no se trabaja')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WorkingHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.SmallIntegerField(choices=[(0, 'lunes'), (1, 'martes'), (2, 'miércoles'), (3, 'jueves'), (4, 'viernes'), (5, 'sábado'), (6, 'domingo')], verbose_name='día de la semana')),
                ('opens', models.TimeField(verbose_name='desde')),
                ('closes', models.TimeField(verbose_name='hasta')),
            ],
            options={
                'verbose_name': 'horario de trabajo',
                'verbose_name_plural': 'horarios de trabajo',
                'constraints': [models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens'))), name='working_hours_close_after_opening'), models.UniqueConstraint(fields=('weekday', 'opens'), name='working_hours_stretch_once')],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_level_workinghoursevent" ("closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."closes", NEW."id", NEW."opens", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."weekday"); RETURN NULL;', hash='eadc5f3352746d56c0f1d727503eae31110db8c8', operation='INSERT', pgid='pgtrigger_insert_insert_4ec82', table='service_level_workinghours', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_level_workinghoursevent" ("closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."closes", NEW."id", NEW."opens", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."weekday"); RETURN NULL;', hash='51c6d56929ceb8c6f916bed604d86bcd2d32fd0c', operation='UPDATE', pgid='pgtrigger_update_update_50cc6', table='service_level_workinghours', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_level_workinghoursevent" ("closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (OLD."closes", OLD."id", OLD."opens", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."weekday"); RETURN NULL;', hash='74ee6baa53b923db8b657ee498e204b6b56d65c6', operation='DELETE', pgid='pgtrigger_delete_delete_8d700', table='service_level_workinghours', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='WorkingHoursEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='service_level.workinghours')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('weekday', models.SmallIntegerField(choices=[(0, 'lunes'), (1, 'martes'), (2, 'miércoles'), (3, 'jueves'), (4, 'viernes'), (5, 'sábado'), (6, 'domingo')], verbose_name='día de la semana')),
                ('opens', models.TimeField(verbose_name='desde')),
                ('closes', models.TimeField(verbose_name='hasta')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
