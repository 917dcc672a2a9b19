"""Accounts that are switched off, or that nobody has made her own by now, wait for supervision as new ones do."""

from django.db import migrations

WAITS = """
UPDATE agents_user SET is_admitted = FALSE WHERE role = 'agent' AND (NOT is_active OR first_entry <> '');
UPDATE agents_agent SET is_on_duty = FALSE
 WHERE is_on_duty AND user_id IN (SELECT id FROM agents_user WHERE role = 'agent' AND NOT is_admitted);
"""


class Migration(migrations.Migration):
    dependencies = [("agents", "0017_who_is_admitted_and_what_is_told")]

    operations = [migrations.RunSQL(WAITS, migrations.RunSQL.noop)]
