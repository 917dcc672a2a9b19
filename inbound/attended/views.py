"""What the supervisors see of the lines: calls live and past, and where their time goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user
from agents.disclosure import record_export
from agents.models import Agent, User
from agents.searched_lists import part_is_noted
from inbound.attended.finding import Asked, asked_for, find_walks, sheet_of
from inbound.attended.tables import WalkTable, in_minutes
from inbound.attended.time_figures import charts_of, sheets_of, time_figures
from inbound.models import ServiceLine
from screens.spreadsheets import workbook_response


@require_GET
@centre_only
@part_is_noted
def attended(request: HttpRequest) -> HttpResponse:
    """Calls live and past, the newest first."""
    user, asked = signed_in_user(request), asked_for(sent=request.GET, now=timezone.now())
    table = WalkTable(find_walks(asked=asked, user=user)).shown_to(request)
    return render(request, "inbound/attended/attended.html", {"table": table, **_filters(request, asked, user)})


@require_POST
@centre_only
def attended_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what is filtered, as a workbook; it is written in the book of exports."""
    user, now = signed_in_user(request), timezone.now()
    asked = asked_for(sent=request.GET, now=now)
    found = find_walks(asked=asked, user=user)
    record_export(user=user, subject=_("Atenciones: %(asked)s") % {"asked": asked.words}, rows=found.count(), now=now)
    sheet = sheet_of(found, masked=user.reads_masked)
    return workbook_response(_("atenciones"), [sheet], today=timezone.localdate(now))


@require_GET
@centre_only
def times(request: HttpRequest) -> HttpResponse:
    """Time by step, ends by line, decisions against the proposal, calls the procedure causes itself."""
    user, asked = signed_in_user(request), asked_for(sent=request.GET, now=timezone.now())
    figures = time_figures(asked=asked)
    context = {
        "figures": figures,
        "trail": [(reverse("inbound:attended"), _("Atenciones")), ("", _("Tiempos por paso"))],
        "charts": charts_of(figures),
        "steps": [(step, in_minutes(timedelta(seconds=float(step.median)))) for step in figures.steps],
        "lines_told": [(line, in_minutes(timedelta(seconds=line.median))) for line in figures.lines],
    }
    return render(request, "inbound/attended/times.html", {**context, **_filters(request, asked, user)})


@require_POST
@centre_only
def times_export(request: HttpRequest) -> HttpResponseBase:
    """The figures as a workbook; there is nobody's data in them."""
    now = timezone.now()
    figures = time_figures(asked=asked_for(sent=request.GET, now=now))
    return workbook_response(_("tiempos de atención"), sheets_of(figures), today=timezone.localdate(now))


def _filters(request: HttpRequest, asked: Asked, user: User) -> dict[str, Any]:
    return {
        "asked": asked,
        "lines": ServiceLine.objects.visible_to(user).in_order(),
        "agents": Agent.objects.visible_to(user).select_related("user").order_by("user__first_name", "user__username"),
        "query": request.GET.urlencode(),
        "is_filtered": bool(request.GET),
    }
