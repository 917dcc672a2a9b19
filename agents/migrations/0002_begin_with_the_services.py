"""The two services call lists are assigned by."""

from django.db import migrations

def fill_in(apps, schema_editor):
    skill = apps.get_model("agents", "Skill")
    for code, name in (("INTERNET", "Internet"), ("TV", "Televisión")):
        skill.objects.get_or_create(code=code, defaults={"name": name})


class Migration(migrations.Migration):
    dependencies = [("agents", "0001_initial")]

    operations = [
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
