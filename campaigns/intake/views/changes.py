"""The page of what a corrected report changes: read before it is accepted, and kept afterwards."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import centre_only, signed_in_user
from agents.searched_lists import search_is_noted
from campaigns.intake.changes_page import WORDS, find_changes, tabs_of, waits_with_changes
from campaigns.intake.differences import kinds_of
from campaigns.intake.tables import ChangeTable
from campaigns.lists.views.exports import owe
from campaigns.models import ListExport, Report, ReportDifference
from screens.searching import searched

LONGEST = 40  # letters of a contract


@centre_only
@require_http_methods(["GET", "HEAD", "POST"])
@search_is_noted
def report_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Customers by what happens to them; the first kind that has any, until another is chosen."""
    user = signed_in_user(request)
    report = _report_of(request, pk)
    kind, search = _kind_of(request, report), searched(request, most=LONGEST)
    rows = find_changes(report=report, user=user, kind=kind, search=search)
    context = {
        "report": report,
        "kind": kind,
        "shows_changes": report.supersedes_id is not None or waits_with_changes(report),
        "tabs": tabs_of(report=report, chosen=kind),
        "table": ChangeTable(rows, masked=not user.steers_campaigns, kind=kind).shown_to(request),
        "search": search,
        "query": request.GET.urlencode(),
        "trail": [
            (reverse("campaigns:report_list"), _("Reportes")),
            (reverse("campaigns:report", args=[report.pk]), report.name),
            ("", _("Qué cambia")),
        ],
    }
    return render(request, "campaigns/intake/report_changes.html", context)


@centre_only
@require_POST
def report_changes_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for the customers that are shown as a workbook: it is made in the background."""
    report = _report_of(request, pk)
    kind, contract = _kind_of(request, report), searched(request, most=LONGEST)
    told = [str(WORDS[kind]), *([_("un contrato")] if contract else [])]
    words = _("Cambios del reporte %(name)s: %(which)s") % {"name": report.name, "which": ", ".join(told)}
    filters = {"report": report.pk, "kind": kind, "contract": contract}
    return owe(request, kind=ListExport.Kind.CHANGES, filters=filters, words=words)


def _report_of(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(Report.objects.visible_to(signed_in_user(request)), pk=pk)


def _kind_of(request: HttpRequest, report: Report) -> str:
    asked = request.GET.get("kind", "")
    if asked in ReportDifference.Kind.values:
        return asked
    counts = kinds_of(report=report)
    return next((kind for kind, count in counts.items() if count), str(ReportDifference.Kind.NEW))
