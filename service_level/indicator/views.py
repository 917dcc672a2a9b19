"""Doors of the indicator: a month, a line of it, the calls behind a figure, and one call down to its lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user
from screens.copies import reads_a_copy
from screens.spreadsheets import workbook_response
from service_level.days import LA_PAZ, bounds_of, read_day
from service_level.indicator.accounts import read_accounts
from service_level.indicator.beside import BOTH, KINDS, lay_beside, pairs_of
from service_level.indicator.calls import ALL, ATT, REST, Asked, asked_for, find_calls
from service_level.indicator.counting import days_to_be_counted, months_with_figures
from service_level.indicator.figures import Counts, Line, Month, counted_until, days_of, read_month
from service_level.indicator.forecast import forecast_of
from service_level.indicator.page import (
    Row,
    around,
    bad_rows,
    charts_of,
    day_rows,
    days_below,
    half_rows,
    lines_of_day,
    month_in_words,
    of_whole_month,
    points_in_words,
    uncovered,
)
from service_level.indicator.sheets import sheet_of_accounts, sheets_of
from service_level.indicator.tables import CallTable
from service_level.indicator.which import WHICH, conditions
from service_level.indicator.why import bad_halves
from service_level.models import Formula, MonthSeal
from service_level.months import after, month_of, read_month_name, written
from telephony.models import LoggedVisit
from telephony.queue_log.evidence import is_written, lines_of, oddities_of
from telephony.queue_log.sources import left_out, unread, unreadable_lines


@require_GET
@centre_only
@reads_a_copy
def newest(request: HttpRequest) -> HttpResponse:
    """The running month; before there are calls of it, the last one that has some."""
    running = month_of(timezone.localdate())
    months = [month for month in months_with_figures() if month <= running]
    return _month_page(request, read_month(months[-1] if months else running))


@require_GET
@centre_only
@reads_a_copy
def month(request: HttpRequest, named: str) -> HttpResponse:
    """The indicator of a month: how it stands, each line, each day, and what its evidence covers."""
    return _month_page(request, _month_named(named))


def _month_page(request: HttpRequest, figures: Month) -> HttpResponse:
    this, now = figures.month, timezone.now()
    until = counted_until(this)
    is_empty = not (figures.all.registered or figures.all.waiting)
    context = {
        "figures": figures,
        "name": month_in_words(this),
        "groups": [
            (words, [_row(figures, line) for line in figures.lines if line.counts_for_att == is_counted])
            for words, is_counted in ((_("Se informan a la ATT"), True), (_("No se informan"), False))
        ],
        "att": _total(figures, ATT, _("Suma que se informa a la ATT")),
        "all": _total(figures, ALL, _("Todas las líneas")),
        "charts": charts_of(this, formula=figures.formula),
        "below": days_below(this, formula=figures.formula),
        "unread": unread(),
        "left_out": left_out(),
        "unreadable": unreadable_lines(),
        "changed": days_to_be_counted(this),
        "ahead": forecast_of(this, now=now),
        "is_empty": is_empty,
        "has_lines": is_empty and is_written(*bounds_of(this, after(this) - timedelta(days=1))),
        "uncovered": [] if is_empty else uncovered(this, now=now),
        "counted_until": until.astimezone(LA_PAZ) if until else None,
        "sealed": MonthSeal.objects.visible_to(signed_in_user(request)).filter(month=this).order_by("revision").last(),
        "seal": reverse("service_level:seal", args=[written(this)]),
        "others": reverse("service_level:others", args=[written(this), ATT]),
        "beside": reverse("service_level:beside", args=[written(this)]),
        "asternic": reverse("service_level:asternic", args=[written(this)]),
        "around": around(
            this, lambda month: reverse("service_level:month", args=[written(month)]), today=timezone.localdate()
        ),
        "trail": [("", _("Indicador"))],
    }
    return render(request, "service_level/indicator/month.html", context)


@require_GET
@centre_only
@reads_a_copy
def line(request: HttpRequest, named: str, line: str) -> HttpResponse:
    """A line in a month: day by day, or the half hours of the day that is asked for."""
    figures = _month_named(named, line=line)
    this, formula = figures.month, figures.formula
    if not figures.lines:
        raise Http404
    day = read_day(request.GET.get("day"))
    day = day if day and month_of(day) == this else None
    own = reverse("service_level:line", args=[written(this), line])
    words = f"{line} {figures.lines[0].name}".strip()
    rows = list(half_rows(day, line=line, formula=formula)) if day else day_rows(this, line=line, formula=formula)
    counts = days_of(this, line=line).get(day, Counts()) if day else figures.all
    total = Row(_("Suma"), counts, Asked(this, line, day, day) if day else of_whole_month(this, line), formula)
    trail = [*_trail(this), (own if day else "", words)]
    context = {
        "figures": figures,
        "words": words,
        "name": month_in_words(this),
        "day": day,
        "rows": rows,
        "total": total,
        "bad": _bad(day, line, formula) if day else [],
        "charts": [] if day else charts_of(this, line=line, formula=formula),
        "around": around(
            this, lambda month: reverse("service_level:line", args=[written(month), line]), today=timezone.localdate()
        ),
        "trail": [*trail, ("", f"{day:%d/%m/%Y}")] if day else trail,
    }
    return render(request, "service_level/indicator/line.html", context)


@require_GET
@centre_only
@reads_a_copy
def day(request: HttpRequest, named: str, day: str) -> HttpResponse:
    """A day of the lines the regulator counts: its half hours below the target with why, and each line."""
    figures, found = _month_named(named), read_day(day)
    if found is None or month_of(found) != figures.month:
        raise Http404
    this, formula = figures.month, figures.formula
    counts = days_of(this).get(found, Counts())
    context = {
        "day": found,
        "total": Row(_totals()[ATT], counts, Asked(this, ATT, found, found), formula),
        "rows": lines_of_day(found, figures=figures),
        "bad": _bad(found, ATT, formula),
        "trail": [*_trail(this), ("", f"{found:%d/%m/%Y}")],
    }
    return render(request, "service_level/indicator/day.html", context)


@require_GET
@centre_only
def calls(request: HttpRequest, named: str, line: str) -> HttpResponse:
    """The calls behind a figure."""
    figures = _month_named(named)
    this = figures.month
    user, asked = signed_in_user(request), asked_for(month=this, line=line, sent=request.GET)
    titles = _totals()
    if line not in titles and line not in {one.number for one in figures.lines}:
        raise Http404
    table = CallTable(find_calls(asked=asked, user=user)).shown_to(request)
    words = conditions(figures.formula)[asked.which][0]
    kinds = WHICH if asked.which in WHICH else {**WHICH, asked.which: words}
    of_line = [] if line in titles else [(reverse("service_level:line", args=[written(this), line]), line)]
    context = {
        "table": table,
        "asked": asked,
        "formula": figures.formula,
        "heading": f"{titles.get(line, line)}: {words}",
        "chips": [(words, f"?{asked.but(code)}", code == asked.which) for code, words in kinds.items()],
        "trail": [*_trail(this), *of_line, ("", _("Llamadas"))],
    }
    return render(request, "service_level/indicator/calls.html", context)


@require_GET
@centre_only
def others(request: HttpRequest, named: str, line: str) -> HttpResponse:
    """What other accounts say of the calls of a month: of a line, of those the regulator counts, or of all."""
    figures = _month_named(named)
    this = figures.month
    lines = {**_totals(), **{one.number: f"{one.number} {one.name}".strip() for one in figures.lines}}
    if line not in lines:
        raise Http404
    asked = of_whole_month(this, line)
    told = read_accounts(asked=asked, formula=figures.formula, user=signed_in_user(request))
    opens = Row("", Counts(), asked, figures.formula).leads
    context = {
        "name": month_in_words(this),
        "told": told,
        "accounts": [
            (one, points_in_words(one.apart), opens(f"differs_{one.variant.code}") if one.differing else "")
            for one in told.accounts
        ],
        "bands": [(one, opens(f"answered_{one.begins}"), opens(f"lost_{one.begins}")) for one in told.bands],
        "oddities": [(words, count, opens(which)) for which, words, count in told.oddities],
        "unknown": opens("unknown"),
        "chips": [
            (words, reverse("service_level:others", args=[written(this), one]), one == line)
            for one, words in lines.items()
        ],
        "trail": [*_trail(this), ("", _("Otras cuentas"))],
    }
    return render(request, "service_level/indicator/others.html", context)


@require_GET
@centre_only
@reads_a_copy
def beside(request: HttpRequest, named: str) -> HttpResponse:
    """What the switchboard wrote of a month beside what its link told: the calls in which they differ."""
    this, kind = _month_named(named).month, request.GET.get("kind", "")
    told = lay_beside(this)
    kind = kind if kind in KINDS else next((one for one in KINDS if one != BOTH and told.counts[one]), BOTH)
    pairs = pairs_of(this, kind)
    context = {
        "name": month_in_words(this),
        "told": told,
        "kind": kind,
        "kinds": [(words, told.counts[code], code) for code, words in KINDS.items()],
        "pairs": pairs,
        "is_cut": len(pairs) < told.counts[kind],
        "trail": [*_trail(this), ("", _("El registro y el enlace"))],
    }
    return render(request, "service_level/indicator/beside.html", context)


@require_GET
@centre_only
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry into a queue: what is known of it, and the lines it is known from."""
    visit = get_object_or_404(LoggedVisit.objects.visible_to(signed_in_user(request)), pk=pk)
    this = month_of(visit.entered_at.astimezone(LA_PAZ).date())
    also = LoggedVisit.objects.visible_to(signed_in_user(request)).filter(
        switchboard=visit.switchboard_id, call=visit.call
    )
    context = {
        "visit": visit,
        "oddities": oddities_of(visit),
        "lines": lines_of(visit),
        "others": also.exclude(pk=visit.pk).order_by("entered_at")[:20],
        "trail": [*_trail(this), ("", visit.call)],
    }
    return render(request, "service_level/indicator/call.html", context)


@require_POST
@centre_only
def export(request: HttpRequest, named: str) -> HttpResponseBase:
    """The month as a workbook: lines, days, half hours and other accounts. There is nobody's data in it."""
    figures, user = _month_named(named), signed_in_user(request)
    name = _("indicador %(month)s") % {"month": written(figures.month)}
    told = {
        words: read_accounts(asked=of_whole_month(figures.month, total), formula=figures.formula, user=user)
        for total, words in _totals().items()
    }
    return workbook_response(name, [*sheets_of(figures), sheet_of_accounts(told)], today=timezone.localdate())


def _bad(day: date, line: str, formula: Formula) -> list[tuple[Row, str]]:
    """Half hours below the target with why, of a line or of those the regulator counts."""
    found = bad_halves(day, line="" if line == ATT else line, formula=formula, now=timezone.now())
    return bad_rows(found, asked=Asked(month_of(day), line, day, day), formula=formula)


def _totals() -> dict[str, str]:
    """What is asked for instead of a line, in words."""
    return {ATT: _("Líneas de la ATT"), ALL: _("Todas las líneas")}


def _month_named(named: str, *, line: str = "") -> Month:
    found = read_month_name(named)
    if found is None:
        raise Http404
    return read_month(found, line=line)


def _row(figures: Month, line: Line) -> Row:
    note = "" if line.is_known else _("cola que no es de ninguna línea")
    href = reverse("service_level:line", args=[written(figures.month), line.number])
    is_parted = sum(one.number == line.number for one in figures.lines) > 1
    part = (ATT if line.counts_for_att else REST) if is_parted else ""
    asked = replace(of_whole_month(figures.month, line.number), part=part)
    return Row(f"{line.number} {line.name}".strip(), line.counts, asked, figures.formula, href=href, note=note)


def _total(figures: Month, line: str, words: str) -> Row:
    counts = figures.att if line == ATT else figures.all
    return Row(words, counts, of_whole_month(figures.month, line), figures.formula)


def _trail(this: date) -> list[tuple[str, Any]]:
    return [(reverse("service_level:month", args=[written(this)]), _("Indicador %(m)s") % {"m": month_in_words(this)})]
