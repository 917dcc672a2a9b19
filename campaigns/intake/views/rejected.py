"""Pages of the rejected rows: mend and admit, dismiss, take away as a spreadsheet."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user, steering_only
from agents.searched_lists import look_is_noted, part_is_noted
from campaigns.intake import mending
from campaigns.intake.rejected_page import RowForm, columns_of, find_rejected, form_of
from campaigns.lists.views.exports import owe
from campaigns.models import ListExport, RejectedRow, Report

PAGE = 50


def _filtered(request: HttpRequest, report: Report) -> QuerySet[RejectedRow]:
    return find_rejected(report=report, user=signed_in_user(request), **_asked_for(request))


def _asked_for(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("reason", "state")}


def _waiting(request: HttpRequest, report: Report) -> int:
    found = RejectedRow.objects.visible_to(signed_in_user(request))
    return found.filter(report=report, state=RejectedRow.State.WAITING).count()


def _report_of(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(Report.objects.visible_to(signed_in_user(request)), pk=pk)


def _row_of(request: HttpRequest, pk: int) -> RejectedRow:
    found = RejectedRow.objects.visible_to(signed_in_user(request)).select_related("report", "settled_by")
    return get_object_or_404(found, pk=pk)


@centre_only
@require_GET
@part_is_noted
def rejected_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Rows of one report that could not be used, with their reason."""
    report = _report_of(request, pk)
    page = Paginator(_filtered(request, report), PAGE).get_page(request.GET.get("page"))
    may_steer = signed_in_user(request).steers_campaigns
    context = {
        "report": report,
        "page": page,
        "rows": [form_of(row, masked=not may_steer) for row in page],
        "columns": columns_of(report.kind),
        "reasons": mending.reasons_of(report=report),
        "states": RejectedRow.State.choices,
        **_asked_for(request),
        "waiting": _waiting(request, report),
        "may_steer": may_steer,
        "trail": [
            (reverse("campaigns:report_list"), _("Reportes")),
            (reverse("campaigns:report", args=[report.pk]), report.name),
            ("", _("Filas rechazadas")),
        ],
    }
    return render(request, "campaigns/intake/rejected_rows.html", context)


@centre_only
@require_POST
def rejected_rows_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for the rows the page's filters show, as a workbook: it is made in the background."""
    report = _report_of(request, pk)
    filters = {"report": report.pk, **_asked_for(request)}
    words = _("Filas rechazadas del reporte %(name)s") % {"name": report.name}
    return owe(request, kind=ListExport.Kind.REJECTED, filters=filters, words=words)


@steering_only
@require_POST
@look_is_noted("fila rechazada")
def rejected_row_admit(request: HttpRequest, pk: int) -> HttpResponse:
    """Admit the row with the cells of the form, or show it again with what is still wrong."""
    row = _row_of(request, pk)
    cells = {name: request.POST.get(name, "").strip()[:200] for name, _label in columns_of(row.report.kind)}
    try:
        mending.admit(row_id=row.pk, cells=cells, by=signed_in_user(request), now=timezone.now())
    except mending.RowRefused as refusal:
        shown = form_of(
            _row_of(request, pk), masked=False, cells=cells, error=str(refusal), field=refusal.field, was_changed=True
        )
        return _row(request, shown, status=422)
    return _row(request, form_of(_row_of(request, pk), masked=False, was_changed=True))


@steering_only
@require_POST
@look_is_noted("fila rechazada")
def rejected_row_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Dismiss one row."""
    row = _row_of(request, pk)
    mending.dismiss(row_ids=[row.pk], by=signed_in_user(request), now=timezone.now())
    return _row(request, form_of(_row_of(request, pk), masked=False, was_changed=True))


@steering_only
@require_POST
def rejected_rows_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Dismiss the rows that are ticked."""
    report = _report_of(request, pk)
    chosen = [int(text) for text in request.POST.getlist("row") if text.isascii() and text.isdigit() and len(text) < 18]
    ids = list(_filtered(request, report).filter(pk__in=chosen).values_list("pk", flat=True))
    count = mending.dismiss(row_ids=ids, by=signed_in_user(request), now=timezone.now())
    said = ngettext("%(n)s fila descartada.", "%(n)s filas descartadas.", count) % {"n": count}
    messages.success(request, said) if count else messages.info(request, _("No eligió ninguna fila por corregir."))
    return redirect("campaigns:rejected_rows", pk=report.pk)


def _row(request: HttpRequest, shown: RowForm, status: int = 200) -> HttpResponse:
    """The fragment of one row; without htmx the whole page is shown instead."""
    context = {
        "row": shown,
        "may_steer": signed_in_user(request).steers_campaigns,
        "waiting": _waiting(request, shown.row.report),
    }
    if not request.headers.get("HX-Request"):
        if shown.error:
            messages.error(request, shown.error)
        return redirect("campaigns:rejected_rows", pk=shown.row.report_id)
    return render(request, "campaigns/intake/_rejected_row.html", context, status=status)
