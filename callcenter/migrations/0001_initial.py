from django.db import migrations, models

from screens.whole_tables import WholeTables


class Migration(WholeTables):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduleMemory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True)),
                ('task', models.CharField(max_length=200)),
                ('every', models.PositiveIntegerField(help_text='Seconds.')),
            ],
        ),
        migrations.CreateModel(
            name='DatabasePurpose',
            fields=[
                ('id', models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('environment', models.CharField(max_length=16)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='database_purpose_is_one')],
            },
        ),
    ]
