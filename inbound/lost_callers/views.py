"""How many who hung up waiting were reached, and how soon: a month at a time."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agents.access import centre_only
from inbound.lost_callers.calling_back import KIND, is_on
from inbound.lost_callers.figures import lost_callers
from service_level.days import bounds_of
from service_level.indicator.page import month_in_words
from service_level.months import after, before, month_of, read_month_name, written


@require_GET
@centre_only
def lost(request: HttpRequest) -> HttpResponse:
    """Of the running month."""
    return _page(request, month_of(timezone.localdate()))


@require_GET
@centre_only
def lost_of_a_month(request: HttpRequest, named: str) -> HttpResponse:
    """Of a month."""
    month = read_month_name(named)
    if month is None:
        raise Http404
    return _page(request, month)


def _page(request: HttpRequest, month: date) -> HttpResponse:
    since, until = bounds_of(month, after(month) - timedelta(days=1))
    months = [before(month), *([after(month)] if after(month) <= timezone.localdate() else [])]
    context = {
        "name": month_in_words(month),
        "figures": lost_callers(since=since, until=until),
        "is_on": is_on(),
        "cards": f"{reverse('escalations:escalation_list')}?kind={KIND}",
        "indicator": reverse("service_level:month", args=[written(month)]),
        "around": [(reverse("inbound:lost_of_a_month", args=[written(one)]), month_in_words(one)) for one in months],
        "trail": [(reverse("inbound:attended"), _("Atenciones")), ("", _("Llamadas perdidas"))],
    }
    return render(request, "inbound/lost_callers/lost.html", context)
