from django.db import migrations

# Months launched before the day was kept: the one it would have been. Who was in their draw is not known any more.
EVALUATED = """
UPDATE campaigns_campaign
   SET evaluated_on = calls_until + coalesce((SELECT grace_days FROM campaigns_callingpolicy WHERE id = 1), 5)
 WHERE launched_at IS NOT NULL
"""
# Months that are still to be drawn begin with a seed of their own; the draw of a proposed one was made with its seed.
SEEDS = """
UPDATE campaigns_campaign SET hold_out_seed = 1 + floor(random() * 2147483646)
 WHERE hold_out_seed = 1 AND (state = 'expected' OR state = 'proposed' AND hold_out_share = 0)
"""
# Households of the months that are not closed, as campaigns/contacts/households.py found them when this was written.
KEYS = """
CREATE TEMPORARY TABLE migrated_key ON COMMIT DROP AS
SELECT c.campaign_id, c.id, hashtextextended(unnest(c.telephones), 0) AS key
  FROM campaigns_contact c JOIN campaigns_campaign m ON m.id = c.campaign_id WHERE m.state <> 'closed'
UNION ALL
SELECT c.campaign_id, c.id, hashtextextended(c.identity_card, 1)
  FROM campaigns_contact c JOIN campaigns_campaign m ON m.id = c.campaign_id
 WHERE m.state <> 'closed' AND c.identity_card <> ''
"""
LINKS = """
CREATE TEMPORARY TABLE migrated_link ON COMMIT DROP AS
SELECT k.campaign_id, k.id, k.key, shared.first
  FROM migrated_key k JOIN (SELECT campaign_id, key, min(id) AS first FROM migrated_key GROUP BY campaign_id, key
                             HAVING count(*) BETWEEN 2 AND 10 AND min(id) <> max(id)) shared USING (campaign_id, key)
"""
MEMBERS = """
CREATE TEMPORARY TABLE migrated_member ON COMMIT DROP AS
SELECT id AS contact_id, min(first) AS household FROM migrated_link GROUP BY id
"""
JOIN = """
UPDATE migrated_member m SET household = earlier.household
  FROM (SELECT link.id, min(least_of.household) AS household FROM migrated_link link
          JOIN (SELECT campaign_id, key, min(household) AS household
                  FROM migrated_link JOIN migrated_member ON contact_id = id GROUP BY campaign_id, key) least_of
         USING (campaign_id, key) GROUP BY link.id) earlier
 WHERE earlier.id = m.contact_id AND earlier.household < m.household
"""
KEEP = """
UPDATE campaigns_listentry e SET household = m.household FROM migrated_member m
 WHERE m.contact_id = e.contact_id AND m.household IN (
   SELECT household FROM migrated_member GROUP BY household HAVING count(*) <= 10)
"""


def find_households(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for statement in (KEYS, LINKS, MEMBERS):
            cursor.execute(statement)
        while True:
            cursor.execute(JOIN)
            if not cursor.rowcount:
                break
        cursor.execute(KEEP)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_a_draw_by_household_and_one_call_a_telephone")]
    operations = [
        migrations.RunSQL([EVALUATED, SEEDS], migrations.RunSQL.noop),
        migrations.RunPython(find_households, migrations.RunPython.noop),
    ]
