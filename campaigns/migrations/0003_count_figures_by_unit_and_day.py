import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0001_initial'),
        ('campaigns', '0002_first_day_of_calls'),
    ]

    operations = [
        migrations.DeleteModel(name='DayFigure'),
        migrations.DeleteModel(name='FigureCell'),
        migrations.CreateModel(
            name='AgentDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('attempts', models.PositiveIntegerField()),
                ('quarters', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='AttemptFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('cut', models.CharField(choices=[('agent', 'por agente'), ('zone', 'por zona')], max_length=5)),
                ('part', models.CharField(choices=[('INTERNET', 'Internet'), ('TV', 'Televisión'), ('BOTH', 'Internet y televisión')], max_length=8)),
                ('zone', models.CharField(max_length=80)),
                ('attempts', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='DayFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('cut', models.CharField(choices=[('agent', 'por agente'), ('zone', 'por zona')], max_length=5)),
                ('unit', models.CharField(choices=[('contact', 'contactos'), ('service', 'servicios')], max_length=8)),
                ('part', models.CharField(choices=[('INTERNET', 'Internet'), ('TV', 'Televisión'), ('BOTH', 'Internet y televisión')], max_length=8)),
                ('zone', models.CharField(max_length=80)),
                ('handled', models.PositiveIntegerField()),
                ('contacted', models.PositiveIntegerField()),
                ('promised', models.PositiveIntegerField()),
                ('paid', models.PositiveIntegerField()),
                ('paid_after_contact', models.PositiveIntegerField()),
                ('amount_paid', models.DecimalField(decimal_places=2, max_digits=14)),
                ('amount_paid_after_contact', models.DecimalField(decimal_places=2, max_digits=14)),
            ],
        ),
        migrations.CreateModel(
            name='FigureCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(choices=[('contact', 'contactos'), ('service', 'servicios')], max_length=8)),
                ('part', models.CharField(choices=[('INTERNET', 'Internet'), ('TV', 'Televisión'), ('BOTH', 'Internet y televisión')], max_length=8)),
                ('zone', models.CharField(max_length=80)),
                ('held_out', models.BooleanField()),
                ('assigned', models.PositiveIntegerField()),
                ('items', models.PositiveIntegerField()),
                ('callable', models.PositiveIntegerField()),
                ('callable_paid', models.PositiveIntegerField()),
                ('handled', models.PositiveIntegerField()),
                ('contacted', models.PositiveIntegerField()),
                ('promised', models.PositiveIntegerField()),
                ('paid', models.PositiveIntegerField()),
                ('paid_after_contact', models.PositiveIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('amount_handled', models.DecimalField(decimal_places=2, max_digits=14)),
                ('amount_contacted', models.DecimalField(decimal_places=2, max_digits=14)),
                ('amount_promised', models.DecimalField(decimal_places=2, max_digits=14)),
                ('amount_paid', models.DecimalField(decimal_places=2, max_digits=14)),
                ('amount_paid_after_contact', models.DecimalField(decimal_places=2, max_digits=14)),
                ('amount_received', models.DecimalField(decimal_places=2, max_digits=14)),
            ],
        ),
        migrations.AddField(
            model_name='listentry',
            name='handled_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agents.agent'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('resulted_at__isnull', False)), fields=['campaign', '-resulted_at'], name='attempt_newest_result'),
        ),
        migrations.AddField(
            model_name='agentday',
            name='agent',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.agent'),
        ),
        migrations.AddField(
            model_name='agentday',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='agent_days', to='campaigns.campaign'),
        ),
        migrations.AddField(
            model_name='attemptfigure',
            name='agent',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.agent'),
        ),
        migrations.AddField(
            model_name='attemptfigure',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attempt_figures', to='campaigns.campaign'),
        ),
        migrations.AddField(
            model_name='attemptfigure',
            name='disposition',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='campaigns.disposition'),
        ),
        migrations.AddField(
            model_name='dayfigure',
            name='agent',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.agent'),
        ),
        migrations.AddField(
            model_name='dayfigure',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='day_figures', to='campaigns.campaign'),
        ),
        migrations.AddField(
            model_name='figurecell',
            name='agent',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.agent'),
        ),
        migrations.AddField(
            model_name='figurecell',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='campaigns.campaign'),
        ),
        migrations.AddConstraint(
            model_name='agentday',
            constraint=models.UniqueConstraint(fields=('campaign', 'day', 'agent'), name='agent_day_once'),
        ),
        migrations.AddIndex(
            model_name='attemptfigure',
            index=models.Index(fields=['campaign', 'cut', 'day'], name='attempt_figure_of_campaign'),
        ),
        migrations.AddIndex(
            model_name='dayfigure',
            index=models.Index(fields=['campaign', 'cut', 'unit', 'day'], name='day_figure_of_campaign'),
        ),
        migrations.AddIndex(
            model_name='figurecell',
            index=models.Index(fields=['campaign', 'unit'], name='figure_cell_of_campaign'),
        ),
        migrations.AddConstraint(
            model_name='figurecell',
            constraint=models.CheckConstraint(condition=models.Q(('contacted__lte', models.F('handled')), ('promised__lte', models.F('contacted')), ('handled__lte', models.F('items')), ('paid__lte', models.F('items')), ('paid_after_contact__lte', models.F('paid')), ('callable_paid__lte', models.F('callable'))), name='figure_cell_parts_within_their_whole'),
        ),
    ]
