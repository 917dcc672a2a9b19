"""Holidays of Cochabamba 2025-2027 and the hours the centre works; all of it is editable in the admin."""

from datetime import date, time

from django.db import migrations

# As the library `holidays` says (BO, Cochabamba); 17 October is not a day off until somebody confirms it.
DAYS = [
    ("2025-01-01", "Año Nuevo"),
    ("2025-01-22", "Día de la Creación del Estado Plurinacional de Bolivia"),
    ("2025-03-03", "Carnaval"),
    ("2025-03-04", "Carnaval"),
    ("2025-04-18", "Viernes Santo"),
    ("2025-05-01", "Día del Trabajo"),
    ("2025-06-19", "Corpus Christi"),
    ("2025-06-21", "Año Nuevo Aymara Amazónico"),
    ("2025-08-06", "Día de la Independencia de Bolivia"),
    ("2025-09-14", "Día del departamento de Cochabamba"),
    ("2025-10-17", "Día de la Dignidad Nacional"),
    ("2025-11-02", "Día de Todos los Difuntos"),
    ("2025-12-25", "Navidad"),
    ("2026-01-01", "Año Nuevo"),
    ("2026-01-22", "Día de la Creación del Estado Plurinacional de Bolivia"),
    ("2026-02-16", "Carnaval"),
    ("2026-02-17", "Carnaval"),
    ("2026-04-03", "Viernes Santo"),
    ("2026-05-01", "Día del Trabajo"),
    ("2026-06-04", "Corpus Christi"),
    ("2026-06-21", "Año Nuevo Aymara Amazónico"),
    ("2026-06-22", "Año Nuevo Aymara Amazónico (observado)"),
    ("2026-08-06", "Día de la Independencia de Bolivia"),
    ("2026-09-14", "Día del departamento de Cochabamba"),
    ("2026-10-17", "Día de la Dignidad Nacional"),
    ("2026-11-02", "Día de Todos los Difuntos"),
    ("2026-12-25", "Navidad"),
    ("2027-01-01", "Año Nuevo"),
    ("2027-01-22", "Día de la Creación del Estado Plurinacional de Bolivia"),
    ("2027-02-08", "Carnaval"),
    ("2027-02-09", "Carnaval"),
    ("2027-03-26", "Viernes Santo"),
    ("2027-05-01", "Día del Trabajo"),
    ("2027-05-27", "Corpus Christi"),
    ("2027-06-21", "Año Nuevo Aymara Amazónico"),
    ("2027-08-06", "Día de la Independencia de Bolivia"),
    ("2027-09-14", "Día del departamento de Cochabamba"),
    ("2027-10-17", "Día de la Dignidad Nacional"),
    ("2027-11-02", "Día de Todos los Difuntos"),
    ("2027-12-25", "Navidad"),
]
HOURS = [*((weekday, time(8, 30), time(20, 0)) for weekday in range(5)), (5, time(9, 0), time(13, 0))]


def fill_in(apps, schema_editor):
    holiday = apps.get_model("service_level", "Holiday")
    for written, name in DAYS:
        day = date.fromisoformat(written)
        national = (day.month, day.day) not in ((9, 14), (10, 17))
        holiday.objects.get_or_create(
            day=day,
            defaults={
                "name": name,
                "decree": "D.S. 2750" if national else "",
                "is_day_off": (day.month, day.day) != (10, 17),
            },
        )
    hours = apps.get_model("service_level", "WorkingHours")
    for weekday, opens, closes in HOURS:
        hours.objects.get_or_create(weekday=weekday, opens=opens, defaults={"closes": closes})


class Migration(migrations.Migration):
    dependencies = [("service_level", "0001_initial")]

    operations = [
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
