"""The charts of a campaign's figures, for its page and its sealed report."""

from __future__ import annotations

from django.utils.translation import gettext as _

from campaigns.figures.figures import Figures, read_figures
from campaigns.models import Campaign, Service
from screens.charts import Chart, bars_by, day_by_day

SHOWN_DISPOSITIONS = 10


def charts_of(figures: Figures) -> list[Chart]:
    """Day by day, by service, by disposition; a chart without figures is left out."""
    return [chart for chart in (_days(figures), _services(figures), _dispositions(figures)) if chart is not None]


def draw_ahead(*, campaign: Campaign) -> None:
    """Draw the charts of the unfiltered page into the cache, so that nobody waits for them after a count."""
    for chart in charts_of(read_figures(campaign=campaign)):
        _drawn = chart.drawings


def _days(figures: Figures) -> Chart | None:
    days = figures.by_day
    if not days:
        return None
    return day_by_day(
        title=_("Día a día, en contactos"),
        series={
            _("Gestionados"): [(line.day, line.contacts.handled) for line in days],
            _("Contactados"): [(line.day, line.contacts.contacted) for line in days],
            _("Pagaron"): [(line.day, line.contacts.paid) for line in days],
        },
    )


def _services(figures: Figures) -> Chart | None:
    if figures.only.day or not figures.services.items:
        return None
    values = {}
    for service, counts in figures.by_service.items():
        values[str(Service(service).label)] = {
            _("Pagaron tras contacto"): counts.paid_after_contact,
            _("Pagaron sin contacto"): counts.paid_without_contact,
            _("No pagaron"): counts.not_paid,
        }
    return bars_by(title=_("Resultados por servicio"), values=values, unit=_("servicios"), label=_("Servicio"))


def _dispositions(figures: Figures) -> Chart | None:
    if not figures.by_disposition:
        return None
    shown = figures.by_disposition[:SHOWN_DISPOSITIONS]
    rest = sum(attempts for _disposition, attempts in figures.by_disposition[SHOWN_DISPOSITIONS:])
    values = {disposition.label: attempts for disposition, attempts in shown}
    if rest:
        values[_("Los demás")] = rest
    return bars_by(title=_("Resultados de las llamadas"), values=values, unit=_("llamadas"), label=_("Resultado"))
