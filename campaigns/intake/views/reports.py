"""Pages of the reports: what came, what is late, how far each is, and the supervisor's word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.access import asks_by_itself, centre_only, signed_in_user, steering_only
from campaigns.intake import deciding
from campaigns.intake.forms import UploadForm
from campaigns.intake.other_products import products_of
from campaigns.intake.receiving import FileRefused, NotKept, receive_report
from campaigns.intake.report_page import ReportState, sources_of, state_of
from campaigns.intake.withdrawing import preview_withdrawal, withdraw
from campaigns.models import Campaign, Report, ReportKind
from campaigns.month import arrivals
from campaigns.payments.recaudo_figures import figures_today
from campaigns.tasks import take_in_report

PAGE = 50
MONTHS_TOLD = 6  # that wait for their report
MISSING_IS_TOLD = timedelta(days=45)


@centre_only
@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """Every report, newest first, with banners for months that wait for theirs."""
    user = signed_in_user(request)
    kind = request.GET.get("kind", "")
    found = Report.objects.visible_to(user).select_related("source", "uploaded_by").order_by("-arrived_at", "-pk")
    if kind in ReportKind.values:
        found = found.filter(kind=kind)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    # a month that is over without its report was closed by the calendar: it is still told for a while
    told_still = Q(missing_since__gte=timezone.now() - MISSING_IS_TOLD)
    owed = Q(state=Campaign.State.EXPECTED) | told_still
    expected = list(Campaign.objects.visible_to(user).filter(owed).order_by("-period")[:MONTHS_TOLD])
    came = arrivals.how_each_stands(periods=[campaign.period for campaign in expected])
    context = {
        "page": page,
        "states": [state_of(report, by=user, now=timezone.now()) for report in page],
        "kind": kind,
        "tabs": _tabs(kind),
        "expected": [(campaign, came.get(campaign.period)) for campaign in expected],
        "sources": sources_of(user=user),
        "may_steer": user.steers_campaigns,
        "now": timezone.now(),
    }
    return render(request, "campaigns/intake/report_list.html", context)


def _tabs(kind: str) -> list[dict[str, Any]]:
    here = reverse("campaigns:report_list")
    tabs = [{"href": here, "words": _("Todos"), "current": not kind}]
    for value, name in ReportKind.choices:
        tabs.append({"href": f"{here}?kind={value}", "words": name, "current": kind == value})
    return tabs


@steering_only
@require_http_methods(["GET", "POST"])
def report_upload(request: HttpRequest) -> HttpResponse:
    """Bring a file by hand. The same file again opens the report it already has."""
    form, known = UploadForm(request.POST or None, request.FILES or None, initial=_first_choice(request)), None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            report = receive_report(
                kind=form.cleaned_data["kind"],
                name=upload.name,
                file=upload,
                period=form.cleaned_data["period"],
                now=timezone.now(),
                uploaded_by=signed_in_user(request),
            )
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
            known = refusal.known
        except NotKept as full:
            form.add_error("file", str(full))
        else:
            take_in_report.delay_on_commit(report_id=report.pk)
            return redirect("campaigns:report", pk=report.pk)
    status = 200 if request.method == "GET" else 422
    context = {"form": form, "known": known, "trail": _trail(_("Subir un reporte"))}
    return render(request, "campaigns/intake/report_upload.html", context, status=status)


def _trail(here: str) -> list[tuple[str, str]]:
    return [(reverse("campaigns:report_list"), _("Reportes")), ("", here)]


def _first_choice(request: HttpRequest) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    return {"kind": kind if kind in ReportKind.values else ReportKind.CCVP, "period": request.GET.get("period", "")}


def _report_of(request: HttpRequest, pk: int) -> Report:
    found = Report.objects.visible_to(signed_in_user(request)).select_related(
        "source", "uploaded_by", "accepted_by", "supersedes"
    )
    return get_object_or_404(found, pk=pk)


@centre_only
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: its bar while it is taken, its figures afterwards."""
    return render(request, "campaigns/intake/report.html", _report_context(request, pk))


@asks_by_itself
@centre_only
@require_GET
def report_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes while the report is taken."""
    return render(request, "campaigns/intake/_report_progress.html", _report_context(request, pk))


def _report_context(request: HttpRequest, pk: int) -> dict[str, Any]:
    user = signed_in_user(request)
    found = _report_of(request, pk)
    state: ReportState = state_of(found, by=user, now=timezone.now())
    products = [] if state.is_moving else products_of(found)
    is_taken_recaudo = found.kind == ReportKind.RECAUDO and found.state == Report.State.PUBLISHED
    return {
        "report": found,
        "state": state,
        "products": products,
        "new_products": [line.name for line in products if line.is_new and line.name],
        "today": figures_today(report=found) if is_taken_recaudo else None,
        "refunds_waiting": found.refunds.waiting().count() if is_taken_recaudo else 0,
        "may_steer": user.steers_campaigns,
        "trail": _trail(found.name),
    }


def _decide(request: HttpRequest, pk: int, verb: Callable[..., Report], done: str, *, rings: bool) -> HttpResponse:
    found = _report_of(request, pk)
    try:
        verb(report_id=found.pk, by=signed_in_user(request), now=timezone.now())
    except deciding.DecisionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
        if rings:
            take_in_report.delay_on_commit(report_id=found.pk)
    return redirect("campaigns:report", pk=found.pk)


@steering_only
@require_POST
def report_accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, deciding.accept, _("Reporte aceptado: se está tomando."), rings=True)


@steering_only
@require_POST
def report_read_again(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, deciding.read_again, _("El reporte se está leyendo otra vez."), rings=True)


@steering_only
@require_POST
def report_fill_up(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Los números se completan con ceros desde ahora, en todos los reportes: este se está leyendo otra vez.")
    return _decide(request, pk, deciding.fill_up, done, rings=True)


@steering_only
@require_POST
def report_discard(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, deciding.discard, _("Reporte descartado."), rings=False)


@steering_only
@require_http_methods(["GET", "POST"])
def report_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a published report back: first what would be undone, then, with a reason, the undoing."""
    found, error = _report_of(request, pk), ""
    reason = request.POST.get("reason", "")[:300]
    if request.method == "POST":
        try:
            done = withdraw(report_id=pk, by=signed_in_user(request), now=timezone.now(), reason=reason)
        except deciding.DecisionRefused as refusal:
            error = str(refusal)
        else:
            for again in done.read_again.all():
                take_in_report.delay_on_commit(report_id=again.pk)
            if found.kind == ReportKind.CCVP:
                messages.success(request, _("Reporte retirado: el mes espera el correcto."))
            else:
                messages.success(request, _("Reporte retirado: sus recibos ya no cuentan."))
            return redirect("campaigns:report", pk=pk)
    why_not = state_of(found, by=signed_in_user(request), now=timezone.now()).why_not_withdraw
    preview = None if why_not else preview_withdrawal(found)
    context: dict[str, Any] = {
        "report": found,
        "preview": preview,
        "why_not": why_not,
        "reason": reason,
        "error": error,
        "back": reverse("campaigns:report", args=[pk]),
    }
    context["trail"] = [
        (reverse("campaigns:report_list"), _("Reportes")),
        (reverse("campaigns:report", args=[pk]), found.name),
        ("", _("Retirar")),
    ]
    return render(request, "campaigns/intake/report_withdraw.html", context, status=422 if error else 200)
