"""The one schema in which the application makes tables of its own: rows of a report, while they are taken in."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0009_an_audit_that_cannot_be_rewritten")]

    operations = [
        migrations.RunSQL("CREATE SCHEMA IF NOT EXISTS staging", "DROP SCHEMA IF EXISTS staging CASCADE"),
    ]
