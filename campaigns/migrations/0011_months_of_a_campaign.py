"""The months of the calling policy are a campaign's alone: what they were for everything else, they stay."""

from django.db import migrations, models


def the_others_are_kept_as_long(apps, schema_editor):
    policy = apps.get_model("campaigns", "CallingPolicy").objects.filter(pk=1).first()
    if policy is None or policy.personal_data_months == 24:
        return
    months = policy.personal_data_months
    apps.get_model("agents", "DataPolicy").objects.update_or_create(
        pk=1, defaults={"months_of_calls": months, "months_of_numbers": months, "months_of_books": months}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0010_how_long_each_is_kept"),
        ("campaigns", "0010_reports_are_staged_apart"),
    ]

    operations = [
        migrations.AlterField(
            model_name='callingpolicy',
            name='personal_data_months',
            field=models.PositiveSmallIntegerField(default=24, help_text='Contados desde el cierre de la campaña. Después sus contactos pierden nombre, carnet, teléfonos, dirección y notas, y se borran los archivos de los reportes; las cifras y los informes sellados quedan. Al menos 3. De lo demás los dice la política de datos personales.', verbose_name='meses que se guardan los datos personales'),
        ),
        migrations.AlterField(
            model_name='callingpolicyevent',
            name='personal_data_months',
            field=models.PositiveSmallIntegerField(default=24, help_text='Contados desde el cierre de la campaña. Después sus contactos pierden nombre, carnet, teléfonos, dirección y notas, y se borran los archivos de los reportes; las cifras y los informes sellados quedan. Al menos 3. De lo demás los dice la política de datos personales.', verbose_name='meses que se guardan los datos personales'),
        ),
        migrations.RunPython(the_others_are_kept_as_long, migrations.RunPython.noop),
    ]
