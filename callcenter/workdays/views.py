"""Doors of the agents' days and of how long calls take, for who sees the centre."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user
from agents.disclosure import record_export
from callcenter.workdays.asking import Asked, asked_for
from callcenter.workdays.finding import find_workdays
from callcenter.workdays.handled import calls_of, find_handled
from callcenter.workdays.sheets import sheets_of
from callcenter.workdays.tables import WorkdayTable
from screens.spreadsheets import workbook_response


@require_GET
@centre_only
def workdays(request: HttpRequest) -> HttpResponse:
    """Each agent's day with all its times, filtered and sorted by the address."""
    now = timezone.now()
    asked = asked_for(sent=request.GET, user=signed_in_user(request), now=now)
    found = find_workdays(asked=asked, now=now)
    table = WorkdayTable(found)
    context = {"table": table.shown_to(request), "times": table.totals, "agents": len({one.pk for one in found})}
    return render(request, "callcenter/workdays/workdays.html", {**context, **_frame(request, asked, now)})


@require_GET
@centre_only
def handling(request: HttpRequest) -> HttpResponse:
    """Average handling time by line and by result, of the same agents and days."""
    now = timezone.now()
    asked = asked_for(sent=request.GET, user=signed_in_user(request), now=now)
    found = find_handled(asked=asked, now=now)
    context = {
        "handled": found,
        "lines": [(one, calls_of(one, asked=asked)) for one in found.lines],
        "line_results": [(replace(one, name=f"{line} · {one.name}"), "") for line, one in found.line_results],
        "without_flow": [(one, "") for one in found.without_flow],
        "results": [(one, "") for one in found.results],
    }
    return render(request, "callcenter/workdays/handling.html", {**context, **_frame(request, asked, now)})


@require_POST
@centre_only
def export(request: HttpRequest) -> HttpResponseBase:
    """Both pages as a workbook, exactly as they are filtered; it is written in the book of exports."""
    user, now = signed_in_user(request), timezone.now()
    asked = asked_for(sent=request.GET, user=user, now=now)
    found = find_workdays(asked=asked, now=now)
    subject = _("Jornadas y tiempos de atención: %(asked)s") % {"asked": asked.words}
    record_export(user=user, subject=subject, rows=len(found), now=now)
    sheets = sheets_of(found, find_handled(asked=asked, now=now))
    return workbook_response(_("jornadas"), sheets, today=timezone.localdate(now))


def _frame(request: HttpRequest, asked: Asked, now: datetime) -> dict[str, Any]:
    """Filters, the two pages, and what one asks for most."""
    query, here, today = asked.but(), request.path, timezone.localdate(now)
    pages = [("workdays", _("Jornadas")), ("workdays_handling", _("Tiempo de atención"))]
    spans = [
        (_("Hoy"), today, today),
        (_("Ayer"), today - timedelta(days=1), today - timedelta(days=1)),
        (_("7 días"), today - timedelta(days=6), today),
        (_("Este mes"), today.replace(day=1), today),
    ]
    return {
        "asked": asked,
        "query": query,
        "is_filtered": bool(request.GET),
        "trail": [(reverse("agents:people"), _("Personas")), ("", _("Jornadas"))],
        "tabs": [
            {"href": f"{reverse(name)}?{query}", "words": words, "current": reverse(name) == here}
            for name, words in pages
        ],
        "spans": [
            (words, asked.but(first=first, last=last), (first, last) == (asked.first, asked.last))
            for words, first, last in spans
        ],
    }
