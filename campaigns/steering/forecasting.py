"""Whether the contacts will all be called by the last day, in words: from what was done, not from what was planned.

Contacts an hour are calls an hour ÷ calls a contact. Both are measured, so both are uncertain: the calls by how much
the days differ, the calls a contact by how few contacts have left. Pure arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, sqrt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.figures.hold_out import students_quantile
from campaigns.models import Campaign
from campaigns.steering.pace import Pace
from screens.templatetags.screens import figure
from service_level.working_time import when_worked

A_DAY = 1.0  # hours of the calendar from which on a day tells a pace


@dataclass(frozen=True)
class Forecast:
    """`missing`: contacts not called by the last day, between `low` and `high` (95 %), None while that is not known."""

    verdict: str
    missing: int | None
    done_at: datetime | None = None
    low: int | None = None
    high: int | None = None
    sure: str = ""

    @property
    def fits(self) -> bool:
        return self.missing == 0


def forecast(*, pace: Pace, campaign: Campaign) -> Forecast:
    """Of a launched campaign, as of its last count."""
    if campaign.state == Campaign.State.CLOSED:
        return Forecast(_closed(pace.open_at_the_end, later=pace.open_at_the_end - pace.open), pace.open_at_the_end)
    if not pace.open:
        return Forecast(_("No quedan contactos por llamar."), 0)
    if not pace.hours_left:
        left = ngettext("queda %(n)s contacto por llamar", "quedan %(n)s contactos por llamar", pace.open)
        words = _("Ya no quedan horas de llamadas: %(left)s.") % {"left": left % {"n": figure(pace.open)}}
        return Forecast(words, pace.open)
    if not pace.attempts or not pace.hours:
        return Forecast(_("Todavía no se puede prever: %(why)s.") % {"why": pace.why_not_told}, None)
    an_hour = pace.calls / pace.hours / pace.attempts
    missing = _missing(pace, an_hour)
    done_at = None
    if not missing:
        needed = timedelta(hours=(pace.open - 1e-6) / an_hour)
        done_at = when_worked(max(pace.seen_until, pace.begins), needed, until=pace.until, calendar=pace.calendar)
    spread = _spread(pace)
    if spread is None:
        one_day = _("Se apoya en un solo día de llamadas: todavía no se puede decir qué tan seguro es.")
        return Forecast(_verdict(missing, done_at, campaign), missing, done_at, sure=one_day)
    low, high = _missing(pace, an_hour * (1 + spread)), _missing(pace, an_hour * max(0.0, 1 - spread))
    return Forecast(_verdict(missing, done_at, campaign), missing, done_at, low, high, _sure(missing, low, high))


def attempts_in_words(pace: Pace) -> str:
    """What the calls a contact takes rest on, so that whoever divides the two numbers finds the third; '' uncalled."""
    if not pace.calls:
        return ""
    most = ngettext("nadie recibe más de %(n)s intento", "nadie recibe más de %(n)s intentos", pace.most_attempts)
    most %= {"n": figure(pace.most_attempts)}
    calls = ngettext("con %(n)s llamada", "con %(n)s llamadas", pace.calls) % {"n": figure(pace.calls)}
    if pace.calls_a_leaving is None:
        return _("%(calls)s nadie salió de la lista sin agotar sus intentos; %(most)s") % {"calls": calls, "most": most}
    words = ngettext(
        "%(calls)s salió %(n)s contacto sin agotar sus intentos: %(each)s por cada uno",
        "%(calls)s salieron %(n)s contactos sin agotar sus intentos: %(each)s por cada uno",
        pace.ended_by_a_call,
    )
    words %= {"calls": calls, "n": figure(pace.ended_by_a_call), "each": figure(pace.calls_a_leaving, 1)}
    if figure(pace.calls_a_leaving, 1) == figure(pace.attempts, 1):
        return words
    return _("%(words)s; son menos porque %(most)s") % {"words": words, "most": most}


def _missing(pace: Pace, an_hour: float) -> int:
    """Contacts left over at a pace. Those of nobody are called by nobody."""
    return max(0, ceil(pace.open - pace.unassigned - an_hour * pace.hours_left - 1e-6)) + pace.unassigned


def _spread(pace: Pace) -> float | None:
    """Half of the 95 % interval of the contacts an hour on the days that are left, as a part of them."""
    days = [day for day in pace.days if day.hours >= A_DAY]
    if len(days) < 2:
        return None
    rates = [day.calls / day.hours for day in days]
    mean = sum(rates) / len(rates)
    variance = sum((rate - mean) ** 2 for rate in rates) / (len(rates) - 1)
    of_calls = variance * (1 / len(rates) + 1 / max(1, pace.days_left)) / mean**2
    ended = max(1, pace.ended_by_a_call)
    of_contacts = (1 - ended / pace.calls) / ended
    return students_quantile(len(rates) - 1) * sqrt(of_calls + of_contacts)


def _verdict(missing: int, done_at: datetime | None, campaign: Campaign) -> str:
    if missing:
        words = ngettext("Faltaría %(n)s contacto el %(day)s.", "Faltarían %(n)s contactos el %(day)s.", missing)
        return words % {"n": figure(missing), "day": date_format(campaign.calls_until, "d/m")}
    day = timezone.localtime(done_at).date() if done_at else campaign.calls_until
    return _("Alcanza: se terminaría el %(day)s.") % {"day": date_format(day, "d/m")}


def _closed(left: int, *, later: int) -> str:
    """`later`: of those, who left since, by a payment that came to be known after the end."""
    if not left:
        return _("La campaña terminó sin contactos por llamar.")
    words = ngettext("La campaña terminó con %(n)s contacto por llamar.",
                     "La campaña terminó con %(n)s contactos por llamar.", left)  # fmt: skip
    if later > 0:
        since = ngettext("De %(n)s se supo después que pagó.", "De %(n)s se supo después que pagaron.", later)
        return f"{words % {'n': figure(left)}} {since % {'n': figure(later)}}"
    return words % {"n": figure(left)}


def _sure(missing: int, low: int, high: int) -> str:
    if not high:
        return _("Es seguro en lo que se puede medir: también alcanza con el ritmo más lento del intervalo de 95 %.")
    if not missing:
        return _("No es seguro: con el ritmo más lento del intervalo de 95 %% faltarían %(n)s.") % {"n": figure(high)}
    if not low:
        return _("No es seguro: entre 0 y %(high)s con 95 %% de confianza.") % {"high": figure(high)}
    return _("Entre %(low)s y %(high)s con 95 %% de confianza.") % {"low": figure(low), "high": figure(high)}
