"""What the customer said happens now goes to the operations centre as well (101.11); words somebody wrote stay."""

from django.db import migrations

SEGMENT, NOW = "Segmento: {segment}\n", "Qué ocurre ahora: {note}\n"


def tell_what_happens_now(apps, schema_editor):
    for kind in apps.get_model("escalations", "Kind").objects.filter(code="priority_repair"):
        if SEGMENT in kind.body and "{note}" not in kind.body:
            kind.body = kind.body.replace(SEGMENT, SEGMENT + NOW)
            kind.save(update_fields=["body"])


class Migration(migrations.Migration):
    dependencies = [("escalations", "0010_a_fault_the_nocc_knows_of")]

    operations = [migrations.RunPython(tell_what_happens_now, migrations.RunPython.noop)]
