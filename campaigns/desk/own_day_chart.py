"""An agent's day, hour by hour, as a drawing with its figures behind it."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from campaigns.desk.own_work import OwnDay
from screens.charts import Chart, columns_by
from screens.templatetags.screens import figure

HOURS_SHOWN = 8  # at least: the first call of a day is not a wall


def chart_of(day: OwnDay) -> Chart | None:
    """Calls of each hour, those in which she spoke with the customer below; None on a day without calls."""
    if not day.hours:
        return None
    by_hour = {line.hour: line for line in day.hours}
    first = min(day.hours[0].hour, 24 - HOURS_SHOWN)
    hours = range(first, max(day.hours[-1].hour + 1, first + HOURS_SHOWN))
    spoke, did_not = _("Habló con el cliente"), _("Sin hablar con el cliente")
    values = {}
    for hour in hours:
        line = by_hour.get(hour)
        attempts, contacts = (line.attempts, line.contacts) if line else (0, 0)
        values[f"{hour:02d}"] = {spoke: contacts, did_not: attempts - contacts}
    drawn = columns_by(title=_("Llamadas por hora"), values=values, unit=_("llamadas"), label=_("Hora"))
    rows = [
        (f"{line.hour:02d}:00", figure(line.attempts), figure(line.contacts), figure(line.promises))
        for line in day.hours
    ]
    rows.append((_("Total"), figure(day.attempts), figure(day.contacts), figure(day.promises)))
    headers = (_("Hora"), _("Llamadas"), _("Contactos"), _("Compromisos"))
    return replace(drawn, headers=headers, rows=tuple(rows), hrefs=())
