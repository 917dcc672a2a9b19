"""Doors of what Asternic says: its exports of a month, a new one, and the calls in which one differs from the log."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.access import centre_only, signed_in_user, steering_only
from service_level.asternic.comparing import KINDS, left_out, take_export
from service_level.asternic.reading import NotAnExport
from service_level.asternic.tables import DifferenceTable
from service_level.indicator.page import month_in_words
from service_level.models import AsternicExport
from service_level.months import read_month_name, written

LARGEST = 30 * 1024 * 1024  # bytes


class ExportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Detalle de llamadas de Asternic"),
        help_text=gettext_lazy("CSV con fecha, cola y evento; con la espera se compara también si fue a tiempo."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt"}),
        error_messages={"required": gettext_lazy("Elija el archivo."), "empty": gettext_lazy("El archivo está vacío.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("Pasa de %(n)d MB: expórtelo por quincenas.") % {"n": LARGEST // 1024**2})
        return file


@require_http_methods(["GET", "POST"])
@centre_only
def exports(request: HttpRequest, named: str) -> HttpResponse:
    """The exports of a month that were compared, and the form for another."""
    user, month = signed_in_user(request), _month(named)
    form = ExportForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if not user.steers_campaigns:
            return HttpResponse(status=403)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                taken = take_export(data=file.read(), name=file.name, month=month, by=user, now=timezone.now())
            except NotAnExport as refusal:
                form.add_error("file", str(refusal))
            else:
                return redirect("service_level:asternic_export", pk=taken.pk)
    context = {
        "name": month_in_words(month),
        "form": form,
        "may_bring": user.steers_campaigns,
        "exports": AsternicExport.objects.visible_to(user).filter(month=month).order_by("-taken_at"),
        "trail": [*_trail(month), ("", _("Asternic"))],
    }
    return render(request, "service_level/asternic/exports.html", context, status=422 if form.errors else 200)


@require_GET
@centre_only
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """What one says beside the log, and the calls of a kind in which they differ."""
    told = get_object_or_404(
        AsternicExport.objects.visible_to(signed_in_user(request)).select_related("taken_by"), pk=pk
    )
    counts = dict(told.differences.values_list("kind").annotate(n=Count("pk")))
    asked = request.GET.get("kind", "")
    kind = asked if asked in KINDS else next((one for one in KINDS if counts.get(one)), next(iter(KINDS)))
    differing = told.differences.filter(kind=kind).select_related("visit")
    context = {
        "told": told,
        "name": month_in_words(told.month),
        "kinds": [(words, counts.get(code, 0), code) for code, words in KINDS.items()],
        "kind": kind,
        "agrees": not counts,
        "left_out": left_out(told),
        "table": DifferenceTable(differing).shown_to(request),
        "may_bring": signed_in_user(request).steers_campaigns,
        "trail": [*_trail(told.month), (_exports_of(told.month), _("Asternic")), ("", told.name)],
    }
    return render(request, "service_level/asternic/export.html", context)


@require_POST
@steering_only
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Its file may be brought again."""
    told = get_object_or_404(AsternicExport.objects.visible_to(signed_in_user(request)), pk=pk)
    month, name = told.month, told.name
    told.delete()
    messages.success(
        request, _("Se quitó «%(name)s». El registro y el indicador quedan como estaban.") % {"name": name}
    )
    return redirect(_exports_of(month))


def _exports_of(month: date) -> str:
    return reverse("service_level:asternic", args=[written(month)])


def _month(named: str) -> date:
    found = read_month_name(named)
    if found is None:
        raise Http404
    return found


def _trail(month: date) -> list[tuple[str, str]]:
    return [
        (reverse("service_level:month", args=[written(month)]), _("Indicador %(m)s") % {"m": month_in_words(month)}),
    ]
