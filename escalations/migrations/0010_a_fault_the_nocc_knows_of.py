"""The kind of card of a fault that stands at the NOCC already, or may: its mail is not written by itself."""

from django.db import migrations
from django.utils.translation import gettext_noop as _

CODE = "nocc_follow_up"


def begin_with_the_kind(apps, schema_editor):
    kind = apps.get_model("escalations", "Kind")
    mailed = kind.objects.filter(code="nocc_fault").first()
    said = {"unit": mailed.unit, "subject": mailed.subject, "body": mailed.body} if mailed else {}
    kind.objects.get_or_create(
        code=CODE,
        defaults={
            "name": _("Seguimiento de una falla con el NOCC"), "worked_by": "supervisor", "limit_hours": "4",
            "warn_hours": "1", "stops_while_waiting": True, "closes": "informed", "writes_at_once": False, **said,
        },
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("escalations", "0009_filters_and_mentions_of_ones_own")]

    operations = [migrations.RunPython(begin_with_the_kind, migrations.RunPython.noop)]
