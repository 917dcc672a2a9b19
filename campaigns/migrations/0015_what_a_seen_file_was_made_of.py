"""The bytes of a file that was settled; and what the release before refused, which stood as if it had been taken.

The old program leaves what is settled alone, so those rows stay settled: the new one looks again at whatever was
refused and has no digest.
"""

from django.db import migrations, models

REFUSED = """
UPDATE campaigns_seenfile SET was_refused = TRUE
 WHERE settled_at IS NOT NULL AND NOT was_refused AND outcome NOT IN ('', 'Tomado', 'Taken in');
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0014_files_that_were_refused")]

    operations = [
        migrations.AddField(
            model_name="seenfile",
            name="sha256",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.RunSQL(REFUSED, migrations.RunSQL.noop),
    ]
