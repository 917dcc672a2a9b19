"""How many who hung up waiting were reached, and how soon: a month at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agents.access import centre_only, signed_in_user
from agents.searched_lists import part_is_noted
from inbound.lost_callers.calling_back import is_on
from inbound.lost_callers.figures import FATES, calls_lost, count_lost
from inbound.lost_callers.tables import LostTable
from service_level.days import bounds_of
from service_level.indicator.page import around, month_in_words
from service_level.months import after, month_of, read_month_name, written


@require_GET
@centre_only
@part_is_noted
def lost(request: HttpRequest) -> HttpResponse:
    """Of the running month."""
    return _page(request, month_of(timezone.localdate()))


@require_GET
@centre_only
@part_is_noted
def lost_of_a_month(request: HttpRequest, named: str) -> HttpResponse:
    """Of a month."""
    month = read_month_name(named)
    if month is None:
        raise Http404
    return _page(request, month)


def _page(request: HttpRequest, month: date) -> HttpResponse:
    since, until = bounds_of(month, after(month) - timedelta(days=1))
    lost = calls_lost(since=since, until=until, user=signed_in_user(request))
    fate = request.GET.get("fate", "")
    fate = fate if fate in FATES else ""
    shown = lost.filter(fate=fate) if fate else lost
    context = {
        "name": month_in_words(month),
        "figures": count_lost(lost),
        "table": LostTable(shown.select_related("informed_by")).shown_to(request),
        "chips": [(words, f"?fate={one}" if one else "?", one == fate) for one, words in _fates().items()],
        "is_on": is_on(),
        "indicator": reverse("service_level:month", args=[written(month)]),
        "around": around(
            month, lambda one: reverse("inbound:lost_of_a_month", args=[written(one)]), today=timezone.localdate()
        ),
        "trail": [(reverse("inbound:attended"), _("Atenciones")), ("", _("Llamadas perdidas"))],
    }
    return render(request, "inbound/lost_callers/lost.html", context)


def _fates() -> dict[str, Any]:
    """What is asked for, in words; '' all."""
    return {"": _("Todas"), **FATES}
