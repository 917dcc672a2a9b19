from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("service_level", "0004_begin_with_the_formula_and_the_queues")]

    operations = [
        migrations.RemoveField(model_name="linefigure", name="hung_up_within"),
    ]
