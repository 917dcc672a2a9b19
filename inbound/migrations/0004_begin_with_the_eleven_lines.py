"""The eleven lines of the procedure, for a new site; what an administrator changed stays."""

from django.db import migrations

from inbound.walks.lines_of_the_procedure import FAREWELL, GREETING, LINES


def begin(apps, schema_editor):
    line = apps.get_model("inbound", "ServiceLine")
    for place, one in enumerate(LINES, 1):
        line.objects.get_or_create(
            number=one.number,
            defaults={
                "name": one.name,
                "greeting": GREETING,
                "farewell": FAREWELL,
                "counts_for_att": one.counts_for_att,
                "position": place * 10,
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("inbound", "0003_leave_room_for_a_writes_key"),
    ]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
