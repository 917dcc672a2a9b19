import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('escalations', '0009_let_the_centre_add_kinds'),
        ('inbound', '0007_walk_a_lane_from_its_card'),
    ]

    operations = [
        migrations.AlterField(
            model_name='serviceline',
            name='number',
            field=models.CharField(max_length=12, unique=True, validators=[django.core.validators.RegexValidator('^[0-9]{3,12}\\Z', 'De 3 a 12 cifras: así la nombran los flujos.')], verbose_name='número'),
        ),
        migrations.AlterField(
            model_name='servicelineevent',
            name='number',
            field=models.CharField(max_length=12, validators=[django.core.validators.RegexValidator('^[0-9]{3,12}\\Z', 'De 3 a 12 cifras: así la nombran los flujos.')], verbose_name='número'),
        ),
        migrations.CreateModel(
            name='FlowKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.ForeignKey(db_column='kind', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalations.kind', to_field='code')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='hands_over', to='inbound.flowversion')),
            ],
            options={
                'verbose_name': 'versión de un flujo que lo deriva',
                'verbose_name_plural': 'versiones de flujos que lo derivan',
                'constraints': [models.UniqueConstraint(fields=('version', 'kind'), name='flow_kind_once')],
            },
        ),
    ]
