"""One escalation: its page, and what is masked in it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import roles_only, signed_in_user
from agents.disclosure import record_reveal
from agents.models import Role
from escalations.lists import details_of, is_masked
from escalations.models import Escalation
from escalations.tables import time_badge


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
