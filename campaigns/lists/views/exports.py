"""An export on its way: how far it is, its file, another try. Only for whoever asked for it, and as long as she may."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from agents.access import asks_by_itself, signed_in_user
from campaigns.lists import exporting
from campaigns.lists.books import Filters
from campaigns.lists.wording import UNITS
from campaigns.models import ListExport
from screens.spreadsheets import XLSX
from work.kinds import ring

BACK = {
    ListExport.Kind.CONTACTS: "campaigns:contact_list",
    ListExport.Kind.PAYMENTS: "campaigns:payment_list",
    ListExport.Kind.PROMISES: "campaigns:promise_list",
    ListExport.Kind.REJECTED: "campaigns:rejected_rows",
    ListExport.Kind.CHANGES: "campaigns:report_changes",
}
OF = {
    ListExport.Kind.CONTACTS: "period",
    ListExport.Kind.REJECTED: "report",
    ListExport.Kind.CHANGES: "report",
}


def owe(request: HttpRequest, *, kind: ListExport.Kind, filters: Filters, words: str) -> HttpResponseBase:
    """Ask for an export and go to its page."""
    export = exporting.ask_export(
        kind=kind, filters=filters, words=words, by=signed_in_user(request), now=timezone.now()
    )
    ring(ListExport, pk=export.pk)
    return redirect("campaigns:list_export", pk=export.pk)


@require_GET
def list_export(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the workbook is, and the workbook."""
    return render(request, "campaigns/lists/list_export.html", _page(request, pk))


@asks_by_itself
@require_GET
def list_export_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that refreshes by itself."""
    return render(request, "campaigns/lists/_list_export.html", _page(request, pk))


@require_GET
def list_export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The workbook."""
    export = _export(request, pk)
    if not export.file:
        raise Http404
    day = timezone.localtime(export.asked_at)
    name = f"{slugify(_name_of(export))}-{day:%Y-%m-%d}.xlsx"
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


@require_POST
def list_export_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Try again what failed three times."""
    export = _export(request, pk)
    exporting.make_again(export=export, now=timezone.now())
    ring(ListExport, pk=export.pk)
    return redirect("campaigns:list_export", pk=pk)


def _export(request: HttpRequest, pk: int) -> ListExport:
    """404 for everybody but who asked for it, and for her too when it expired or is no longer hers to see."""
    return get_object_or_404(exporting.exports_of(user=signed_in_user(request), now=timezone.now()), pk=pk)


def _page(request: HttpRequest, pk: int) -> dict[str, Any]:
    export = _export(request, pk)
    kind = ListExport.Kind(export.kind)
    of = OF.get(kind)
    return {
        "export": export,
        "list_name": _name_of(export),
        "list_page": BACK[kind],
        "list_of": of and export.filters[of],
    }


def _name_of(export: ListExport) -> str:
    """`Servicios`, `Pagos`: the campaign's list shows one of several units."""
    kind = ListExport.Kind(export.kind)
    unit = str(export.filters.get("unit", "")) if kind == ListExport.Kind.CONTACTS else "-"
    return str(UNITS.get(unit, kind.label))
