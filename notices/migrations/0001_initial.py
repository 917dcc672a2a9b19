import datetime
import django.contrib.postgres.fields
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
            name='Recipient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('report_late', 'Reporte atrasado'), ('report_missing', 'Mes sin reporte'), ('report_held', 'Reporte que espera decisión'), ('report_failed', 'Reporte que no se pudo tomar'), ('campaign_sealed', 'Informe de cierre'), ('escalation_letter', 'Correo a una unidad'), ('escalation_digest', 'Derivaciones vencidas'), ('room_alerts', 'Avisos de la sala de control')], max_length=24, verbose_name='aviso')),
                ('name', models.CharField(max_length=80, verbose_name='nombre')),
                ('email', models.EmailField(max_length=254, verbose_name='correo')),
                ('is_active', models.BooleanField(default=True, verbose_name='activo')),
            ],
            options={
                'verbose_name': 'destinatario',
                'verbose_name_plural': 'destinatarios',
                'constraints': [models.UniqueConstraint(fields=('kind', 'email'), name='recipient_once_a_kind')],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "notices_recipientevent" ("email", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."email", NEW."id", NEW."is_active", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='0b011ebcfd268b7af46ecc80381cdf81e34dda02', operation='INSERT', pgid='pgtrigger_insert_insert_d0ca1', table='notices_recipient', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "notices_recipientevent" ("email", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."email", NEW."id", NEW."is_active", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='ea6d459e5ca56575d674bca72ada9656a26f77c2', operation='UPDATE', pgid='pgtrigger_update_update_f0b47', table='notices_recipient', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "notices_recipientevent" ("email", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."email", OLD."id", OLD."is_active", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='868b732cd65b7afd6f783d47e8af639d66998811', operation='DELETE', pgid='pgtrigger_delete_delete_79f03', table='notices_recipient', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='RecipientEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='notices.recipient')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('report_late', 'Reporte atrasado'), ('report_missing', 'Mes sin reporte'), ('report_held', 'Reporte que espera decisión'), ('report_failed', 'Reporte que no se pudo tomar'), ('campaign_sealed', 'Informe de cierre'), ('escalation_letter', 'Correo a una unidad'), ('escalation_digest', 'Derivaciones vencidas'), ('room_alerts', 'Avisos de la sala de control')], max_length=24, verbose_name='aviso')),
                ('name', models.CharField(max_length=80, verbose_name='nombre')),
                ('email', models.EmailField(max_length=254, verbose_name='correo')),
                ('is_active', models.BooleanField(default=True, verbose_name='activo')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='intentos')),
                ('fence', models.PositiveIntegerField(default=0, verbose_name='turno')),
                ('not_before', models.DateTimeField(default=datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), verbose_name='no antes de')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='en curso hasta')),
                ('parked_at', models.DateTimeField(blank=True, null=True, verbose_name='detenido desde')),
                ('owed_again_at', models.DateTimeField(blank=True, null=True, verbose_name='pedido otra vez')),
                ('last_error', models.TextField(blank=True, verbose_name='último error')),
                ('key', models.CharField(max_length=120, unique=True)),
                ('kind', models.CharField(choices=[('report_late', 'Reporte atrasado'), ('report_missing', 'Mes sin reporte'), ('report_held', 'Reporte que espera decisión'), ('report_failed', 'Reporte que no se pudo tomar'), ('campaign_sealed', 'Informe de cierre'), ('escalation_letter', 'Correo a una unidad'), ('escalation_digest', 'Derivaciones vencidas'), ('room_alerts', 'Avisos de la sala de control')], max_length=24, verbose_name='aviso')),
                ('to', django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), size=None, verbose_name='para')),
                ('reached', django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), default=list, size=None, verbose_name='ya lo recibieron')),
                ('subject', models.CharField(max_length=200, verbose_name='asunto')),
                ('body', models.TextField(verbose_name='texto')),
                ('state', models.CharField(choices=[('waiting', 'Por enviar'), ('sent', 'Enviado'), ('parked', 'Detenido tras varios intentos'), ('dropped', 'Ya no se envía')], default='waiting', max_length=8, verbose_name='estado')),
                ('created_at', models.DateTimeField(verbose_name='creado')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='enviado')),
            ],
            options={
                'verbose_name': 'aviso',
                'verbose_name_plural': 'avisos',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['not_before'], name='notice_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='notice_sent_has_its_time')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='notices.notice')),
                ('name', models.CharField(max_length=120)),
                ('content_type', models.CharField(max_length=120)),
                ('file', models.FileField(upload_to='notices/%Y/%m')),
            ],
        ),
    ]
