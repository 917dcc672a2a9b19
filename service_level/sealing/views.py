"""The sealed indicator of a month: its revisions, what each changed, and sealing the next one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user, steering_only
from screens.differences import Difference, differences
from screens.spreadsheets import workbook_response
from service_level.indicator.page import month_in_words, uncovered
from service_level.models import MonthSeal
from service_level.months import after, read_month_name, written
from service_level.sealing.document import draw_document
from service_level.sealing.figures import figures_as_counted, meets
from service_level.sealing.sealing import SealRefused, seal, what_differs_now
from service_level.sealing.words import figure_in_words, sheets_of

SHOWN = 100  # differing figures on a page; all of them are in the two workbooks


@centre_only
@require_GET
def seal_page(request: HttpRequest, named: str) -> HttpResponse:
    """The last revision, whether it still is what the indicator says, and those before it."""
    month = _month(named)
    seals = list(MonthSeal.objects.visible_to(signed_in_user(request)).filter(month=month).select_related("sealed_by"))
    seals.sort(key=lambda one: one.revision)
    last = seals[-1] if seals else None
    context = {
        "name": month_in_words(month),
        "named": written(month),
        "last": last,
        "meets": meets(last.figures, last.formula) if last else None,
        "drift": _in_words(what_differs_now(last)) if last else [],
        "revisions": [
            (one, _in_words(differences(before=before.figures, after=one.figures)) if before else [])
            for before, one in zip([None, *seals], seals, strict=False)
        ][::-1],
        "lacking": _lacking(month, last),
        "is_over": after(month) <= timezone.localdate(),
        "steers": signed_in_user(request).steers_campaigns,
        "trail": [
            (
                reverse("service_level:month", args=[written(month)]),
                _("Indicador %(m)s") % {"m": month_in_words(month)},
            ),
            ("", _("Sello")),
        ],
    }
    return render(request, "service_level/sealing/seal.html", context)


@steering_only
@require_POST
def seal_month(request: HttpRequest, named: str) -> HttpResponseBase:
    """Seal the month, or a new revision with its reason."""
    month = _month(named)
    reason = request.POST.get("reason", "")
    try:
        made = seal(month=month, by=signed_in_user(request), reason=reason, now=timezone.now())
        told = _("Sellado: revisión %(revision)d. Las cifras se contaron también de las líneas, y dan lo mismo.")
        messages.success(request, told % {"revision": made.revision})
    except SealRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("service_level:seal", named=named)


@centre_only
@require_POST
def seal_file(request: HttpRequest, named: str, revision: int, kind: str) -> HttpResponseBase:
    """A revision as a workbook or as a document to be signed. There is nobody's data in it."""
    month = _month(named)
    seals = MonthSeal.objects.visible_to(signed_in_user(request)).select_related("sealed_by")
    sealed = get_object_or_404(seals, month=month, revision=revision)
    if kind == "xlsx":
        name = _("indicador sellado %(month)s r%(revision)d") % {"month": written(month), "revision": revision}
        return workbook_response(name, sheets_of(sealed), today=timezone.localdate())
    if kind != "pdf":
        raise Http404
    with translation.override(settings.LANGUAGE_CODE):
        pdf = draw_document(sealed)
    told = {"Content-Disposition": f'attachment; filename="indicador-{written(month)}-r{revision}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=told)


def _month(named: str) -> date:
    found = read_month_name(named)
    if found is None:
        raise Http404
    return found


def _lacking(month: date, last: MonthSeal | None) -> list[date]:
    """Working days without a line: as the last revision has them, else those there are now."""
    if last is not None:
        return [date.fromisoformat(day) for day in last.evidence["uncovered"]]
    is_over = after(month) <= timezone.localdate()
    return uncovered(month, now=timezone.now()) if is_over and figures_as_counted(month)["days"] else []


def _in_words(found: Iterable[Difference]) -> list[tuple[str, Any, Any]]:
    changed = [(figure_in_words(one.figure), one.before, one.after) for one in found]
    return changed[:SHOWN]
