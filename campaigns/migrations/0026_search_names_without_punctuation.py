"""Names are searched without punctuation: those of the months there are, as new ones come."""

from django.db import migrations, models

WITHOUT_PUNCTUATION = r"""
    UPDATE campaigns_contact
       SET name_key = btrim(regexp_replace(translate(name_key, '.''`"', ''), '[^A-Z0-9]+', ' ', 'g'))
     WHERE name_key ~ '[^A-Z0-9 ]'
"""


class Migration(migrations.Migration):

    dependencies = [
        ("campaigns", "0025_hand_results_over_to_supervision"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="name_key",
            field=models.CharField(
                help_text="Nombre en mayúsculas, sin acentos ni puntuación, para buscar y ordenar.", max_length=160
            ),
        ),
        migrations.RunSQL(WITHOUT_PUNCTUATION, migrations.RunSQL.noop),
    ]
