"""The two services call lists are assigned by, and the reasons to pause of a Bolivian call centre.

The last reason cannot be chosen: it is of the pauses of which nobody knows why they were.
"""

from django.db import migrations

SERVICES = (("INTERNET", "Internet"), ("TV", "Televisión"))
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


def begin_with_services(apps, schema_editor):
    skill = apps.get_model("agents", "Skill")
    for code, name in SERVICES:
        skill.objects.get_or_create(code=code, defaults={"name": name})


def begin_with_reasons(apps, schema_editor):
    reason = apps.get_model("agents", "PauseReason")
    for position, (code, name, key, minutes, counts_as) in enumerate(REASONS, start=1):
        more = {"name": name, "key": key, "limit_minutes": minutes, "counts_as": counts_as, "position": position * 10}
        reason.objects.get_or_create(code=code, defaults=more)
    more = {"name": "Sin motivo", "is_active": False, "position": 1000}
    reason.objects.get_or_create(code=UNKNOWN, defaults=more)


class Migration(migrations.Migration):
    dependencies = [("agents", "0002_no_two_stretches_at_once")]

    operations = [
        migrations.RunPython(begin_with_services, migrations.RunPython.noop),
        migrations.RunPython(begin_with_reasons, migrations.RunPython.noop),
    ]
