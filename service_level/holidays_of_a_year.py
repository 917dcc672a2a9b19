"""Public holidays of Cochabamba, proposed by a library and decided by people.

The library `holidays` does not know every decree, so what it says is only the first entry of a day: whoever edits the
table is right, and nothing here changes a day that is in it.
"""

from __future__ import annotations

from datetime import date

import holidays

from service_level.models import Holiday

NATIONAL_DECREE = "D.S. 2750"
UNCONFIRMED = (10, 17)  # Día de la Dignidad Nacional is no day off until somebody confirms it
OF_THE_DEPARTMENT = (9, 14)
YEARS = range(2000, 2101)


def propose_holidays(*, year: int) -> list[Holiday]:
    """Add the holidays of `year` that the table does not have, and return them. Raises ValueError for a far year."""
    if year not in YEARS:
        raise ValueError(f"The year must be between {YEARS.start} and {YEARS.stop - 1}.")
    found: dict[date, str] = holidays.country_holidays("BO", subdiv="C", years=year, language="es")
    rows = []
    for day, name in sorted(found.items()):
        when = (day.month, day.day)
        decree = "" if when in (UNCONFIRMED, OF_THE_DEPARTMENT) else NATIONAL_DECREE
        rows.append(Holiday(day=day, name=name, decree=decree, is_day_off=when != UNCONFIRMED))
    known = set(Holiday.objects.filter(day__in=[row.day for row in rows]).values_list("day", flat=True))
    return Holiday.objects.bulk_create([row for row in rows if row.day not in known], ignore_conflicts=True)
