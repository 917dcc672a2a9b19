"""The kind of card of who was told that something would be done in another system, and it was not."""

from django.db import migrations
from django.utils.translation import gettext_noop as _

CODE = "write_not_done"


def begin_with_the_kind(apps, schema_editor):
    apps.get_model("escalations", "Kind").objects.get_or_create(
        code=CODE,
        defaults={
            "name": _("Pedido que no se hizo"), "worked_by": "supervisor", "limit_hours": "2", "warn_hours": "1",
            "closes": "informed",
        },
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("escalations", "0002_begin_with_kinds_and_units")]

    operations = [migrations.RunPython(begin_with_the_kind, migrations.RunPython.noop)]
