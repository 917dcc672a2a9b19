"""How many days of calling are left: one count and one sentence, for the desk and for the campaign's page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.calling.calling_hours import CallingHours, local


def count_days_left(*, hours: CallingHours, now: datetime, last: date) -> int:
    """Days until `last` on which customers may still be called: no days off, and today until its last window closes."""
    here = local(now)
    ahead = [here.date() + timedelta(days=number) for number in range((last - here.date()).days + 1)]
    return sum(
        any(day > here.date() or here.time() < closes for _opens, closes in hours.windows_of(day)) for day in ahead
    )


def days_left_in_words(*, hours: CallingHours, now: datetime, last: date) -> str:
    """`quedan 4 días de llamadas`, today among them; what to say of the last one, and when none is left."""
    left = count_days_left(hours=hours, now=now, last=last)
    if not left:
        return _("ya no quedan horas de llamadas")
    today = local(now).date()
    if left == 1 and count_days_left(hours=hours, now=now, last=min(today, last)):
        return _("hoy es el último día de llamadas")
    return ngettext("queda %(count)d día de llamadas", "quedan %(count)d días de llamadas", left) % {"count": left}
