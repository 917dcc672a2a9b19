"""Cards that were handed over before there was a board: a history that begins with its beginning, and a warning."""

from django.db import migrations

# The lines of one card stand in the order of their keys: what was written since is written again after its beginning.
BEGIN = """
    WITH old AS (
        SELECT e.id, e.raised_at, e.raised_by_id FROM escalations_escalation e
         WHERE NOT EXISTS (SELECT FROM escalations_change c WHERE c.escalation_id = e.id AND c.verb = 'raise')
    ), since AS (
        DELETE FROM escalations_change c USING old WHERE c.escalation_id = old.id RETURNING c.*
    )
    INSERT INTO escalations_change (escalation_id, verb, from_state, to_state, at, by_id, note)
    SELECT escalation_id, verb, from_state, to_state, at, by_id, note FROM (
        SELECT 0 AS place, id AS escalation_id, 'raise' AS verb, '' AS from_state, 'new' AS to_state, raised_at AS at,
               raised_by_id AS by_id, '' AS note
          FROM old
         UNION ALL
        SELECT id, escalation_id, verb, from_state, to_state, at, by_id, note FROM since
    ) AS lines ORDER BY escalation_id, place
"""
# By the clock, where a new card has the centre's hours: near enough for the few that are open at that moment.
WARN = """
    UPDATE escalations_escalation e SET warn_at = GREATEST(e.due_at - k.warn_hours * interval '1 hour', e.raised_at)
      FROM escalations_kind k WHERE k.code = e.kind AND e.warn_at IS NULL AND e.closed_at IS NULL
"""


def tell_how_they_began(apps, schema_editor):
    schema_editor.execute(BEGIN, params=None)
    schema_editor.execute(WARN, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("escalations", "0006_begin_with_units_and_their_mail"),
    ]

    operations = [migrations.RunPython(tell_how_they_began, migrations.RunPython.noop)]
