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

from agents.access import asks_by_itself, centre_only, signed_in_user, steering_only
from screens.differences import Difference, differences
from screens.spreadsheets import workbook_response
from service_level.indicator.page import month_in_words, uncovered
from service_level.models import MonthSeal, SealOrder
from service_level.months import after, read_month_name, written
from service_level.sealing.document import draw_document
from service_level.sealing.figures import figures_as_counted, meets
from service_level.sealing.ordering import last_order, order_seal
from service_level.sealing.sealing import SealRefused, what_differs_now
from service_level.sealing.words import figure_in_words, sheets_of
from work.kinds import ring

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
        "order": _order(request, month, last),
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
    """Ask for the seal of the month, or for a new revision with its reason."""
    month, reason = _month(named), request.POST.get("reason", "")
    try:
        order = order_seal(month=month, by=signed_in_user(request), reason=reason, now=timezone.now())
        ring(SealOrder, pk=order.pk)
    except SealRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("service_level:seal", named=named)


@asks_by_itself
@centre_only
@require_GET
def seal_progress(request: HttpRequest, named: str) -> HttpResponse:
    """The part of the page that asks by itself whether it is sealed; then all of it is shown anew."""
    order = last_order(_month(named), user=signed_in_user(request))
    if order is None or order.state != SealOrder.State.WAITING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "service_level/sealing/_order.html", {"order": order, "named": named})


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


def _order(request: HttpRequest, month: date, last: MonthSeal | None) -> SealOrder | None:
    """What was asked for last, while it waits; what came to nothing until a seal comes after it."""
    order = last_order(month, user=signed_in_user(request))
    if order is None or order.state == SealOrder.State.DONE:
        return None
    is_past = order.state != SealOrder.State.WAITING and last is not None and last.sealed_at > order.asked_at
    return None if is_past else order


def _lacking(month: date, last: MonthSeal | None) -> list[date]:
    """Working days without a line: as the last revision has them, else those there are now."""
    if last is not None:
        return [date.fromisoformat(day) for day in last.evidence["uncovered"]]
    is_over = after(month) <= timezone.localdate()
    return uncovered(month, now=timezone.now()) if is_over and figures_as_counted(month)["days"] else []


def _in_words(found: Iterable[Difference]) -> list[tuple[str, Any, Any]]:
    changed = [(figure_in_words(one.figure), one.before, one.after) for one in found]
    return changed[:SHOWN]
