"""The charts of a campaign's figures, for its page and its sealed report."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from campaigns.figures.figures import Figures, read_figures
from campaigns.figures.openings import Openings
from campaigns.models import Campaign, Service, Unit
from screens.charts import Chart, bars_by, day_by_day

SHOWN_DISPOSITIONS = 10


def charts_of(figures: Figures, *, opens: Openings | None = None) -> list[Chart]:
    """Day by day, by service, by disposition; a chart without figures is left out. With `opens` their marks lead to
    the rows they count.
    """
    made = (_days(figures, opens), _services(figures, opens), _dispositions(figures, opens))
    return [chart for chart in made if chart is not None]


def draw_ahead(*, campaign: Campaign) -> None:
    """Draw the charts of the unfiltered page into the cache, so that nobody waits for them after a count."""
    figures = read_figures(campaign=campaign)
    for chart in charts_of(figures, opens=Openings(campaign, figures.only)):
        _drawn = chart.drawings


def _days(figures: Figures, opens: Openings | None) -> Chart | None:
    days = figures.by_day
    if not days:
        return None
    names = {"handled": _("Gestionados"), "contacted": _("Contactados"), "paid": _("Pagados")}
    series = {words: [(line.day, getattr(line.contacts, name)) for line in days] for name, words in names.items()}
    leads = {
        words: {line.day: opens.on(line.day, name) for line in days if getattr(line.contacts, name)}
        for name, words in names.items()
        if opens
    }
    return day_by_day(title=_("Día a día, en contactos"), series=series, leads=leads)


def _services(figures: Figures, opens: Openings | None) -> Chart | None:
    if figures.only.day or not figures.services.items:
        return None
    names = {
        "paid_after_contact": _("Pagados tras contacto"),
        "paid_without_contact": _("Pagados sin contacto"),
        "not_paid": _("No pagados"),
    }
    values: dict[str, dict[str, int]] = {}
    leads: dict[str, dict[str, str]] = {}
    for service, counts in figures.by_service.items():
        label = str(Service(service).label)
        values[label] = {words: getattr(counts, name) for name, words in names.items()}
        if opens:
            found = opens.of(counts, unit=Unit.SERVICE, only=replace(figures.only, service=service))
            leads[label] = {words: found[name] for name, words in names.items()}
    title = _("Servicios pagados y no pagados")
    return bars_by(title=title, values=values, unit=_("servicios"), label=_("Servicio"), leads=leads)


def _dispositions(figures: Figures, opens: Openings | None) -> Chart | None:
    if not figures.by_disposition:
        return None
    shown, rest = figures.by_disposition[:SHOWN_DISPOSITIONS], figures.by_disposition[SHOWN_DISPOSITIONS:]
    bars = [(disposition.label, attempts, [disposition]) for disposition, attempts in shown]
    if rest:
        bars.append((_("Los demás"), sum(attempts for _d, attempts in rest), [disposition for disposition, _n in rest]))
    values = {label: attempts for label, attempts, _dispositions in bars}
    leads = {label: {"": opens.calls(dispositions)} for label, _n, dispositions in bars if opens}
    title = _("Resultados de las llamadas")
    return bars_by(title=title, values=values, unit=_("llamadas"), label=_("Resultado"), leads=leads)
