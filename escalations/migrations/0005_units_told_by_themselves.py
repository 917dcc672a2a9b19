"""The operations centre (101.11.1) and the operator of the customer's zone (103.7) are written to when the card is raised."""

from django.db import migrations

BY_THEMSELVES = ("priority_repair", "priority_order")


def tell_them(apps, schema_editor):
    apps.get_model("escalations", "Unit").objects.filter(code="operador_de_zona").update(by_zone=True)
    apps.get_model("escalations", "Kind").objects.filter(code__in=BY_THEMSELVES).update(writes_at_once=True)


class Migration(migrations.Migration):
    dependencies = [("escalations", "0004_a_unit_by_zone")]

    operations = [migrations.RunPython(tell_them, migrations.RunPython.noop)]
