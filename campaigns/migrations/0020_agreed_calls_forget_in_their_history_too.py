"""What an agreed call said stayed in its history after the customer's name had been taken away."""

from django.db import migrations

FORGET = """
UPDATE campaigns_callbackevent told SET note = '', telephone = ''
  FROM campaigns_contact contact
 WHERE contact.id = told.contact_id AND contact.contract = 'anon-' || contact.id AND (told.note <> '' OR told.telephone <> '')
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0019_an_undo_says_who_stayed")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
