from django.db import migrations


def fill_in(apps, schema_editor):
    apps.get_model("control_room", "AlertLimit").objects.filter(kind="link").update(is_mailed=True)


class Migration(migrations.Migration):
    dependencies = [("control_room", "0003_alerts_by_mail")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
