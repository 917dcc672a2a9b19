import django.core.validators
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
            name='AlertLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('idle', 'Disponible sin llamada, en segundos'), ('call', 'En una misma llamada, en segundos'), ('wrap_up', 'Cerrando una llamada, en segundos'), ('wait', 'Espera en la cola, en segundos'), ('list', 'Contactos que le quedan a un agente'), ('agreed', 'Llamada acordada vencida, en segundos'), ('link', 'Enlace con la central perdido, en segundos')], max_length=8, unique=True, verbose_name='de qué avisa')),
                ('limit', models.PositiveIntegerField(help_text='Avisa cuando se pasa; la lista, cuando baja de él.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='umbral')),
                ('is_on', models.BooleanField(default=True, verbose_name='avisa')),
                ('is_mailed', models.BooleanField(default=False, help_text='Un correo cuando empieza; mientras dura, ninguno más.', verbose_name='también por correo')),
            ],
            options={
                'verbose_name': 'umbral de aviso',
                'verbose_name_plural': 'umbrales de avisos',
                'constraints': [models.CheckConstraint(condition=models.Q(('limit__gte', 1)), name='alert_limit_is_positive')],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "control_room_alertlimitevent" ("id", "is_mailed", "is_on", "kind", "limit", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_mailed", NEW."is_on", NEW."kind", NEW."limit", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='252e0786d61aad6a411af3ff488e6f0bb7a909c4', operation='INSERT', pgid='pgtrigger_insert_insert_c8c45', table='control_room_alertlimit', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "control_room_alertlimitevent" ("id", "is_mailed", "is_on", "kind", "limit", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_mailed", NEW."is_on", NEW."kind", NEW."limit", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='00abf8deb41d49eada798ad3b16378c6b5514b5a', operation='UPDATE', pgid='pgtrigger_update_update_69be2', table='control_room_alertlimit', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "control_room_alertlimitevent" ("id", "is_mailed", "is_on", "kind", "limit", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."is_mailed", OLD."is_on", OLD."kind", OLD."limit", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='53a33cfb1571f18b824a6f41c56ef982ade33a3b', operation='DELETE', pgid='pgtrigger_delete_delete_7b9fd', table='control_room_alertlimit', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='AlertLimitEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='control_room.alertlimit')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('idle', 'Disponible sin llamada, en segundos'), ('call', 'En una misma llamada, en segundos'), ('wrap_up', 'Cerrando una llamada, en segundos'), ('wait', 'Espera en la cola, en segundos'), ('list', 'Contactos que le quedan a un agente'), ('agreed', 'Llamada acordada vencida, en segundos'), ('link', 'Enlace con la central perdido, en segundos')], max_length=8, verbose_name='de qué avisa')),
                ('limit', models.PositiveIntegerField(help_text='Avisa cuando se pasa; la lista, cuando baja de él.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='umbral')),
                ('is_on', models.BooleanField(default=True, verbose_name='avisa')),
                ('is_mailed', models.BooleanField(default=False, help_text='Un correo cuando empieza; mientras dura, ninguno más.', verbose_name='también por correo')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ToldAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('idle', 'Disponible sin llamada, en segundos'), ('call', 'En una misma llamada, en segundos'), ('wrap_up', 'Cerrando una llamada, en segundos'), ('wait', 'Espera en la cola, en segundos'), ('list', 'Contactos que le quedan a un agente'), ('agreed', 'Llamada acordada vencida, en segundos'), ('link', 'Enlace con la central perdido, en segundos')], max_length=8)),
                ('about', models.CharField(max_length=80)),
                ('told_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'about'), name='alert_is_told_once')],
            },
        ),
    ]
