"""When each kind of alert asks for attention; the switchboard's lost link is mailed as well."""

from django.db import migrations

LIMITS = (
    ("idle", 600),
    ("call", 900),
    ("wrap_up", 300),
    ("wait", 60),
    ("list", 10),
    ("agreed", 900),
    ("link", 30),
)
MAILED = {"link"}


def fill_in(apps, schema_editor):
    rows = apps.get_model("control_room", "AlertLimit")
    for kind, limit in LIMITS:
        rows.objects.get_or_create(kind=kind, defaults={"limit": limit, "is_mailed": kind in MAILED})


class Migration(migrations.Migration):
    dependencies = [("control_room", "0001_initial")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
