"""A card may come from the clock, and there is a kind for who hung up waiting: agents call them back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils.translation import gettext_noop as _


def begin_with_lost_calls(apps, schema_editor):
    said = {"name": _("Llamada perdida"), "worked_by": "agent", "limit_hours": "2", "warn_hours": "0.5"}
    kinds = apps.get_model("escalations", "Kind").objects
    kinds.get_or_create(code="lost_call", defaults={**said, "closes": "resolved"})


class Migration(migrations.Migration):
    dependencies = [
        ("escalations", "0002_begin_with_kinds_and_units"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="escalation",
            name="raised_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Vacío: el programa.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="por",
            ),
        ),
        migrations.AlterField(
            model_name="escalationevent",
            name="raised_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Vacío: el programa.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="por",
            ),
        ),
        migrations.RunPython(begin_with_lost_calls, migrations.RunPython.noop),
    ]
