import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbound", "0004_what_counts_is_of_the_indicator")]

    operations = [
        migrations.AddField(
            model_name="outsidewrite",
            name="came_about",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="La operación con que se hizo al fin lo que esta no hizo, y su derivación ya lo dice.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="inbound.outsidewrite",
                verbose_name="se hizo después",
            ),
        ),
    ]
