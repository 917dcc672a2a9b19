"""The reasons of a Bolivian call centre, and every pause there was as a stretch of its own shift.

Of a past pause nobody knows why it was, nor when its agent signed in: it becomes a shift of one stretch, with a reason
that can be chosen no more. Pauses that overlapped, which two clocks may have written, begin where the one before ended.
"""

from django.db import migrations

REASONS = (
    ("REFRIGERIO", "Refrigerio", "1", 15, "rest"),
    ("ALMUERZO", "Almuerzo", "2", 60, "rest"),
    ("BANO", "Baño", "3", 10, "rest"),
    ("CAPACITACION", "Capacitación", "4", None, "training"),
    ("REUNION", "Reunión", "5", None, "away_from_calls"),
    ("COORDINACION", "Coordinación con supervisión", "6", None, "away_from_calls"),
    ("SOPORTE", "Soporte técnico", "7", None, "away_from_calls"),
)
UNKNOWN = "SIN_MOTIVO"

KEEP = f"""
WITH sorted AS (
    SELECT agent_id, began_at, ended_at, max(ended_at) OVER (
             PARTITION BY agent_id ORDER BY ended_at IS NULL, began_at, id
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
      FROM agents_pause
), fitted AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('agents_shift', 'id')) AS shift_id, agent_id,
           GREATEST(began_at, busy_until) AS began_at, GREATEST(ended_at, began_at, busy_until) AS late, ended_at
      FROM sorted
), shifts AS (
    INSERT INTO agents_shift (id, agent_id, began_at, ended_at, ended_by, last_sign_at)
    SELECT shift_id, agent_id, began_at, CASE WHEN ended_at IS NOT NULL THEN late END,
           CASE WHEN ended_at IS NULL THEN '' ELSE 'desk' END, began_at
      FROM fitted
)
INSERT INTO agents_agentstate (shift_id, agent_id, state, reason_id, began_at, ended_at, event, happened_at, by, person_id)
SELECT f.shift_id, f.agent_id, 'paused', (SELECT id FROM agents_pausereason WHERE code = '{UNKNOWN}'), f.began_at,
       CASE WHEN f.ended_at IS NOT NULL THEN f.late END, 'paused', f.began_at, 'desk', a.user_id
  FROM fitted f JOIN agents_agent a ON a.id = f.agent_id
"""
GIVE_BACK = """
INSERT INTO agents_pause (agent_id, began_at, ended_at)
SELECT agent_id, began_at, ended_at FROM agents_agentstate WHERE state = 'paused'
"""


def fill_in(apps, schema_editor):
    reason = apps.get_model("agents", "PauseReason")
    for position, (code, name, key, minutes, counts_as) in enumerate(REASONS, start=1):
        more = {"name": name, "key": key, "limit_minutes": minutes, "counts_as": counts_as, "position": position * 10}
        reason.objects.get_or_create(code=code, defaults=more)
    more = {"name": "Sin motivo", "is_active": False, "position": 1000}
    reason.objects.get_or_create(code=UNKNOWN, defaults=more)


class Migration(migrations.Migration):
    dependencies = [("agents", "0003_states_of_an_agent")]

    operations = [
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.RunSQL(KEEP, GIVE_BACK),
    ]
