"""Doors of the people by half hour, for who sees the centre."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user
from screens.copies import reads_a_copy
from screens.spreadsheets import workbook_response
from service_level.days import bounds_of, read_day
from service_level.models import StaffingNeed
from service_level.staffing.needs import AHEAD
from service_level.staffing.page import (
    Day,
    chart_of,
    days_of_needs,
    half_hours,
    lines_of_needs,
    what_is_not_known,
    what_it_is_of,
)
from service_level.staffing.sheets import sheets_of


@require_GET
@centre_only
@reads_a_copy
def staffing(request: HttpRequest) -> HttpResponse:
    """A day (`day`, else today): half hours with the agents they need, and the days to come."""
    now = timezone.now()
    today = timezone.localdate(now)
    day = read_day(request.GET.get("day")) or today
    halves = half_hours(day, now=now)
    run, off = what_it_is_of()
    context = {
        "day": day,
        "today": today,
        "run": run,
        "halves": halves,
        "has_begun": any(one.came is not None for one in halves),
        "unknown": " ".join(what_is_not_known(halves, now=now)),
        "total": Day(day, [one.need for one in halves]) if halves else None,
        "off": off,
        "chart": chart_of(halves) if halves else None,
        "lines": lines_of_needs(day),
        "days": days_of_needs(today, today + AHEAD),
        "around": [(f"?day={one:%Y-%m-%d}", one) for one in (day - timedelta(days=1), day + timedelta(days=1))],
        "trail": [(reverse("service_level:newest"), _("Indicador")), ("", _("Dotación"))],
    }
    return render(request, "service_level/staffing/staffing.html", context)


@require_POST
@centre_only
def export(request: HttpRequest) -> HttpResponseBase:
    """The coming weeks as a workbook. There is nobody's data in it."""
    today = timezone.localdate()
    begins, ends = bounds_of(today, today + AHEAD)
    rows = StaffingNeed.objects.visible_to(signed_in_user(request)).filter(began_at__gte=begins, began_at__lt=ends)
    lines = list(rows.exclude(line="").order_by("began_at", "line"))
    return workbook_response(_("dotación"), sheets_of(days_of_needs(today, today + AHEAD), lines), today=today)
