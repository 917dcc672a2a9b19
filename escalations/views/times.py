"""How the supervisors' work goes, as charts and as a workbook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user
from agents.disclosure import record_export
from escalations.figures import figures_of, lines_and_zones, span_of
from escalations.figures_page import charts_of, hours, rows_in_words, rows_of, sheets_of
from escalations.lists import kinds_shown
from screens.spreadsheets import workbook_response


@require_GET
@centre_only
def times(request: HttpRequest) -> HttpResponse:
    """Age, breaches by kind and zone, time to take and to resolve; there is nobody's data in it."""
    now = timezone.now()
    span = span_of(sent=request.GET, now=now)
    figures = figures_of(span=span, now=now)
    charts, query = charts_of(figures), request.GET.urlencode()
    if request.GET.get("part") == "charts":
        return render(request, "escalations/_times_charts.html", {"charts": charts})
    lines, zones = lines_and_zones(span=span)
    context = {
        "span": span,
        "figures": figures,
        "trail": [(reverse("escalations:board"), _("Derivaciones")), ("", _("Plazos"))],
        "charts": charts,
        "charts_to_come": not all(chart.is_drawn for chart in charts),
        "until_taken": hours(figures.whole.take.median),
        "until_resolved": hours(figures.whole.resolve.median),
        "tables": [
            ("kinds", _("Por tipo"), _("Tipo"), rows_in_words(figures.kinds, without_name="")),
            ("zones", _("Por zona"), _("Zona"), rows_in_words(figures.zones, without_name=_("Sin zona"))),
        ],
        "kinds": kinds_shown(),
        "lines": lines,
        "zones": zones,
        "query": query,
        "is_filtered": bool(request.GET),
    }
    return render(request, "escalations/times.html", context)


@require_POST
@centre_only
def times_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what is filtered, as a workbook; it is written in the book of exports."""
    now = timezone.now()
    span = span_of(sent=request.GET, now=now)
    figures = figures_of(span=span, now=now)
    subject = _("Plazos de las derivaciones: %(asked)s") % {"asked": span.words}
    record_export(user=signed_in_user(request), subject=subject, rows=rows_of(figures), now=now)
    return workbook_response(_("tiempos de derivaciones"), sheets_of(figures), today=timezone.localdate(now))
