"""Seed the headings under which the columns of Smartflex's reports are known; administrators add theirs."""

from django.db import migrations

from systems.reports import known_headings
from systems.reports.reading import heading_key


def know_headings(apps, schema_editor):
    alias_of = apps.get_model("campaigns", "ColumnAlias")
    for kind, headings in (("ccvp", known_headings.CCVP), ("recaudo", known_headings.RECAUDO)):
        seen = set(alias_of.objects.filter(kind=kind).values_list("alias_key", flat=True))
        for field, names in headings.items():
            for name in names:
                key = heading_key(name)
                if key not in seen:
                    seen.add(key)
                    alias_of.objects.create(kind=kind, field=field, alias=name, alias_key=key)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0010_keep_how_the_contacts_stand")]

    operations = [migrations.RunPython(know_headings, migrations.RunPython.noop)]
