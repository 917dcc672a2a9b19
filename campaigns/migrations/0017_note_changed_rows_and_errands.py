from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

KEPT = timedelta(days=45)  # as figures/refreshing.py: older campaigns are not counted again


def begin_again(apps, schema_editor):
    """Exports do not say of which list they are, and figures lack the hours by service: both are made anew."""
    for export in apps.get_model("campaigns", "ListExport").objects.all():
        if export.file:
            export.file.delete(save=False)
    apps.get_model("campaigns", "ListExport").objects.all().delete()
    refreshes = apps.get_model("campaigns", "FigureRefresh").objects
    refreshes.exclude(campaign__state="closed", campaign__closed_at__lt=timezone.now() - KEPT).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0002_skills_of_the_month_of_prepaid'),
        ('campaigns', '0016_keep_who_changed_an_agreed_call'),
    ]

    operations = [
        migrations.RunPython(begin_again, migrations.RunPython.noop),
        migrations.CreateModel(
            name='ChangedRows',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'cambio de filas',
                'verbose_name_plural': 'cambios de filas',
            },
        ),
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('deal', 'reparto'), ('seal', 'sello del informe')], max_length=4)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('fence', models.PositiveIntegerField(default=0)),
                ('not_before', models.DateTimeField(help_text='Hasta entonces es de quien lo intenta, o espera el próximo intento.')),
                ('failed_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'verbose_name': 'trabajo pendiente',
                'verbose_name_plural': 'trabajos pendientes',
            },
        ),
        migrations.RemoveConstraint(
            model_name='agentday',
            name='agent_day_once',
        ),
        migrations.RemoveField(
            model_name='listexport',
            name='campaign',
        ),
        migrations.AddField(
            model_name='agentday',
            name='service',
            field=models.CharField(blank=True, choices=[('INTERNET', 'Internet'), ('TV', 'Televisión')], max_length=8),
        ),
        migrations.AddField(
            model_name='listexport',
            name='error',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='listexport',
            name='fence',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='listexport',
            name='is_masked',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='listexport',
            name='kind',
            field=models.CharField(choices=[('contacts', 'Contactos'), ('payments', 'Pagos'), ('promises', 'Compromisos de pago'), ('rejected', 'Filas rechazadas')], default='contacts', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='agentday',
            constraint=models.UniqueConstraint(fields=('campaign', 'day', 'agent', 'service'), name='agent_day_once'),
        ),
        migrations.AddField(
            model_name='changedrows',
            name='campaign',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.campaign'),
        ),
        migrations.AddField(
            model_name='errand',
            name='campaign',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='errands', to='campaigns.campaign'),
        ),
        migrations.AddConstraint(
            model_name='errand',
            constraint=models.UniqueConstraint(fields=('campaign', 'kind'), name='errand_once'),
        ),
    ]
