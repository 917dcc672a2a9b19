"""Doors of the escalations: the list, its export, one of them, and what is masked in it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, roles_only, signed_in_user
from agents.disclosure import record_export, record_reveal
from agents.models import Role
from escalations.lists import Asked, details_of, find_escalations, is_masked, kinds_shown, lines_of, sheet_of
from escalations.models import Escalation, EscalationKind
from escalations.tables import EscalationTable, time_badge
from screens.spreadsheets import workbook_response


@require_GET
def escalation_list(request: HttpRequest) -> HttpResponse:
    """What was handed over, overdue first; an agent sees her own."""
    user, now, asked = signed_in_user(request), timezone.now(), _asked_for(request)
    everything = Asked(kind=asked.kind, line=asked.line)
    kept = {name: request.GET[name] for name in ("kind", "line") if request.GET.get(name)}
    all_of_them = find_escalations(asked=everything, user=user, now=now)
    counts = {False: all_of_them.count(), True: all_of_them.filter(due_at__lt=now).count()}
    words = {False: _("Todas"), True: _("Vencidas")}
    context = {
        "asked": asked,
        "table": EscalationTable(find_escalations(asked=asked, user=user, now=now), now=now).shown_to(request),
        "tabs": [
            {
                "href": "?" + urlencode({**kept, **({"overdue": "yes"} if overdue else {})}),
                "words": words[overdue],
                "current": asked.overdue == overdue,
                "count": count,
            }
            for overdue, count in counts.items()
        ],
        "kinds": kinds_shown(),
        "lines": lines_of(user=user),
        "is_filtered": bool(kept),
        "sees_the_centre": user.sees_the_centre,
        "query": request.GET.urlencode(),
    }
    return render(request, "escalations/escalation_list.html", context)


@centre_only
@require_POST
def escalation_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what is filtered, as a workbook; it is written in the book of exports."""
    user, now, asked = signed_in_user(request), timezone.now(), _asked_for(request)
    found = find_escalations(asked=asked, user=user, now=now)
    record_export(user=user, subject=f"escalations {asked.words}", rows=found.count(), now=now)
    sheet = sheet_of(found, masked=is_masked(user=user))
    return workbook_response(_("derivaciones"), [sheet], today=timezone.localdate(now))


@require_GET
def escalation(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: who, why, what was promised and until when."""
    return _show(request, pk)


@roles_only(Role.AUDITOR)
@require_POST
def escalation_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an auditor who says why what is masked; the reason is logged."""
    user = signed_in_user(request)
    found = get_object_or_404(Escalation.objects.visible_to(user), pk=pk)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Escriba para qué necesita ver los datos."))
        return redirect("escalations:escalation", pk=pk)
    subject = _("Teléfono y datos de la derivación %(pk)d") % {"pk": found.pk}
    record_reveal(user=user, subject=subject, reason=reason, now=timezone.now())
    return _show(request, pk, revealed=True)


def _show(request: HttpRequest, pk: int, *, revealed: bool = False) -> HttpResponse:
    user, now = signed_in_user(request), timezone.now()
    found = get_object_or_404(Escalation.objects.visible_to(user).select_related("raised_by", "kind", "owner"), pk=pk)
    masked = is_masked(user=user, escalation=found) and not revealed
    context = {
        "escalation": found,
        "badge": time_badge(found, now=now),
        "details": details_of(found, masked=masked),
        "masked": masked,
        "trail": [(reverse("escalations:escalation_list"), _("Derivaciones")), ("", str(found.kind))],
    }
    return render(request, "escalations/escalation.html", context)


def _asked_for(request: HttpRequest) -> Asked:
    """The filters of the address; what cannot be read is left out."""
    kind, line = request.GET.get("kind", ""), request.GET.get("line", "").replace("\x00", "")[:12]
    return Asked(
        kind=kind if kind in EscalationKind.values else "", line=line, overdue=request.GET.get("overdue") == "yes"
    )
