from django.db import migrations

# Months launched before the day was kept: the one it would have been. Who was in their draw is not known any more.
EVALUATED = """
UPDATE campaigns_campaign
   SET evaluated_on = calls_until + coalesce((SELECT grace_days FROM campaigns_callingpolicy WHERE id = 1), 5)
 WHERE launched_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_a_draw_by_household_and_one_call_a_telephone")]
    operations = [migrations.RunSQL(EVALUATED, migrations.RunSQL.noop)]
