from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sandbox", "0001_hold_what_the_systems_know")]

    operations = [
        migrations.AddField(
            model_name="deed",
            name="asked_by",
            field=models.JSONField(default=dict, verbose_name="quién lo pidió"),
        ),
    ]
