"""The columns of a day: those that add up to the shift, and all of them as a sheet has them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.day import AgentDay

SPENT = {
    "idle": gettext_lazy("Disponible"),
    "ringing": gettext_lazy("Le sonaba"),
    "talking": gettext_lazy("En llamada"),
    "wrapping_up": gettext_lazy("Cierre"),
    "resting": gettext_lazy("Descanso"),
    "away_from_calls": gettext_lazy("Otro trabajo"),
    "training": gettext_lazy("Capacitación"),
    "away": gettext_lazy("Ausente"),
}


def heads() -> list[str]:
    """Of the sheets: seconds, and the occupancy in hundredths."""
    seconds = [_("%(what)s (s)") % {"what": what} for what in (_("Jornada"), *SPENT.values())]
    return [_("Agente"), _("Equipo"), *seconds, _("Ocupación (%)")]


def figures_of(times: AgentDay) -> list[Any]:
    """The figures of `heads`."""
    occupancy = None if times.occupancy is None else times.occupancy * 100
    return [times.logged_in, *(getattr(times, name) for name in SPENT), occupancy]
