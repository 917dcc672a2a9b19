"""A result names the kind it hands over by a foreign key: the kinds are rows, and one that is named stays."""

import django.db.models.deletion
from django.db import migrations, models


def nothing_is_null(apps, schema_editor):
    apps.get_model("campaigns", "Disposition").objects.filter(escalates="").update(escalates=None)


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0026_search_names_without_punctuation'),
        ('escalations', '0009_let_the_centre_add_kinds'),
    ]

    operations = [
        migrations.AlterField(
            model_name='disposition',
            name='escalates',
            field=models.CharField(blank=True, max_length=24, null=True),
        ),
        migrations.AlterField(
            model_name='dispositionevent',
            name='escalates',
            field=models.CharField(blank=True, max_length=24, null=True),
        ),
        migrations.RunPython(nothing_is_null, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='disposition',
            name='escalates',
            field=models.ForeignKey(blank=True, db_column='escalates', db_index=False, help_text='Al registrarlo, el cliente queda en el tablero de supervisión con la nota de la llamada.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalations.kind', to_field='code', verbose_name='deriva a supervisión'),
        ),
        migrations.AlterField(
            model_name='dispositionevent',
            name='escalates',
            field=models.ForeignKey(blank=True, db_column='escalates', db_constraint=False, help_text='Al registrarlo, el cliente queda en el tablero de supervisión con la nota de la llamada.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='escalations.kind', to_field='code', verbose_name='deriva a supervisión'),
        ),
    ]
